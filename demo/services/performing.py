"""One step of a played day, done through the services as its person would do it; `now` is the moment of the step."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from zlib import crc32

from django.db.models import QuerySet

from demo.rules.script import Kind, Step
from demo.services import beside
from dispatch import services as dispatch
from dispatch.enums import OrderState
from dispatch.models import DispatchOrder
from dispatch.selectors import live_leg, places_of
from dispatch.services import PaperSheet
from fees import services as fees
from fees.enums import ChargeState, Method, MoveState
from fees.models import Charge, Payment
from fees.money import DENOMINATIONS
from fees.selectors import drawer_balance, moves_of
from station.clock import local_day
from station.enums import TillState, VisitState
from station.errors import NotInYard, TillNotOpen
from station.models import Counter, Departure, Shift, Station, Till, User, YardVisit
from station.rights import has_right
from station.rules import plates
from station.services import shifts
from ticketing.models import Sale, Ticket
from ticketing.rules import Buyer
from ticketing.selectors import fare_on, open_hold, stops_along, stretch_of
from ticketing.services import hold_seats, release_hold, sell_tickets

_QUICKEST, _SLOWER = 3, 9  # seconds a sale takes: from 3 on, less than 12
PHOTO = Path(__file__).parents[1] / "data" / "paper_order.jpg"


class Performer:
    """The people of one station, doing what a script says."""

    def __init__(self, station: Station, today: date | None = None) -> None:
        self.station = station
        self._today = today
        self._people: dict[str, User] = {}
        self._by_kind: Mapping[Kind, Callable[[Step], None]] = {
            Kind.OPEN_SHIFT: self._open_shift,
            Kind.CLOSE_SHIFT: self._close_shift,
            Kind.OPEN_TILL: self._open_till,
            Kind.CLOSE_TILL: self._close_till,
            Kind.SELL: self._sell,
            Kind.SIGN: self._sign,
            Kind.ENTER: self._enter,
            Kind.CHECK: self._check,
            Kind.PAY: self._pay,
            Kind.CONFIRM: self._confirm,
            Kind.LET_OUT: self._let_out,
            Kind.LEAVE_EMPTY: self._leave_empty,
            Kind.RECEIVE_PARCEL: lambda step: beside.receive_parcel(step, self._till_of(step)),
            Kind.LOAD_PARCEL: lambda step: beside.load_parcel(step, self._person(step.who)),
            Kind.ARRIVE_PARCEL: lambda step: beside.arrive_parcel(step, self._person(step.who)),
            Kind.HAND_OVER_PARCEL: lambda step: beside.hand_over_parcel(step, self._person(step.who)),
            Kind.BLOCK: lambda step: beside.block(step, self._departure(step), self._person(step.who)),
            Kind.SELL_BY_CODE: self._sell_by_code,
            Kind.RATE: beside.rate,
            Kind.COMPLAIN: beside.complain,
            Kind.ANSWER: lambda step: beside.answer(step, self._person(step.who)),
        }

    def perform(self, step: Step) -> None:
        """Do *step*. Raises the DomainError that its person would have been shown."""
        self._by_kind[step.kind](step)

    def _person(self, username: str) -> User:
        if username not in self._people:
            self._people[username] = User.objects.get(username=username)
        return self._people[username]

    # Shifts and tills

    def _open_shift(self, step: Step) -> None:
        if not self._shifts(step).exists():
            shifts.open_shift(station=self.station, lead=self._person(step.who), now=step.at)

    def _close_shift(self, step: Step) -> None:
        shift = self._shifts(step).first()
        if shift is None or shift.closed_at:
            return
        at = step.at
        for till in Till.objects.filter(shift=shift, state=TillState.OPEN).order_by("pk"):
            # Opened by a visitor, and left open.
            at = max(at, self._count(till, step, by=self._person(step.who)))
        shifts.close_shift(
            shift_id=shift.pk, note=str(step.facts["note"]), by=self._person(step.who), now=max(at, shift.opened_at)
        )

    def _shifts(self, step: Step) -> QuerySet[Shift]:
        starts_at = datetime.fromisoformat(str(step.facts["ca"]))
        return Shift.objects.filter(station=self.station, starts_at=starts_at).order_by("pk")

    def _open_till(self, step: Step) -> None:
        clerk = self._person(step.who)
        if Till.objects.filter(clerk=clerk, shift__in=self._shifts(step)).exists():
            return  # has had one in this ca, and may have closed it
        counters = Counter.objects.filter(station=self.station).order_by("code").values_list("pk", flat=True)
        place = int(step.facts["counter"])
        fees.open_till(
            station=self.station, clerk=clerk, counter_id=counters[place] if place >= 0 else None,
            opening_float=int(step.facts["float"]), now=step.at,
        )  # fmt: skip

    def _close_till(self, step: Step) -> None:
        clerk = self._person(step.who)
        tills = Till.objects.filter(clerk=clerk, shift__in=self._shifts(step), state=TillState.OPEN)
        if till := tills.order_by("pk").first():
            self._count(till, step, by=clerk)

    def _count(self, till: Till, step: Step, *, by: User) -> datetime:
        """Close *till* after the last money in it; returns when. What a visitor left open in it is let go."""
        for move in moves_of(till).filter(state=MoveState.OFFERED):
            fees.decline(move_id=move.pk, by=move.by, now=step.at)
        release_hold(till_id=till.pk, by=till.clerk, now=max(step.at, till.opened_at))
        last = Payment.objects.filter(till=till).order_by("-at").values_list("at", flat=True).first()
        at = max(step.at, last or step.at, till.opened_at)
        short = int(step.facts.get("short", 0))
        counts = notes_of(max(0, drawer_balance(till) - short))
        fees.close_till(till_id=till.pk, counts=counts, reason=str(step.facts.get("reason", "")), by=by, now=at)
        return at

    # Tickets

    def _sell(self, step: Step) -> None:
        till = self._till_of(step)
        key = f"{till.clerk_id}:played-{step.key}"
        if Sale.objects.filter(idempotency_key=key).exists():
            return
        facts, departure = step.facts, self._departure(step)
        method = Method(str(facts["method"]))
        to_stop = stop_at(departure, int(facts["to_stop"]))
        sell_tickets(
            departure_id=departure.pk, count=int(facts["count"]), to_stop_id=to_stop, till_id=till.pk, method=method,
            received=received_for(departure, step, to_stop), reference=str(facts["reference"]),
            buyer=Buyer(str(facts["buyer"]), str(facts["phone"])), idempotency_key=key,
            hold_id=self._kept(step, till, departure, to_stop), by=till.clerk, now=step.at,
        )  # fmt: skip

    def _kept(self, step: Step, till: Till, departure: Departure, to_stop: int | None) -> int | None:
        """Today a clerk keeps the seats first, as at the screen, and so is timed; of the days before, sales are enough.
        Not while a visitor at the same till keeps seats."""
        if local_day(step.at) != self._today or open_hold(till, step.at):
            return None
        at = max(step.at - timedelta(seconds=_QUICKEST + crc32(step.key.encode()) % _SLOWER), till.opened_at)
        kept = hold_seats(
            departure_id=departure.pk, count=int(step.facts["count"]), to_stop_id=to_stop, till_id=till.pk,
            by=till.clerk, now=at,
        )  # fmt: skip
        return kept.pk

    def _sell_by_code(self, step: Step) -> None:
        till = self._till_of(step)
        beside.sell_by_code(step, self.station, till, bank=till.shift.lead)

    def _till_of(self, step: Step) -> Till:
        """The open till of who acts, else of somebody who was at a till by then. Raises TillNotOpen."""
        tills = Till.objects.select_related("clerk", "shift__lead").filter(
            station=self.station, state=TillState.OPEN, opened_at__lte=step.at
        )
        rows = list(tills.order_by("pk"))
        if own := [till for till in rows if till.clerk.username == step.who]:
            return own[0]
        needed = "fees.take_payment" if step.kind == Kind.PAY else "ticketing.sell"
        able = [till for till in rows if has_right(till.clerk, needed, self.station, step.at)]
        if not able:
            raise TillNotOpen
        return able[0]

    def _departure(self, step: Step) -> Departure:
        rows = Departure.objects.select_related("station", "route", "operator", "vehicle", "seat_map")
        return rows.get(pk=step.departure or 0)

    # The coach

    def _sign(self, step: Step) -> None:
        drafts = DispatchOrder.objects.filter(legs__departure=step.departure, state=OrderState.DRAFT)
        if order := drafts.order_by("pk").first():
            dispatch.sign_order(order_id=order.pk, by=self._person(step.who), now=step.at)

    def _enter(self, step: Step) -> None:
        if YardVisit.objects.filter(departure=step.departure).exists():
            return  # somebody let it in, and perhaps out again
        brought = int(step.facts["passengers"])
        dispatch.let_in(
            station=self.station, plate=str(step.facts["plate"]), passengers_in=None if brought < 0 else brought,
            by=self._person(step.who), now=step.at,
        )  # fmt: skip

    def _check(self, step: Step) -> None:
        visit, facts, sheet = self._visit(step), step.facts, None
        if visit.inspections.exists():
            return
        if facts["paper"] and live_leg(self._departure(step)) is None:
            first, last = (date.fromisoformat(str(facts[name])) for name in ("first", "last"))
            sheet = PaperSheet(str(facts["paper"]), first, last, photo() if facts["photo"] else b"")
        dispatch.admit(visit_id=visit.pk, sheet=sheet, by=self._person(step.who), now=step.at)

    def _visit(self, step: Step) -> YardVisit:
        visits = YardVisit.objects.filter(departure=step.departure, state=VisitState.IN_YARD)
        if (visit := visits.order_by("pk").first()) is None:
            vehicle = self._departure(step).vehicle
            raise NotInYard(plate=plates.display(vehicle.plate) if vehicle else "")
        return visit

    def _pay(self, step: Step) -> None:
        charges = Charge.objects.filter(departure=step.departure, state=ChargeState.DUE)
        if (charge := charges.order_by("pk").first()) is None:
            return
        till = self._till_of(step)
        fees.pay_charge(
            charge_id=charge.pk, till_id=till.pk, method=Method(str(step.facts["method"])), received=None,
            reference=str(step.facts["reference"]), by=till.clerk, now=step.at,
        )  # fmt: skip

    def _confirm(self, step: Step) -> None:
        leg = live_leg(self._departure(step))
        if leg and leg.confirmed_at:
            return
        sold = Ticket.objects.filter(departure=step.departure).count()
        passengers = min(max(int(step.facts["passengers"]), sold), places_of(self._departure(step)))
        dispatch.confirm_departure(
            departure_id=step.departure or 0, passengers=passengers, by=self._person(step.who), now=step.at
        )

    def _let_out(self, step: Step) -> None:
        dispatch.let_out(visit_id=self._visit(step).pk, by=self._person(step.who), now=step.at)

    def _leave_empty(self, step: Step) -> None:
        dispatch.let_out_empty(visit_id=self._visit(step).pk, by=self._person(step.who), now=step.at)


def notes_of(amount: int) -> dict[int, int]:
    """*amount* đồng in notes, as few as can be."""
    notes = {}
    for denomination in DENOMINATIONS:
        notes[denomination], amount = divmod(amount, denomination)
    return {denomination: number for denomination, number in notes.items() if number}


def stop_at(departure: Departure, position: int) -> int | None:
    """The stop where they get off, counted along the way that *departure* goes; None: where it ends."""
    return stops_along(departure)[position].pk if position else None


def received_for(departure: Departure, step: Step, to_stop: int | None) -> int | None:
    """What a customer hands over who has nothing smaller; None: exact."""
    note = int(step.facts["note"])
    fare = fare_on(departure, stretch_of(departure, None, to_stop), departure.service_on) if note else None
    return -(-fare.amount * int(step.facts["count"]) // note) * note if fare else None


@cache
def photo() -> bytes:
    return PHOTO.read_bytes()
