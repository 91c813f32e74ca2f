"""Who buys: a company that wants its invoice gives tax code, name and address; a sale without costs nothing more."""

from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from station.rules.tax_codes import tidy_tax_code
from tests.factories import NOW
from tests.factories_ticketing import hold, priced_departure, sell, till_at
from tests.ticketing.bank import arrives, banked
from ticketing import services
from ticketing.errors import CompanyIncomplete, TaxCodeWrong
from ticketing.models import Sale, WaitingSale
from ticketing.rules import Buyer

pytestmark = pytest.mark.django_db
COMPANY = Buyer("Trần Thị Mẫu", "0912345678", "0100109106", "Công ty Mẫu", "1 Trần Hưng Đạo, Hà Nội")
SAID = {"buyer_tax_code": "0100109106", "buyer_company": "Công ty Mẫu", "buyer_address": "1 Trần Hưng Đạo, Hà Nội"}


@pytest.fixture
def departure():
    return priced_departure()


@pytest.fixture
def till(departure):
    return till_at(departure.station)


def test_a_company_is_kept_with_its_sale(departure):
    assert sell(departure, "A1", buyer=COMPANY).buyer == COMPANY


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" 0100109106 ", "0100109106"),
        ("0100 109 106", "0100109106"),
        ("0100109106001", "0100109106-001"),
        ("0100109106-001", "0100109106-001"),
        ("001090000001", "001090000001"),
    ],
)
def test_a_tax_code_is_kept_as_the_tax_office_writes_it(departure, typed, kept):
    sale = sell(departure, "A1", buyer=Buyer(tax_code=typed, company="Công ty Mẫu", address="Hà Nội"))

    assert (sale.buyer_tax_code, tidy_tax_code(kept)) == (kept, kept)


@pytest.mark.parametrize("typed", ["0100109107", "123", "0100109106-000", "abc"])
def test_a_wrong_tax_code_is_refused_before_anything_is_sold(departure, typed):
    with pytest.raises(TaxCodeWrong) as refusal:
        sell(departure, "A1", buyer=Buyer(tax_code=typed, company="Công ty Mẫu", address="Hà Nội"))

    assert (refusal.value.facts, Sale.objects.count()) == ({"tax_code": typed}, 0)


@pytest.mark.parametrize(
    "half",
    [
        {"tax_code": "0100109106"},
        {"tax_code": "0100109106", "company": "Công ty Mẫu"},
        {"company": "Công ty Mẫu", "address": "Hà Nội"},
        {"address": "Hà Nội"},
        {"tax_code": "0100109106", "company": "  ", "address": "Hà Nội"},
    ],
)
def test_half_a_company_is_refused(departure, half):
    with pytest.raises(CompanyIncomplete):
        sell(departure, "A1", buyer=Buyer("Trần Thị Mẫu", **half))


def past_the_services(sql):
    """As a careless administrator could, past all triggers."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(sql)


def test_the_database_refuses_half_a_company(departure):
    sell(departure, "A1")

    with pytest.raises(IntegrityError, match="a_sale_names_a_company_whole"):
        past_the_services("UPDATE ticketing_sale SET buyer_tax_code = '0100109106'")


def test_who_pays_by_bank_gets_the_invoice_of_their_company(departure):
    till = banked(departure)
    kept = hold(departure, "A1", till=till)
    request = services.ask_for_sale(hold_id=kept.pk, till_id=till.pk, buyer=COMPANY, by=till.clerk, now=NOW).request

    arrives(request)

    assert Sale.objects.get().buyer == COMPANY


def test_half_a_company_is_refused_before_the_customer_pays(departure):
    till = banked(departure)
    kept = hold(departure, "A1", till=till)

    with pytest.raises(CompanyIncomplete):
        services.ask_for_sale(
            hold_id=kept.pk, till_id=till.pk, buyer=Buyer(tax_code="0100109106"), by=till.clerk, now=NOW
        )

    assert WaitingSale.objects.count() == 0


def test_an_exchange_keeps_the_company(departure, till):
    evening = priced_departure(route=departure.route)
    ticket = sell(departure, "A1", till=till, buyer=COMPANY).tickets.get()

    refund = services.exchange_ticket(
        code=ticket.code, wanted=services.Wanted(evening.pk), till_id=till.pk, idempotency_key="e", by=till.clerk,
        now=NOW,
    )  # fmt: skip

    assert refund.replacement.sale.buyer == COMPANY


@pytest.fixture
def counter(departure, till, client_of):
    """The counter with A1 kept: sends what was said of the buyer with Enter."""
    kept = hold(departure, "A1", till=till)
    said: dict[str, Any] = {
        "departure": departure.pk, "seat": "A1", "from_stop": kept.from_stop_id, "to_stop": kept.to_stop_id,
        "hold": kept.pk, "line": "", "idempotency_key": "k",
    }  # fmt: skip
    clerk = client_of(till.clerk)

    def enter(**more):
        with time_machine.travel(NOW.replace(second=3), tick=False):
            return clerk.post(reverse("ticketing:sell"), {**said, **more}, headers={"HX-Request": "true"})

    return enter


def test_the_counter_takes_the_company_with_the_customer(counter):
    answer = counter(**SAID)

    assert (answer.status_code, Sale.objects.get().buyer.columns()) == (
        200, {"buyer_name": "", "buyer_phone": "", **SAID},
    )  # fmt: skip


def test_a_wrong_tax_code_stays_on_the_screen_with_the_seats(counter):
    answer = counter(**{**SAID, "buyer_tax_code": "0100109107"})

    assert (answer.status_code, answer.context["refusal"].code) == (422, "tax_code_wrong")
    assert (answer.context["buyer"].tax_code, answer.context["desk"].hold is not None) == ("0100109107", True)


def test_machines_name_the_company(departure, till, api_of):
    buyer = {"tax_code": "0100109106", "company": "Công ty Mẫu", "address": "Hà Nội"}
    with time_machine.travel(NOW, tick=False):
        answer = api_of(till.clerk).post(
            "/api/v1/sales/", {"departure": departure.pk, "seats": ["A1"], "buyer": buyer},
            headers={"Idempotency-Key": "a"},
        )  # fmt: skip

    assert (answer.status_code, Sale.objects.get().buyer) == (201, Buyer(**buyer))


def test_machines_are_refused_half_a_company(departure, till, api_of):
    with time_machine.travel(NOW, tick=False):
        answer = api_of(till.clerk).post(
            "/api/v1/sales/", {"departure": departure.pk, "seats": ["A1"], "buyer": {"tax_code": "0100109106"}},
            headers={"Idempotency-Key": "a"},
        )  # fmt: skip

    assert (answer.status_code, answer.json()["code"]) == (409, "company_incomplete")


def test_the_ticket_says_whose_invoice_it_is(departure, till, client_of):
    ticket = sell(departure, "A1", till=till, buyer=COMPANY).tickets.get()

    with time_machine.travel(NOW, tick=False):
        page = client_of(till.clerk).get(reverse("ticketing:ticket", args=[ticket.code])).content.decode()

    assert [word in page for word in ("Công ty Mẫu", "0100109106", "…5678", "0912345678")] == [True, True, True, False]
