"""The work list of money at the bank."""

import pytest
from django.urls import reverse
from time_machine import travel

from fees.enums import Method
from fees.models import BankLine
from station.enums import Role
from tests.factories import NOW, staff_of
from tests.factories_fees import till_of
from tests.factories_ticketing import priced_departure, sell
from tests.ticketing.bank import arrives, asked, balance, banked
from ticketing import services
from ticketing.models import Sale

pytestmark = pytest.mark.django_db
BANK = reverse("ticketing:bank")


@pytest.fixture(autouse=True)
def at_nine():
    with travel(NOW, tick=False):
        yield


@pytest.fixture
def departure():
    return priced_departure()


@pytest.fixture
def till(departure):
    return banked(departure)


@pytest.fixture
def request_(departure, till):
    return asked(departure, "A1", till=till)


@pytest.fixture
def office(departure, client_of):
    return client_of(staff_of(departure.station, Role.ACCOUNTANT))


def post(client, name, *args, **fields):
    return client.post(reverse(f"ticketing:{name}", args=args), {"idempotency_key": "k", **fields})


def test_what_fits_nothing_is_listed_with_its_sentence(office, request_):
    arrives(request_, text="ve xe")

    page = office.get(BANK)

    assert [(line.amount, line.why) for line in page.context["page"]] == [
        (100_000, "Nội dung báo có không nêu khoản nào của bến này.")
    ]


def test_what_found_its_payment_is_only_among_all(office, request_):
    arrives(request_)

    assert list(office.get(BANK).context["page"]) == []
    assert len(office.get(BANK, {"show": "all"}).context["page"]) == 1


def test_a_line_offers_what_it_could_have_been_meant_for_and_is_assigned(office, request_):
    line = arrives(request_, text="ve xe")
    offered = office.get(reverse("ticketing:bank_line", args=[line.pk])).context["requests"]

    answer = post(office, "bank_assign", line.pk, request_.pk)

    line.refresh_from_db()
    assert (list(offered), answer.status_code, line.state) == ([request_], 302, "matched")
    assert Sale.objects.get().payment == line.payment


def test_a_line_is_a_typed_transfer(office, departure, till):
    sale = sell(departure, "B1", till=till, method=Method.TRANSFER, reference="sai")
    line = arrives(asked(departure, "A1", till=till), text="")

    listed = list(office.get(BANK).context["unseen"])
    post(office, "bank_explain", line.pk, sale.payment_id)

    line.refresh_from_db()
    assert (listed, line.payment) == ([sale.payment], sale.payment)
    assert list(office.get(BANK).context["unseen"]) == []


def test_money_is_paid_back(office, request_):
    line = arrives(request_, amount=5_000)

    post(office, "bank_pay_back", line.pk, returned_as="FT7", why="thừa")

    line.refresh_from_db()
    assert (line.state, line.returned_because, balance("unexplained")) == ("returned", "thừa", 0)


def test_paying_back_without_a_reason_says_so_in_the_page(office, request_):
    line = arrives(request_, amount=5_000)

    page = post(office, "bank_pay_back", line.pk, returned_as="FT7", why="")

    assert (page.status_code, "why" in page.context["form"].errors) == (422, True)


def test_a_refusal_stands_on_the_page_of_the_line(office, request_):
    arrives(request_)
    second = arrives(request_)

    page = post(office, "bank_assign", second.pk, request_.pk)

    assert (page.status_code, page.context["refusal"].code) == (422, "request_paid")


def test_a_late_line_is_not_sold_by_somebody_without_a_till(office, request_):
    services.cancel_transfer(request_id=request_.pk, till_id=request_.till_id, by=request_.asked_by, now=NOW)
    line = arrives(request_)

    page = post(office, "bank_assign", line.pk, request_.pk)

    assert (page.status_code, page.context["refusal"].code) == (422, "till_not_open")


def test_a_late_line_is_not_sold_by_somebody_who_may_not_sell(departure, request_, client_of):
    accountant = staff_of(departure.station, Role.ACCOUNTANT)
    till_of(departure.station, clerk=accountant)
    services.cancel_transfer(request_id=request_.pk, till_id=request_.till_id, by=request_.asked_by, now=NOW)
    line = arrives(request_)

    page = post(client_of(accountant), "bank_assign", line.pk, request_.pk)

    line.refresh_from_db()
    assert (page.status_code, page.context["refusal"].code, line.state) == (422, "no_right", "unmatched")
    assert not Sale.objects.exists()


def test_a_line_typed_from_the_statement_sells_what_it_names(office, request_):
    answer = post(office, "bank_enter", number="FT1", amount="100.000", text=request_.note, payer="")

    line = BankLine.objects.get()
    assert (answer.status_code, line.state, line.source) == (302, "matched", "person")


@pytest.mark.parametrize("amount", ["", "0", "x", "-5"])
def test_a_typed_line_needs_an_amount(office, request_, amount):
    page = post(office, "bank_enter", number="FT1", amount=amount, text="", payer="")

    assert (page.status_code, "amount" in page.context["form"].errors, BankLine.objects.count()) == (422, True, 0)


def test_a_clerk_has_no_such_list_and_another_station_no_such_line(till, request_, client_of):
    line = arrives(request_, text="")
    stranger = client_of(staff_of(priced_departure().station, Role.MANAGER))

    assert client_of(till.clerk).get(BANK).status_code == 403
    assert stranger.get(reverse("ticketing:bank_line", args=[line.pk])).status_code == 404
    assert post(stranger, "bank_pay_back", line.pk, returned_as="F", why="x").status_code == 404


def test_three_lines_are_listed_in_as_many_questions_as_one(office, departure, till, django_assert_num_queries):
    request = asked(departure, "A1", till=till)
    arrives(request, text="")
    office.get(BANK)
    with django_assert_num_queries(11):
        office.get(BANK)
    arrives(request, text="x")
    arrives(request, text="y")
    with django_assert_num_queries(11):
        office.get(BANK)
