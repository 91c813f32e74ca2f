from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class InvoiceKind(TextChoices):
    ORIGINAL = "original", _("original")
    ADJUST = "adjust", _("adjustment")
    REPLACE = "replace", _("replacement")


class InvoiceState(TextChoices):
    ISSUED = "issued", _("numbered and signed")
    IN_FLIGHT = "in_flight", _("being sent")
    UNKNOWN = "unknown", _("no answer yet, asking")
    ACCEPTED = "accepted", _("accepted")
    REFUSED = "refused", _("refused")


class Subject(TextChoices):
    """What an invoice series is for."""

    SERVICE = "service", _("station services")
    TICKET = "ticket", _("passenger tickets")
