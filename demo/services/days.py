"""What the script of a played day is made from: its departures, its shifts, its people; read from the database."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta

from django.db.models import Count, Max, Q

from demo.accounts import PASSWORD
from demo.models import Demonstration, Planted, PlayedDay
from demo.rules.script import Ca, Held, Run, Staff, Step, day_script
from dispatch.rules import OPERATORS_OWN
from dispatch.selectors import clearances
from station import clock
from station.enums import DepartureState, PaymentCycle, Role, RouteKind
from station.models import Contract, Counter, Departure, Operator, RouteStop, Seat, ShiftTemplate, Station, User
from station.rules.shifts import ShiftTimes, span_on
from station.selectors.departures import departures_of_the_day
from station.services.master_data import register_person

HELD_BY = {"late_coach": Held.AT_THE_GATE, "expired_coach": Held.AT_THE_CHECK, "unpaid_charge": Held.AT_THE_TILL}
_NEVER = (DepartureState.CANCELLED, DepartureState.MISSED)
# Where visitors look first. Its lead, who works several sites, has a till at this one only.
_FIRST = "HB01"
# Before the night shift that begins it.
_EVE = timedelta(hours=-3, minutes=-30)
_DUE_SOON = timedelta(hours=3)


def script_of(played: PlayedDay) -> list[Step]:
    """The steps of *played*, as they are by the departures there are now."""
    station = played.station
    return day_script(
        runs_of(station, played.day), cas_of(station, played.day), staff_of(station),
        seed=played.seed, present=clock.local(played.present), tickets=played.tickets,
        left_open=_left_open(played),
    )  # fmt: skip


def _left_open(played: PlayedDay) -> datetime | None:
    """When a complaint is filed whose answer is due soon after the demonstration was built; None on other days."""
    known = Demonstration.objects.order_by("pk").first()
    if known is None or played.station.code != _FIRST:
        return None
    built_at = clock.local(known.built_at)
    due_at = min(built_at + _DUE_SOON, built_at.replace(hour=23, minute=50))
    filed_at = due_at - timedelta(days=played.station.complaint_days)
    return filed_at if filed_at.date() == played.day else None


def eve_of(day: date) -> datetime:
    """When a day is planned: on the evening before it, behind everything that is played of that evening's own day."""
    return datetime.combine(day, time(), clock.STATION_TIME) + _EVE


def give_signers(now: datetime) -> None:
    """Somebody signs for every operator that signs electronically; those of the contract are there already."""
    for operator in Operator.objects.filter(signs_electronically=True, users=None).order_by("pk"):
        name = f"nhaxe_{operator.code.lower()}"
        person = User(username=name, full_name=operator.representative or operator.short_name, operator=operator)
        register_person(person, password=PASSWORD, places=[], now=now)


def cas_of(station: Station, day: date) -> list[Ca]:
    """The shifts that begin on *day*, and the night before it when nothing was played then."""
    templates = ShiftTemplate.objects.filter(station=station).order_by("starts_at")
    times = [ShiftTimes(row.name, row.starts_at, row.ends_at) for row in templates]
    spans = [span_on(day, each) for each in times]
    eve = day - timedelta(days=1)
    if times and not PlayedDay.objects.filter(station=station, day=eve).exists():
        spans.insert(0, span_on(eve, times[-1]))
    return [Ca(span.starts_at, span.ends_at) for span in spans]


def staff_of(station: Station) -> Staff:
    leads = [user.username for user in holders(station, Role.SHIFT_LEAD)]

    def others(role: Role) -> tuple[str, ...]:
        return tuple(user.username for user in holders(station, role) if user.username not in leads)

    return Staff(
        leads=tuple(leads), clerks=others(Role.TICKET_CLERK), dispatchers=others(Role.DISPATCHER),
        guards=others(Role.GUARD), lead_has_till=station.code == _FIRST,
        counters=Counter.objects.filter(station=station).count(),
    )  # fmt: skip


def holders(station: Station, role: Role) -> list[User]:
    """Who holds *role* at *station*, the first first."""
    rows = User.objects.filter(memberships__station=station, memberships__role=role, disabled_at=None, is_active=True)
    return list(rows.distinct().order_by("pk"))


def runs_of(station: Station, day: date) -> list[Run]:
    rows = departures_of_the_day(station, day).exclude(vehicle=None).exclude(state__in=_NEVER)
    departures = list(rows.select_related("vehicle", "seat_map", "second_driver"))
    facts = _Facts(station, day, departures)
    return [facts.run_of(departure) for departure in departures]


class _Facts:
    """What all runs of a day need, read once."""

    def __init__(self, station: Station, day: date, departures: Sequence[Departure]) -> None:
        self._unfit = _unfit(departures, eve_of(day))
        self._places = _places(departures)
        stops = RouteStop.objects.filter(route__in={row.route_id for row in departures})
        self._stops = dict(stops.order_by("route").values_list("route").annotate(Max("position")))
        signers = User.objects.filter(operator__signs_electronically=True, disabled_at=None).order_by("-pk")
        self._signers = dict(signers.values_list("operator_id", "username"))
        self._monthly = _monthly(station, day)
        held = Planted.objects.filter(what__in=HELD_BY, departure__station=station).order_by("pk")
        self._held = {pk: HELD_BY[what] for pk, what in held.values_list("departure_id", "what")}

    def run_of(self, departure: Departure) -> Run:
        kind = RouteKind(departure.route.kind)
        vehicle = departure.vehicle
        return Run(
            departure=departure.pk,
            planned_at=clock.local(departure.planned_at),
            kind=kind.value,
            plate=vehicle.plate if vehicle else "",
            operator=departure.operator.code,
            places=self._places.get((vehicle.seat_map_id if vehicle else None) or departure.seat_map_id, 0),
            stops=self._stops.get(departure.route_id, 1),
            is_on_sale=departure.is_on_sale,
            signer=self._signers.get(departure.operator_id, "") if kind.runs_on_order else "",
            is_fit=departure.pk not in self._unfit,
            pays_now=departure.operator_id not in self._monthly,
            held=self._held.get(departure.pk, Held.NO),
        )


def _unfit(departures: Sequence[Departure], now: datetime) -> frozenset[int]:
    """Whose coach or driver may not run, whatever is signed."""
    found = clearances(departures, now)
    own = OPERATORS_OWN - {"order_other_plate", "order_other_driver"}
    return frozenset(pk for pk, findings in found.items() if any(finding.code in own for finding in findings))


def _places(departures: Sequence[Departure]) -> Mapping[int | None, int]:
    maps = {row.seat_map_id for row in departures} | {row.vehicle.seat_map_id for row in departures if row.vehicle}
    return dict(
        Seat.objects.filter(seat_map__in=maps - {None})
        .order_by("seat_map")
        .values_list("seat_map")
        .annotate(Count("pk"))
    )


def _monthly(station: Station, day: date) -> frozenset[int]:
    valid = Contract.objects.filter(Q(valid_until=None) | Q(valid_until__gt=day), valid_from__lte=day)
    return frozenset(
        valid.filter(station=station, payment_cycle=PaymentCycle.MONTH).values_list("operator_id", flat=True)
    )
