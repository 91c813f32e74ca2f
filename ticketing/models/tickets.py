"""Seats, holds, sales, tickets and what is given back for them."""

from datetime import datetime

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Right

from fees.models import Payment, TransferRequest
from station.models import Departure, Operator, RouteStop, SeatMap, Stateful, Station, Till
from station.models.guards import append_only, no_delete
from ticketing.enums import LIVE_STATES, BlockKind, RefundKind, RefundReason, TicketState
from ticketing.models.buyers import WithBuyer, a_company_is_whole

# The facts of a ticket: everything but its state and where its holder rides and sits now (what was sold is printed).
_SAID = (
    "sale", "code", "from_stop", "to_stop", "first_leg", "end_leg", "fare", "price", "lap_children",
    "printed", "sold_at",
)  # fmt: skip
_SHOWN_DIGITS = 4
MOST_ON_A_LAP = 2


# At commit, when all payments of a sale are there.
_PAID_IN_FULL = """
    IF NEW.total <> (SELECT p.amount FROM fees_payment p WHERE p.id = NEW.payment_id)
        + (SELECT COALESCE(SUM(p.amount), 0) FROM ticketing_salepart s JOIN fees_payment p ON p.id = s.payment_id
            WHERE s.sale_id = NEW.id) THEN
        RAISE EXCEPTION 'sale %: its payments are not its total', NEW.id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
"""


class Hold(models.Model):
    """Seats kept for a clerk who is selling; the server lets go of them by itself."""

    departure = models.ForeignKey(Departure, on_delete=models.PROTECT, related_name="holds")
    till = models.ForeignKey(Till, on_delete=models.PROTECT, related_name="holds")
    from_stop = models.ForeignKey(RouteStop, on_delete=models.PROTECT, related_name="+")
    to_stop = models.ForeignKey(RouteStop, on_delete=models.PROTECT, related_name="+")
    held_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    request = models.OneToOneField(
        TransferRequest, null=True, on_delete=models.PROTECT, related_name="hold",
        help_text="the bank transfer it waits for; its clerk serves the next customer meanwhile",
    )  # fmt: skip

    def __str__(self) -> str:
        return f"{self.departure} {self.expires_at}"


class Sale(WithBuyer):
    """One customer, one payment, one or more tickets of one departure."""

    station = models.ForeignKey(Station, on_delete=models.PROTECT, related_name="sales")
    till = models.ForeignKey(Till, on_delete=models.PROTECT, related_name="sales")
    departure = models.ForeignKey(Departure, on_delete=models.PROTECT, related_name="sales")
    payment = models.OneToOneField(
        Payment, on_delete=models.PROTECT, related_name="sale", help_text="the first; others are its parts"
    )
    total = models.PositiveBigIntegerField()
    idempotency_key = models.CharField(max_length=140, unique=True, help_text="<user>:<key>")
    lookup_code = models.CharField(
        max_length=16,
        unique=True,
        help_text="printed on the tickets: opens their page, stands on their invoice",
    )
    sold_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    sold_at = models.DateTimeField()
    held_at = models.DateTimeField(null=True, help_text="since when its seats were kept; null: sold at once")

    class Meta:
        constraints = [a_company_is_whole("a_sale_names_a_company_whole")]
        indexes = [
            models.Index(fields=["till", "sold_at"]),
            models.Index(fields=["departure"]),
            models.Index(Right("buyer_phone", 5), name="sale_by_end_of_phone", condition=~Q(buyer_phone="")),
        ]
        triggers = [
            append_only(),
            pgtrigger.Trigger(
                name="a_sale_is_paid_in_full",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                timing=pgtrigger.Deferred,
                func=_PAID_IN_FULL,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.departure} {self.total}"

    @property
    def phone_tail(self) -> str:
        """The last digits of the buyer's phone, as much as a list may show."""
        return f"…{self.buyer_phone[-_SHOWN_DIGITS:]}" if self.buyer_phone else ""


class SalePart(models.Model):
    """A further payment of a sale: it was paid in several ways."""

    sale = models.ForeignKey(Sale, on_delete=models.PROTECT, related_name="parts")
    payment = models.OneToOneField(Payment, on_delete=models.PROTECT, related_name="sale_part")

    class Meta:
        triggers = [append_only()]

    def __str__(self) -> str:
        return f"{self.sale_id} {self.payment_id}"


class Ticket(Stateful):
    """One passenger's right to one seat between two stops of one departure; it says what it said when sold."""

    noun = "ticket"
    transitions = {
        TicketState.SOLD: frozenset(
            {
                TicketState.BOARDED, TicketState.REFUNDED, TicketState.EXCHANGED,
                TicketState.VOID, TicketState.NO_SHOW, TicketState.DISPLACED,
            }
        ),
        TicketState.BOARDED: frozenset({TicketState.USED, TicketState.DISPLACED}),
        TicketState.DISPLACED: frozenset({TicketState.REFUNDED, TicketState.EXCHANGED, TicketState.SOLD}),
        TicketState.USED: frozenset(),
        TicketState.REFUNDED: frozenset(),
        TicketState.EXCHANGED: frozenset(),
        TicketState.VOID: frozenset(),
        TicketState.NO_SHOW: frozenset({TicketState.REFUNDED}),
    }  # fmt: skip

    sale = models.ForeignKey(Sale, on_delete=models.PROTECT, related_name="tickets")
    departure = models.ForeignKey(Departure, on_delete=models.PROTECT, related_name="tickets")
    code = models.CharField(max_length=18, unique=True, help_text="17 digits and a check digit, as in the QR")
    seat_map = models.ForeignKey(SeatMap, on_delete=models.PROTECT)
    seat = models.PositiveSmallIntegerField(help_text="ordinal on the map")
    seat_label = models.CharField(max_length=5)
    from_stop = models.ForeignKey(RouteStop, on_delete=models.PROTECT, related_name="+")
    to_stop = models.ForeignKey(RouteStop, on_delete=models.PROTECT, related_name="+")
    first_leg = models.PositiveSmallIntegerField()
    end_leg = models.PositiveSmallIntegerField(help_text="exclusive")
    fare = models.PositiveBigIntegerField(help_text="đồng, tax included")
    price = models.JSONField(help_text="how the fare came about")
    lap_children = models.PositiveSmallIntegerField(default=0, help_text="without a seat of their own; they count")
    printed = models.JSONField(help_text="operator, route, plate, bay and time as printed")
    state = models.CharField(max_length=10, choices=TicketState, default=TicketState.SOLD)
    sold_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="a_ticket_covers_a_leg", condition=Q(end_leg__gt=F("first_leg"))),
            models.CheckConstraint(name="a_lap_holds_two_children", condition=Q(lap_children__lte=MOST_ON_A_LAP)),
        ]
        indexes = [
            models.Index(fields=["departure", "state"]),
            models.Index(Right("code", 5), name="ticket_by_end_of_code"),
        ]
        triggers = [
            no_delete(),
            pgtrigger.Protect(
                name="a_ticket_says_what_it_said",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(*_SAID),
            ),
            pgtrigger.Protect(
                name="a_ticket_moves_only_when_displaced",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__departure__df=pgtrigger.F("new__departure"))
                & ~pgtrigger.Q(old__state=TicketState.DISPLACED),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.departure} {self.seat_label}"

    @property
    def journal_station_id(self) -> int:
        return self.sale.station_id

    @property
    def is_valid(self) -> bool:
        """Whether its holder may ride, or rode, on it."""
        return self.state in LIVE_STATES


@pghistory.track()
class RefundPolicy(models.Model):
    """What an operator gives back beyond the law. A line that gives less than the law is never the best: not used."""

    operator = models.ForeignKey(
        Operator, null=True, blank=True, on_delete=models.PROTECT, related_name="refund_policies", help_text="or all"
    )
    km_over = models.PositiveIntegerField(default=0, help_text="routes longer than this")
    km_up_to = models.PositiveIntegerField(null=True, blank=True, help_text="and not longer than this")
    minutes_before = models.PositiveIntegerField(help_text="given back at least so long before the departure")
    percent = models.PositiveSmallIntegerField()
    valid_from = models.DateField(help_text="tickets sold on this day or later")
    valid_until = models.DateField(null=True, blank=True, help_text="exclusive")

    class Meta:
        verbose_name_plural = "refund policies"
        constraints = [
            models.CheckConstraint(
                name="a_refund_is_a_part_of_the_fare", condition=Q(percent__gte=1) & Q(percent__lte=100)
            ),
            models.CheckConstraint(
                name="a_policy_ends_after_it_begins", condition=Q(valid_until=None) | Q(valid_until__gt=F("valid_from"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.operator or '*'} {self.percent}% ≥ {self.minutes_before} min"


class Refund(models.Model):
    """A ticket that is over and what was given back for it. One per ticket: the database refuses the second."""

    ticket = models.OneToOneField(Ticket, on_delete=models.PROTECT, related_name="refund")
    payment = models.OneToOneField(
        Payment, null=True, on_delete=models.PROTECT, related_name="ticket_refund", help_text="null: it was free"
    )
    replacement = models.OneToOneField(
        Ticket, null=True, on_delete=models.PROTECT, related_name="exchanged_from", help_text="of an exchange"
    )
    kind = models.CharField(max_length=10, choices=RefundKind)
    reason = models.CharField(max_length=20, choices=RefundReason)
    note = models.CharField(max_length=255, blank=True)
    rule = models.JSONField(help_text="what the rule gave and why, as it was")
    paid = models.PositiveBigIntegerField(help_text="what the passenger had paid, đồng")
    amount = models.PositiveBigIntegerField(help_text="what was given back")
    retained = models.PositiveBigIntegerField(help_text="what stays with the operator")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="what_was_paid_is_given_or_kept", condition=Q(paid=F("amount") + F("retained"))
            ),
            models.CheckConstraint(
                name="nobody_approves_their_own_refund", condition=Q(approved_by=None) | ~Q(approved_by=F("by"))
            ),
            models.CheckConstraint(
                name="an_exchange_names_the_new_ticket",
                condition=Q(kind=RefundKind.EXCHANGE, replacement__isnull=False)
                | (~Q(kind=RefundKind.EXCHANGE) & Q(replacement=None)),
            ),
            models.CheckConstraint(
                name="money_given_back_has_its_payment",
                condition=Q(amount=0, payment=None) | Q(amount__gt=0, payment__isnull=False),
            ),
        ]
        triggers = [append_only()]

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.amount}"


class RefundPart(models.Model):
    """A further payment of a refund: the sale was paid in several ways, and no one of them held all that goes back."""

    refund = models.ForeignKey(Refund, on_delete=models.PROTECT, related_name="parts")
    payment = models.OneToOneField(Payment, on_delete=models.PROTECT, related_name="refund_part")

    class Meta:
        triggers = [append_only()]

    def __str__(self) -> str:
        return f"{self.refund_id} {self.payment_id}"


class SeatChange(models.Model):
    """A passenger sits elsewhere than their ticket said."""

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="seat_changes")
    from_label = models.CharField(max_length=5)
    to_label = models.CharField(max_length=5)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        triggers = [append_only()]

    def __str__(self) -> str:
        return f"{self.from_label} → {self.to_label}"


class SeatBlock(models.Model):
    """A seat of one departure that nobody may sell, and why, until it is lifted."""

    departure = models.ForeignKey(Departure, on_delete=models.PROTECT, related_name="seat_blocks")
    seat = models.PositiveSmallIntegerField(help_text="ordinal on the map")
    seat_label = models.CharField(max_length=5)
    kind = models.CharField(max_length=10, choices=BlockKind)
    reason = models.CharField(max_length=255)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    lifted_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    lifted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="a_seat_is_blocked_once", fields=["departure", "seat"], condition=Q(lifted_at=None)
            ),
            models.CheckConstraint(
                name="who_lifts_a_block_is_named",
                condition=Q(lifted_by=None, lifted_at=None) | Q(lifted_by__isnull=False, lifted_at__isnull=False),
            ),
            models.CheckConstraint(name="a_block_has_its_reason", condition=~Q(reason="")),
        ]
        triggers = [
            no_delete(),
            pgtrigger.Protect(
                name="a_block_says_what_it_said",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange("departure", "seat", "seat_label", "kind", "reason", "by", "at"),
            ),
            pgtrigger.Protect(
                name="a_block_is_lifted_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__lifted_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.seat_label}: {self.get_kind_display()}"


class SeatClaim(models.Model):
    """A seat on one leg between two consecutive stops: held, sold or blocked. The primary key is the rule: one live
    claim."""

    pk = models.CompositePrimaryKey("departure_id", "seat", "leg")
    departure = models.ForeignKey(Departure, on_delete=models.PROTECT, related_name="claims")
    seat = models.PositiveSmallIntegerField()
    leg = models.PositiveSmallIntegerField()
    hold = models.ForeignKey(Hold, null=True, on_delete=models.PROTECT, related_name="claims")
    ticket = models.ForeignKey(Ticket, null=True, on_delete=models.PROTECT, related_name="claims")
    block = models.ForeignKey(SeatBlock, null=True, on_delete=models.PROTECT, related_name="claims")
    expires_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="a_claim_is_a_hold_a_ticket_or_a_block",
                condition=Q(hold__isnull=False, ticket=None, block=None, expires_at__isnull=False)
                | Q(hold=None, ticket__isnull=False, block=None, expires_at=None)
                | Q(hold=None, ticket=None, block__isnull=False, expires_at=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.departure_id}/{self.seat}/{self.leg}"

    def is_free_at(self, now: datetime) -> bool:
        return self.expires_at is not None and self.expires_at < now
