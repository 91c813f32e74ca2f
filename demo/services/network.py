"""Operators, routes, slots, fares and prices of the demonstration."""

from collections.abc import Iterable
from datetime import date, time
from decimal import Decimal
from typing import Any

from demo.rules.data import load
from demo.rules.fares import stretch_fares
from demo.rules.specs import FarStation, OperatorSpec, RouteSpec, SlotKey, SlotSpec, slot_key
from fees.enums import Unit
from fees.models import Service, Tariff, VatRate
from station.enums import Direction, PaymentCycle, RouteKind, TicketIssuer
from station.models import Contract, Driver, Notice, Operator, Route, SeatMap, ServiceSlot, Station, Vehicle
from station.rules.seat_maps import LAYOUTS
from station.services.master_data import (
    StopLine,
    agree_contract,
    enter,
    enter_all,
    register_notice,
    register_operator,
    register_route,
    register_seat_map,
    register_station,
)
from ticketing.models import DiscountGroup, FreightRate, Surcharge
from ticketing.services.fares import set_fares

Operators = dict[str, Operator]
# Which coach and which driver run a slot as a rule.
Usual = dict[SlotKey, tuple[Vehicle, Driver]]
IN_OUT = "in_out"


def register_operators(specs: Iterable[OperatorSpec]) -> Operators:
    """Operators by code."""
    return {spec.code: _operator(spec) for spec in specs}


def _operator(spec: OperatorSpec) -> Operator:
    return register_operator(
        Operator(
            code=spec.code, name=spec.name, short_name=spec.short_name, kind=spec.kind, tax_code=spec.tax_code,
            address=spec.address, phone=spec.phone, signs_electronically=spec.signs_electronically,
            representative=f"Giám đốc {spec.short_name}",
        )
    )  # fmt: skip


def agree_contracts(
    station: Station, specs: Iterable[OperatorSpec], operators: Operators, since: date, *, sells_all: bool = False
) -> None:
    """Each operator with *station*; a small one sells the tickets of all its coaches."""
    for number, spec in enumerate(specs, start=1):
        agree_contract(
            Contract(
                station=station, operator=operators[spec.code], number=f"{number:03}/HĐ-{station.code}",
                valid_from=since, payment_cycle=PaymentCycle.MONTH if spec.is_bus else PaymentCycle.TRIP,
                sells_tickets=spec.sells_tickets or (sells_all and not spec.is_bus),
                ticket_issuer=TicketIssuer.STATION_DELEGATED,
            )
        )  # fmt: skip


def seat_maps() -> dict[str, SeatMap]:
    """Every layout as a map, by code; made once."""
    known = {seat_map.code: seat_map for seat_map in SeatMap.objects.order_by("pk")}
    return {code: known.get(code) or register_seat_map(layout) for code, layout in LAYOUTS.items()}


def open_route(
    spec: RouteSpec,
    station: Station,
    *,
    operators: Operators,
    maps: dict[str, SeatMap],
    usual: Usual,
    since: date,
) -> Route:
    """A route with its stops, its operators' notices, slots and fares."""
    far = far_station(spec.destination)
    route = register_route(
        Route(
            code=spec.code, name=spec.name, kind=spec.kind, origin=station, destination=far,
            distance_km=spec.km, duration_minutes=spec.minutes, status="operating",
        ),
        [
            StopLine(station.name, 0, 0, station),
            *(StopLine(stop.name, stop.km, stop.minutes) for stop in spec.stops),
            StopLine(far.name, spec.km, spec.minutes, far),
        ],
    )  # fmt: skip
    run_route(spec, route, station, operators=operators, maps=maps, usual=usual, since=since)
    return route


def run_route(
    spec: RouteSpec,
    route: Route,
    station: Station,
    *,
    operators: Operators,
    maps: dict[str, SeatMap],
    usual: Usual,
    since: date,
) -> None:
    """Notices and slots of the operators that run *route* from *station*, with their *usual* coaches and drivers, and
    what they charge."""
    for code in sorted({slot.operator for slot in spec.slots}):
        operator = operators[code]
        notice = register_notice(
            Notice(
                number=f"{route.code}/{code}/{station.code}", operator=operator, route=route,
                issued_on=since, effective_on=since,
            )
        )  # fmt: skip
        mine = [slot for slot in spec.slots if slot.operator == code]
        slots = [_slot(slot, notice, station, maps.get(spec.layout), since) for slot in mine]
        for slot, row in zip(mine, slots, strict=True):
            row.vehicle, row.driver = usual[slot_key(spec, slot)]
        enter_all(slots)
        if spec.kind != RouteKind.BUS:
            _fares(spec, route, station, operator, since)


def _slot(slot: SlotSpec, notice: Notice, station: Station, seat_map: SeatMap | None, since: date) -> ServiceSlot:
    direction = Direction.OUT if notice.route.origin_id == station.pk else Direction.BACK
    return ServiceSlot(
        notice=notice, station=station, direction=direction, departs_at=slot.departs_at, seat_map=seat_map,
        days_of_month=sorted(slot.days_of_month), valid_from=since,
    )  # fmt: skip


def _fares(spec: RouteSpec, route: Route, station: Station, operator: Operator, since: date) -> None:
    """Fares between each two stops, in the direction in which *station* sells."""
    order = "position" if route.origin_id == station.pk else "-position"
    stops = list(route.stops.order_by(order))
    kms = [abs(stop.km - stops[0].km) for stop in stops]
    amounts = {(stops[start], stops[end]): amount for (start, end), amount in stretch_fares(kms, spec.fare).items()}
    set_fares(
        operator=operator, route=route, amounts=amounts, valid_from=since, declared_number=f"KKG-{operator.code}"
    )  # fmt: skip


def far_station(spec: FarStation) -> Station:
    """The far end of a route, found by its code or entered."""
    known = Station.objects.filter(code=spec.code).order_by("pk").first()
    return known or register_station(
        Station(code=spec.code, name=spec.name, kind=spec.kind, official_code=spec.ref, province_current=spec.province)
    )


def set_prices() -> None:
    """The in/out service, its VAT and the price decision of the demonstration."""
    prices = load("tariff")
    service = enter(
        Service(code=IN_OUT, name="Dịch vụ xe ra, vào bến", name_en="Coach in and out of the station", unit_name="lượt")
    )
    for row in prices["vat"]:
        enter(
            VatRate(
                code=row["code"],
                rate=Decimal(row["rate"]),
                valid_from=row["valid_from"],
                valid_until=row["valid_until"],
            )
        )
    for station_class, kinds in prices["prices"].items():
        for kind, amounts in kinds.items():
            _bands(prices, service, int(station_class), kind, amounts)
    for kind, amounts in prices["per_trip"].items():
        for station_class, amount in amounts.items():
            enter(_tariff(prices, service, int(station_class), kind, unit=Unit.TRIP, unit_price=amount))


def _bands(prices: dict[str, Any], service: Service, station_class: int, kind: str, amounts: list[int | None]) -> None:
    edges = prices["bands"]
    for km_from, km_to, amount in zip(edges, [*edges[1:], None], amounts, strict=True):
        if amount is not None:
            enter(
                _tariff(
                    prices, service, station_class, kind,
                    unit=Unit.SEAT, unit_price=amount, km_from=km_from, km_to=km_to,
                )
            )  # fmt: skip


def _tariff(prices: dict[str, Any], service: Service, station_class: int, kind: str, **line: Any) -> Tariff:
    return Tariff(
        service=service, decision_number=prices["decision"], decision_on=date.fromisoformat(prices["decided_on"]),
        station_class=station_class, route_kind=kind, bed_factor=Decimal(prices["bed_factor"]),
        night_from=time.fromisoformat(prices["night_from"]), night_until=time.fromisoformat(prices["night_until"]),
        night_factor=Decimal(prices["night_factor"]), valid_from=date.fromisoformat(prices["valid_from"]), **line,
    )  # fmt: skip


def set_reductions(since: date) -> None:
    """Who pays less at every operator, what comes on top around Tết, and freight (rates of the demonstration)."""
    prices = load("reductions")
    for row in prices["groups"]:
        enter(DiscountGroup(**{**row, "percent": Decimal(row["percent"])}, valid_from=since))
    for row in prices["surcharges"]:
        enter(Surcharge(**{**row, "percent": Decimal(row["percent"])}))
    set_freight(since)


def set_freight(since: date) -> None:
    """What parcels and heavy luggage cost, unless a demonstration of an earlier version has it already."""
    if not FreightRate.objects.exists():
        for row in load("reductions")["freight"]:
            enter(FreightRate(**row, valid_from=since))
