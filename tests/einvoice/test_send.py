"""Claim, send, record: what happens when the provider answers, refuses, keeps silent, or we die in between."""

from datetime import timedelta

import pytest

from einvoice import services
from einvoice.enums import InvoiceState
from einvoice.errors import NotRefused
from einvoice.providers.fake import FakeProvider
from station.enums import MessageState, Role
from station.models import JournalEntry, OutboxMessage
from tests.factories import staff_of
from tests.factories_einvoice import invoice_of_charge, invoice_of_sale

pytestmark = pytest.mark.django_db


@pytest.fixture
def invoice(provider):
    return invoice_of_charge()


def message_of(invoice):
    rows = OutboxMessage.objects.filter(task="einvoice.submit_invoice", payload={"invoice_id": invoice.pk})
    return rows.order_by("-pk")[0]


def submit(invoice, now):
    message = message_of(invoice)
    services.submit_invoice(invoice_id=invoice.pk, message_id=message.pk, now=now)
    invoice.refresh_from_db()
    message.refresh_from_db()
    return invoice.state, message.state


def steps(invoice):
    rows = JournalEntry.objects.filter(obj=f"invoice:{invoice.pk}").order_by("pk")
    return list(rows.values_list("action", flat=True))


def test_an_accepted_invoice_keeps_the_reference_of_the_provider(invoice, provider, now):
    assert submit(invoice, now) == (InvoiceState.ACCEPTED, MessageState.DONE)

    assert invoice.provider_reference == f"FAKE-{str(invoice.key)[:8].upper()}"
    assert (invoice.provider, invoice.sent_at, invoice.claimed_at) == ("fake", now, now)
    assert provider.bytes_of(invoice) == bytes(invoice.xml.content)
    assert steps(invoice) == ["invoice_issued", "invoice_in_flight", "invoice_accepted"]


def test_a_ticket_signed_by_the_trustee_is_accepted_too(provider, now):
    assert submit(invoice_of_sale("A1", "A2"), now) == (InvoiceState.ACCEPTED, MessageState.DONE)


def test_sending_what_is_accepted_changes_nothing(invoice, provider, now):
    submit(invoice, now)

    services.submit_invoice(invoice_id=invoice.pk, message_id=None, now=now)

    assert provider.arrivals() == {str(invoice.key): 1}


def test_a_lost_answer_is_asked_for_and_never_sent_again(invoice, provider, now):
    provider.mood("silent")
    assert submit(invoice, now) == (InvoiceState.UNKNOWN, MessageState.PENDING)
    provider.mood("")

    assert submit(invoice, now + timedelta(seconds=10)) == (InvoiceState.ACCEPTED, MessageState.DONE)

    assert provider.kept() == {str(invoice.key)}
    assert provider.arrivals() == {str(invoice.key): 1}


def test_what_never_arrived_is_sent_after_asking(invoice, provider, now):
    provider.mood("down")
    assert submit(invoice, now) == (InvoiceState.UNKNOWN, MessageState.PENDING)
    provider.mood("")

    assert submit(invoice, now + timedelta(seconds=10)) == (InvoiceState.ACCEPTED, MessageState.DONE)
    assert provider.arrivals() == {str(invoice.key): 1}


def test_a_provider_that_is_down_for_hours_costs_no_attempt_and_is_asked_ever_more_rarely(invoice, provider, now):
    provider.mood("down")
    at, pauses = now, []
    for _ in range(12):
        assert submit(invoice, at) == (InvoiceState.UNKNOWN, MessageState.PENDING)
        message = message_of(invoice)
        pauses.append((message.due_at - at).total_seconds())
        assert (message.attempts, message.last_error) == (0, "the provider is down")
        at = message.due_at
    provider.mood("")

    assert submit(invoice, at) == (InvoiceState.ACCEPTED, MessageState.DONE)
    assert pauses == [10, 10, 20, 40, 80, 160, *[300] * 6]
    assert provider.arrivals() == {str(invoice.key): 1}


def test_killed_between_claim_and_send_it_asks_first_and_then_sends(invoice, provider, now):
    invoice.become(InvoiceState.IN_FLIGHT, by=None, now=now, claimed_at=now)

    assert submit(invoice, now) == (InvoiceState.ACCEPTED, MessageState.DONE)
    assert provider.arrivals() == {str(invoice.key): 1}


def test_killed_between_send_and_record_it_asks_and_does_not_send(invoice, provider, now):
    invoice.become(InvoiceState.IN_FLIGHT, by=None, now=now, claimed_at=now)
    FakeProvider().submit(key=str(invoice.key), xml=bytes(invoice.xml.content))

    assert submit(invoice, now) == (InvoiceState.ACCEPTED, MessageState.DONE)
    assert provider.arrivals() == {str(invoice.key): 1}


def test_a_refusal_is_final_and_kept_in_the_words_of_the_provider(invoice, provider, now):
    provider.mood("refuse")

    assert submit(invoice, now) == (InvoiceState.REFUSED, MessageState.DONE)
    assert invoice.refusal == "ERR:30 date before the last issued date"
    assert provider.kept() == set()


def test_a_refused_invoice_goes_again_when_a_person_says_so(invoice, provider, now):
    provider.mood("refuse")
    submit(invoice, now)
    provider.mood("")
    accountant = staff_of(invoice.station, Role.ACCOUNTANT)

    services.send_again(invoice_id=invoice.pk, by=accountant, now=now)

    assert submit(invoice, now) == (InvoiceState.ACCEPTED, MessageState.DONE)
    assert (invoice.refusal, provider.kept()) == ("", {str(invoice.key)})
    assert JournalEntry.objects.filter(obj=f"invoice:{invoice.pk}", actor=accountant).count() == 1
    assert steps(invoice) == [
        "invoice_issued",
        "invoice_in_flight",
        "invoice_refused",
        "invoice_issued",
        "invoice_in_flight",
        "invoice_accepted",
    ]


def test_what_was_not_refused_is_not_sent_again(invoice, provider, now):
    accountant = staff_of(invoice.station, Role.ACCOUNTANT)

    with pytest.raises(NotRefused):
        services.send_again(invoice_id=invoice.pk, by=accountant, now=now)

    assert OutboxMessage.objects.filter(task="einvoice.submit_invoice").count() == 1


def test_bytes_that_were_tampered_with_are_refused_by_the_provider(invoice, provider):
    xml = bytes(invoice.xml.content).replace(b"<TgTTTBSo>56376<", b"<TgTTTBSo>56377<")

    outcome = FakeProvider().submit(key=str(invoice.key), xml=xml)

    assert outcome.text == "DLHDon was changed after signing"
    assert provider.kept() == set()
