"""What goes out; money in đồng."""

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from fees.enums import Method
from reports.selectors import DayPace, ShiftReport, shifts

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
    freight = serializers.IntegerField(help_text="parcels and luggage")
    other = serializers.IntegerField(help_text="rounding of cash")
    total = serializers.IntegerField()


class OperatorLine(Out):
    operator = serializers.CharField(source="operator.code")
    tickets = serializers.IntegerField()
    held = serializers.IntegerField()


class DateQuery(Out):
    date = serializers.DateField(required=False, help_text="business date; default that of the shift that runs")


class Pace(Out):
    sales = serializers.IntegerField()
    timed = serializers.IntegerField(help_text="of seats that were kept first, and that did not wait for the bank")
    median = serializers.DecimalField(max_digits=9, decimal_places=1, help_text="seconds from keeping seats to sale")
    slow = serializers.DecimalField(max_digits=9, decimal_places=1, help_text="nine of ten sales are not slower")


class ClerkPace(Out):
    clerk = serializers.CharField(source="clerk.username")
    pace = Pace()


class ShiftPace(Out):
    shift = serializers.IntegerField(source="shift.pk")
    name = serializers.CharField(source="shift.name")
    whole = Pace()
    clerks = ClerkPace(many=True)


class PaceOutput(serializers.Serializer[DayPace]):
    date = serializers.DateField(source="on")
    whole = Pace()
    shifts = ShiftPace(many=True)


class TillLine(Out):
    till = serializers.IntegerField(source="till.pk")
    clerk = serializers.CharField(source="till.clerk.username")
    counter = serializers.CharField(source="till.counter.code", default=None)
    tickets = serializers.IntegerField()
    cash = serializers.SerializerMethodField(help_text="null: your own drawer, not counted yet")
    not_cash = serializers.IntegerField()
    moved = serializers.IntegerField(help_text="cash that only moved: to the safe, from it, between tills")
    closing_number = serializers.IntegerField(source="closing.number", default=None)
    difference = serializers.IntegerField()
    pace = Pace()

    def get_cash(self, line: shifts.TillLine) -> int | None:
        return None if line.is_blind else line.cash


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
    pace = Pace()
    departures = Punctuality()
    cash_difference = serializers.IntegerField()
    services_net = serializers.IntegerField(help_text="revenue of the station in the hours of the shift")
    services_tax = serializers.IntegerField()
    services_collected = serializers.IntegerField()
    money_in = serializers.SerializerMethodField(help_text="null: your own drawer is not counted yet")
    services = ServiceLine(many=True)
    methods = serializers.SerializerMethodField(help_text="without cash while your own drawer is not counted")
    operators = OperatorLine(many=True)
    tills = TillLine(many=True)
    hours = HourLine(many=True)
    attention = AttentionLine(many=True)

    def get_money_in(self, report: ShiftReport) -> int | None:
        return None if report.is_blind else report.money_in

    @extend_schema_field(MethodLine(many=True))
    def get_methods(self, report: ShiftReport) -> object:
        shown = [line for line in report.methods if not (report.is_blind and line.method == Method.CASH)]
        return MethodLine(shown, many=True).data
