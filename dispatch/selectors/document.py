"""The order as a paper: one page, four empty signature fields, a QR code that verifies with and without a network."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from dispatch.enums import SignatureField
from dispatch.models import MAX_LEGS_PER_DIRECTION, DispatchOrder
from station.clock import local
from station.enums import Direction
from station.providers.qr import qr_data_uri, sign_payload

TEMPLATE = "dispatch/order_pdf.html"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the leg table: a run, or an empty line of the form."""

    name: str
    position: int
    origin: str = ""
    destination: str = ""
    planned_at: datetime | None = None
    is_signed_here: bool = False


def render_order(order: DispatchOrder) -> bytes:
    """The unsigned document of *order*: made from its contents alone, so the same order is always the same bytes."""
    from station.providers.pdf_form import render_form  # noqa: PLC0415 -- WeasyPrint would cost every process a second

    contents = order.contents
    address = qr_address(order)
    context = {
        "order": contents,
        "issued_on": date.fromisoformat(contents["issued"]["on"]),
        "valid_from": date.fromisoformat(contents["valid"]["from"]),
        "valid_until": date.fromisoformat(contents["valid"]["until"]),
        "paper_entered_at": _moment(contents["paper"]["entered_at"]) if contents["paper"] else None,
        "outbound": list(_lines(contents, Direction.OUT)),
        "inbound": list(_lines(contents, Direction.BACK)),
        "qr": qr_data_uri(address, scale=4),
        "short_address": address.split("?", maxsplit=1)[0],
    }
    # Orders are Vietnamese papers, whatever language the person at the screen reads.
    with translation.override("vi"):
        return render_form(TEMPLATE, context, now=local(order.created_at), fields=SignatureField.values)


def qr_address(order: DispatchOrder) -> str:
    """What the QR code says: the public page of the order and, for a phone without a network, the signed facts."""
    page = reverse("dispatch:verify", args=[order.token])
    return f"{settings.PUBLIC_URL}{page}?p={sign_payload(qr_payload(order))}"


def qr_payload(order: DispatchOrder) -> dict[str, Any]:
    """The signed facts: number, plate, route, days of validity, and when and where from it runs."""
    contents = order.contents
    return {
        "no": contents["number"],
        "plate": contents["vehicle"]["plate"],
        "route": contents["route"]["code"],
        "from": contents["valid"]["from"],
        "until": contents["valid"]["until"],
        "at": contents["legs"][0]["planned_at"],
    }


def _lines(contents: dict[str, Any], direction: Direction) -> Iterator[Line]:
    """The four lines of one direction, used or not."""
    legs = [leg for leg in contents["legs"] if leg["direction"] == direction]
    for position in range(1, MAX_LEGS_PER_DIRECTION + 1):
        if position > len(legs):
            yield Line(f"{direction}-{position}", position)
            continue
        leg = legs[position - 1]
        signed = leg is contents["legs"][0]
        at = _moment(leg["planned_at"])
        yield Line(f"{direction}-{position}", position, leg["from"], leg["to"], at, is_signed_here=signed)


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
