"""What goes out; money in đồng."""

from rest_framework import serializers

from reports.selectors import ShiftReport

Out = serializers.Serializer[object]


class Punctuality(Out):
    due = serializers.IntegerField()
    left = serializers.IntegerField()
    on_time = serializers.IntegerField()


class ServiceLine(Out):
    name = serializers.CharField()
    count = serializers.IntegerField()
    net = serializers.IntegerField()
    tax = serializers.IntegerField()
    gross = serializers.IntegerField()
    collected = serializers.IntegerField()


class MethodLine(Out):
    method = serializers.CharField()
    count = serializers.IntegerField()
    tickets = serializers.IntegerField()
    services = serializers.IntegerField()
    other = serializers.IntegerField(help_text="rounding of cash")
    total = serializers.IntegerField()


class OperatorLine(Out):
    operator = serializers.CharField(source="operator.code")
    tickets = serializers.IntegerField()
    held = serializers.IntegerField()


class TillLine(Out):
    till = serializers.IntegerField(source="till.pk")
    clerk = serializers.CharField(source="till.clerk.username")
    counter = serializers.CharField(source="till.counter.code", default=None)
    tickets = serializers.IntegerField()
    cash = serializers.IntegerField()
    not_cash = serializers.IntegerField()
    closing_number = serializers.IntegerField(source="closing.number", default=None)
    difference = serializers.IntegerField()


class HourLine(Out):
    starts_at = serializers.DateTimeField()
    tickets = serializers.IntegerField()


class AttentionLine(Out):
    tone = serializers.CharField()
    word = serializers.CharField()
    text = serializers.CharField()


class ShiftReportOutput(serializers.Serializer[ShiftReport]):
    id = serializers.IntegerField(source="shift.pk")
    station = serializers.CharField(source="shift.station.code")
    name = serializers.CharField(source="shift.name")
    business_on = serializers.DateField(source="shift.business_on")
    starts_at = serializers.DateTimeField(source="shift.starts_at")
    ends_at = serializers.DateTimeField(source="shift.ends_at")
    state = serializers.CharField(source="shift.state")
    tickets_held = serializers.IntegerField(help_text="ticket money held for the operators, no revenue of the station")
    tickets_sold = serializers.IntegerField(help_text="whatever became of them")
    tickets_returned = serializers.IntegerField(help_text="void, refunded or exchanged at the tills of this shift")
    departures = Punctuality()
    cash_difference = serializers.IntegerField()
    services_net = serializers.IntegerField(help_text="revenue of the station in the hours of the shift")
    services_tax = serializers.IntegerField()
    services_collected = serializers.IntegerField()
    money_in = serializers.IntegerField()
    services = ServiceLine(many=True)
    methods = MethodLine(many=True)
    operators = OperatorLine(many=True)
    tills = TillLine(many=True)
    hours = HourLine(many=True)
    attention = AttentionLine(many=True)
