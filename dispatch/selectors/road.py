"""The verdict at the roadside: what the station says about an order right now."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from dispatch.enums import IDLE_LEGS, OrderState
from dispatch.models import DispatchOrder, OrderLeg
from dispatch.rules import masked_name
from dispatch.selectors.clearing import places_of
from dispatch.selectors.document import qr_payload
from dispatch.selectors.orders import leg_on_the_road, order_by_token
from station import clock
from station.models import Departure
from station.providers.qr import InvalidToken, read_payload


class RoadAnswer(StrEnum):
    VALID = "valid"
    INVALID = "invalid"
    EXPIRED = "expired"


class Reason(StrEnum):
    """Why the answer is not «valid»; the sentences stand on the page."""

    UNKNOWN = "unknown"
    TAMPERED = "tampered"
    CANCELLED = "cancelled"
    NOT_SIGNED = "not_signed"
    NOT_YET = "not_yet"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class RoadVerdict:
    answer: RoadAnswer
    reason: Reason | None
    order: DispatchOrder | None = None
    departure: Departure | None = None
    leg: OrderLeg | None = None
    places: int = 0

    @property
    def drivers(self) -> list[str]:
        """Masked names with the class of licence, as on the order."""
        if self.order is None:
            return []
        return [f"{masked_name(one['name'])} · {one['licence_class']}" for one in self.order.contents["drivers"]]


def road_verdict(token: str, payload: str | None, now: datetime) -> RoadVerdict:
    """*token* from the address, *payload* as signed in the QR code when it was scanned."""
    order = order_by_token(token)
    if order is None:
        return RoadVerdict(RoadAnswer.INVALID, Reason.UNKNOWN)
    reason = _reason(order, payload, now)
    answer = RoadAnswer.VALID
    if reason is not None:
        answer = RoadAnswer.EXPIRED if reason == Reason.EXPIRED else RoadAnswer.INVALID
    leg = leg_on_the_road(order)
    has_run = leg.state not in IDLE_LEGS
    return RoadVerdict(answer, reason, order, leg.departure, leg if has_run else None, places_of(leg.departure))


def _reason(order: DispatchOrder, payload: str | None, now: datetime) -> Reason | None:
    today = clock.local_day(now)
    if payload is not None and not _says_the_same(order, payload):
        return Reason.TAMPERED
    if order.state == OrderState.CANCELLED:
        return Reason.CANCELLED
    if order.state in {OrderState.DRAFT, OrderState.SIGNING}:
        return Reason.NOT_SIGNED
    if today > order.valid_until:
        return Reason.EXPIRED
    return Reason.NOT_YET if today < order.valid_from else None


def _says_the_same(order: DispatchOrder, payload: str) -> bool:
    try:
        return read_payload(payload) == qr_payload(order)
    except InvalidToken:
        return False
