"""A small, whole day at one station, made by the services alone: tickets, order, charge, exit, invoices, a till.

One coach left at 09:31 and is settled; one of the afternoon has a ticket, a hold, three that were given back
and one that was exchanged for the evening.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import time_machine
from celery import current_app

from dispatch import services as dispatch
from dispatch import tasks as dispatch_tasks  # noqa: F401 -- registers what deliver() runs
from einvoice import tasks as einvoice_tasks  # noqa: F401 -- the same
from fees import services as fees
from fees.enums import MoveKind
from fees.selectors import drawer_balance
from station.enums import DocumentKind, MessageState, Role
from station.models import Departure, OutboxMessage, Route, Shift, Station, Till, User
from station.services import outbox
from station.services.bays import assign_bay
from tests.factories import (
    BayFactory,
    ContractFactory,
    DepartureFactory,
    DocumentFactory,
    DriverFactory,
    OperatorFactory,
    RouteFactory,
    ShiftFactory,
    StationFactory,
    UserFactory,
    VehicleFactory,
    at,
    staff_of,
)
from tests.factories_fees import VatRateFactory, notes, pay, priced, till_of
from tests.factories_ticketing import declare_fares, hold, sell
from ticketing import services as ticketing

CLOSED_AT = at("09:45")
NOW_OF_THE_CHECK = at("09:50")


@dataclass(frozen=True)
class Day:
    """What a test wants to name of the day."""

    station: Station
    shift: Shift
    clerk: User
    dispatcher: User
    till: Till
    gone: Departure
    later: Departure
    open_till: Till


def whole_day() -> Day:
    """Runs every step; ends with one closed till (1.000đ short, found later), one open till, and no message waiting."""
    priced()
    VatRateFactory(code="transport")
    station = StationFactory(code="HB01", station_class=4)
    shift = ShiftFactory(station=station)
    dispatcher = staff_of(station, Role.DISPATCHER)
    till = till_of(station, now=at("08:00"))
    open_till = till_of(station, opening_float=200_000, now=at("08:05"))
    route = RouteFactory(origin=station, stops=3)
    gone = _departure(station, route, "09:30")
    later = _departure(station, route, "14:00")
    evening = _departure(station, route, "16:00")
    bay = BayFactory(station=station)
    for departure in (gone, later):
        assign_bay(departure_id=departure.pk, bay_id=bay.pk, by=dispatcher, now=at("08:10"))
    sell(gone, "A1", "A2", till=till, now=at("08:30"))
    sell(gone, "B1", till=till, now=at("08:35"), method="transfer", reference="FT26326")
    sell(later, "A1", till=open_till, now=at("09:05"))
    _given_back(later, station, open_till)
    _exchanged(later, evening, open_till)
    hold(later, "B2", till=open_till, now=at("09:46"), lasts=timedelta(days=1000))
    _leave(gone, station, till, dispatcher)
    moved = later.tickets.get(seat_label="A1")
    ticketing.change_seat(code=moved.code, seat="B1", by=dispatcher, now=at("09:32"))
    deliver(at("09:40"))
    _cash_moves(station, till, open_till)
    expected = drawer_balance(till)
    fees.close_till(
        till_id=till.pk, counts=notes(expected - 1_000), reason="thiếu một tờ 1.000đ", by=till.clerk, now=CLOSED_AT
    )  # fmt: skip
    fees.correct_till(
        closing_id=till.closing.pk, till_id=open_till.pk, correction=fees.Correction(1_000, "rơi sau ngăn kéo"),
        approver=staff_of(station, Role.SHIFT_LEAD), by=open_till.clerk, now=at("09:47"),
    )  # fmt: skip
    return Day(station, shift, till.clerk, dispatcher, till, gone, later, open_till)


def _departure(station: Station, route: Route, hhmm: str) -> Departure:
    """With a coach and a driver whose papers are in order, of an operator of its own."""
    operator = OperatorFactory(signs_electronically=True)
    ContractFactory(station=station, operator=operator)
    vehicle, driver = VehicleFactory(operator=operator), DriverFactory(operator=operator)
    for kind in (DocumentKind.REGISTRATION, DocumentKind.INSPECTION, DocumentKind.INSURANCE, DocumentKind.BADGE):
        DocumentFactory(vehicle=vehicle, kind=kind)
    for kind in (DocumentKind.LICENCE, DocumentKind.TRAINING):
        DocumentFactory(of_driver=True, driver=driver, kind=kind)
    departure = DepartureFactory(
        route=route, operator=operator, planned_at=at(hhmm), vehicle=vehicle, driver=driver, seat_map=vehicle.seat_map
    )
    declare_fares(departure)
    return departure


def _given_back(departure: Departure, station: Station, till: Till) -> None:
    """One ticket void at once, one given back by the rule (90 %), one in full by two people."""
    clerk = till.clerk
    slip = sell(departure, "B1", till=till, now=at("09:06")).tickets.get()
    ticketing.void_tickets(codes=[slip.code], till_id=till.pk, by=clerk, now=at("09:07"))
    early = sell(departure, "A2", till=till, now=at("09:08")).tickets.get()
    ticketing.refund_ticket(code=early.code, till_id=till.pk, by=clerk, now=at("09:10"))
    worse = sell(departure, "A2", till=till, now=at("09:11")).tickets.get()
    approval = ticketing.Approval(staff_of(station, Role.SHIFT_LEAD), "xe hạng thấp hơn", 100_000)
    ticketing.refund_ticket(code=worse.code, till_id=till.pk, approval=approval, by=clerk, now=at("09:15"))


def _exchanged(departure: Departure, to: Departure, till: Till) -> None:
    ticket = sell(departure, "A2", till=till, now=at("09:16")).tickets.get()
    ticketing.exchange_ticket(
        code=ticket.code, wanted=ticketing.Wanted(to.pk), till_id=till.pk, by=till.clerk, now=at("09:18"),
        idempotency_key=f"{till.clerk_id}:exchange",
    )  # fmt: skip


def _cash_moves(station: Station, till: Till, open_till: Till) -> None:
    """Of each kind one, a hand-over that arrived and one that did not."""
    lead = staff_of(station, Role.SHIFT_LEAD)
    for kind, amount, hhmm in (("in", 50_000, "09:36"), ("out", 20_000, "09:37"), ("drop", 100_000, "09:38")):
        cash = fees.Cash(MoveKind(kind), amount, "tiền lẻ")
        fees.move_cash(till_id=till.pk, cash=cash, other=lead, by=till.clerk, now=at(hhmm))
    for answer in (fees.take_over, fees.decline):
        offered = fees.hand_over(
            till_id=till.pk, to_till_id=open_till.pk, amount=10_000, reason="", by=till.clerk, now=at("09:39")
        )  # fmt: skip
        answer(move_id=offered.pk, by=open_till.clerk, now=at("09:40"))


def _leave(departure: Departure, station: Station, till: Till, dispatcher: User) -> None:
    operator_user = UserFactory(operator=departure.operator)
    order = dispatch.create_order(departure_id=departure.pk, by=operator_user, now=at("08:40"))
    dispatch.sign_order(order_id=order.pk, by=operator_user, now=at("08:41"))
    deliver(at("08:42"))
    visit = dispatch.let_in(
        station=station, plate=departure.vehicle.plate, passengers_in=None, by=dispatcher, now=at("09:00")
    )  # fmt: skip
    pay(departure.charges.get(), till, now=at("09:10"))
    dispatch.confirm_departure(departure_id=departure.pk, passengers=3, by=dispatcher, now=at("09:20"))
    deliver(at("09:21"))
    for ticket in departure.tickets.order_by("seat"):
        ticketing.board_ticket(code=ticket.code, departure_id=departure.pk, by=dispatcher, now=at("09:25"))
    dispatch.let_out(visit_id=visit.pk, by=dispatcher, now=at("09:31"))


def deliver(now: datetime) -> None:
    """What relay and workers do, here and now, until nothing waits: the real tasks, without a broker."""
    while waiting := list(OutboxMessage.objects.filter(state=MessageState.PENDING, due_at__lte=now).order_by("pk")):
        for message in waiting:
            if message.task.startswith("push."):
                outbox.finish(message.pk, now=now)
                continue
            task: Callable[..., object] = current_app.tasks[message.task]
            with time_machine.travel(now, tick=False):
                task(message_id=message.pk, **message.payload)
            message.refresh_from_db()
            if message.state == MessageState.PENDING:
                raise AssertionError(f"{message.task} {message.payload}: {message.last_error}")
