"""The close of a till: a number without gaps per station, and a grand total that never resets."""

import pgtrigger
from django.conf import settings
from django.db import models

from station.models import Station, Till
from station.models.guards import append_only

# At commit, when the closing transaction holds the till: a payment that slipped in between is seen here.
_BOOKS_AGREE = """
    IF NEW.expected_cash <> (
        SELECT t.opening_float + COALESCE(SUM(p.amount) FILTER (WHERE p.method = 'cash'), 0)
        FROM station_till t LEFT JOIN fees_payment p ON p.till_id = t.id WHERE t.id = NEW.till_id GROUP BY t.id
    ) THEN
        RAISE EXCEPTION 'closing of till %: expected cash is not float + cash payments', NEW.till_id
        USING ERRCODE = 'check_violation';
    END IF;
    IF (NEW.taken, NEW.moved) <> (
        SELECT COALESCE(SUM(amount) FILTER (WHERE kind NOT IN ('float', 'drop', 'payout')), 0),
               COALESCE(SUM(amount) FILTER (WHERE kind IN ('float', 'drop', 'payout')), 0)
        FROM fees_payment WHERE till_id = NEW.till_id
    ) THEN
        RAISE EXCEPTION 'closing of till %: taken and moved are not the sums of its payments', NEW.till_id
        USING ERRCODE = 'check_violation';
    END IF;
    IF (SELECT COALESCE(SUM(amount), 0) FROM fees_posting WHERE till_id = NEW.till_id AND account = 'drawer') <> 0 THEN
        RAISE EXCEPTION 'closing of till %: its drawer is not empty', NEW.till_id USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.counted_cash
       <> (SELECT COALESCE(SUM(denomination * quantity), 0) FROM fees_cashcount WHERE closing_id = NEW.id) THEN
        RAISE EXCEPTION 'closing of till %: counted cash is not its notes', NEW.till_id
        USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
"""
_NOTES_AGREE = """
    IF (SELECT counted_cash FROM fees_tillclosing WHERE id = NEW.closing_id)
       <> (SELECT SUM(denomination * quantity) FROM fees_cashcount WHERE closing_id = NEW.closing_id) THEN
        RAISE EXCEPTION 'closing %: its notes are not what was counted', NEW.closing_id
        USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
"""


class ClosingCounter(models.Model):
    """Last number and running grand total of a station; locked last."""

    station = models.OneToOneField(Station, on_delete=models.PROTECT, related_name="closing_counter")
    last_number = models.PositiveIntegerField(default=0)
    grand_total = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.station} {self.last_number}"


class TillClosing(models.Model):
    till = models.OneToOneField(Till, on_delete=models.PROTECT, related_name="closing")
    station = models.ForeignKey(Station, on_delete=models.PROTECT, related_name="closings")
    number = models.PositiveIntegerField()
    expected_cash = models.BigIntegerField(help_text="float + cash in − cash out")
    counted_cash = models.BigIntegerField()
    difference = models.BigIntegerField(help_text="counted − expected")
    reason = models.CharField(max_length=255, blank=True, help_text="why it differs")
    taken = models.BigIntegerField(help_text="Σ of what people paid and got back, all methods")
    moved = models.BigIntegerField(default=0, help_text="Σ of cash that nobody paid: floats, drops, cash out")
    grand_total_before = models.BigIntegerField()
    grand_total_after = models.BigIntegerField()
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="closing_numbers_are_unique", fields=["station", "number"]),
            models.CheckConstraint(
                name="difference_is_counted_minus_expected",
                condition=models.Q(difference=models.F("counted_cash") - models.F("expected_cash")),
            ),
            models.CheckConstraint(
                name="grand_total_moves_by_what_was_booked",
                condition=models.Q(
                    grand_total_after=models.F("grand_total_before") + models.F("taken") + models.F("moved")
                ),
            ),
            models.CheckConstraint(
                name="a_difference_has_a_reason", condition=models.Q(difference=0) | ~models.Q(reason="")
            ),
        ]
        triggers = [
            append_only(),
            pgtrigger.Trigger(
                name="books_agree",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                timing=pgtrigger.Deferred,
                func=_BOOKS_AGREE,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.station} Z{self.number}"


class CashCount(models.Model):
    """How many notes of one kind were counted."""

    closing = models.ForeignKey(TillClosing, on_delete=models.PROTECT, related_name="counts")
    denomination = models.PositiveIntegerField()
    quantity = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="a_note_is_counted_once", fields=["closing", "denomination"]),
        ]
        triggers = [
            append_only(),
            pgtrigger.Trigger(
                name="notes_agree",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                timing=pgtrigger.Deferred,
                func=_NOTES_AGREE,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.denomination}"

    @property
    def total(self) -> int:
        """đồng in notes of this kind."""
        return self.quantity * self.denomination
