"""What was found out about a till after it was closed: booked in the till of today, linked to the closing."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from fees.models.closings import TillClosing
from fees.models.ledger import Payment
from station.models.guards import append_only


class TillCorrection(models.Model):
    """Money that a closed till was over (−) or short (+) and that turned up, or was given back, later."""

    closing = models.ForeignKey(TillClosing, on_delete=models.PROTECT, related_name="corrections")
    payment = models.OneToOneField(Payment, on_delete=models.PROTECT, related_name="till_correction")
    reason = models.CharField(max_length=255)
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="a_correction_has_a_reason", condition=~Q(reason="")),
            models.CheckConstraint(name="nobody_approves_their_own_correction", condition=~Q(approved_by=F("by"))),
        ]
        triggers = [append_only()]

    def __str__(self) -> str:
        return f"{self.closing} {self.reason}"
