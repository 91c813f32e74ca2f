"""Steps beside the coaches' own way: parcels, seats kept back, a sale by VietQR, what passengers say.

Passengers and the bank have no log-in: `make day` does these through the services too.
"""

from decimal import Decimal
from uuid import NAMESPACE_OID, uuid5

from demo.rules.script import Step
from fees.models import BankLine
from fees.services import Told
from station.models import Departure, Seat, Station, Till, User
from ticketing import services
from ticketing.enums import BlockKind, ComplaintState, ComplaintTopic, ParcelState
from ticketing.models import Complaint, Parcel, Rating, SeatBlock, Ticket
from ticketing.rules import Buyer
from ticketing.selectors import open_hold
from ticketing.services.feedback import Grievance
from ticketing.services.freight import Declaration, Pay

_SENDERS_ID = "017085001234"


def receive_parcel(step: Step, till: Till) -> None:
    facts = step.facts
    if _parcel(step) is not None:
        return
    said = Declaration(
        sender_name=str(facts["sender"]), sender_id_number=_SENDERS_ID, sender_phone=str(facts["phone"]),
        sender_address=str(facts["sender_address"]), receiver_name=str(facts["receiver"]),
        receiver_id_number=str(facts["receiver_id"]), receiver_phone=str(facts["receiver_phone"]),
        receiver_address=str(facts["receiver_address"]), goods=str(facts["goods"]), pieces=int(facts["pieces"]),
        weight_kg=Decimal(int(facts["weight"])), is_allowed=True,
    )  # fmt: skip
    services.receive_parcel(
        departure_id=step.departure or 0, to_stop_id=None, declaration=said, till_id=till.pk, pay=Pay(), by=till.clerk,
        now=step.at,
    )  # fmt: skip


def load_parcel(step: Step, by: User) -> None:
    if (parcel := _parcel(step)) and parcel.state == ParcelState.RECEIVED:
        services.load_parcel(code=parcel.code, by=by, now=step.at)


def arrive_parcel(step: Step, by: User) -> None:
    if (parcel := _parcel(step)) and parcel.state == ParcelState.LOADED:
        services.arrive_parcel(code=parcel.code, by=by, now=step.at)


def hand_over_parcel(step: Step, by: User) -> None:
    if (parcel := _parcel(step)) and parcel.state == ParcelState.ARRIVED:
        services.hand_over_parcel(code=parcel.code, id_number=str(step.facts["receiver_id"]), by=by, now=step.at)


def _parcel(step: Step) -> Parcel | None:
    """Of the sender of *step*, for its departure."""
    rows = Parcel.objects.filter(departure_first=step.departure, sender_phone=step.facts["phone"])
    return rows.order_by("pk").first()


def block(step: Step, departure: Departure, by: User) -> None:
    """The last seats, which are sold last."""
    if SeatBlock.objects.filter(departure=departure).exists():
        return
    rows = Seat.objects.filter(seat_map=departure.seat_map).order_by("-deck", "-row", "-column")
    seats = list(rows.values_list("label", flat=True)[: int(step.facts["count"])])
    services.block_seats(
        departure_id=departure.pk, seats=seats, kind=BlockKind.OPERATOR, reason=str(step.facts["reason"]), by=by,
        now=step.at,
    )  # fmt: skip


def sell_by_code(step: Step, station: Station, till: Till, bank: User) -> None:
    """Kept, asked for by the code, and sold when the bank's line comes; a customer of somebody at that till is left."""
    number = str(step.facts["reference"])
    if BankLine.objects.filter(number=number).exists() or open_hold(till, step.at):
        return
    hold = services.hold_seats(
        departure_id=step.departure or 0, count=int(step.facts["count"]), till_id=till.pk, by=till.clerk, now=step.at
    )
    waiting = services.ask_for_sale(
        hold_id=hold.pk, till_id=till.pk, buyer=Buyer(name=str(step.facts["buyer"])), by=till.clerk, now=step.at
    )
    told = Told(number, waiting.request.amount, waiting.request.note, step.at, payer=str(step.facts["buyer"]))
    services.receive_line(station=station, told=told, by=bank, now=step.at)


def rate(step: Step) -> None:
    ticket = _passenger(step, 0)
    if ticket and not Rating.objects.filter(ticket=ticket).exists():
        services.rate_ride(ticket_id=ticket.pk, stars=int(step.facts["stars"]), now=step.at)


def complain(step: Step) -> None:
    if ticket := _passenger(step, 1):
        said = Grievance(ComplaintTopic(str(step.facts["topic"])), str(step.facts["words"]), str(step.facts["phone"]))
        services.file_complaint(
            ticket_id=ticket.pk, key=uuid5(NAMESPACE_OID, f"{step.key}:{ticket.code}"), said=said, now=step.at
        )


def answer(step: Step, by: User) -> None:
    waiting = Complaint.objects.filter(ticket__departure=step.departure, state=ComplaintState.OPEN)
    if found := waiting.filter(words=step.facts["words"]).order_by("pk").first():
        services.answer_complaint(complaint_id=found.pk, answer=str(step.facts["answer"]), by=by, now=step.at)


def _passenger(step: Step, number: int) -> Ticket | None:
    """One who rode: the same whenever it is asked."""
    rows = Ticket.objects.filter(departure=step.departure, departure__departed_at__isnull=False)
    riding = [ticket for ticket in rows.order_by("pk") if ticket.is_valid]
    return riding[min(number, len(riding) - 1)] if riding else None
