"""Cash that moves between a drawer, the safe, a person and another drawer: money that nobody paid."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from fees.enums import MoveKind, MoveState
from fees.models.ledger import Payment
from station.models import Stateful, Station, Till
from station.models.guards import frozen_in, no_delete

_ASKED = Q(state__in=[MoveState.OFFERED, MoveState.DECLINED])


class CashMove(Stateful):
    """One amount of cash and the two people of it. In, out and drop are done when written down; a hand-over is offered,
    and moves when the other person counted it and took it."""

    noun = "cash_move"
    transitions = {
        MoveState.OFFERED: frozenset({MoveState.DONE, MoveState.DECLINED}),
        MoveState.DONE: frozenset(),
        MoveState.DECLINED: frozenset(),
    }

    station = models.ForeignKey(Station, on_delete=models.PROTECT, related_name="cash_moves")
    till = models.ForeignKey(Till, on_delete=models.PROTECT, related_name="cash_moves")
    kind = models.CharField(max_length=10, choices=MoveKind)
    amount = models.PositiveBigIntegerField(help_text="đồng")
    reason = models.CharField(max_length=255, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    other = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+",
        help_text="who gave, took or received it; null: one person alone, who keeps the safe or fills it",
    )  # fmt: skip
    to_till = models.ForeignKey(
        Till, null=True, on_delete=models.PROTECT, related_name="cash_received", help_text="of a hand-over"
    )
    state = models.CharField(max_length=10, choices=MoveState, default=MoveState.DONE)
    made_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, help_text="when a hand-over was taken or declined")
    payment = models.OneToOneField(Payment, null=True, on_delete=models.PROTECT, related_name="cash_move")
    to_payment = models.OneToOneField(Payment, null=True, on_delete=models.PROTECT, related_name="cash_received")

    class Meta:
        constraints = [
            models.CheckConstraint(name="a_move_moves_money", condition=Q(amount__gt=0)),
            models.CheckConstraint(
                name="a_hand_over_names_the_other_till",
                condition=Q(kind=MoveKind.HAND_OVER, to_till__isnull=False, other__isnull=False)
                | (~Q(kind=MoveKind.HAND_OVER) & Q(to_till=None)),
            ),
            models.CheckConstraint(
                name="only_a_hand_over_waits_for_an_answer",
                condition=Q(kind=MoveKind.HAND_OVER) | Q(state=MoveState.DONE, answered_at=None),
            ),
            models.CheckConstraint(
                name="a_move_that_is_done_is_in_the_books",
                condition=Q(state=MoveState.DONE, payment__isnull=False) | (_ASKED & Q(payment=None)),
            ),
            models.CheckConstraint(
                name="a_hand_over_is_in_both_tills",
                condition=Q(kind=MoveKind.HAND_OVER, state=MoveState.DONE, to_payment__isnull=False)
                | ((~Q(kind=MoveKind.HAND_OVER) | _ASKED) & Q(to_payment=None)),
            ),
            models.CheckConstraint(
                name="cash_has_two_people",
                condition=Q(other=None) | ~Q(other=F("by")),
            ),
            models.CheckConstraint(name="cash_out_has_a_reason", condition=~Q(kind=MoveKind.OUT) | ~Q(reason="")),
        ]
        indexes = [models.Index(fields=["till", "made_at"]), models.Index(fields=["to_till", "state"])]
        triggers = [
            no_delete(),
            frozen_in(
                "what_was_moved_never_changes",
                MoveState.values,
                *("station", "till", "kind", "amount", "reason", "by", "other", "to_till", "made_at"),
            ),
            frozen_in(
                "an_answer_is_given_once",
                [MoveState.DONE, MoveState.DECLINED],
                *("state", "payment", "to_payment", "answered_at"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.amount}"
