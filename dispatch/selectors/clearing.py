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
    known = _Known(rows, now)
    return {row.pk: decide(known.facts_of(row)) for row in rows}


def open_visit(departure: Departure) -> YardVisit | None:
    visits = YardVisit.objects.filter(departure=departure, state=VisitState.IN_YARD)
    return visits.order_by("pk").first()


def places_of(departure: Departure) -> int:
    """Seats and beds for passengers of the coach that runs, crew excluded."""
    vehicle = departure.vehicle
    seat_map_id = (vehicle.seat_map_id if vehicle else None) or departure.seat_map_id
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


class _Known:
    """Rows about some departures, read once."""

    def __init__(self, departures: list[Departure], now: datetime) -> None:
        self._now = now
        self._legs = live_legs(departures)
        inside = YardVisit.objects.filter(departure__in=departures, state=VisitState.IN_YARD)
        self._plates = dict(inside.order_by("pk").values_list("departure_id", "plate"))
        self._fees = _fees(departures)
        self._drivers = _drivers(departures)
        self._documents = _documents(departures, self._drivers, clock.local_day(now))
        self._coaches = _coaches(departures)

    def facts_of(self, departure: Departure) -> ClearanceFacts:
        minutes = departure.route.duration_minutes or 0
        vehicle = departure.vehicle
        return ClearanceFacts(
            arrives_on=clock.local_day(max(self._now, departure.planned_at) + timedelta(minutes=minutes)),
            runs_on_order=RouteKind(departure.route.kind).runs_on_order,
            in_yard=departure.pk in self._plates,
            plate=self._plates.get(departure.pk) or (vehicle.plate if vehicle else ""),
            order=self._order(departure),
            crew=tuple(self._member(driver_id, departure) for driver_id in _crew_ids(departure)),
            fee=self._fees.get(departure.pk, FeeStanding.MISSING),
            papers=self._documents.get(("vehicle", departure.vehicle_id), {}),
        )

    def _order(self, departure: Departure) -> OrderFacts | None:
        leg = self._legs.get(departure.pk)
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
        vehicle = departure.vehicle
        coach = self._coaches.get((vehicle.seat_map_id if vehicle else None) or departure.seat_map_id)
        return CrewMember(
            name=driver.full_name,
            licence_fits=_fits(driver, coach),
            licence=self._documents.get(("driver", driver_id), {}).get(DocumentKind.LICENCE),
        )


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


def _fees(departures: list[Departure]) -> dict[int | None, FeeStanding]:
    standings: dict[int | None, FeeStanding] = {}
    charges = Charge.objects.filter(departure__in=departures).exclude(state=ChargeState.CANCELLED)
    for departure_id, state in charges.order_by("pk").values_list("departure_id", "state"):
        if state == ChargeState.DUE:
            standings[departure_id] = FeeStanding.DUE
        else:
            standings.setdefault(departure_id, FeeStanding.SETTLED)
    return standings


def _drivers(departures: list[Departure]) -> dict[int, Driver]:
    ids = {pk for departure in departures for pk in _crew_ids(departure)}
    return {driver.pk: driver for driver in Driver.objects.filter(pk__in=ids).order_by("pk")}


def _documents(
    departures: list[Departure], drivers: Mapping[int, Driver], today: date
) -> dict[tuple[str, int | None], dict[str, Paper]]:
    """By owner: of each kind the paper that has begun and lasts longest."""
    vehicles = {departure.vehicle_id for departure in departures if departure.vehicle_id}
    mine = Q(vehicle__in=vehicles) | Q(driver__in=list(drivers), kind=DocumentKind.LICENCE)
    begun = Document.objects.filter(mine, valid_from__lte=today)
    papers: dict[tuple[str, int | None], dict[str, Paper]] = defaultdict(dict)
    for row in sorted(begun.order_by("pk"), key=lambda row: row.valid_until or date.max):
        owner = ("vehicle", row.vehicle_id) if row.vehicle_id else ("driver", row.driver_id)
        papers[owner][row.kind] = Paper(row.kind, row.number, row.valid_until)
    return papers


def _coaches(departures: list[Departure]) -> dict[int | None, _Coach]:
    maps = {departure.vehicle.seat_map_id for departure in departures if departure.vehicle}
    maps |= {departure.seat_map_id for departure in departures}
    kinds: dict[int | None, list[str]] = defaultdict(list)
    for seat_map_id, kind in (
        Seat.objects.filter(seat_map__in=maps - {None}).order_by("pk").values_list("seat_map_id", "kind")
    ):
        kinds[seat_map_id].append(kind)
    return {pk: _Coach(len(seats), any(kind != SeatKind.SEAT for kind in seats)) for pk, seats in kinds.items()}
