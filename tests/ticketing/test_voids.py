"""A sale undone at once by the clerk who made it."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from fees import services as fees
from fees.errors import DrawerTooEmpty
from station.errors import TillClosed
from station.models import JournalEntry
from tests.factories import NOW
from tests.factories_fees import notes
from tests.factories_ticketing import claimed, priced_departure, sell
from tests.ticketing.money import counter, held_for, in_drawer, paid_back, refund, void
from ticketing import services
from ticketing.errors import NoSuchTicket, TicketElsewhere, TicketOver, VoidTooLate
from ticketing.models import Refund, Ticket

pytestmark = pytest.mark.django_db
TWO_MINUTES = timedelta(seconds=120)


@pytest.fixture
def departure():
    return priced_departure(stops=3, fare=75_000)


@pytest.fixture
def till(departure):
    return counter(departure)


def test_a_sale_just_made_is_undone_whole(departure, till):
    sale = sell(departure, "A1", "A2", till=till)

    refunds = void(till, *sale.tickets.order_by("pk"), now=NOW + TWO_MINUTES)

    assert [(one.kind, one.reason, one.amount, one.retained) for one in refunds] == [("void", "mistake", 75_000, 0)] * 2
    assert list(sale.tickets.order_by("pk").values_list("state", flat=True)) == ["void", "void"]
    assert (claimed(departure), held_for(departure), in_drawer(till)) == ([], 0, 500_000)


def test_one_ticket_of_a_sale_is_undone_alone(departure, till):
    sale = sell(departure, "A1", "A2", till=till)

    void(till, sale.tickets.get(seat_label="A1"))

    assert dict(sale.tickets.values_list("seat_label", "state")) == {"A1": "void", "A2": "sold"}
    assert (held_for(departure), in_drawer(till)) == (75_000, 575_000)


def test_the_seat_is_free_at_once(departure, till):
    void(till, sell(departure, "A1", till=till).tickets.get())

    again = sell(departure, "A1", till=till, now=NOW + timedelta(seconds=5))

    assert again.tickets.get().seat_label == "A1"


def test_money_goes_back_the_way_it_came(departure, till):
    sale = sell(departure, "A1", till=till, method="card", reference="POS-77")

    void(till, sale.tickets.get())

    assert paid_back() == [("refund", "card", -75_000)]
    assert Refund.objects.get().payment.reference == "POS-77"
    assert in_drawer(till) == 500_000


def test_a_fare_that_is_no_whole_notes_leaves_nothing_in_the_drawer(till, departure):
    departure.operator.fares.update(amount=67_500)

    void(till, sell(departure, "A1", till=till).tickets.get())

    assert paid_back() == [("refund", "cash", -67_500), ("correction", "cash", -500)]
    assert in_drawer(till) == 500_000


ROUNDED = [33_400, 33_600, 33_500, 33_333, 100_200]


@pytest.mark.parametrize("fare", ROUNDED)
def test_several_tickets_undone_one_by_one_leave_the_drawer_as_it_was(till, departure, fare):
    departure.operator.fares.update(amount=fare)
    sale = sell(departure, "A1", "A2", "B1", till=till)

    for ticket in sale.tickets.order_by("pk"):
        void(till, ticket)

    assert (in_drawer(till), held_for(departure)) == (500_000, 0)


@pytest.mark.parametrize("fare", ROUNDED)
def test_several_tickets_undone_together_leave_the_drawer_as_it_was(till, departure, fare):
    departure.operator.fares.update(amount=fare)

    void(till, *sell(departure, "A1", "A2", "B1", till=till).tickets.order_by("pk"))

    assert in_drawer(till) == 500_000


def test_the_page_says_what_really_changes_hands(till, departure, client_of):
    departure.operator.fares.update(amount=33_400)
    first, second, _ = sell(departure, "A1", "A2", "B1", till=till).tickets.order_by("pk")
    void(till, first)

    with time_machine.travel(NOW, tick=False):
        page = client_of(till.clerk).get(reverse("ticketing:ticket", args=[second.code]))
    before = in_drawer(till)
    void(till, second)

    assert page.context["pays"] == before - in_drawer(till) == 34_000


def test_it_stands_in_the_journal_of_the_till(departure, till):
    ticket = sell(departure, "A1", till=till).tickets.get()

    void(till, ticket)

    entry = JournalEntry.objects.get(action="ticket_void")
    assert (entry.obj, entry.till, entry.body) == (
        f"ticket:{ticket.pk}", till, '{"from":"sold","reason":"mistake","to":"void"}'
    )  # fmt: skip


def test_after_two_minutes_it_is_a_refund(departure, till):
    ticket = sell(departure, "A1", till=till).tickets.get()

    with pytest.raises(VoidTooLate):
        void(till, ticket, now=NOW + TWO_MINUTES + timedelta(seconds=1))

    ticket.refresh_from_db()
    assert (ticket.state, in_drawer(till)) == ("sold", 575_000)


def test_another_clerk_cannot_void_it(departure, till):
    ticket = sell(departure, "A1", till=till).tickets.get()

    with pytest.raises(VoidTooLate):
        void(counter(departure), ticket)


def test_a_ticket_is_void_once(departure, till):
    ticket = sell(departure, "A1", till=till).tickets.get()
    void(till, ticket)

    with pytest.raises(TicketOver) as refusal:
        void(till, ticket)

    assert refusal.value.facts == {"ticket": ticket.code, "state": Ticket(state="void").get_state_display()}
    assert Refund.objects.count() == 1


def test_of_several_all_or_none_are_void(departure, till):
    late = sell(departure, "A2", till=till).tickets.get()
    first = sell(departure, "A1", till=till, now=NOW + TWO_MINUTES).tickets.get()

    with pytest.raises(VoidTooLate):
        void(till, first, late, now=NOW + TWO_MINUTES + timedelta(seconds=1))

    assert (Refund.objects.count(), len(claimed(departure))) == (0, 4)


@pytest.mark.parametrize("codes", [[], ["000000000000000000"]])
def test_a_code_of_no_ticket_is_refused(till, codes):
    with pytest.raises(NoSuchTicket):
        services.void_tickets(codes=codes, till_id=till.pk, by=till.clerk, now=NOW)


def test_a_ticket_of_another_station_is_refused(departure, till):
    elsewhere = sell(priced_departure(), "A1").tickets.get()

    with pytest.raises(TicketElsewhere):
        void(till, elsewhere)


def test_a_closed_till_pays_nothing_back(departure, till):
    ticket = sell(departure, "A1", till=till).tickets.get()
    fees.close_till(till_id=till.pk, counts=notes(575_000), reason="", by=till.clerk, now=NOW)

    with pytest.raises(TillClosed):
        void(till, ticket)


def test_more_than_the_drawer_holds_is_not_paid_out(departure):
    empty = counter(departure, opening_float=0)
    ticket = sell(departure, "A1", till=counter(departure)).tickets.get()

    with pytest.raises(DrawerTooEmpty) as refusal:
        refund(ticket, empty)

    assert refusal.value.facts == {"amount": "68.000đ"}
