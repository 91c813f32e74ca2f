"""The worker's side: the document is rendered once, and each signature follows the last one into it."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from dispatch import selectors
from dispatch.enums import OrderState, SignatureField, SignatureState
from dispatch.models import DispatchOrder, OrderLeg, Signature
from dispatch.selectors.document import render_order
from station.enums import Milestone
from station.errors import StaleState
from station.models import Departure, StoredFile, User
from station.models.locks import lock
from station.providers.keys import SigningKey, organisation_key
from station.rules import plates
from station.services import outbox
from station.services.departures import reach


@dataclass(frozen=True, slots=True)
class Applied:
    """A signature that was put into a document, and the proof of it."""

    signature: Signature
    proof: dict[str, Any]


def advance_document(*, order_id: int, message_id: int | None, now: datetime) -> None:
    """Render the order if it has no document yet and put every requested signature into it.

    The slow work holds no lock; the result is kept only if nobody advanced the document meanwhile, so however often
    and wherever this runs, each signature enters the document exactly once. Raises StaleState.
    """
    order = DispatchOrder.objects.select_related("document", "operator", "station").get(pk=order_id)
    waiting = list(selectors.waiting_signatures(order))
    if order.state == OrderState.CANCELLED or (order.document and not waiting):
        outbox.finish(message_id, now=now)
        return
    pdf = bytes(order.document.content) if order.document else render_order(order)
    applied: list[Applied] = []
    is_certified = order.signatures.filter(state=SignatureState.APPLIED).exists()
    for signature in waiting:
        before, key = pdf, _key_of(signature)
        pdf = _sign(order, before, signature, key, certify=not (is_certified or applied))
        applied.append(Applied(signature, _proof(before, pdf, key, now)))
    _keep(order, pdf, applied, message_id=message_id, now=now)


def unsigned_document(order: DispatchOrder) -> bytes:
    """What a person is asked to sign: the very bytes that the first signature will cover."""
    return render_order(order)


def _key_of(signature: Signature) -> SigningKey:
    return organisation_key(tax_code=signature.organisation_tax_code, name=signature.organisation)


def _sign(order: DispatchOrder, pdf: bytes, signature: Signature, key: SigningKey, *, certify: bool) -> bytes:
    """*certify* the document with its first signature: the operator's, or the station's over a paper order."""
    from station.providers.pdf_signature import sign_pdf  # noqa: PLC0415 -- pyHanko would cost every process a second

    return sign_pdf(
        pdf,
        field=signature.field,
        key=key,
        signer_name=signature.signer_name,
        title=signature.organisation,
        reason=_reason(order, signature),
        at=signature.requested_at,
        certify=certify,
    )


def _reason(order: DispatchOrder, signature: Signature) -> str:
    """What the person declared by signing. Orders are Vietnamese papers, whoever reads them."""
    with translation.override("vi"):
        if signature.field != SignatureField.STATION:
            return _("Issues the dispatch order")
        # Later runs of a sheet are signed by pen: the signature in the document is that of the first one.
        leg = order.legs.filter(confirmed_at__isnull=False).order_by("confirmed_at", "pk")[0]
        plate = plates.display(order.contents["vehicle"]["plate"])
        return _("Confirms the departure: %(plate)s, passengers: %(passengers)s") % {
            "plate": plate,
            "passengers": leg.passengers,
        }


def _proof(before: bytes, after: bytes, key: SigningKey, now: datetime) -> dict[str, Any]:
    return {
        "applied_at": now,
        "before_sha256": hashlib.sha256(before).hexdigest(),
        "after_sha256": hashlib.sha256(after).hexdigest(),
        "certificate_serial": f"{key.certificate.serial_number:x}",
        "certificate_subject": key.certificate.subject.rfc4514_string()[:255],
    }


@transaction.atomic
def _keep(
    order: DispatchOrder, pdf: bytes, applied: Sequence[Applied], *, message_id: int | None, now: datetime
) -> None:
    ids = OrderLeg.objects.filter(order=order).values("departure_id")
    departures = list(lock(Departure.objects.filter(pk__in=ids).select_related("station")))
    current = lock(DispatchOrder.objects.filter(pk=order.pk)).select_related("operator", "station").get()
    if current.document_id != order.document_id or current.state == OrderState.CANCELLED:
        raise StaleState(what=order.number)
    document = StoredFile.keep(pdf, media_type="application/pdf", now=now)
    DispatchOrder.objects.filter(pk=current.pk).update(document=document)
    current.document = document
    for one in applied:
        one.signature.become(SignatureState.APPLIED, by=one.signature.signer, now=now, **one.proof)
    if current.state == OrderState.SIGNING:
        _issue(current, departures, _issuer(current, applied), now)
    outbox.push(f"orders-{current.station.code}", now=now)
    outbox.push(f"operator-{current.operator.code}", now=now)
    outbox.finish(message_id, now=now)


def _issuer(order: DispatchOrder, applied: Sequence[Applied]) -> User | None:
    return applied[0].signature.signer if applied else order.created_by


def _issue(order: DispatchOrder, departures: Sequence[Departure], by: User | None, now: datetime) -> None:
    order.become(OrderState.ISSUED, by=by, now=now, issued_at=now)
    for departure in departures:
        reach(departure, Milestone.ORDER_ISSUED, by=by, now=now)
