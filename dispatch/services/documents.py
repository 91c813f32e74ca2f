"""The worker's side: the document is rendered once, and each signature follows the last one into it."""

import hashlib
from datetime import datetime

from django.db import transaction

from dispatch.document import render_order
from dispatch.enums import OrderState, SignatureField, SignatureState
from dispatch.models import DispatchOrder, Signature
from dispatch.selectors import waiting_signatures
from station.enums import Milestone
from station.errors import StaleState
from station.models import StoredFile, User
from station.models.locks import lock
from station.providers.keys import SigningKey, organisation_key
from station.providers.pdf_signature import sign_pdf
from station.services import outbox
from station.services.departures import reach

Proof = dict[str, object]


def advance_document(*, order_id: int, message_id: int | None, now: datetime) -> None:
    """Render the order if it has no document yet and put every requested signature into it.

    The slow work holds no lock; the result is kept only if nobody advanced the document meanwhile, so however often
    and wherever this runs, each signature enters the document exactly once.
    """
    order = DispatchOrder.objects.select_related("document", "operator", "station").get(pk=order_id)
    waiting = list(waiting_signatures(order).select_related("signer"))
    pdf = bytes(order.document.content) if order.document else render_order(order)
    proofs: list[tuple[Signature, Proof]] = []
    for signature in waiting:
        before, key = pdf, _key_of(signature)
        pdf = _sign(before, signature, key)
        proofs.append((signature, _proof(before, pdf, key, now)))
    _keep(order, pdf, proofs, message_id=message_id, now=now)


def _key_of(signature: Signature) -> SigningKey:
    return organisation_key(tax_code=signature.organisation_tax_code, name=signature.organisation)


def _sign(pdf: bytes, signature: Signature, key: SigningKey) -> bytes:
    return sign_pdf(
        pdf,
        field=signature.field,
        key=key,
        signer_name=signature.signer_name,
        title=signature.organisation,
        reason=signature.get_field_display(),
        at=signature.requested_at,
        certify=signature.field == SignatureField.OPERATOR,
    )


def _proof(before: bytes, after: bytes, key: SigningKey, now: datetime) -> Proof:
    return {
        "applied_at": now,
        "before_sha256": hashlib.sha256(before).hexdigest(),
        "after_sha256": hashlib.sha256(after).hexdigest(),
        "certificate_serial": f"{key.certificate.serial_number:x}",
        "certificate_subject": key.certificate.subject.rfc4514_string()[:255],
    }


@transaction.atomic
def _keep(
    order: DispatchOrder, pdf: bytes, proofs: list[tuple[Signature, Proof]], *, message_id: int | None, now: datetime
) -> None:
    current = lock(DispatchOrder.objects.filter(pk=order.pk)).get()
    if current.document_id != order.document_id:
        raise StaleState(what=order.number)
    document = StoredFile.keep(pdf, media_type="application/pdf", now=now)
    if document.pk != current.document_id:
        DispatchOrder.objects.filter(pk=current.pk).update(document=document)
    for signature, proof in proofs:
        signature.become(SignatureState.APPLIED, by=signature.signer, now=now, **proof)
    if current.state == OrderState.SIGNING:
        _issue(current, _issuer(order, proofs), now)
    outbox.push(f"orders-{order.operator_id}", now=now)
    outbox.finish(message_id, now=now)


def _issuer(order: DispatchOrder, proofs: list[tuple[Signature, Proof]]) -> User | None:
    return proofs[0][0].signer if proofs else order.created_by


def _issue(order: DispatchOrder, by: User | None, now: datetime) -> None:
    order.become(OrderState.ISSUED, by=by, now=now, issued_at=now)
    for leg in order.legs.select_related("departure").order_by("pk"):
        reach(leg.departure, Milestone.ORDER_ISSUED, by=by, now=now)
