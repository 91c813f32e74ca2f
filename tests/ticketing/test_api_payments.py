import pytest
from time_machine import travel

from fees.models import BankLine, TransferRequest
from station.enums import Role
from tests.factories import NOW, staff_of
from tests.factories_fees import charge
from tests.factories_ticketing import claimed, priced_departure
from tests.ticketing.bank import asked, banked
from ticketing.models import Sale

pytestmark = pytest.mark.django_db


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
def clerk(till, api_of):
    return api_of(till.clerk)


@pytest.fixture
def bank(departure, api_of):
    return api_of(staff_of(departure.station, Role.ACCOUNTANT))


def key(name):
    return {"Idempotency-Key": name}


def line_of(request, **facts):
    usual = {"number": "FT1", "amount": request["amount"], "text": request["note"], "booked_at": NOW.isoformat()}
    return {**usual, **facts}


def test_seats_are_asked_for_paid_and_sold(clerk, bank, departure):
    asked_for = clerk.post("/api/v1/payments/", {"departure": departure.pk, "seats": ["A1"]}, headers=key("a")).json()

    told = bank.post("/api/v1/bank-lines/", line_of(asked_for), headers=key("b"))

    paid = clerk.get(f"/api/v1/payments/{asked_for['id']}/").json()
    assert (asked_for["state"], asked_for["amount"], asked_for["sale"]) == ("waiting", 100_000, None)
    assert (told.status_code, told.json()["state"]) == (201, "matched")
    assert (paid["state"], [ticket["seat"] for ticket in paid["sale"]["tickets"]]) == ("paid", ["A1"])


def test_the_same_line_posted_again_changes_nothing(clerk, bank, departure):
    asked_for = clerk.post("/api/v1/payments/", {"departure": departure.pk, "count": 2}, headers=key("a")).json()

    answers = [bank.post("/api/v1/bank-lines/", line_of(asked_for), headers=key(k)).json() for k in ("b", "b", "c")]

    assert answers[0] == answers[1] == answers[2]
    assert (Sale.objects.count(), BankLine.objects.count()) == (1, 1)


def test_money_needs_a_key(clerk, bank, departure):
    wish = {"departure": departure.pk, "seats": ["A1"]}

    assert clerk.post("/api/v1/payments/", wish).json()["code"] == "idempotency_key_missing"
    assert bank.post("/api/v1/bank-lines/", line_of({"amount": 1, "note": ""})).status_code == 409
    assert TransferRequest.objects.count() == 0


def test_a_charge_is_asked_for_and_paid(api_of):
    due = charge()
    till = banked(due.departure)
    bank = api_of(staff_of(due.station, Role.ACCOUNTANT))
    asked_for = api_of(till.clerk).post("/api/v1/payments/", {"charge": due.pk}, headers=key("a")).json()

    bank.post("/api/v1/bank-lines/", line_of(asked_for), headers=key("b"))

    due.refresh_from_db()
    assert (asked_for["amount"], asked_for["charge"], due.state) == (56_376, due.pk, "paid")


def test_a_payment_is_given_up(clerk, departure):
    asked_for = clerk.post("/api/v1/payments/", {"departure": departure.pk, "seats": ["A1"]}, headers=key("a")).json()

    over = clerk.post(f"/api/v1/payments/{asked_for['id']}/cancel/").json()

    assert (over["state"], claimed(departure)) == ("cancelled", [])
    assert clerk.post(f"/api/v1/payments/{asked_for['id']}/cancel/").json()["code"] == "request_over"


def test_a_payment_is_confirmed_by_the_number_on_the_banks_screen(clerk, departure):
    asked_for = clerk.post("/api/v1/payments/", {"departure": departure.pk, "seats": ["A1"]}, headers=key("a")).json()

    paid = clerk.post(f"/api/v1/payments/{asked_for['id']}/confirm/", {"reference": "FT9"}, headers=key("b")).json()

    assert (paid["state"], Sale.objects.get().payment.reference) == ("paid", "FT9")


def test_a_line_that_fits_nothing_is_listed_with_its_sentence_and_assigned(till, bank, departure):
    request = asked(departure, "A1", till=till)
    wrong = {"amount": 100_000, "note": "ve xe"}

    line = bank.post("/api/v1/bank-lines/", line_of(wrong), headers=key("a")).json()
    listed = bank.get("/api/v1/bank-lines/?state=unmatched").json()["results"]
    done = bank.post(f"/api/v1/bank-lines/{line['id']}/assign/", {"payment": request.pk}, headers=key("b")).json()

    assert ([row["id"] for row in listed], line["code"], bool(line["problem"])) == (
        [line["id"]], "reference_not_found", True,
    )  # fmt: skip
    assert (done["state"], done["payment"]) == ("matched", request.pk)


def test_a_line_is_paid_back(till, bank, departure):
    line = bank.post("/api/v1/bank-lines/", line_of({"amount": 5, "note": ""}), headers=key("a")).json()
    address = f"/api/v1/bank-lines/{line['id']}/pay-back/"

    done = bank.post(address, {"reference": "FT7", "reason": "nhầm"}, headers=key("b")).json()

    assert (done["state"], done["returned_as"]) == ("returned", "FT7")


@pytest.mark.parametrize(
    "wish", [{}, {"charge": 1, "departure": 1}, {"departure": 1}, {"departure": 1, "seats": ["A1"], "count": 1}]
)
def test_what_is_asked_for_must_be_said_once(clerk, wish):
    assert clerk.post("/api/v1/payments/", wish, headers=key("a")).status_code == 400


def test_a_clerk_does_not_tell_what_the_bank_says(clerk):
    told = clerk.post("/api/v1/bank-lines/", line_of({"amount": 5, "note": ""}), headers=key("a"))

    assert (told.status_code, BankLine.objects.count()) == (403, 0)


def test_payments_and_lines_of_another_station_are_not_there(departure, till, api_of):
    request = asked(departure, "A1", till=till)
    elsewhere = priced_departure()
    line = BankLine.objects.create(
        account=request.account, station=request.station, number="FT5", amount=5, booked_at=NOW, received_at=NOW,
        received_by=till.clerk, source="bank",
    )  # fmt: skip
    stranger = api_of(staff_of(elsewhere.station, Role.SHIFT_LEAD))

    answers = [
        stranger.get(f"/api/v1/payments/{request.pk}/"),
        stranger.post(f"/api/v1/payments/{request.pk}/cancel/"),
        stranger.post(f"/api/v1/bank-lines/{line.pk}/assign/", {"payment": request.pk}, headers=key("a")),
        stranger.post("/api/v1/payments/", {"departure": departure.pk, "count": 1}, headers=key("b")),
        stranger.post("/api/v1/payments/", {"charge": charge().pk}, headers=key("c")),
    ]

    assert [answer.status_code for answer in answers] == [404, 404, 404, 404, 404]


def test_a_request_of_a_charge_needs_a_till(api_of):
    due = charge()
    lead = api_of(staff_of(due.station, Role.SHIFT_LEAD))

    assert lead.post("/api/v1/payments/", {"charge": due.pk}, headers=key("a")).json()["code"] == "till_not_open"


def test_lines_are_listed_in_as_many_questions_for_three_as_for_one(bank, departure, till, django_assert_num_queries):
    def lines(count):
        for n in range(count):
            BankLine.objects.create(
                account=till.station.bank_accounts.get(), station=till.station, number=f"L{BankLine.objects.count()}",
                amount=5 + n, booked_at=NOW, received_at=NOW, received_by=till.clerk, source="bank",
            )  # fmt: skip

    lines(1)
    with django_assert_num_queries(5):
        bank.get("/api/v1/bank-lines/")
    lines(2)
    with django_assert_num_queries(5):
        bank.get("/api/v1/bank-lines/")
