"""Electronic and paper dispatch orders (lệnh vận chuyển), their legs and signatures, and the check before the bay."""

import json
import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from dispatch.enums import (
    IDLE_LEGS,
    InspectionResult,
    LegState,
    OrderSource,
    OrderState,
    RecordKind,
    RecordState,
    SignatureField,
    SignatureState,
)
from station.enums import Direction
from station.models import Departure, Operator, OutboxMessage, Stateful, Station, StoredFile, YardVisit
from station.models.guards import append_only, frozen_in, no_delete

MAX_LEGS_PER_DIRECTION = 4


class OrderNumber(models.Model):
    """Last number an operator used in a year; locked when an order is numbered."""

    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="order_numbers")
    year = models.PositiveSmallIntegerField()
    last_number = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="one_order_series_per_operator_and_year", fields=["operator", "year"])
        ]

    def __str__(self) -> str:
        return f"{self.operator.code}/{self.year}"


class DispatchOrder(Stateful):
    """An operator's order to a driver, confirmed by the stations. `contents` is what was signed, word for word."""

    noun = "dispatch"
    transitions = {
        OrderState.DRAFT: frozenset({OrderState.SIGNING, OrderState.CANCELLED}),
        OrderState.SIGNING: frozenset({OrderState.ISSUED, OrderState.CANCELLED}),
        OrderState.ISSUED: frozenset({OrderState.CONFIRMED, OrderState.CANCELLED}),
        OrderState.CONFIRMED: frozenset({OrderState.COMPLETED}),
        OrderState.COMPLETED: frozenset(),
        OrderState.CANCELLED: frozenset(),
    }

    station = models.ForeignKey(Station, on_delete=models.PROTECT, related_name="orders")
    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="orders")
    number = models.CharField(max_length=40, unique=True, help_text="operator/year/sequence")
    source = models.CharField(max_length=10, choices=OrderSource)
    paper_number = models.CharField(max_length=40, blank=True, help_text="number printed on the paper sheet")
    scan = models.ForeignKey(StoredFile, null=True, on_delete=models.PROTECT, related_name="+")
    valid_from = models.DateField()
    valid_until = models.DateField(help_text="inclusive, as printed on the form")
    form_version = models.CharField(max_length=20, default="TT12-PL6")
    contents = models.JSONField(help_text="header, crew, vehicle and route as signed")
    contents_sha256 = models.CharField(max_length=64)
    token = models.UUIDField(default=uuid.uuid4, unique=True, help_text="of the public page behind the QR")
    document = models.ForeignKey(
        StoredFile, null=True, on_delete=models.PROTECT, related_name="+", help_text="the newest signed PDF"
    )
    state = models.CharField(max_length=10, choices=OrderState, default=OrderState.DRAFT)
    issued_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="a_paper_order_has_its_number",
                condition=~Q(source=OrderSource.PAPER) | ~Q(paper_number=""),
            ),
            models.CheckConstraint(
                name="an_issued_order_has_its_signed_document",
                condition=Q(state__in=[OrderState.DRAFT, OrderState.SIGNING, OrderState.CANCELLED])
                | Q(issued_at__isnull=False, document__isnull=False),
            ),
            models.UniqueConstraint(
                name="a_paper_sheet_is_entered_once",
                fields=["operator", "paper_number"],
                condition=~Q(paper_number="") & ~Q(state=OrderState.CANCELLED),
            ),
        ]
        indexes = [models.Index(fields=["operator", "state"]), models.Index(fields=["station", "created_at"])]
        triggers = [
            # Signed contents are what the signatures cover: a change is a new order that replaces this one.
            frozen_in(
                "signed_contents_are_never_edited",
                [OrderState.SIGNING, OrderState.ISSUED, OrderState.CONFIRMED, OrderState.COMPLETED],
                "contents",
                "contents_sha256",
                "number",
                "operator",
            ),
            no_delete(),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def awaits_photo(self) -> bool:
        """Entered from paper, and nobody has photographed the sheet."""
        return self.source == OrderSource.PAPER and self.scan_id is None and self.state != OrderState.CANCELLED

    @property
    def leg_now(self) -> "OrderLeg":
        """The line that matters now, of legs read before."""
        return leg_that_matters(self.legs.all())


class OrderLeg(Stateful):
    """One run on the sheet: what the station of departure and later the station of arrival confirmed."""

    noun = "leg"
    transitions = {
        LegState.PENDING: frozenset({LegState.CONFIRMED, LegState.SKIPPED}),
        LegState.CONFIRMED: frozenset({LegState.ARRIVED, LegState.WITHDRAWN}),
        LegState.ARRIVED: frozenset(),
        LegState.SKIPPED: frozenset(),
        LegState.WITHDRAWN: frozenset(),
    }

    order = models.ForeignKey(DispatchOrder, on_delete=models.PROTECT, related_name="legs")
    direction = models.CharField(max_length=4, choices=Direction)
    position = models.PositiveSmallIntegerField(help_text="1–4 on the sheet")
    departure = models.ForeignKey(Departure, on_delete=models.PROTECT, related_name="order_legs")
    state = models.CharField(max_length=10, choices=LegState, default=LegState.PENDING)
    passengers = models.PositiveSmallIntegerField(null=True, help_text="as declared at departure")
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="a_sheet_has_four_legs_each_way",
                condition=Q(position__gte=1, position__lte=MAX_LEGS_PER_DIRECTION),
            ),
            models.UniqueConstraint(name="a_line_of_the_sheet_is_used_once", fields=["order", "direction", "position"]),
            models.UniqueConstraint(
                name="a_departure_runs_on_one_order", fields=["departure"], condition=~Q(state__in=IDLE_LEGS)
            ),
            models.CheckConstraint(
                name="a_confirmed_leg_says_who_when_and_how_many",
                condition=Q(
                    state__in=[LegState.PENDING, LegState.SKIPPED],
                    confirmed_at=None,
                    confirmed_by=None,
                    passengers=None,
                )
                | (
                    Q(state__in=[LegState.CONFIRMED, LegState.ARRIVED, LegState.WITHDRAWN])
                    & Q(confirmed_at__isnull=False, confirmed_by__isnull=False, passengers__isnull=False)
                ),
            ),
        ]
        triggers = [
            frozen_in(
                "what_was_confirmed_is_never_edited",
                [LegState.CONFIRMED, LegState.ARRIVED, LegState.WITHDRAWN],
                "passengers",
                "confirmed_at",
                "confirmed_by",
                "departure",
                "order",
            ),
            no_delete(),
        ]

    def __str__(self) -> str:
        return f"{self.order} {self.get_direction_display()} {self.position}"

    @property
    def journal_station_id(self) -> int:
        return self.departure.station_id


def leg_that_matters(legs: Iterable[OrderLeg]) -> OrderLeg:
    """Of the lines of one order the one still to run, else the run confirmed last, else a withdrawn one."""
    in_order = sorted(legs, key=lambda leg: leg.pk)
    waiting = [leg for leg in in_order if leg.state == LegState.PENDING]
    run = [leg for leg in in_order if leg.confirmed_at is not None and leg.state != LegState.WITHDRAWN]
    return (waiting[:1] or run[-1:] or in_order[-1:])[0]


class Signature(Stateful):
    """A person's will to sign one field, then the proof that the PDF carries it."""

    noun = "signature"
    transitions = {
        SignatureState.REQUESTED: frozenset({SignatureState.APPLIED}),
        SignatureState.APPLIED: frozenset(),
    }

    order = models.ForeignKey(DispatchOrder, on_delete=models.PROTECT, related_name="signatures")
    field = models.CharField(max_length=10, choices=SignatureField)
    signer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    signer_name = models.CharField(max_length=100)
    signer_title = models.CharField(max_length=100, blank=True)
    organisation = models.CharField(max_length=255, blank=True)
    organisation_tax_code = models.CharField(max_length=14, blank=True)
    state = models.CharField(max_length=10, choices=SignatureState, default=SignatureState.REQUESTED)
    requested_at = models.DateTimeField()
    applied_at = models.DateTimeField(null=True)
    before_sha256 = models.CharField(max_length=64, blank=True)
    after_sha256 = models.CharField(max_length=64, blank=True)
    certificate_serial = models.CharField(max_length=64, blank=True)
    certificate_subject = models.CharField(max_length=255, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="a_field_is_signed_once", fields=["order", "field"]),
            models.CheckConstraint(
                name="an_applied_signature_has_its_proof",
                condition=Q(state=SignatureState.REQUESTED, applied_at=None, after_sha256="")
                | (Q(state=SignatureState.APPLIED, applied_at__isnull=False) & ~Q(after_sha256="")),
            ),
        ]
        triggers = [no_delete()]

    def __str__(self) -> str:
        return f"{self.order} {self.field}"

    @property
    def journal_station_id(self) -> int:
        return self.order.station_id


class Inspection(models.Model):
    """One check of a coach before it may take its departure (TT 12/2020 Đ.6): passed, or refused with the reasons."""

    visit = models.ForeignKey(YardVisit, on_delete=models.PROTECT, related_name="inspections")
    departure = models.ForeignKey(Departure, on_delete=models.PROTECT, related_name="inspections")
    result = models.CharField(max_length=10, choices=InspectionResult)
    findings = models.JSONField(help_text="what spoke against it: [{code, facts}]")
    checked_at = models.DateTimeField()
    checked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="a_visit_passes_once_for_a_departure",
                fields=["visit", "departure"],
                condition=Q(result=InspectionResult.PASSED),
            ),
            models.CheckConstraint(
                name="a_refusal_says_why_and_a_pass_says_nothing",
                condition=Q(result=InspectionResult.PASSED, findings=[])
                | (Q(result=InspectionResult.REFUSED) & ~Q(findings=[])),
            ),
        ]
        triggers = [append_only()]

    def __str__(self) -> str:
        return f"{self.visit} {self.result}"

    @property
    def has_passed(self) -> bool:
        return self.result == InspectionResult.PASSED


class TransmissionRecord(Stateful):
    """What the Road Administration is told of one coach that left, no later than three minutes after it did
    (TT 12/2020 Đ.51(4), as TT 18/2024 has it). `payload` is what is sent, byte for byte, chained to the record before:
    `hash` = sha256(prev ‖ payload), the first `prev` is one zero byte. A correction is a record of its own."""

    noun = "record"
    transitions = {
        RecordState.PENDING: frozenset({RecordState.ACKED, RecordState.REFUSED}),
        RecordState.ACKED: frozenset(),
        RecordState.REFUSED: frozenset({RecordState.PENDING}),
    }

    key = models.UUIDField(default=uuid.uuid4, unique=True, help_text="idempotency key at the administration")
    station = models.ForeignKey(Station, on_delete=models.PROTECT, related_name="transmission_records")
    seq = models.BigIntegerField(help_text="place in the station's chain")
    visit = models.ForeignKey(YardVisit, on_delete=models.PROTECT, related_name="transmission_records")
    departure = models.ForeignKey(Departure, on_delete=models.PROTECT, related_name="transmission_records")
    kind = models.CharField(max_length=10, choices=RecordKind, default=RecordKind.DEPARTURE)
    corrects = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="corrections")
    reason = models.CharField(max_length=255, blank=True, help_text="of a correction")
    payload = models.TextField(help_text="canonical JSON")
    prev = models.BinaryField()
    hash = models.BinaryField()
    created_at = models.DateTimeField()
    due_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=RecordState, default=RecordState.PENDING)
    message = models.OneToOneField(OutboxMessage, on_delete=models.PROTECT, help_text="that carries it, the newest")
    attempts = models.PositiveIntegerField(default=0)
    last_error = models.CharField(max_length=500, blank=True)
    acked_at = models.DateTimeField(null=True)
    ack_code = models.CharField(max_length=50, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="a_chain_of_records_has_no_fork", fields=["station", "seq"]),
            models.UniqueConstraint(
                name="an_exit_is_recorded_once", fields=["visit"], condition=Q(kind=RecordKind.DEPARTURE)
            ),
            models.CheckConstraint(
                name="a_correction_says_of_what_and_why",
                condition=Q(kind=RecordKind.DEPARTURE, corrects=None, reason="")
                | (Q(kind=RecordKind.CORRECTION, corrects__isnull=False) & ~Q(reason="")),
            ),
            models.CheckConstraint(
                name="a_received_record_has_its_receipt",
                condition=(Q(state=RecordState.ACKED, acked_at__isnull=False) & ~Q(ack_code=""))
                | (~Q(state=RecordState.ACKED) & Q(acked_at=None, ack_code="")),
            ),
            models.CheckConstraint(name="a_record_is_due_after_it_arose", condition=Q(due_at__gt=F("created_at"))),
        ]
        indexes = [models.Index(fields=["station", "created_at"]), models.Index(fields=["state"])]
        triggers = [
            pgtrigger.Protect(
                name="what_is_sent_is_never_edited",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(
                    "key", "station", "seq", "visit", "departure", "kind", "corrects", "reason", "payload", "prev",
                    "hash", "created_at", "due_at",
                ),
            ),
            frozen_in("a_receipt_is_never_edited", [RecordState.ACKED], "acked_at", "ack_code"),
            no_delete(),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.departure} #{self.seq}"

    @property
    def said(self) -> dict[str, Any]:
        """The payload, read."""
        return dict(json.loads(self.payload))

    def is_late(self, now: datetime) -> bool:
        """The law's three minutes went by without a receipt; stays true of one that came later."""
        return (self.acked_at or now) > self.due_at
