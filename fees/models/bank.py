"""The station's bank account, the transfers asked of customers, and the money that arrived."""

import pghistory
from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q, Value

from fees.enums import LineSource, LineState, RequestState
from fees.models.charges import Charge
from fees.models.ledger import Payment
from station.models import Stateful, Station, Till
from station.models.guards import append_only, frozen_in, no_delete
from station.models.ranges import DateRange, OneId


@pghistory.track()
class BankAccount(models.Model):
    """Where customers of a station pay to, for a time."""

    station = models.ForeignKey(Station, on_delete=models.PROTECT, related_name="bank_accounts")
    bank = models.CharField(max_length=6, help_text="BIN of the bank: 970415 VietinBank")
    bank_name = models.CharField(max_length=50)
    number = models.CharField(max_length=19)
    holder = models.CharField(max_length=100)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True, blank=True, help_text="exclusive")

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="one_bank_account_per_station_and_day",
                expressions=[
                    (OneId("station"), RangeOperators.OVERLAPS),
                    (DateRange(F("valid_from"), F("valid_until"), Value("[)")), RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(name="a_bank_has_six_digits", condition=Q(bank__regex=r"^\d{6}$")),
            models.CheckConstraint(name="an_account_has_a_number", condition=Q(number__regex=r"^[0-9A-Za-z]{4,19}$")),
        ]

    def __str__(self) -> str:
        return f"{self.bank_name} {self.number}"


class TransferRequest(Stateful):
    """A customer was shown a VietQR code: exactly this amount, under this reference, until this moment."""

    noun = "transfer_request"
    # What came late is taken by a person, who sells the seats anew.
    transitions = {
        RequestState.WAITING: frozenset({RequestState.PAID, RequestState.CANCELLED, RequestState.EXPIRED}),
        RequestState.CANCELLED: frozenset({RequestState.PAID}),
        RequestState.EXPIRED: frozenset({RequestState.PAID}),
        RequestState.PAID: frozenset(),
    }

    station = models.ForeignKey(Station, on_delete=models.PROTECT, related_name="transfer_requests")
    till = models.ForeignKey(Till, on_delete=models.PROTECT, related_name="transfer_requests")
    account = models.ForeignKey(BankAccount, on_delete=models.PROTECT, related_name="requests")
    charge = models.ForeignKey(Charge, null=True, on_delete=models.PROTECT, related_name="transfer_requests")
    reference = models.CharField(max_length=10, unique=True)
    note = models.CharField(max_length=25, help_text="what the payer's bank carries along")
    payload = models.CharField(max_length=200, help_text="the text of the QR code")
    amount = models.PositiveBigIntegerField()
    state = models.CharField(max_length=10, choices=RequestState, default=RequestState.WAITING)
    payment = models.OneToOneField(Payment, null=True, on_delete=models.PROTECT, related_name="transfer_request")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="a_transfer_is_of_some_money", condition=Q(amount__gt=0)),
            models.CheckConstraint(
                name="a_paid_request_has_its_payment",
                condition=Q(state=RequestState.PAID, payment__isnull=False)
                | (~Q(state=RequestState.PAID) & Q(payment=None)),
            ),
        ]
        indexes = [
            models.Index(fields=["till"], name="request_waited_for_at_a_till", condition=Q(state=RequestState.WAITING)),
        ]
        triggers = [
            no_delete(),
            frozen_in(
                "what_was_asked_never_changes",
                RequestState.values,
                *("station", "till", "account", "charge", "reference", "note", "payload", "amount"),
                *("asked_by", "asked_at", "expires_at"),
            ),
            frozen_in("a_paid_request_stays_so", [RequestState.PAID], "state", "payment"),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.amount}"


class TransferBack(models.Model):
    """Money that came by transfer and was given back at a counter: the bank sent it, under its own reference."""

    payment = models.OneToOneField(Payment, on_delete=models.PROTECT, related_name="transfer_back")
    reference = models.CharField(max_length=50)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(name="a_transfer_back_has_its_reference", condition=~Q(reference=""))]
        triggers = [append_only()]

    def __str__(self) -> str:
        return f"{self.reference} {self.payment_id}"


class BankLine(Stateful):
    """Money that arrived at the station's account, as the bank told it; what it paid, or why nobody knows yet."""

    noun = "bank_line"
    transitions = {
        LineState.UNMATCHED: frozenset({LineState.MATCHED, LineState.RETURNED}),
        LineState.MATCHED: frozenset(),
        LineState.RETURNED: frozenset(),
    }

    account = models.ForeignKey(BankAccount, on_delete=models.PROTECT, related_name="lines")
    station = models.ForeignKey(Station, on_delete=models.PROTECT, related_name="bank_lines")
    number = models.CharField(max_length=50, help_text="the bank's own reference")
    amount = models.PositiveBigIntegerField()
    text = models.CharField(max_length=255, blank=True)
    payer = models.CharField(max_length=255, blank=True)
    booked_at = models.DateTimeField(help_text="by the bank's clock")
    source = models.CharField(max_length=10, choices=LineSource)
    received_at = models.DateTimeField()
    received_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=LineState, default=LineState.UNMATCHED)
    problem = models.JSONField(default=dict, blank=True, help_text="code and facts of the refusal: why it fits nothing")
    request = models.ForeignKey(TransferRequest, null=True, on_delete=models.PROTECT, related_name="lines")
    payment = models.OneToOneField(Payment, null=True, on_delete=models.PROTECT, related_name="bank_line")
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    returned_as = models.CharField(max_length=50, blank=True, help_text="the bank's reference of the transfer back")
    returned_because = models.CharField(max_length=255, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="a_bank_line_is_told_once", fields=["account", "number"]),
            models.CheckConstraint(name="a_bank_line_brings_money", condition=Q(amount__gt=0)),
            models.CheckConstraint(
                name="a_matched_line_names_its_payment",
                condition=Q(state=LineState.MATCHED, payment__isnull=False, settled_at__isnull=False)
                | (~Q(state=LineState.MATCHED) & Q(payment=None)),
            ),
            models.CheckConstraint(
                name="a_returned_line_says_how_and_why",
                condition=(Q(state=LineState.RETURNED) & ~Q(returned_as="") & ~Q(returned_because=""))
                | (~Q(state=LineState.RETURNED) & Q(returned_as="", returned_because="")),
            ),
        ]
        indexes = [
            models.Index(
                fields=["station", "received_at"], name="bank_lines_to_be_looked_at",
                condition=Q(state=LineState.UNMATCHED),
            ),
            models.Index(fields=["station", "received_at"], name="bank_lines_of_a_station"),
        ]  # fmt: skip
        triggers = [
            no_delete(),
            frozen_in(
                "what_the_bank_told_never_changes",
                LineState.values,
                *("account", "station", "number", "amount", "text", "payer", "booked_at", "source"),
                *("received_at", "received_by"),
            ),
            frozen_in(
                "a_settled_line_stays_so",
                [LineState.MATCHED, LineState.RETURNED],
                *("state", "payment", "request", "returned_as", "returned_because"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.amount}"
