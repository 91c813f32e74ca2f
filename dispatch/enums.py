from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class OrderSource(TextChoices):
    ELECTRONIC = "electronic", _("electronic")
    PAPER = "paper", _("paper")


class OrderState(TextChoices):
    DRAFT = "draft", _("waiting for the operator's signature")
    SIGNING = "signing", _("being signed")
    ISSUED = "issued", _("issued")
    CONFIRMED = "confirmed", _("departure confirmed")
    COMPLETED = "completed", _("completed")
    CANCELLED = "cancelled", _("cancelled")


class LegState(TextChoices):
    PENDING = "pending", _("to run")
    CONFIRMED = "confirmed", _("departure confirmed")
    ARRIVED = "arrived", _("arrival confirmed")
    SKIPPED = "skipped", _("not run")
    WITHDRAWN = "withdrawn", _("confirmation withdrawn")


# Lines of a sheet that no departure runs on any more.
IDLE_LEGS = (LegState.SKIPPED, LegState.WITHDRAWN)


class SignatureField(TextChoices):
    """Names of the signature fields in the PDF (contract: Documents)."""

    OPERATOR = "Operator", _("operator")
    DRIVER = "Driver", _("driver")
    STATION = "Station", _("station of departure")
    ARRIVAL = "Arrival", _("station of arrival")


class SignatureState(TextChoices):
    REQUESTED = "requested", _("waiting to be applied")
    APPLIED = "applied", _("in the document")


class RecordKind(TextChoices):
    DEPARTURE = "departure", _("departure")
    CORRECTION = "correction", _("correction")


class RecordState(TextChoices):
    PENDING = "pending", _("on its way")
    ACKED = "acked", _("received")
    REFUSED = "refused", _("refused")


class InspectionResult(TextChoices):
    PASSED = "passed", _("passed")
    REFUSED = "refused", _("refused")
