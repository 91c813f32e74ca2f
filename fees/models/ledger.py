"""The one ledger of tickets and station services: entries whose postings sum to zero, never edited."""

import pgtrigger
from django.conf import settings
from django.db import models

from fees.enums import Account, Method, PaymentKind
from station.models import Operator, Station, Till
from station.models.guards import append_only

_SUM_IS_ZERO = """
    IF (SELECT COALESCE(SUM(amount), 0) FROM fees_posting WHERE entry_id = NEW.entry_id) <> 0 THEN
        RAISE EXCEPTION 'entry % does not sum to zero', NEW.entry_id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
"""

# FOR SHARE waits for a closing under way and then looks again: behind the lock of the services, for code that forgets.
_TILL_IS_OPEN = """
    PERFORM 1 FROM station_till WHERE id = NEW.till_id AND state = 'open' FOR SHARE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'till % is not open', NEW.till_id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
"""


def _only_while_the_till_is_open(condition: pgtrigger.Condition | None = None) -> pgtrigger.Trigger:
    return pgtrigger.Trigger(
        name="till_is_open",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        condition=condition,
        func=_TILL_IS_OPEN,
    )


class Entry(models.Model):
    """One money fact. What it is about is named by `obj` (payment:12, charge:7): the ledger points at nothing above."""

    station = models.ForeignKey(Station, on_delete=models.PROTECT, related_name="entries")
    till = models.ForeignKey(Till, null=True, on_delete=models.PROTECT, related_name="entries")
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    obj = models.CharField(max_length=60)
    text = models.CharField(max_length=255, blank=True)

    class Meta:
        indexes = [models.Index(fields=["obj"]), models.Index(fields=["till"])]
        triggers = [append_only(), _only_while_the_till_is_open(pgtrigger.Q(new__till__isnull=False))]

    def __str__(self) -> str:
        return f"{self.obj} {self.text}"


class Posting(models.Model):
    """Debit +, credit −, in đồng."""

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="postings")
    account = models.CharField(max_length=20, choices=Account)
    operator = models.ForeignKey(Operator, null=True, on_delete=models.PROTECT, related_name="postings")
    till = models.ForeignKey(Till, null=True, on_delete=models.PROTECT, related_name="postings")
    amount = models.BigIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="a_posting_is_not_zero", condition=~models.Q(amount=0)),
            models.CheckConstraint(
                name="a_drawer_is_of_a_till",
                condition=models.Q(account=Account.DRAWER, till__isnull=False)
                | (~models.Q(account=Account.DRAWER) & models.Q(till=None)),
            ),
            models.CheckConstraint(
                name="money_of_an_operator_names_it",
                condition=~models.Q(account__in=[Account.OWED_BY_OPERATOR, Account.HELD_FOR_OPERATOR, Account.FREIGHT])
                | models.Q(operator__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["account", "operator"]), models.Index(fields=["till"])]
        triggers = [
            append_only(),
            _only_while_the_till_is_open(pgtrigger.Q(new__account=Account.DRAWER)),
            pgtrigger.Trigger(
                name="entry_sums_to_zero",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                timing=pgtrigger.Deferred,
                func=_SUM_IS_ZERO,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account} {self.amount}"


class Payment(models.Model):
    """Money that moved at a till; what it paid names it from above."""

    till = models.ForeignKey(Till, on_delete=models.PROTECT, related_name="payments")
    station = models.ForeignKey(Station, on_delete=models.PROTECT, related_name="payments")
    kind = models.CharField(max_length=12, choices=PaymentKind)
    method = models.CharField(max_length=10, choices=Method)
    amount = models.BigIntegerField(help_text="đồng; money out is negative")
    rounding = models.BigIntegerField(
        default=0, help_text="makes the amount payable in notes; booked by a correction payment of its own"
    )
    received = models.PositiveBigIntegerField(null=True, help_text="cash the customer gave")
    reference = models.CharField(max_length=50, blank=True, help_text="of the bank or the card terminal")
    refund_of = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="refunds")
    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, related_name="payment")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="cash_received_covers_the_amount",
                condition=models.Q(received=None) | models.Q(received__gte=models.F("amount") + models.F("rounding")),
            ),
            models.CheckConstraint(
                name="only_cash_is_rounded", condition=models.Q(rounding=0) | models.Q(method=Method.CASH)
            ),
        ]
        indexes = [models.Index(fields=["till", "at"])]
        triggers = [append_only(), _only_while_the_till_is_open()]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.amount}"

    @property
    def to_pay(self) -> int:
        """đồng that changed hands: the amount, in cash rounded to whole notes."""
        return self.amount + self.rounding

    @property
    def change(self) -> int:
        """Cash given back, in đồng."""
        return self.received - self.to_pay if self.received is not None else 0
