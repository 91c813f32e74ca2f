from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class TicketState(TextChoices):
    SOLD = "sold", _("sold")
    BOARDED = "boarded", _("boarded")
    USED = "used", _("used")
    REFUNDED = "refunded", _("refunded")
    EXCHANGED = "exchanged", _("exchanged")
    VOID = "void", _("void")
    NO_SHOW = "no_show", _("did not come")
    DISPLACED = "displaced", _("departure cancelled, to be refunded or moved")


# A ticket in one of these states keeps its seat.
LIVE_STATES = (TicketState.SOLD, TicketState.BOARDED, TicketState.USED)


class BlockKind(TextChoices):
    STATION = "station", _("kept by the station")
    OPERATOR = "operator", _("kept by the operator")
    BROKEN = "broken", _("broken")


class DisruptionKind(TextChoices):
    CANCELLED = "cancelled", _("departure cancelled")
    MERGED = "merged", _("merged into another departure")
    REPLACED = "replaced", _("another coach")
    LATE = "late", _("leaves later")


class RefundKind(TextChoices):
    VOID = "void", _("void")
    REFUND = "refund", _("refund")
    EXCHANGE = "exchange", _("exchange")


class RefundReason(TextChoices):
    PASSENGER = "passenger", _("the passenger gives it back")
    CANCELLED = "cancelled", _("the departure is cancelled")
    LOWER_CLASS = "lower_class", _("a coach of a lower class")
    DELAY = "delay", _("the departure is late")
    MISTAKE = "mistake", _("sold by mistake")
    OTHER = "other", _("another reason")


class FreightKind(TextChoices):
    LUGGAGE = "luggage", _("luggage")
    PARCEL = "parcel", _("parcel")


class ParcelState(TextChoices):
    RECEIVED = "received", _("received")
    LOADED = "loaded", _("loaded")
    ARRIVED = "arrived", _("arrived")
    HANDED_OVER = "handed_over", _("handed over")
    RETURNED = "returned", _("returned to the sender")
    LOST = "lost", _("lost or damaged")


class Paper(TextChoices):
    RECEIPT = "receipt", _("80 mm roll")
    A5 = "a5", _("A5 sheet")
    A4 = "a4", _("A4 sheet, two tickets")


class ComplaintTopic(TextChoices):
    LATE = "late", _("late, or did not run")
    CREW = "crew", _("driver or attendant")
    SEAT = "seat", _("seat, coach, cleanliness")
    FARE = "fare", _("fare or money")
    LUGGAGE = "luggage", _("luggage")
    STATION = "station", _("the station")
    OTHER = "other", _("something else")


class ComplaintState(TextChoices):
    OPEN = "open", _("to be answered")
    ANSWERED = "answered", _("answered")
