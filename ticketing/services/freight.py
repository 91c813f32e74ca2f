"""Parcels: received with their declaration, loaded, arrived, handed over against ID; luggage beyond what is free."""

import secrets
from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from fees import services as fees
from fees.enums import Account, Method, PaymentKind
from fees.models import Payment
from station.clock import local, local_day
from station.models import Departure, Operator, Till, User
from station.models.journal import record
from station.models.locks import lock, share_lock
from station.rules import person_ids, phones
from station.services import outbox
from ticketing import rules, selectors
from ticketing.enums import LIVE_STATES, FreightKind, ParcelState
from ticketing.errors import (
    BadDeclaration,
    GoodsNotAccepted,
    IdNotTheReceivers,
    NotYourStation,
    ParcelGone,
    SaleClosed,
    TicketOver,
)
from ticketing.models import LuggageTag, Parcel
from ticketing.services.returning import locked_ticket

_GUESSES = 10**7


@dataclass(frozen=True, slots=True)
class Declaration:
    """What the sender declares (L35 Art. 68; TT 12/2020 Đ.26(5)): the goods, and both people with their IDs."""

    sender_name: str
    sender_id_number: str
    sender_phone: str
    sender_address: str
    receiver_name: str
    receiver_id_number: str
    receiver_phone: str
    receiver_address: str
    goods: str
    pieces: int
    weight_kg: Decimal
    declared_value: int = 0
    is_allowed: bool = False  # nothing banned, dangerous, alive, smelly or dirty


@dataclass(frozen=True, slots=True)
class Pay:
    """How the freight is paid."""

    method: Method = Method.CASH
    received: int | None = None
    reference: str = ""


@transaction.atomic
def receive_parcel(
    *, departure_id: int, to_stop_id: int | None, declaration: Declaration, till_id: int, pay: Pay, by: User,
    now: datetime,
) -> Parcel:  # fmt: skip
    """Take a parcel in for one departure; the freight is the operator's and is held for it.

    Raises NotYourStation, SaleClosed, NoSuchStop, BadDeclaration, GoodsNotAccepted, NoFreightRate and what the till
    and the payment refuse.
    """
    till = fees.use_till(till_id, by, now)
    share_lock(Departure, departure_id)
    departure = selectors.with_facts(Departure.objects.filter(pk=departure_id)).get()
    _refuse_departure(departure, till)
    stretch = selectors.stretch_of(departure, None, to_stop_id)
    _refuse_declaration(declaration)
    cost = selectors.freight_of(
        FreightKind.PARCEL, departure.operator_id, declaration.weight_kg, local_day(departure.planned_at)
    )
    code = _code(now)
    payment = _paid(till, departure.operator, cost.amount, pay, obj=f"parcel:{code}", by=by, now=now)
    said: dict[str, Any] = asdict(declaration)
    del said["is_allowed"]
    parcel = Parcel.objects.create(
        station=till.station, departure_first=departure, departure=departure, code=code, to_stop=stretch.to_stop,
        freight=cost.amount, price=cost.price, payment=payment, received_by=by, received_at=now, **said,
    )  # fmt: skip
    facts = {"departure": departure.pk, "pieces": parcel.pieces, "freight": parcel.freight}
    record(
        action="parcel_received", obj=parcel.journal_name, station_id=till.station_id, by=by, now=now, till=till,
        facts=facts,
    )  # fmt: skip
    outbox.push(f"parcels-{till.station.code}", now=now)
    return parcel


@transaction.atomic
def load_parcel(*, code: str, by: User, now: datetime) -> Parcel:
    """It is in the hold of the coach. Raises NoSuchParcel, ParcelGone."""
    share_lock(Departure, selectors.parcel_by_code(code).departure_id)
    parcel = _locked(code)
    if not parcel.departure.is_live:
        raise ParcelGone(code=code, state=parcel.departure.get_state_display())
    parcel.become(ParcelState.LOADED, by=by, now=now, loaded_at=now)
    return _told(parcel, now)


def unload_parcels(departure: Departure, *, by: User, now: datetime) -> None:
    """The coach they lie in does not run: they are at the counter again, for another one or for their senders. Call it
    with the departure locked."""
    loaded = Parcel.objects.select_related("station").filter(departure=departure, state=ParcelState.LOADED)
    for parcel in lock(loaded):
        parcel.become(ParcelState.RECEIVED, by=by, now=now, reason="unloaded", loaded_at=None)
        _told(parcel, now)


@transaction.atomic
def arrive_parcel(*, code: str, by: User, now: datetime) -> Parcel:
    """It was unloaded where it was to go. Raises NoSuchParcel, IllegalTransition."""
    parcel = _locked(code)
    parcel.become(ParcelState.ARRIVED, by=by, now=now, arrived_at=now)
    return _told(parcel, now)


@transaction.atomic
def hand_over_parcel(*, code: str, id_number: str, by: User, now: datetime) -> Parcel:
    """The receiver shows an ID with the number that was declared. Raises NoSuchParcel, IdNotTheReceivers."""
    parcel = _locked(code)
    if id_number.strip() != parcel.receiver_id_number:
        raise IdNotTheReceivers(receiver=parcel.receiver_name)
    parcel.become(ParcelState.HANDED_OVER, by=by, now=now, handed_over_at=now, reason="ID")
    return _told(parcel, now)


@transaction.atomic
def return_parcel(*, code: str, till_id: int, by: User, now: datetime) -> Parcel:
    """The sender takes it back before it is loaded, and the whole freight with it.

    Raises NoSuchParcel, NotYourStation, ParcelGone and what the till refuses.
    """
    till = fees.use_till(till_id, by, now)
    parcel = _locked(code)
    if parcel.station_id != till.station_id:
        raise NotYourStation(departure=code, station=str(parcel.station))
    if parcel.state != ParcelState.RECEIVED:
        raise ParcelGone(code=code, state=parcel.get_state_display())
    refund = fees.pay_out(
        till=till, refund_of=parcel.payment, amount=parcel.freight, method=Method(parcel.payment.method),
        reference=parcel.payment.reference, operator=parcel.departure_first.operator, obj=parcel.journal_name,
        debit=Account.FREIGHT, undoes=True, by=by, now=now,
    )  # fmt: skip
    parcel.become(ParcelState.RETURNED, by=by, now=now, till=till, refund=refund)
    return _told(parcel, now)


@transaction.atomic
def move_parcel(*, code: str, departure_id: int, by: User, now: datetime) -> Parcel:
    """It rides on another departure of the same operator that passes its place: the first was cancelled, or is full.

    Raises NoSuchParcel, ParcelGone, NotYourStation, NoSuchStop.
    """
    share_lock(Departure, departure_id)
    parcel = _locked(code)
    target = selectors.with_facts(Departure.objects.filter(pk=departure_id)).get()
    is_same = target.station_id == parcel.station_id and target.operator_id == parcel.departure_first.operator_id
    if parcel.state != ParcelState.RECEIVED or not target.is_live:
        raise ParcelGone(code=code, state=parcel.get_state_display())
    if not is_same:
        raise NotYourStation(departure=str(target), station=str(target.station))
    selectors.stretch_of(target, None, parcel.to_stop_id)
    Parcel.objects.filter(pk=parcel.pk).update(departure=target)
    facts = {"from": parcel.departure_id, "to": target.pk}
    record(
        action="parcel_moved", obj=parcel.journal_name, station_id=parcel.station_id, by=by, now=now, facts=facts
    )  # fmt: skip
    return _told(parcel, now)


@transaction.atomic
def tag_luggage(
    *, code: str, pieces: int, weight_kg: Decimal, till_id: int, pay: Pay, by: User, now: datetime
) -> LuggageTag:  # fmt: skip
    """Weigh a passenger's luggage: what is beyond the free weight is paid, within it the tag is free. What was tagged
    before counts: the free weight is the passenger's, not each bag's.

    Raises NoSuchTicket, TicketElsewhere, TicketOver, BadDeclaration, NoFreightRate and what the till refuses.
    """
    till = fees.use_till(till_id, by, now)
    ticket = locked_ticket(code, till)
    if ticket.state not in LIVE_STATES:
        raise TicketOver(ticket=code, state=ticket.get_state_display())
    if pieces < 1 or weight_kg <= 0:
        raise BadDeclaration(what="kg")
    departure = ticket.departure
    cost = selectors.luggage_cost(ticket, weight_kg, local_day(departure.planned_at))
    tag_code = _code(now)
    payment = (
        _paid(till, departure.operator, cost.amount, pay, obj=ticket.journal_name, by=by, now=now)
        if cost.amount
        else None
    )
    tag = LuggageTag.objects.create(
        ticket=ticket, code=tag_code, pieces=pieces, weight_kg=weight_kg, fee=cost.amount, price=cost.price,
        payment=payment, by=by, at=now,
    )  # fmt: skip
    record(
        action="luggage_tagged", obj=ticket.journal_name, station_id=till.station_id, by=by, now=now, till=till,
        facts={"tag": tag.code, "fee": tag.fee},
    )  # fmt: skip
    return tag


def _locked(code: str) -> Parcel:
    rows = selectors.parcels().select_related("departure_first__operator").filter(pk=selectors.parcel_by_code(code).pk)
    return lock(rows).get()


def _told(parcel: Parcel, now: datetime) -> Parcel:
    outbox.push(f"parcels-{parcel.station.code}", now=now)
    return parcel


def _refuse_departure(departure: Departure, till: Till) -> None:
    if departure.station_id != till.station_id:
        raise NotYourStation(departure=str(departure), station=str(departure.station))
    if not departure.is_live or departure.exit_confirmed_at:
        raise SaleClosed(departure=str(departure), reason=departure.get_state_display())


def _refuse_declaration(said: Declaration) -> None:
    """Raises BadDeclaration, GoodsNotAccepted."""
    texts = (said.sender_name, said.sender_address, said.receiver_name, said.receiver_address, said.goods)
    ids = (said.sender_id_number, said.receiver_id_number)
    numbers = (said.sender_phone, said.receiver_phone)
    if not all(text.strip() for text in texts) or said.pieces < 1 or said.weight_kg <= 0:
        raise BadDeclaration(what="–")
    for wrong in (one for one in ids if not person_ids.is_person_id(one)):
        raise BadDeclaration(what=wrong or "CCCD")
    for wrong in (one for one in numbers if not phones.is_phone(phones.normalise(one))):
        raise BadDeclaration(what=wrong or "–")
    if not said.is_allowed:
        raise GoodsNotAccepted


def _code(now: datetime) -> str:
    return rules.parcel_code(int(f"{local(now):%y%m%d}") * _GUESSES + secrets.randbelow(_GUESSES))


def _paid(till: Till, operator: Operator, amount: int, pay: Pay, *, obj: str, by: User, now: datetime) -> Payment:
    return fees.take_payment(
        till=till, kind=PaymentKind.FREIGHT, method=pay.method, amount=amount, received=pay.received,
        reference=pay.reference, operator=operator, credit=Account.FREIGHT, obj=obj, by=by, now=now,
    )  # fmt: skip
