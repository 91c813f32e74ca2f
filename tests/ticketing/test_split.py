"""One sale paid in several ways, and given back."""

import pytest
from django.db import IntegrityError, connection, transaction
from time_machine import travel

from einvoice.services.documents import _paid_by
from fees.enums import Method
from fees.errors import NothingToTransfer, ReferenceMissing
from fees.models import Payment
from fees.selectors import till_summary
from tests.factories import NOW
from tests.factories_fees import BankAccountFactory
from tests.factories_ticketing import hold, priced_departure, sell
from tests.ticketing.bank import arrives, balance, waited_for
from tests.ticketing.money import counter, in_drawer, refund, void
from ticketing import selectors, services
from ticketing.errors import PartsTooMuch
from ticketing.models import Sale, SalePart, Ticket
from ticketing.services import Part

pytestmark = pytest.mark.django_db
BY_CARD = Part(Method.CARD, 150_000, "POS 17")


@pytest.fixture
def departure():
    return priced_departure()


@pytest.fixture
def till(departure):
    return counter(departure)


def paid(sale):
    return [(one.method, one.amount, one.reference) for one in selectors.payments_of(sale)]


def back():
    rows = Payment.objects.filter(kind="refund").order_by("pk")
    return list(rows.values_list("method", "amount", "refund_of__method"))


def test_a_part_by_card_and_the_rest_in_cash(departure, till):
    sale = sell(departure, "A1", "A2", till=till, parts=[BY_CARD], received=100_000)

    assert (sale.total, sale.payment.change) == (200_000, 50_000)
    assert paid(sale) == [("cash", 50_000, ""), ("card", 150_000, "POS 17")]
    assert (in_drawer(till), balance("bank"), balance("held_for_operator")) == (550_000, 150_000, -200_000)
    assert [(line.method, line.amount) for line in till_summary(till).lines] == [("cash", 50_000), ("card", 150_000)]


def test_parts_that_make_the_whole_price_leave_no_rest(departure, till):
    parts = [Part(Method.CARD, 60_000, "POS 1"), Part(Method.TRANSFER, 40_000, "FT1")]

    assert paid(sell(departure, "A1", till=till, parts=parts)) == [
        ("card", 60_000, "POS 1"),
        ("transfer", 40_000, "FT1"),
    ]


@pytest.mark.parametrize("amounts", [[100_001], [60_000, 50_000], [0], [-5_000]])
def test_parts_that_do_not_make_the_price_are_refused(departure, till, amounts):
    with pytest.raises(PartsTooMuch):
        sell(departure, "A1", till=till, parts=[Part(Method.CARD, amount, "P") for amount in amounts])

    assert (Sale.objects.count(), Payment.objects.count()) == (0, 0)


def test_a_part_by_card_needs_its_reference_and_else_nothing_is_sold(departure, till):
    with pytest.raises(ReferenceMissing), transaction.atomic():
        sell(departure, "A1", till=till, parts=[Part(Method.CARD, 1_000)])

    assert (Sale.objects.count(), Payment.objects.count()) == (0, 0)


def unpaid_sale_like(sale):
    """A sale of 200.000 đ whose one payment is that of a part."""
    Sale.objects.create(
        station=sale.station, till=sale.till, departure=sale.departure, payment=SalePart.objects.get().payment,
        total=200_000, idempotency_key="1:x", sold_by=sale.sold_by, sold_at=NOW,
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_the_database_refuses_a_sale_that_is_not_paid_in_full(departure, till):
    sale = sell(departure, "A1", "A2", till=till, parts=[BY_CARD])

    with pytest.raises(IntegrityError, match="its payments are not its total"), transaction.atomic():
        unpaid_sale_like(sale)


# --- the rest by VietQR


def test_a_part_in_cash_and_the_rest_by_vietqr(departure, till):
    BankAccountFactory(station=departure.station)
    kept = hold(departure, "A1", till=till)
    request = services.ask_for_sale(
        hold_id=kept.pk, till_id=till.pk, parts=[Part(Method.CASH, 30_000)], by=till.clerk, now=NOW
    ).request
    before = in_drawer(till)

    line = arrives(request)

    assert (request.amount, before, in_drawer(till)) == (70_000, 500_000, 530_000)
    assert paid(waited_for(request).sale) == [("transfer", 70_000, line.number), ("cash", 30_000, "")]


def test_nothing_is_left_to_ask_for(departure, till):
    BankAccountFactory(station=departure.station)
    kept = hold(departure, "A1", till=till)

    with pytest.raises(NothingToTransfer):
        services.ask_for_sale(
            hold_id=kept.pk, till_id=till.pk, parts=[Part(Method.CASH, 100_000)], by=till.clerk, now=NOW
        )


# --- given back


def test_a_void_gives_everything_back_as_it_came(departure, till):
    sale = sell(departure, "A1", "A2", till=till, parts=[BY_CARD])

    void(till, *sale.tickets.order_by("seat"))

    given = back()
    assert sum(amount for _, amount, _ in given) == -200_000
    assert all(method == came for method, _, came in given) is True
    assert (in_drawer(till), balance("bank"), balance("held_for_operator")) == (500_000, 0, 0)


def test_one_ticket_goes_back_out_of_the_payment_that_holds_it_all(departure, till):
    sale = sell(departure, "A1", "A2", till=till, parts=[BY_CARD])

    refund(sale.tickets.get(seat_label="A1"), till)

    assert back() == [("cash", -90_000, "card")]


def test_the_same_way_is_preferred_when_it_holds_enough(departure, till):
    sale = sell(departure, "A1", "A2", till=till, parts=[Part(Method.CARD, 100_000, "POS 1")])

    refund(sale.tickets.get(seat_label="A1"), till)

    assert back() == [("cash", -90_000, "cash")]


def test_no_payment_gives_more_back_than_it_brought(departure, till):
    sale = sell(departure, "A1", "A2", till=till, parts=[BY_CARD])

    for ticket in sale.tickets.order_by("seat"):
        refund(ticket, till)

    assert back() == [("cash", -90_000, "card"), ("cash", -50_000, "cash"), ("cash", -40_000, "card")]
    assert [one.refund.parts.count() for one in Ticket.objects.order_by("seat")] == [0, 1]


def test_the_books_of_split_sales_and_refunds_agree(departure, till):
    from reports.selectors import invariants

    sale = sell(departure, "A1", "A2", till=till, parts=[BY_CARD])
    for ticket in sale.tickets.order_by("seat"):
        refund(ticket, till)

    asked = invariants.invariants(["M1", "M2", "M3", "M4", "L1", "L2", "L4", "L10", "L12"])
    assert [str(breach) for one in asked for breach in invariants.breaches(one, NOW)] == []


def test_the_invoice_names_both_ways(departure, till):
    split, plain = sell(departure, "A1", "A2", till=till, parts=[BY_CARD]), sell(departure, "B1", till=till)

    assert (_paid_by(split), _paid_by(plain)) == ("Tiền mặt/Chuyển khoản", "Tiền mặt")


# --- over the API and at the counter


def test_the_api_takes_parts_and_says_what_was_paid(departure, till, api_of):
    wish = {
        "departure": departure.pk, "seats": ["A1"], "received": 50_000,
        "parts": [{"method": "card", "amount": 60_000, "reference": "POS 1"}],
    }  # fmt: skip

    with travel(NOW, tick=False):
        answer = api_of(till.clerk).post("/api/v1/sales/", wish, headers={"Idempotency-Key": "a"}).json()

    assert (answer["total"], answer["change"]) == (100_000, 10_000)
    assert answer["payments"] == [
        {"method": "cash", "amount": 40_000, "reference": ""},
        {"method": "card", "amount": 60_000, "reference": "POS 1"},
    ]


def pressed(client, kept, **fields):
    fields = {"hold": kept.pk, "departure": kept.departure_id, "seat": "A1", "idempotency_key": "k", "go": ""} | fields
    with travel(NOW, tick=False):
        return client.post("/sell/", fields, HTTP_HX_REQUEST="true")


@pytest.mark.parametrize(
    ("fields", "taken"),
    [
        ({"other_method": "card", "other_reference": "POS 9"}, [("card", 100_000, "POS 9")]),
        ({"other_method": "transfer", "other_reference": "FT9"}, [("transfer", 100_000, "FT9")]),
        (
            {"other_method": "card", "other_reference": "POS 9", "other_amount": "60"},
            [("cash", 40_000, ""), ("card", 60_000, "POS 9")],
        ),
        ({"other_method": "", "other_reference": ""}, [("cash", 100_000, "")]),
    ],
)
def test_the_counter_takes_card_transfer_and_parts(departure, till, client_of, fields, taken):
    kept = hold(departure, "A1", till=till)
    kept.held_at = NOW.replace(hour=8)
    kept.save()

    pressed(client_of(till.clerk), kept, **fields)

    assert paid(Sale.objects.get()) == taken


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"other_method": "card"}, "reference_missing"),
        ({"other_method": "card", "other_reference": "P", "other_amount": "x"}, "not_understood"),
        ({"other_method": "card", "other_reference": "P", "other_amount": "500"}, "parts_too_much"),
    ],
)
def test_a_wrong_part_is_refused_in_the_page_and_the_seats_stay(departure, till, client_of, fields, code):
    kept = hold(departure, "A1", till=till)
    kept.held_at = NOW.replace(hour=8)
    kept.save()

    screen = pressed(client_of(till.clerk), kept, **fields)

    assert (screen.status_code, screen.context["refusal"].code, Sale.objects.count()) == (422, code, 0)
    assert (screen.context["desk"].hold, screen.context["other_open"]) == (kept, True)
