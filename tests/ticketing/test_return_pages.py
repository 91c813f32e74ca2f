"""The page of a ticket shows what is given back before it is done; the interface for machines says the same."""

import pytest
import time_machine

from station.enums import Role
from tests.factories import StationFactory, at, staff_of
from tests.factories_ticketing import priced_departure, sell
from tests.ticketing.money import counter, in_drawer, refund, second_person
from ticketing.models import Refund

pytestmark = pytest.mark.django_db


@pytest.fixture
def departure():
    return priced_departure(stops=3, fare=75_000)


@pytest.fixture
def till(departure):
    return counter(departure)


@pytest.fixture
def ticket(departure, till):
    return sell(departure, "A1", till=till).tickets.get()


@pytest.fixture
def visit(till, client_of):
    """`visit("11:00", "refund/", data)`: a page of the clerk at that time; without data it is only looked at."""
    browser = client_of(till.clerk)

    def at_time(hhmm, path, data=None):
        with time_machine.travel(at(hhmm), tick=False):
            return browser.get(path) if data is None else browser.post(path, data)

    return at_time


@pytest.fixture
def send(till, api_of):
    def at_time(hhmm, path, body=None, key="k"):
        with time_machine.travel(at(hhmm), tick=False):
            return api_of(till.clerk).post(path, body or {}, headers={"Idempotency-Key": key} if key else {})

    return at_time


def page_of(ticket, action=""):
    return f"/tickets/{ticket.code}/{action}"


def api(ticket, action="refund"):
    return f"/api/v1/tickets/{ticket.code}/{action}/"


def two(lead, **changes):
    said = {"reason": "delay", "amount": "75.000", "note": "xe hỏng", "username": lead.username, "password": "demo"}
    return {"idempotency_key": "two", **said, **changes}


@pytest.mark.parametrize(
    ("moment", "voidable", "amount", "percent"),
    [("09:02", True, 68_000, 90), ("11:00", False, 68_000, 90), ("12:30", False, 53_000, 70), ("13:30", False, 0, 0)],
)
def test_the_page_says_what_is_given_back_and_why(visit, ticket, moment, voidable, amount, percent):
    shown = visit(moment, page_of(ticket)).context

    assert (shown["voidable"], shown["offer"].amount, shown["offer"].percent) == (voidable, amount, percent)


@pytest.mark.parametrize(("moment", "blue"), [("09:01", 1), ("11:00", 1), ("13:30", 1)])
def test_there_is_one_blue_button(visit, ticket, moment, blue):
    html = visit(moment, page_of(ticket)).content.decode()

    assert html.count("bx-btn--main") == blue


def test_a_press_gives_back_what_was_shown(visit, ticket, till):
    answer = visit("11:00", page_of(ticket, "refund/"), {"idempotency_key": "a"})

    ticket.refresh_from_db()
    assert (answer.status_code, answer["Location"]) == (302, page_of(ticket))
    assert (ticket.state, in_drawer(till)) == ("refunded", 507_000)


def test_a_second_press_changes_nothing(visit, ticket, till):
    for _ in range(2):
        visit("11:00", page_of(ticket, "refund/"), {"idempotency_key": "a"})

    assert in_drawer(till) == 507_000


def test_the_page_afterwards_says_what_was_done(visit, ticket, till):
    refund(ticket, till)

    shown = visit("11:00", page_of(ticket))

    assert (shown.context["refund"].amount, shown.context["may_refund"]) == (68_000, False)
    assert [event.entry.action for event in shown.context["history"]] == ["sale_made", "ticket_refunded"]


def test_a_void_by_page_takes_one_ticket_or_all(visit, departure, till):
    first, second, _ = sell(departure, "A1", "A2", "B1", till=till).tickets.order_by("seat")

    visit("09:01", page_of(first, "void/"), {"idempotency_key": "a"})
    visit("09:01", page_of(second, "void/"), {"idempotency_key": "b", "all": "1"})

    assert list(Refund.objects.order_by("pk").values_list("ticket__seat_label", "kind")) == [
        ("A1", "void"), ("A2", "void"), ("B1", "void")
    ]  # fmt: skip
    assert in_drawer(till) == 500_000


def test_a_void_that_is_too_late_says_so_on_the_page(visit, ticket):
    answer = visit("09:03", page_of(ticket, "void/"), {"idempotency_key": "a"})

    assert (answer.status_code, Refund.objects.count()) == (422, 0)
    assert len(answer.context["form"].non_field_errors()) == 1


def test_two_people_at_one_counter(visit, ticket, departure):
    lead = second_person(departure)

    answer = visit("13:30", page_of(ticket, "refund/"), two(lead))

    given = Refund.objects.get()
    assert (answer.status_code, given.approved_by, given.amount, given.reason) == (302, lead, 75_000, "delay")


@pytest.mark.parametrize(
    "changes", [{"password": "no"}, {"note": ""}, {"amount": "75.001"}, {"amount": "nhiều"}, {"username": ""}]
)
def test_two_people_who_do_not_agree_leave_everything_as_it_was(visit, ticket, departure, till, changes):
    answer = visit("13:30", page_of(ticket, "refund/"), two(second_person(departure), **changes))

    assert (answer.status_code, Refund.objects.count(), in_drawer(till)) == (422, 0, 575_000)
    assert "demo" not in answer.content.decode().split("<main", 1)[1]


def test_whoever_may_not_refund_sees_no_button(client_of, ticket, departure):
    manager = client_of(staff_of(departure.station, Role.DISPATCHER))

    shown = manager.get(page_of(ticket))

    assert shown.context["may_refund"] is False
    assert manager.post(page_of(ticket, "refund/"), {"idempotency_key": "a"}).status_code == 403
    assert manager.post(page_of(ticket, "void/"), {"idempotency_key": "b"}).status_code == 403


def test_a_clerk_without_a_till_is_told_to_open_one(client_of, ticket, departure):
    shown = client_of(staff_of(departure.station, Role.TICKET_CLERK)).get(page_of(ticket))

    assert (shown.context["may_refund"], shown.context["till"]) == (True, None)


# --- for machines ---------------------------------------------------------------------------------------------------


def test_a_machine_gives_back_by_the_rule(send, ticket, till):
    answer = send("11:00", api(ticket))

    assert (answer.status_code, answer.json()) == (
        200,
        {
            "ticket": ticket.code,
            "state": "refunded",
            "kind": "refund",
            "reason": "passenger",
            "paid": 75_000,
            "amount": 68_000,
            "retained": 7_000,
            "rule": {"basis": "law", "percent": 90, "amount": 68_000},
            "approved_by": None,
            "at": "2026-11-22T11:00:00+07:00",
        },
    )
    assert in_drawer(till) == 507_000


def test_the_same_key_gives_the_first_answer(send, ticket, till):
    first, again = send("11:00", api(ticket)), send("11:05", api(ticket))

    assert (again.status_code, again.json(), in_drawer(till)) == (200, first.json(), 507_000)


def test_another_key_finds_the_ticket_over(send, ticket):
    send("11:00", api(ticket))

    refused = send("11:00", api(ticket), key="other")

    assert (refused.status_code, refused.json()["code"]) == (409, "ticket_over")


def test_money_needs_a_key(send, ticket):
    assert send("11:00", api(ticket), key="").json()["code"] == "idempotency_key_missing"


def test_late_a_machine_is_refused_unless_two_agree(send, ticket, departure):
    lead = second_person(departure)
    approval = {"username": lead.username, "password": "demo", "note": "xe hỏng", "amount": 75_000}

    alone = send("13:30", api(ticket))
    by_two = send("13:30", api(ticket), {"reason": "delay", "approval": approval}, key="two")

    assert (alone.status_code, alone.json()["code"], alone.json()["facts"]) == (409, "needs_approval", {"amount": "0đ"})
    assert (by_two.json()["amount"], by_two.json()["approved_by"]) == (75_000, lead.username)


@pytest.mark.parametrize(
    "body",
    [
        {"reason": "because"},
        {"method": "gold"},
        {"approval": {"username": "x"}},
        {"approval": {"username": "x", "password": "y", "note": "z", "amount": -1}},
        {"approval": {"username": "x", "password": "y", "note": "z", "amount": 10**30}},
    ],
)
def test_bad_input_names_its_fields(send, ticket, body):
    assert (send("11:00", api(ticket), body).status_code, Refund.objects.count()) == (400, 0)


def test_what_would_be_given_back(api_of, ticket, departure):
    with time_machine.travel(at("12:30"), tick=False):
        said = api_of(staff_of(departure.station, Role.DISPATCHER)).get(api(ticket)).json()

    assert (said["basis"], said["percent"], said["amount"], said["retained"]) == ("law", 70, 53_000, 22_000)
    assert [(step["percent"], step["until"]) for step in said["ladder"]] == [
        (90, "2026-11-22T12:00:00+07:00"), (70, "2026-11-22T13:00:00+07:00")
    ]  # fmt: skip


def test_a_machine_voids_what_it_just_sold(send, ticket, till):
    answer = send("09:02", api(ticket, "void"))

    assert (answer.json()["kind"], answer.json()["state"], in_drawer(till)) == ("void", "void", 500_000)


def test_a_ticket_of_another_station_is_not_found(send, visit, api_of):
    elsewhere = sell(priced_departure(), "A1").tickets.get()
    stranger = api_of(staff_of(StationFactory(), Role.TICKET_CLERK))

    answers = [
        send("11:00", api(elsewhere)),
        send("11:00", api(elsewhere, "void"), key="v"),
        visit("11:00", page_of(elsewhere, "refund/"), {"idempotency_key": "a"}),
        visit("11:00", page_of(elsewhere, "void/"), {"idempotency_key": "b"}),
        stranger.get(api(elsewhere)),
        send("11:00", "/api/v1/tickets/nothing/refund/", key="n"),
    ]

    assert [answer.status_code for answer in answers] == [404] * 6


def test_giving_back_is_a_right(api_of, ticket, departure):
    guard = api_of(staff_of(departure.station, Role.GUARD))

    assert guard.post(api(ticket), {}, headers={"Idempotency-Key": "x"}).status_code == 403
