from datetime import timedelta

import pytest
from django.db import connection
from django.db.utils import InternalError

from dispatch import services
from dispatch.enums import OrderState, SignatureField, SignatureState
from dispatch.models import DispatchOrder, OrderLeg, Signature
from dispatch.selectors.document import render_order
from station.enums import MessageState
from station.models import Departure, JournalEntry, OutboxMessage, StoredFile
from station.providers.keys import ca_certificate
from station.providers.pdf_signature import check_pdf
from station.services import outbox
from tests.factories_dispatch import asked, confirmed, dispatcher_of, entered, head_of, inside, issued, paid

pytestmark = pytest.mark.django_db


def message() -> OutboxMessage:
    return OutboxMessage.objects.filter(task="dispatch.advance_document").order_by("-pk")[0]


def advance(order: DispatchOrder, now, *, message_id: int | None = None) -> DispatchOrder:
    services.advance_document(order_id=order.pk, message_id=message_id, now=now)
    return DispatchOrder.objects.select_related("document").get(pk=order.pk)


def fields_of(order: DispatchOrder, now) -> list[str]:
    reports = check_pdf(bytes(order.document.content), trust=[ca_certificate()], now=now)
    return [report.field for report in reports if report.ok]


def test_a_worker_renders_signs_and_issues(now):
    order = asked(now=now)
    later = now + timedelta(seconds=3)

    done = advance(order, later, message_id=message().pk)

    signature = Signature.objects.get()
    assert (done.state, done.issued_at) == (OrderState.ISSUED, later)
    assert (signature.state, signature.applied_at) == (SignatureState.APPLIED, later)
    assert signature.after_sha256 == done.document.sha256
    assert OutboxMessage.objects.get(pk=message().pk).state == MessageState.DONE
    assert Departure.objects.get().order_issued_at == later
    assert fields_of(done, now) == ["Operator"]


def test_each_step_stands_in_the_journal_under_the_person_who_signed(now):
    order = issued(now=now)
    person = head_of(order.operator)

    entries = JournalEntry.objects.filter(actor=person).order_by("pk").values_list("action", flat=True)

    assert list(entries) == ["dispatch_signing", "signature_applied", "dispatch_issued", "departure_order_issued"]


def test_a_second_delivery_changes_nothing(now):
    order = issued(now=now)
    rows = (StoredFile.objects.count(), JournalEntry.objects.count())

    again = advance(order, now + timedelta(minutes=1), message_id=message().pk)

    assert again.document == order.document
    assert (StoredFile.objects.count(), JournalEntry.objects.count()) == rows
    assert OutboxMessage.objects.get(pk=message().pk).state == MessageState.DONE


def test_a_worker_that_died_before_it_kept_anything_is_replaced_by_the_next(now):
    order = asked(now=now)
    assert outbox.claim(message().pk, delivery="died", now=now)
    render_order(order)  # as far as it came

    taken_over = outbox.claim(message().pk, delivery="next", now=now + timedelta(minutes=2))
    done = advance(order, now + timedelta(minutes=2), message_id=message().pk)

    assert (taken_over, fields_of(done, now)) == (True, ["Operator"])
    assert StoredFile.objects.count() == 1


def test_a_paper_order_is_rendered_without_a_signature_and_issued(now):
    order = entered(now=now)

    done = advance(order, now, message_id=message().pk)

    assert (done.state, fields_of(done, now)) == (OrderState.ISSUED, [])
    assert Departure.objects.get().order_issued_at == now


def test_the_station_certifies_a_paper_order_with_the_first_signature(now):
    paper = entered(now=now)
    advance(paper, now)
    leg = confirmed_paper(paper, now)

    done = advance(leg.order, now + timedelta(seconds=5))

    assert fields_of(done, now) == ["Station"]


def confirmed_paper(order: DispatchOrder, now) -> OrderLeg:
    departure = OrderLeg.objects.get(order=order).departure
    inside(departure, now)
    paid(departure, now)
    return services.confirm_departure(
        departure_id=departure.pk, passengers=2, by=dispatcher_of(departure.station), now=now
    )


def test_the_signature_of_the_station_follows_that_of_the_operator(now):
    leg = confirmed(now=now)

    done = advance(leg.order, now + timedelta(seconds=5), message_id=message().pk)

    assert done.state == OrderState.CONFIRMED
    assert fields_of(done, now) == ["Operator", "Station"]
    first, second = Signature.objects.order_by("pk")
    assert (first.field, second.field) == (SignatureField.OPERATOR, SignatureField.STATION)
    assert (second.before_sha256, second.after_sha256) == (first.after_sha256, done.document.sha256)


def test_an_order_withdrawn_while_it_waited_gets_no_document(now):
    order = asked(now=now)
    services.cancel_order(order_id=order.pk, reason="", by=head_of(order.operator), now=now)

    done = advance(order, now, message_id=message().pk)

    assert (done.state, done.document) == (OrderState.CANCELLED, None)
    assert OutboxMessage.objects.filter(task="dispatch.advance_document").get().state == MessageState.DONE


def test_a_document_is_never_edited():
    issued()

    with pytest.raises(InternalError, match="Cannot update or delete rows"):
        StoredFile.objects.update(content=b"forged")


def test_a_signature_is_never_deleted():
    issued()

    with pytest.raises(InternalError, match="Cannot delete rows"), connection.cursor() as cursor:
        cursor.execute("DELETE FROM dispatch_signature")
