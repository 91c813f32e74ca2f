"""A ticket given back: the ladder of the law, better rules of operators, and two people for the rest."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fees.errors import ReferenceMissing
from station.enums import Role
from station.errors import ApprovalRefused, ApprovesOwn, NotYourTill, TooManyApprovals
from station.models import JournalEntry
from tests.factories import NOW, OperatorFactory, StationFactory, at, staff_of
from tests.factories_ticketing import claimed, priced_departure, sell
from tests.ticketing.money import (
    RefundPolicyFactory,
    counter,
    held_for,
    in_drawer,
    paid_back,
    refund,
    second_person,
)
from ticketing import rules, selectors, services
from ticketing.errors import (
    NeedsApproval,
    NoSuchTicket,
    ReasonMissing,
    RefundTooLittle,
    RefundTooMuch,
    TicketElsewhere,
    TicketOver,
)
from ticketing.models import Refund
from ticketing.services import Approval

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)


@pytest.fixture
def departure():
    """At 14:00, 100 km."""
    return priced_departure(stops=3, fare=75_000)


@pytest.fixture
def till(departure):
    return counter(departure)


@pytest.fixture
def ticket(departure, till):
    return sell(departure, "A1", till=till).tickets.get()


def test_by_the_rule_one_person_gives_back(departure, till, ticket):
    given_back = refund(ticket, till, now=at("11:59"))

    ticket.refresh_from_db()
    assert (given_back.amount, given_back.retained, ticket.state) == (68_000, 7_000, "refunded")
    assert (given_back.rule, given_back.approved_by) == ({"basis": "law", "percent": 90, "amount": 68_000}, None)
    assert (in_drawer(till), held_for(departure)) == (507_000, 7_000)
    assert paid_back() == [("refund", "cash", -68_000)]


def test_the_payment_points_at_the_one_it_gives_back(till, ticket):
    payment = refund(ticket, till).payment

    assert (payment.refund_of, payment.till) == (ticket.sale.payment, till)


def test_the_seat_is_free_at_once_and_only_that_seat(departure, till):
    first, second = sell(departure, "A1", "A2", till=till).tickets.order_by("seat")

    refund(first, till)

    assert claimed(departure) == [(second.seat, 0), (second.seat, 1)]
    assert sell(departure, "A1").tickets.get().seat_label == "A1"


@pytest.mark.parametrize(
    ("km", "left", "gives"),
    [
        (300, "2:00:00", 68_000),
        (300, "1:59:59", 53_000),
        (300, "1:00:00", 53_000),
        (300, "0:59:59", None),
        (301, "4:00:00", 68_000),
        (301, "3:59:59", 53_000),
        (301, "2:00:00", 53_000),
        (301, "1:59:59", None),
        (None, "2:00:00", 68_000),
    ],
)
def test_the_ladder_of_the_law_to_the_second(departure, till, ticket, km, left, gives):
    departure.route.distance_km = km
    departure.route.save()
    hours, minutes, seconds = map(int, left.split(":"))
    moment = departure.planned_at - timedelta(hours=hours, minutes=minutes, seconds=seconds)

    if gives is None:
        with pytest.raises(NeedsApproval):
            refund(ticket, till, now=moment)
    else:
        assert refund(ticket, till, now=moment).amount == gives


def test_a_better_rule_of_the_operator_counts(departure, till, ticket):
    RefundPolicyFactory(operator=departure.operator, minutes_before=180, percent=100)

    given_back = refund(ticket, till, now=at("11:00"))

    assert (given_back.amount, given_back.rule["basis"]) == (75_000, "policy")


def test_a_worse_rule_of_the_operator_does_not(departure, till, ticket):
    RefundPolicyFactory(operator=departure.operator, minutes_before=0, percent=50)

    assert refund(ticket, till, now=at("11:00")).amount == 68_000


def test_a_rule_below_the_law_still_counts_where_the_law_gives_nothing(departure, till, ticket):
    RefundPolicyFactory(operator=departure.operator, minutes_before=0, percent=50)

    assert refund(ticket, till, now=at("13:59")).amount == 38_000


@pytest.mark.parametrize(
    "other",
    [
        {"operator": None, "valid_until": date(2026, 11, 22)},
        {"operator": None, "valid_from": date(2026, 11, 23)},
        {"operator": None, "km_over": 100},
        {"operator": None, "km_up_to": 99},
    ],
)
def test_rules_of_other_days_and_distances_do_not_count(departure, till, ticket, other):
    RefundPolicyFactory(minutes_before=0, percent=100, **other)

    assert refund(ticket, till, now=at("11:00")).amount == 68_000


def test_a_rule_of_another_operator_does_not_count(till, ticket):
    RefundPolicyFactory(operator=OperatorFactory(), minutes_before=0, percent=100)

    assert refund(ticket, till, now=at("11:00")).amount == 68_000


def test_a_rule_is_that_of_the_day_of_the_sale(departure, till, ticket):
    RefundPolicyFactory(minutes_before=0, percent=100, valid_until=date(2026, 11, 23))
    departure.planned_at += timedelta(days=3)
    departure.save()

    assert refund(ticket, till, now=at("11:00") + timedelta(days=2)).amount == 75_000


@pytest.mark.parametrize("state", ["cancelled", "missed"])
def test_a_departure_that_does_not_run_gives_everything_back(departure, till, ticket, state, now):
    departure.become(state, by=None, now=now)

    given_back = refund(ticket, till, now=at("15:00"))

    assert (given_back.amount, given_back.reason, given_back.rule["basis"]) == (75_000, "cancelled", "cancelled")


def test_a_displaced_ticket_is_given_back_whole(till, ticket, now):
    ticket.become("displaced", by=None, now=now)

    assert refund(ticket, till, now=at("15:00")).amount == 75_000


def test_the_ladder_that_the_page_shows(departure, ticket):
    RefundPolicyFactory(minutes_before=24 * 60, percent=100)

    offer = selectors.refund_offer(ticket, NOW)

    steps = [(step.percent, step.amount, step.until, step.is_law) for step in offer.ladder]
    assert steps == [
        (100, 75_000, departure.planned_at - timedelta(days=1), False),
        (90, 68_000, departure.planned_at - timedelta(hours=2), True),
        (70, 53_000, departure.planned_at - timedelta(hours=1), True),
    ]


def test_after_the_coach_left_the_rule_gives_nothing(departure, ticket):
    departure.become("departed", by=None, now=at("10:00"), departed_at=at("10:00"))

    assert selectors.refund_offer(ticket, at("10:01")).basis == "nothing"


# --- two people -----------------------------------------------------------------------------------------------------


def test_late_a_second_person_agrees(departure, till, ticket):
    lead = second_person(departure)

    given_back = refund(ticket, till, now=at("14:30"), reason="delay", approval=Approval(lead, "xe hỏng", 75_000))

    assert (given_back.amount, given_back.approved_by, given_back.note) == (75_000, lead, "xe hỏng")
    assert JournalEntry.objects.get(action="ticket_refunded").body == (
        '{"from":"sold","reason":"delay: xe hỏng","to":"refunded"}'
    )


def test_more_than_the_rule_gives_needs_the_second_person_too(departure, till, ticket):
    approval = Approval(second_person(departure), "xe hạng thấp hơn", 75_000)

    assert refund(ticket, till, now=at("11:00"), reason="lower_class", approval=approval).amount == 75_000


def test_whoever_did_not_come_gets_something_only_by_two_people(departure, till, ticket):
    ticket.become("no_show", by=None, now=at("14:00"))

    with pytest.raises(NeedsApproval):
        refund(ticket, till, now=at("14:30"))

    assert (
        refund(ticket, till, now=at("14:30"), approval=Approval(second_person(departure), "ốm", 30_000)).amount
        == 30_000
    )


def test_nobody_approves_their_own(departure, ticket):
    lead = second_person(departure)
    till = counter(departure, clerk=lead)

    with pytest.raises(ApprovesOwn):
        refund(ticket, till, now=at("14:30"), approval=Approval(lead, "quen", 75_000))


def test_a_colleague_of_the_counter_cannot_approve(departure, till, ticket):
    colleague = staff_of(departure.station, Role.TICKET_CLERK)

    with pytest.raises(ApprovalRefused):
        refund(ticket, till, now=at("14:30"), approval=Approval(colleague, "quen", 75_000))


def test_a_manager_of_another_station_cannot_approve(till, ticket):
    stranger = staff_of(StationFactory(), Role.MANAGER)

    with pytest.raises(ApprovalRefused):
        refund(ticket, till, now=at("14:30"), approval=Approval(stranger, "quen", 75_000))


def test_an_approval_says_why(departure, till, ticket):
    with pytest.raises(ReasonMissing):
        refund(ticket, till, now=at("14:30"), approval=Approval(second_person(departure), "  ", 75_000))


def test_two_people_cannot_give_more_than_was_paid(departure, till, ticket):
    with pytest.raises(RefundTooMuch):
        refund(ticket, till, approval=Approval(second_person(departure), "nhầm", 75_001))


@pytest.mark.parametrize(("moment", "amount", "least"), [("11:00", 67_999, "68.000đ"), ("14:30", 0, "1.000đ")])
def test_nor_less_than_the_law(departure, till, ticket, moment, amount, least):
    with pytest.raises(RefundTooLittle) as refusal:
        refund(ticket, till, now=at(moment), approval=Approval(second_person(departure), "nhầm", amount))

    assert refusal.value.facts == {"amount": least}


def test_the_right_password_names_the_second_person(departure, till):
    lead = second_person(departure)

    found = services.approver_of(
        username=lead.username, password="demo", station=departure.station, by=till.clerk, now=NOW
    )  # fmt: skip

    assert found == lead


def test_a_wrong_password_is_refused_kept_and_in_the_end_not_asked_any_more(departure, till):
    lead = second_person(departure)

    def ask(password, now=NOW):
        return services.approver_of(
            username=lead.username, password=password, station=departure.station, by=till.clerk, now=now
        )  # fmt: skip

    for _ in range(5):
        with pytest.raises(ApprovalRefused):
            ask("guess")
    with pytest.raises(TooManyApprovals):
        ask("demo")

    assert JournalEntry.objects.filter(action="approval_refused", actor=till.clerk).count() == 5
    assert ask("demo", NOW + timedelta(minutes=10)) == lead


# --- what is refused ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["boarded", "void", "exchanged"])
def test_a_ticket_that_is_over_is_not_given_back(till, ticket, state, now):
    ticket.become(state, by=None, now=now)

    with pytest.raises(TicketOver):
        refund(ticket, till)

    assert Refund.objects.count() == 0


def test_a_ticket_is_given_back_once(till, ticket):
    refund(ticket, till)

    with pytest.raises(TicketOver):
        refund(ticket, till)

    assert in_drawer(till) == 507_000


def test_a_ticket_of_another_station_is_given_back_there(till):
    elsewhere = sell(priced_departure(), "A1").tickets.get()

    with pytest.raises(TicketElsewhere):
        refund(elsewhere, till)


def test_a_code_of_nothing_is_no_ticket(till):
    with pytest.raises(NoSuchTicket):
        services.refund_ticket(code="1" * 18, till_id=till.pk, by=till.clerk, now=NOW)


def test_nobody_pays_out_of_anothers_till(departure, till, ticket):
    with pytest.raises(NotYourTill):
        services.refund_ticket(code=ticket.code, till_id=till.pk, by=second_person(departure), now=NOW)


def test_money_by_transfer_needs_its_reference(till, ticket):
    with pytest.raises(ReferenceMissing):
        refund(ticket, till, method="transfer")

    ticket.refresh_from_db()
    assert (ticket.state, in_drawer(till)) == ("sold", 575_000)


def test_a_transfer_leaves_the_drawer_alone(till, ticket):
    refund(ticket, till, method="transfer", reference="FT-9")

    assert (paid_back(), in_drawer(till)) == ([("refund", "transfer", -68_000)], 575_000)


def test_a_free_ticket_is_given_back_without_money(departure, till):
    departure.operator.fares.update(amount=0)
    ticket = sell(departure, "A1", till=till).tickets.get()

    given_back = refund(ticket, till)

    assert (given_back.amount, given_back.payment, claimed(departure)) == (0, None, [])


# --- arithmetic -----------------------------------------------------------------------------------------------------


@given(fare=st.integers(0, 5_000_000), percent=st.integers(0, 100))
def test_a_refund_is_never_below_the_percent_nor_above_what_was_paid(fare, percent):
    amount = rules.refund_amount(fare, percent)

    assert amount * 100 >= fare * percent
    assert amount <= fare
    assert amount == fare or amount % 1_000 == 0
