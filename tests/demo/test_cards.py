"""What waits for each person of the demonstration, on the card of the role chooser."""

from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.utils.translation import override

from demo.selectors.cards import card_groups
from dispatch.models import DispatchOrder
from fees.services import close_till
from station.models import Departure
from tests.demo.people import everybody
from tests.factories import NOW, DriverFactory, StationFactory, staff_of
from tests.factories_dispatch import JPEG, drawn, entered, inside, issued, ready_departure
from tests.factories_einvoice import invoice_of_charge
from tests.factories_fees import notes, till_of
from tests.factories_ticketing import declare_fares, priced_departure, sell
from ticketing.enums import ComplaintTopic
from ticketing.models import Ticket
from ticketing.services import file_complaint
from ticketing.services.feedback import Grievance

pytestmark = [pytest.mark.django_db]


@pytest.fixture(autouse=True)
def in_the_morning():
    with time_machine.travel(NOW, tick=False):
        yield


def lines_of(username: str, now=NOW) -> list[tuple[str, str, str]]:
    """Figure, words and tone of the lines on a card, in English."""
    with override("en"):
        cards = {card.account.username: card for group in card_groups(now) for card in group.cards}
    return [(line.figure, line.words, line.tone) for line in cards[username].lines]


def test_a_card_says_who_it_is_and_where_they_work():
    people = everybody(StationFactory(name="Bến xe Trung tâm Hoà Bình"))
    person_of_two = people["truongca1"]
    other = staff_of(StationFactory(), "guard")
    person_of_two.memberships.create(station=other.memberships.get().station, role="guard", valid_from=NOW)

    with override("en"):
        cards = {card.account.username: card for group in card_groups(NOW) for card in group.cards}

    names = ("banve1", "truongca1", "nhaxe3", "laixe1")
    assert [(str(cards[name].person), cards[name].place) for name in names] == [
        ("Người banve1", "Bến xe Trung tâm Hoà Bình"),
        ("Người truongca1", "2 sites"),
        ("Giám đốc Mường Vang", "Mường Vang · OP03"),
        ("Lê Xuân Hải", "Sông Bờ · OP01"),
    ]


def test_a_clerk_reads_what_is_on_sale_and_what_the_till_sold():
    station = StationFactory()
    clerk = everybody(station)["banve1"]
    soon = priced_departure(route__origin=station, planned_at=NOW + timedelta(hours=1), is_on_sale=True)
    priced_departure(route__origin=station, planned_at=NOW + timedelta(hours=3), is_on_sale=True)

    assert lines_of("banve1") == [("1", "departure on sale", ""), ("○", "till not open yet", "warn")]

    sell(soon, "A1", "A2", till=till_of(station, clerk=clerk))

    assert lines_of("banve1")[1] == ("2", "tickets in the open till", "")
    assert lines_of("banve2")[1] == ("○", "till not open yet", "warn")


def test_a_dispatcher_reads_the_yard_and_what_is_overdue():
    station = StationFactory(station_class=4)
    everybody(station)
    late = ready_departure(route__origin=station, planned_at=NOW - timedelta(minutes=25))
    ready_departure(route__origin=station, planned_at=NOW + timedelta(minutes=50))
    inside(late)

    assert lines_of("dieudo1") == [
        ("1", "vehicle in the yard", ""), ("1", "departure overdue", "warn"), ("1", "departure in two hours", ""),
    ]  # fmt: skip
    assert lines_of("cong1") == lines_of("dieudo1")[:2]


def test_an_operator_reads_the_orders_that_wait_and_a_driver_the_next_run():
    people = everybody()
    operator, driver = people["nhaxe1"].operator, people["laixe1"].driver
    drawn(ready_departure(operator=operator, driver=driver, planned_at=NOW + timedelta(hours=1)))
    issued(ready_departure(operator=operator, driver=DriverFactory(operator=operator)))
    place = Departure.objects.order_by("planned_at")[0].bound_for.name

    assert lines_of("nhaxe1") == [("1", "order to sign", ""), ("2", "runs left today", "")]
    assert lines_of("nhaxe3") == [("0", "runs left today", "")]
    assert lines_of("laixe1") == [("10:00", f"to {place}", "")]
    assert DispatchOrder.objects.filter(state="draft").count() == 1


def test_an_operator_on_paper_reads_which_photos_are_missing_and_tomorrows_runs_when_today_has_none():
    operator = everybody()["nhaxe3"].operator
    run = ready_departure(operator=operator, planned_at=NOW + timedelta(days=1))

    assert lines_of("nhaxe3") == [("1", "run tomorrow", "")]

    entered(run)
    entered(ready_departure(operator=operator, planned_at=NOW - timedelta(hours=4)), number="LVC-78")  # long gone
    entered(ready_departure(operator=operator, planned_at=NOW + timedelta(hours=4)), number="LVC-79", scan=JPEG)
    assert lines_of("nhaxe3") == [("1", "paper order without photo", "warn"), ("1", "run left today", "")]


def test_a_driver_reads_tomorrows_run_as_such_once_an_order_names_it():
    driver = everybody()["laixe1"].driver

    assert lines_of("laixe1") == [("", "No order for a run ahead", "")]

    run = ready_departure(operator=driver.operator, driver=driver, planned_at=NOW + timedelta(days=1))
    assert lines_of("laixe1") == [("", "No order for a run ahead", "")]  # and their page shows none

    drawn(run)
    assert lines_of("laixe1") == [("09:00", f"tomorrow to {run.bound_for.name}", "")]


def test_an_accountant_reads_refused_invoices_first():
    station = StationFactory(station_class=4, legal_name="Công ty Bến xe Thử nghiệm")
    everybody(station)
    assert lines_of("ketoan1")[0] == ("0", "invoices refused", "")
    invoice = invoice_of_charge(station=station)
    invoice.become("in_flight", by=None, now=NOW)
    invoice.become("refused", by=None, now=NOW, refusal="ERR:20")

    assert lines_of("ketoan1") == [("1", "invoice refused", "stop"), ("0", "charges not paid", "")]


def test_a_shift_lead_reads_the_open_tills_and_the_short_one():
    station = StationFactory()
    clerk = everybody(station)["banve1"]
    short = till_of(station, opening_float=2_000_000)
    close_till(till_id=short.pk, counts=notes(1_980_000), reason="thiếu", by=short.clerk, now=NOW)
    till_of(station, clerk=clerk)

    assert lines_of("truongca1") == [("1", "till open", ""), ("−20.000đ", "in a till of before", "stop")]


def test_a_manager_reads_what_was_sold_and_what_left_and_an_administrator_no_figure():
    station = StationFactory()
    everybody(station)
    gone = priced_departure(route__origin=station, planned_at=NOW + timedelta(hours=1))
    sell(gone, "A1")
    Departure.objects.filter(pk=gone.pk).update(state="departed", departed_at=NOW)

    assert lines_of("quanly1") == [("1", "ticket sold today", ""), ("1", "coach left today", "")]
    said = Grievance(ComplaintTopic.LATE, "Xe ra bến muộn.")
    complaint = file_complaint(ticket_id=Ticket.objects.get().pk, key=uuid4(), said=said, now=NOW)
    assert lines_of("quanly1")[0] == ("1", "complaint to answer", "")
    assert lines_of("quanly1", complaint.due_at - timedelta(hours=3))[0] == ("1", "complaint to answer", "warn")
    assert lines_of("thanhtra1") == [("1", "coach left today", "")]
    assert lines_of("admin") == [("", "People, routes, prices and everything that is looked up", "")]


@pytest.mark.parametrize("rows", [1, 3])
def test_the_cards_take_the_same_queries_however_long_the_day(django_assert_num_queries, rows):
    station = StationFactory(station_class=4)
    operator = everybody(station)["nhaxe1"].operator
    for number in range(rows):
        departure = ready_departure(
            operator=operator, route__origin=station, planned_at=NOW + timedelta(minutes=20 + number)
        )
        inside(drawn(departure).legs.get().departure)
        declare_fares(departure)
        sell(departure, "A1")

    with django_assert_num_queries(14):
        card_groups(NOW)
