"""A sale that was paid by transfer and undone at the counter: the money stands on the bank's list until it is sent."""

from datetime import timedelta

import pytest
import time_machine
from django.db import InternalError, transaction
from django.urls import reverse

from fees import services as fees
from fees.errors import NothingToSend, ReferenceMissing, SentBack
from fees.models import Payment, TransferBack
from station.enums import Role
from station.models import JournalEntry
from tests.factories import NOW, staff_of
from tests.factories_ticketing import priced_departure, sell
from tests.ticketing.bank import arrives, asked, balance, banked
from tests.ticketing.money import paid_back, refund, void
from ticketing import selectors
from ticketing.models import Sale
from ticketing.rules import Buyer
from ticketing.services import Part

pytestmark = pytest.mark.django_db
BANK = reverse("ticketing:bank")
LATER = NOW + timedelta(seconds=60)


@pytest.fixture
def departure():
    return priced_departure()


@pytest.fixture
def till(departure):
    return banked(departure)


@pytest.fixture
def undone(departure, till):
    """100 000 đ that came by VietQR and were undone."""
    arrives(asked(departure, "A1", till=till), payer="TRAN THI MAU", number="FT77")
    [gone] = void(till, Sale.objects.get().tickets.get(), now=LATER)
    return gone.payment


@pytest.fixture
def accountant(departure):
    return staff_of(departure.station, Role.ACCOUNTANT)


def owed(departure):
    return [(one.amount, one.payment.refund_of.reference) for one in selectors.owed_back([departure.station])]


def send(payment, by, *, reference="FT99", stations=None):
    stations = [payment.station] if stations is None else stations
    return fees.send_back(payment_id=payment.pk, stations=stations, reference=reference, by=by, now=LATER)


def test_what_came_by_transfer_and_is_undone_is_owed_back(departure, undone):
    assert paid_back() == [("refund", "transfer", -100_000)]
    assert (undone.reference, owed(departure)) == ("", [(100_000, "FT77")])
    assert balance("held_for_operator") == 0


def test_who_paid_and_for_which_ticket_is_said(departure, undone):
    [one] = selectors.owed_back([departure.station])

    assert (one.line.payer, one.ticket) == ("TRAN THI MAU", Sale.objects.get().tickets.get())


def test_it_is_owed_until_the_bank_sent_it(departure, undone, accountant):
    sent = send(undone, accountant, reference=" FT99 ")

    assert (sent.reference, sent.by, sent.at, owed(departure)) == ("FT99", accountant, LATER, [])
    assert JournalEntry.objects.get(action="transfer_sent_back").obj == undone.entry.obj


def test_it_is_sent_once(undone, accountant):
    send(undone, accountant)

    with pytest.raises(SentBack) as refusal:
        send(undone, accountant, reference="FT100")

    assert (refusal.value.facts, TransferBack.objects.count()) == ({"reference": "FT99"}, 1)


def test_the_reference_of_the_transfer_is_needed(undone, accountant):
    with pytest.raises(ReferenceMissing):
        send(undone, accountant, reference=" ")


def test_another_station_sends_nothing(undone, accountant):
    with pytest.raises(NothingToSend):
        send(undone, accountant, stations=[priced_departure().station])


def test_cash_and_what_was_sent_at_the_counter_is_not_owed(departure, till):
    void(till, sell(departure, "A1", till=till).tickets.get())
    by_bank = sell(departure, "A2", till=till, method="transfer", reference="FT1").tickets.get()
    refund(by_bank, till, method="transfer", reference="FT2")
    void(till, sell(departure, "B1", till=till, method="card", reference="POS").tickets.get())

    assert owed(departure) == []


def test_the_part_that_came_by_transfer_is_owed(departure, till):
    parts = [Part("transfer", 40_000, "FT5")]

    void(till, sell(departure, "A1", till=till, parts=parts).tickets.get())

    assert owed(departure) == [(40_000, "FT5")]
    assert [one.ticket for one in selectors.owed_back([departure.station])] == [Sale.objects.get().tickets.get()]


def test_what_was_sent_stays_sent(undone, accountant):
    sent = send(undone, accountant)

    with pytest.raises(InternalError, match="Cannot update"), transaction.atomic():
        TransferBack.objects.filter(pk=sent.pk).update(reference="x")


@pytest.fixture
def office(accountant, client_of):
    return client_of(accountant)


def test_the_page_lists_it_and_takes_the_reference(office, departure, till):
    ticket = sell(
        departure, "A1", till=till, method="transfer", reference="FT1", buyer=Buyer("Bùi Thị Mận", "0912345678")
    ).tickets.get()
    [gone] = void(till, ticket)
    with time_machine.travel(LATER, tick=False):
        before = office.get(BANK).content.decode()
        done = office.post(
            reverse("ticketing:bank_send_back", args=[gone.payment_id]), {"reference": "FT9", "idempotency_key": "k"}
        )
        after = office.get(BANK)

    assert [word in before for word in (ticket.code, "Bùi Thị Mận", "0912345678", "FT1")] == [True] * 4
    assert (done.status_code, after.context["owed"], TransferBack.objects.get().reference) == (302, [], "FT9")


def test_the_page_says_what_is_missing(office, undone):
    with time_machine.travel(LATER, tick=False):
        page = office.post(
            reverse("ticketing:bank_send_back", args=[undone.pk]), {"reference": "", "idempotency_key": "k"}
        )

    assert (page.status_code, page.context["refusal"].code) == (422, "reference_missing")


def test_a_clerk_does_not_send_it(client_of, till, undone):
    answer = client_of(till.clerk).post(reverse("ticketing:bank_send_back", args=[undone.pk]), {"reference": "F"})

    assert answer.status_code == 403


def test_machines_list_and_send_it(api_of, accountant, undone):
    machine, ticket = api_of(accountant), Sale.objects.get().tickets.get()
    with time_machine.travel(LATER, tick=False):
        listed = machine.get("/api/v1/bank-returns/").json()
        sent = machine.post(
            f"/api/v1/bank-returns/{undone.pk}/", {"reference": "FT9"}, headers={"Idempotency-Key": "a"}
        ).json()

    assert [(one["id"], one["amount"], one["came_as"], one["payer"], one["ticket"]) for one in listed] == [
        (undone.pk, 100_000, "FT77", "TRAN THI MAU", ticket.code)
    ]
    assert (sent["id"], sent["reference"], machine.get("/api/v1/bank-returns/").json()) == (undone.pk, "FT9", [])


@pytest.mark.parametrize("count", [1, 3])
def test_a_list_takes_one_question_however_long(departure, till, count, django_assert_num_queries):
    for seat in ["A1", "A2", "B1"][:count]:
        void(till, sell(departure, seat, till=till, method="transfer", reference=f"FT{seat}").tickets.get())

    with django_assert_num_queries(1):
        found = selectors.owed_back([departure.station])

    assert (len(found), Payment.objects.filter(reference="").count()) == (count, count)
