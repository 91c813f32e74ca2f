import re

import pytest
import time_machine
from django.urls import reverse

from fees import selectors, services
from fees.enums import MoveState
from fees.models import CashMove
from station.enums import Role
from station.models import JournalEntry
from tests.factories import StationFactory, UserFactory, staff, staff_of
from tests.factories_fees import open_shift, till_of

pytestmark = pytest.mark.django_db
KEY = {"idempotency_key": "8f5e4c7a-0000-4000-8000-000000000002"}
HEADERS = {"Idempotency-Key": "move-1"}
PASSWORD = "demo-mật-khẩu"


@pytest.fixture(autouse=True)
def morning(now):
    with time_machine.travel(now, tick=False):
        yield


@pytest.fixture
def till():
    return till_of(StationFactory())


@pytest.fixture
def keeper(till):
    person = UserFactory(username="truongca9")
    person.set_password(PASSWORD)
    person.save()
    return staff(person, till.station, Role.SHIFT_LEAD)


def text_of(response):
    words = re.sub(r"<[^>]+>", " ", response.content.decode())
    return re.sub(r"\s+", " ", words)


def said_by(keeper, **facts):
    return KEY | {"username": keeper.username, "password": PASSWORD} | facts


def test_cash_goes_to_the_safe_with_one_amount(client_of, till):
    answer = client_of(till.clerk).post(reverse("fees:move", args=["drop"]), KEY | {"amount": "200.000"})

    assert answer.url == reverse("fees:till")
    assert (CashMove.objects.get().amount, selectors.drawer_balance(till)) == (200_000, 300_000)


def test_sent_twice_it_moves_once(client_of, till):
    client = client_of(till.clerk)

    for _ in range(2):
        client.post(reverse("fees:move", args=["drop"]), KEY | {"amount": "200.000"})

    assert selectors.drawer_balance(till) == 300_000


def test_cash_in_is_signed_by_who_keeps_the_safe(client_of, till, keeper):
    contents = said_by(keeper, amount="100000", reason="tiền lẻ")

    client_of(till.clerk).post(reverse("fees:move", args=["in"]), contents)

    assert (CashMove.objects.get().other, selectors.drawer_balance(till)) == (keeper, 600_000)


def test_a_wrong_password_moves_nothing_and_is_kept(client_of, till, keeper):
    contents = said_by(keeper, amount="100000") | {"password": "falsch"}

    answer = client_of(till.clerk).post(reverse("fees:move", args=["in"]), contents)

    assert (answer.status_code, CashMove.objects.count()) == (422, 0)
    assert JournalEntry.objects.filter(action="approval_refused").count() == 1


@pytest.mark.parametrize(
    ("kind", "contents"), [("drop", {"amount": ""}), ("drop", {"amount": "1.500"}), ("out", {"amount": "50.000"})]
)
def test_what_cannot_move_is_said_in_the_form(client_of, till, kind, contents):
    answer = client_of(till.clerk).post(reverse("fees:move", args=[kind]), KEY | contents)

    assert (answer.status_code, bool(answer.context["form"].errors)) == (422, True)


def test_a_hand_over_goes_from_page_to_page(client_of, till):
    taker = till_of(till.station, opening_float=0)
    contents = KEY | {"to_till": taker.pk, "amount": "300.000", "reason": "giao ca"}

    client_of(till.clerk).post(reverse("fees:hand_over"), contents)
    offered = CashMove.objects.get()
    seen = text_of(client_of(taker.clerk).get(reverse("fees:till")))
    client_of(taker.clerk).post(reverse("fees:take", args=[offered.pk]), KEY)

    assert [word in seen for word in ("300.000đ", "giao ca", str(till.clerk))] == [True, True, True]
    assert [selectors.drawer_balance(one) for one in (till, taker)] == [200_000, 300_000]


def test_it_is_taken_back_where_it_was_offered(client_of, till):
    taker = till_of(till.station)
    offered = services.hand_over(
        till_id=till.pk, to_till_id=taker.pk, amount=300_000, reason="", by=till.clerk, now=till.opened_at
    )  # fmt: skip

    client_of(till.clerk).post(reverse("fees:decline", args=[offered.pk]), KEY)

    assert CashMove.objects.get().state == MoveState.DECLINED


def test_the_list_of_tills_names_those_of_the_station_that_are_open(client_of, till):
    beside = till_of(till.station)
    till_of(StationFactory())
    gone = till_of(till.station, opening_float=0)
    services.close_till(till_id=gone.pk, counts={}, reason="", by=gone.clerk, now=gone.opened_at)

    page = client_of(till.clerk).get(reverse("fees:hand_over"))

    assert list(page.context["form"].fields["to_till"].queryset) == [beside]


def test_without_a_till_there_is_no_cash_to_move(client_of):
    station = StationFactory()
    open_shift(station)
    client = client_of(staff_of(station, Role.TICKET_CLERK))

    addresses = [reverse("fees:move", args=["drop"]), reverse("fees:hand_over")]

    assert [client.get(address).url for address in addresses] == [reverse("fees:till")] * 2


@pytest.mark.parametrize("kind", ["hand_over", "steal"])
def test_there_is_no_other_kind(client_of, till, kind):
    assert client_of(till.clerk).get(reverse("fees:move", args=[kind])).status_code == 404


def test_a_move_of_another_station_is_not_found(client_of, till):
    here, there = till_of(till.station), StationFactory()
    offered = services.hand_over(
        till_id=till.pk, to_till_id=here.pk, amount=300_000, reason="", by=till.clerk, now=till.opened_at
    )  # fmt: skip
    stranger = client_of(staff_of(there, Role.TICKET_CLERK))

    assert stranger.post(reverse("fees:take", args=[offered.pk]), KEY).status_code == 404


def test_the_slip_lists_what_moved(client_of, till):
    services.move_cash(
        till_id=till.pk, cash=services.Cash("drop", 200_000), other=None, by=till.clerk, now=till.opened_at
    )  # fmt: skip
    outcome = services.count_till(till_id=till.pk, counts={100_000: 3}, by=till.clerk, now=till.opened_at)

    words = text_of(client_of(till.clerk).get(reverse("fees:closing", args=[outcome.closing.pk])))

    assert [word in words for word in ("−200.000đ", "300.000đ")] == [True, True]


@pytest.mark.parametrize("rows", [1, 3])
def test_the_till_asks_the_same_number_of_questions_for_any_number_of_moves(
    client_of, till, django_assert_num_queries, rows
):
    for _ in range(rows):
        services.move_cash(
            till_id=till.pk, cash=services.Cash("drop", 1_000), other=None, by=till.clerk, now=till.opened_at
        )  # fmt: skip
    client = client_of(till.clerk)

    with django_assert_num_queries(10):
        answer = client.get(reverse("fees:till"))

    assert len(answer.context["moves"]) == rows


# --- for machines


def test_the_api_moves_cash_before_a_second_person(api_of, till, keeper):
    body = {"kind": "in", "amount": 100_000, "username": keeper.username, "password": PASSWORD}

    answer = api_of(till.clerk).post(f"/api/v1/tills/{till.pk}/moves/", body, headers=HEADERS)

    assert (answer.status_code, answer.json()["other"], answer.json()["state"]) == (201, "truongca9", "done")
    assert selectors.drawer_balance(till) == 600_000


def test_the_api_hands_over_and_takes(api_of, till):
    taker = till_of(till.station, opening_float=0)
    body = {"kind": "hand_over", "amount": 100_000, "to_till": taker.pk}

    offered = api_of(till.clerk).post(f"/api/v1/tills/{till.pk}/moves/", body, headers=HEADERS).json()
    taken = api_of(taker.clerk).post(f"/api/v1/cash-moves/{offered['id']}/take/", headers=HEADERS)
    listed = api_of(taker.clerk).get(f"/api/v1/tills/{taker.pk}/moves/").json()

    assert (offered["state"], taken.json()["state"]) == ("offered", "done")
    assert [row["id"] for row in listed] == [offered["id"]]
    assert selectors.drawer_balance(taker) == 100_000


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"kind": "drop", "amount": 0}, 400),
        ({"kind": "steal", "amount": 1_000}, 400),
        ({"kind": "hand_over", "amount": 1_000}, 400),
        ({"kind": "drop", "amount": 1_000, "to_till": 1}, 400),
        ({"kind": "in", "amount": 1_000}, 409),
    ],
)
def test_the_api_refuses_what_is_wrong(api_of, till, body, status):
    answer = api_of(till.clerk).post(f"/api/v1/tills/{till.pk}/moves/", body, headers=HEADERS)

    assert (answer.status_code, CashMove.objects.count()) == (status, 0)
