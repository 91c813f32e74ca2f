"""Words that are stored: lower-case English, shown through their translated labels."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Role(TextChoices):
    TICKET_CLERK = "ticket_clerk", _("ticket clerk")
    DISPATCHER = "dispatcher", _("dispatcher")
    GUARD = "guard", _("gate guard")
    SHIFT_LEAD = "shift_lead", _("shift lead")
    ACCOUNTANT = "accountant", _("accountant")
    MANAGER = "manager", _("manager")
    INSPECTOR = "inspector", _("inspector")
    ADMIN = "admin", _("administrator")
    # The last two are not held at a station: they follow from User.operator and User.driver.
    OPERATOR = "operator", _("transport operator")
    DRIVER = "driver", _("driver")


class StationKind(TextChoices):
    COACH = "coach", _("coach station")
    PORT = "port", _("tourist port")


class BayKind(TextChoices):
    BOARDING = "boarding", _("boarding bay")
    ALIGHTING = "alighting", _("alighting bay")
    WAITING = "waiting", _("waiting bay")
    OVERNIGHT = "overnight", _("overnight bay")
    BUS = "bus", _("bus bay")


class SaleCloses(TextChoices):
    """When a station stops selling a departure of its own."""

    CONFIRMATION = "confirmation", _("when its departure is confirmed")
    TIME = "time", _("at its time")


class OperatorKind(TextChoices):
    COMPANY = "company", _("company")
    COOPERATIVE = "htx", _("cooperative")
    HOUSEHOLD = "household", _("household business")


class TicketIssuer(TextChoices):
    """Who issues the invoice that is a passenger's ticket (NĐ 254/2026, TT 91/2026 Đ.9)."""

    OPERATOR = "operator", _("the operator itself")
    STATION_DELEGATED = "station_delegated", _("the station, by delegation")


class PaymentCycle(TextChoices):
    TRIP = "trip", _("per departure")
    MONTH = "month", _("per month")


class SeatKind(TextChoices):
    SEAT = "seat", _("seat")
    BED = "bed", _("bed")
    CABIN = "cabin", _("cabin")


class VehicleKind(TextChoices):
    COACH = "coach", _("coach")
    BUS = "bus", _("city bus")
    BOAT = "boat", _("boat")


class LicenceRegime(TextChoices):
    """A licence class «D» means different things before and since 1 January 2025 (L36 Art. 57, 89); a captain holds a
    certificate of the waterways."""

    PRE2025 = "pre2025", _("before 2025")
    SINCE2025 = "since2025", _("since 2025")
    WATERWAY = "waterway", _("inland waterways")


class DocumentKind(TextChoices):
    REGISTRATION = "registration", _("vehicle registration")
    INSPECTION = "inspection", _("technical inspection")
    INSURANCE = "insurance", _("liability insurance")
    BADGE = "badge", _("route badge")
    LICENCE = "licence", _("driving licence")
    TRAINING = "training", _("transport training certificate")


class RouteKind(TextChoices):
    INTER = "inter", _("inter-provincial")
    INTRA = "intra", _("intra-provincial")
    BUS = "bus", _("city bus")
    BOAT = "boat", _("boat")

    @property
    def runs_on_order(self) -> bool:
        """A dispatch order, signed by both sides, is what a coach of a fixed route leaves with (NĐ 158/2024 Đ.4(7)).
        City buses and boats need none."""
        return self in {RouteKind.INTER, RouteKind.INTRA}

    @classmethod
    def on_order(cls) -> "list[RouteKind]":
        """The kinds that run on a dispatch order."""
        return [kind for kind in cls if kind.runs_on_order]


class RouteStatus(TextChoices):
    ANNOUNCED = "announced", _("announced")
    NEW = "new", _("new")
    OPERATING = "operating", _("operating")
    STOPPED = "stopped", _("stopped")
    UNKNOWN = "unknown", _("not stated")


class Direction(TextChoices):
    OUT = "out", _("outbound")
    BACK = "back", _("return")


class NoticeState(TextChoices):
    IN_FORCE = "in_force", _("in force")
    STOPPED = "stopped", _("stopped")


class DepartureKind(TextChoices):
    REGULAR = "regular", _("regular")
    EXTRA = "extra", _("reinforcement")


class DepartureState(TextChoices):
    PLANNED = "planned", _("planned")
    BOARDING = "boarding", _("boarding")
    DEPARTED = "departed", _("departed")
    ARRIVED = "arrived", _("arrived")
    CANCELLED = "cancelled", _("cancelled")
    MISSED = "missed", _("not run")


class BoardState(TextChoices):
    """What people in the hall are told about a departure."""

    PLANNED = "planned", _("planned")
    BOARDING = "boarding", _("boarding now")
    LEAVING = "leaving", _("leaving soon")
    LATE = "late", _("late")
    DEPARTED = "departed", _("departed")
    CANCELLED = "cancelled", _("cancelled")


class Milestone(TextChoices):
    """What an upper app tells a departure about itself (station.services.reach)."""

    ORDER_ISSUED = "order_issued", _("dispatch order issued")
    EXIT_CONFIRMED = "exit_confirmed", _("departure confirmed by the station")


class VisitState(TextChoices):
    IN_YARD = "in_yard", _("in the yard")
    LEFT = "left", _("left")


class ExitKind(TextChoices):
    DEPARTURE = "departure", _("on its departure")
    EMPTY = "empty", _("without passengers")


class ShiftState(TextChoices):
    OPEN = "open", _("open")
    CLOSED = "closed", _("closed")


class TillState(TextChoices):
    OPEN = "open", _("open")
    CLOSED = "closed", _("closed")


class MessageState(TextChoices):
    PENDING = "pending", _("pending")
    DONE = "done", _("done")
    DEAD = "dead", _("given up")
