"""Factories of the ticket counter: a fare that is declared, a counter that can sell, and a sale made by the service."""

from datetime import date, datetime, timedelta
from typing import Any

from factory.declarations import LazyAttribute, SubFactory
from factory.django import DjangoModelFactory

from fees.enums import Method
from station.enums import Role
from station.models import BayBooking, Departure, Station, Till
from tests.factories import LONG_AGO, NOW, BayFactory, DepartureFactory, RouteFactory, TillFactory, staff
from ticketing import services
from ticketing.models import DiscountGroup, Fare, Hold, Sale, SeatClaim, Surcharge


class FareFactory(DjangoModelFactory):
    """From the first stop of its route to the last, 100.000 đ."""

    class Meta:
        model = Fare

    route = SubFactory(RouteFactory)
    operator = SubFactory("tests.factories.OperatorFactory")
    from_stop = LazyAttribute(lambda row: row.route.stops.get(position=0))
    to_stop = LazyAttribute(lambda row: row.route.stops.order_by("-position")[0])
    amount = 100_000
    declared_number = "KK-01"
    valid_from = LONG_AGO


class DiscountGroupFactory(DjangoModelFactory):
    """Half the fare for whoever the code names, at every operator."""

    class Meta:
        model = DiscountGroup

    code = "child"
    name = "Trẻ em"
    name_en = "Child"
    percent = 50
    valid_from = LONG_AGO


class SurchargeFactory(DjangoModelFactory):
    """40 % on everything."""

    class Meta:
        model = Surcharge

    name = "Phụ thu Tết"
    percent = 40
    declared_number = "KK-TET"
    valid_from = LONG_AGO
    valid_until = date(2030, 1, 1)


def priced_departure(*, stops: int = 2, seats: int = 4, fare: int = 100_000, **facts: Any) -> Departure:
    """A departure on sale whose operator declared a fare for every stretch: *fare* for the whole, its part for less."""
    departure = DepartureFactory(route__stops=stops, seat_map__size=seats, **facts)
    declare_fares(departure, fare)
    return departure


def declare_fares(departure: Departure, fare: int = 100_000) -> None:
    along = list(departure.route.stops.order_by("position"))
    for n, start in enumerate(along):
        for end in along[n + 1 :]:
            amount = fare * (end.position - start.position) // (len(along) - 1)
            FareFactory(operator=departure.operator, route=departure.route, from_stop=start, to_stop=end, amount=amount)


def till_at(station: Station, **facts: Any) -> Till:
    """An open till of a ticket clerk at *station*; tills of one station share its shift."""
    known = Till.objects.filter(station=station).order_by("pk").first()
    shift = {"shift": known.shift} if known else {"shift__station": station}
    till = TillFactory(**shift, **facts)
    staff(till.clerk, station, Role.TICKET_CLERK)
    return till


def sell(departure: Departure, *labels: str, till: Till | None = None, now: datetime = NOW, **facts: Any) -> Sale:
    """Sell seats by label for exact cash, as a counter does."""
    till = till or till_at(departure.station)
    number = Sale.objects.count()
    key = f"{till.clerk_id}:test-{till.pk}-{number}-{labels}"
    usual = {"method": Method.CASH, "idempotency_key": key, "by": till.clerk}
    return services.sell_tickets(
        departure_id=departure.pk, seats=labels or None, till_id=till.pk, now=now, **{**usual, **facts}
    )


def hold(departure: Departure, *labels: str, till: Till | None = None, now: datetime = NOW, **facts: Any) -> Hold:
    """Keep seats by label."""
    till = till or till_at(departure.station)
    return services.hold_seats(
        departure_id=departure.pk, seats=labels or None, till_id=till.pk, by=till.clerk, now=now, **facts
    )


def booked_bay(departure: Departure, code: str) -> BayBooking:
    """The bay *code* is kept for *departure* for its half hour."""
    bay = BayFactory(station=departure.station, code=code)
    start = departure.planned_at - timedelta(minutes=30)
    return BayBooking.objects.create(bay=bay, departure=departure, period=(start, departure.planned_at), booked_at=NOW)


def claimed(departure: Departure) -> list[tuple[int, int]]:
    """(seat, leg) of every claim, sorted."""
    return sorted(SeatClaim.objects.filter(departure=departure).values_list("seat", "leg"))
