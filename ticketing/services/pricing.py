"""What each passenger of a sale pays, and why; asked after the seats are known, before the money is taken."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from station.clock import local_day
from station.models import Departure
from ticketing import rules, selectors
from ticketing.errors import NoFare, NoSuchGroup, TooManyOnALap, WrongPassengers
from ticketing.models import Fare
from ticketing.models.tickets import MOST_ON_A_LAP
from ticketing.services.choices import Choice


@dataclass(frozen=True)
class Passenger:
    """Who sits on one seat: the code of their discount group, and how many children sit on their lap."""

    group: str = ""
    lap_children: int = 0
    seat: str = ""  # its label; none: the seats in their order


@dataclass(frozen=True)
class Priced:
    passenger: Passenger
    price: rules.Price
    explanation: Mapping[str, object]


def price_passengers(choice: Choice, passengers: Sequence[Passenger]) -> dict[int, Priced]:
    """What the passenger on each seat of *choice* (by ordinal) pays; nobody named means all at the full fare.

    Raises NoFare, NoSuchGroup, WrongPassengers, TooManyOnALap.
    """
    fare = _declared_fare(choice)
    extra = selectors.extras_on({local_day(choice.departure.planned_at)}).of(choice.departure)
    seated = _seated(choice, passengers)
    offered = _offered(choice.departure, {one.group for one in seated.values()} - {""})
    origin = {"fare_id": fare.pk, "declared_number": fare.declared_number}
    found = {}
    for seat, one in seated.items():
        price = rules.price_ticket(fare.amount, extra=extra, discounts=offered.get(one.group, ()))
        found[seat] = Priced(one, price, {**price.explanation(), **origin})
    return found


def price_of(choice: Choice, passengers: Sequence[Passenger] = ()) -> int:
    """What all of them cost together, in đồng. Raises what price_passengers does."""
    return sum(one.price.fare for one in price_passengers(choice, passengers).values())


def _seated(choice: Choice, passengers: Sequence[Passenger]) -> dict[int, Passenger]:
    if not passengers:
        return {seat.ordinal: Passenger() for seat in choice.seats}
    if any(not 0 <= one.lap_children <= MOST_ON_A_LAP for one in passengers):
        raise TooManyOnALap(most=MOST_ON_A_LAP)
    named = {one.seat.strip().upper(): one for one in passengers}
    labels = [seat.label.upper() for seat in choice.seats]
    if set(named) == set(labels) and len(passengers) == len(labels):
        return {seat.ordinal: named[seat.label.upper()] for seat in choice.seats}
    if set(named) != {""} or len(passengers) != len(labels):
        raise WrongPassengers(passengers=len(passengers), seats=len(labels))
    return {seat.ordinal: one for seat, one in zip(choice.seats, passengers, strict=True)}


def _offered(departure: Departure, codes: set[str]) -> dict[str, list[rules.Discount]]:
    if not codes:
        return {}  # most sales ask no question more
    groups = selectors.groups_of([departure.operator_id])
    offered = {code: groups.discounts(departure, code) for code in codes}
    if missing := sorted(code for code in codes if not offered[code]):
        day = f"{local_day(departure.planned_at):%d/%m/%Y}"
        raise NoSuchGroup(operator=departure.operator.short_name, group=", ".join(missing), day=day)
    return offered


def _declared_fare(choice: Choice) -> Fare:
    day = local_day(choice.departure.planned_at)
    fare = selectors.fare_on(choice.departure, choice.stretch, day)
    if fare is None:
        stretch = f"{choice.stretch.from_stop} – {choice.stretch.to_stop}"
        operator = choice.departure.operator.short_name
        raise NoFare(operator=operator, stretch=stretch, day=f"{day:%d/%m/%Y}")
    return fare
