"""The facts a clearance stands on, for one departure or a whole day with the same number of queries."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Q

from dispatch.enums import OrderState
from dispatch.models import OrderLeg
from dispatch.rules import ClearanceFacts, CrewMember, FeeStanding, Finding, OrderFacts, OrderStanding, Paper
from dispatch.rules import clearance as decide
from dispatch.selectors.orders import live_legs
from fees.enums import ChargeState
from fees.models import Charge
from station import clock
from station.enums import DocumentKind, LicenceRegime, RouteKind, SeatKind, VisitState
from station.models import Departure, Document, Driver, Seat, YardVisit
from station.rules import licences

_STANDING: Mapping[str, OrderStanding] = {
    OrderState.DRAFT: OrderStanding.UNSIGNED,
    OrderState.SIGNING: OrderStanding.SIGNING,
}


def clearance(departure: Departure, now: datetime) -> list[Finding]:
    """What speaks against letting *departure* leave at *now*."""
    return clearances([departure], now)[departure.pk]


def clearances(departures: Iterable[Departure], now: datetime) -> dict[int, list[Finding]]:
    """By departure: what speaks against letting it leave at *now*. Seven queries however many."""
    rows = list(departures)
    known = Known(rows, now)
    return {row.pk: known.findings_on(row) for row in rows}


def open_visit(departure: Departure) -> YardVisit | None:
    visits = YardVisit.objects.filter(departure=departure, state=VisitState.IN_YARD)
    return visits.order_by("pk").first()


def places_of(departure: Departure) -> int:
    """Seats and beds for passengers of the coach that runs, crew excluded."""
    seat_map_id = _seat_map_of(departure)
    return Seat.objects.filter(seat_map_id=seat_map_id).count() if seat_map_id else 0


def agrees_with_order(departure: Departure, leg: OrderLeg) -> bool:
    """Does the order still name the coach and the drivers of *departure*?"""
    contents = leg.order.contents
    crew = [driver.full_name for driver in _crew_of(departure)]
    plate = departure.vehicle.plate if departure.vehicle else ""
    return contents["vehicle"]["plate"] == plate and [driver["name"] for driver in contents["drivers"]] == crew


@dataclass(frozen=True, slots=True)
class _Coach:
    """What a licence must cover."""

    seats: int
    is_sleeper: bool


@dataclass(frozen=True, slots=True)
class Seen:
    """What the caller has read already, by departure: the line of its order, the coach in the yard, its charges."""

    legs: Mapping[int, OrderLeg]
    plates: Mapping[int | None, str]
    charges: Mapping[int | None, list[str]]


def _look(departures: list[Departure]) -> Seen:
    inside = YardVisit.objects.filter(departure__in=departures, state=VisitState.IN_YARD)
    charges: dict[int | None, list[str]] = defaultdict(list)
    rows = Charge.objects.filter(departure__in=departures).exclude(state=ChargeState.CANCELLED).order_by("pk")
    for departure_id, state in rows.values_list("departure_id", "state"):
        charges[departure_id].append(state)
    plates: dict[int | None, str] = {visit.departure_id: visit.plate for visit in inside.order_by("pk")}
    return Seen(live_legs(departures), plates, charges)


class Known:
    """Rows about some departures, read once."""

    def __init__(self, departures: list[Departure], now: datetime, seen: Seen | None = None) -> None:
        self._now = now
        self._seen = seen or _look(departures)
        self._drivers = _drivers(departures)
        self._documents = _documents(departures, self._drivers, clock.local_day(now))
        self._coaches = _coaches(departures)

    def findings_on(self, departure: Departure) -> list[Finding]:
        return decide(self.facts_of(departure))

    def places_of(self, departure: Departure) -> int:
        """As places_of, without a query."""
        coach = self._coaches.get(_seat_map_of(departure))
        return coach.seats if coach else 0

    def fee_of(self, departure: Departure) -> FeeStanding:
        states = self._seen.charges.get(departure.pk)
        if not states:
            return FeeStanding.MISSING
        return FeeStanding.DUE if ChargeState.DUE in states else FeeStanding.SETTLED

    def facts_of(self, departure: Departure) -> ClearanceFacts:
        minutes = departure.route.duration_minutes or 0
        vehicle = departure.vehicle
        return ClearanceFacts(
            arrives_on=clock.local_day(max(self._now, departure.planned_at) + timedelta(minutes=minutes)),
            runs_on_order=RouteKind(departure.route.kind).runs_on_order,
            in_yard=departure.pk in self._seen.plates,
            plate=self._seen.plates.get(departure.pk) or (vehicle.plate if vehicle else ""),
            order=self._order(departure),
            crew=tuple(self._member(driver_id, departure) for driver_id in _crew_ids(departure)),
            fee=self.fee_of(departure),
            papers=self._documents.get(("vehicle", departure.vehicle_id), {}),
        )

    def _order(self, departure: Departure) -> OrderFacts | None:
        leg = self._seen.legs.get(departure.pk)
        if leg is None:
            return None
        order = leg.order
        return OrderFacts(
            standing=_STANDING.get(order.state, OrderStanding.ISSUED),
            plate=order.contents["vehicle"]["plate"],
            drivers=tuple(driver["name"] for driver in order.contents["drivers"]),
            covers_day=order.valid_from <= clock.local_day(departure.planned_at) <= order.valid_until,
        )

    def _member(self, driver_id: int, departure: Departure) -> CrewMember:
        driver = self._drivers[driver_id]
        coach = self._coaches.get(_seat_map_of(departure))
        return CrewMember(
            name=driver.full_name,
            licence_fits=_fits(driver, coach),
            licence=self._documents.get(("driver", driver_id), {}).get(DocumentKind.LICENCE),
        )


def _seat_map_of(departure: Departure) -> int | None:
    """Of the coach that runs; before one is named, of the slot."""
    return (departure.vehicle.seat_map_id if departure.vehicle else None) or departure.seat_map_id


def _crew_ids(departure: Departure) -> list[int]:
    return [pk for pk in (departure.driver_id, departure.second_driver_id) if pk]


def _crew_of(departure: Departure) -> list[Driver]:
    return [driver for driver in (departure.driver, departure.second_driver) if driver]


def _fits(driver: Driver, coach: _Coach | None) -> bool:
    if coach is None:  # a bus without a seat map: nothing to compare with
        return True
    regime = LicenceRegime(driver.licence_regime).value
    return licences.may_drive(
        driver.licence_class, regime, passenger_seats=coach.seats, is_sleeper=coach.is_sleeper  # type: ignore[arg-type]
    )  # fmt: skip


def _drivers(departures: list[Departure]) -> dict[int, Driver]:
    """Read with their departures where those were read so, else in one query."""
    known = {driver.pk: driver for departure in departures for driver in _crew_read(departure)}
    ids = {pk for departure in departures for pk in _crew_ids(departure)} - known.keys()
    if ids:
        known |= {driver.pk: driver for driver in Driver.objects.filter(pk__in=ids).order_by("pk")}
    return known


def _crew_read(departure: Departure) -> list[Driver]:
    cached = (departure._state.fields_cache.get(name) for name in ("driver", "second_driver"))
    return [driver for driver in cached if driver]


def _documents(
    departures: list[Departure], drivers: Mapping[int, Driver], today: date
) -> dict[tuple[str, int | None], dict[str, Paper]]:
    """By owner: of each kind the paper that has begun and lasts longest."""
    vehicles = {departure.vehicle_id for departure in departures if departure.vehicle_id}
    mine = Q(vehicle__in=vehicles) | Q(driver__in=list(drivers), kind=DocumentKind.LICENCE)
    begun = Document.objects.filter(mine, valid_from__lte=today).order_by("pk")
    rows = begun.values_list("vehicle_id", "driver_id", "kind", "number", "valid_until")
    papers: dict[tuple[str, int | None], dict[str, Paper]] = defaultdict(dict)
    for vehicle_id, driver_id, kind, number, until in sorted(rows, key=lambda row: row[-1] or date.max):
        papers["vehicle" if vehicle_id else "driver", vehicle_id or driver_id][kind] = Paper(kind, number, until)
    return papers


def _coaches(departures: list[Departure]) -> dict[int | None, _Coach]:
    maps = {_seat_map_of(departure) for departure in departures}
    kinds: dict[int | None, list[str]] = defaultdict(list)
    for seat_map_id, kind in (
        Seat.objects.filter(seat_map__in=maps - {None}).order_by("pk").values_list("seat_map_id", "kind")
    ):
        kinds[seat_map_id].append(kind)
    return {pk: _Coach(len(seats), any(kind != SeatKind.SEAT for kind in seats)) for pk, seats in kinds.items()}
