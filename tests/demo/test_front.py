"""The first page of a demonstration: who may be entered, what waits for each, and which doors are shut."""

import os
import subprocess
import sys
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from demo.accounts import ACCOUNTS
from demo.selectors.cards import card_groups
from dispatch.models import DispatchOrder
from fees.services import close_till
from station.models import Departure, Station, User
from tests.architecture.product import ROOT
from tests.demo.people import everybody, person
from tests.factories import NOW, DriverFactory, StationFactory, UserFactory, VehicleFactory, staff_of
from tests.factories_dispatch import drawn, inside, issued, ready_departure
from tests.factories_einvoice import invoice_of_charge
from tests.factories_fees import notes, till_of
from tests.factories_ticketing import declare_fares, priced_departure, sell

pytestmark = [pytest.mark.django_db]
READS = ["demo:roles", "demo:phone", "demo:strip"]
WRITES = ["demo:enter", "demo:open_step", "demo:stop_tour"]


@pytest.fixture(autouse=True)
def in_the_morning():
    with time_machine.travel(NOW, tick=False):
        yield


def who(client: Client) -> str | None:
    """The user name of whoever is logged in."""
    key = client.session.get("_auth_user_id")
    return User.objects.get(pk=key).username if key else None


# --- the doors ------------------------------------------------------------------------------------------------------


def test_whoever_is_nobody_yet_chooses_a_role_first(client):
    assert client.get("/")["Location"] == "/demo/"


def test_whoever_plays_somebody_comes_to_their_own_first_page(client_of):
    station = StationFactory()

    assert client_of(person("cong1", station)).get("/")["Location"] == "/gate/"


def test_the_ordinary_log_in_stays(client):
    assert client.get("/login/").status_code == 200


@pytest.mark.parametrize("name", [*READS, *WRITES, "demo:front_door"])
def test_without_the_demonstration_no_door_of_it_is_there(client, settings, name):
    settings.DEMO = False

    answers = {client.get(reverse(name)).status_code, client.post(reverse(name)).status_code}

    assert answers == {404}


def test_an_order_under_the_strip_is_not_there_without_the_demonstration(client, settings):
    settings.DEMO = False

    assert client.get(reverse("demo:document", args=[1])).status_code == 404


@pytest.mark.slow
def test_the_addresses_themselves_are_mounted_in_a_demonstration_only(tmp_path):
    asked = "import django; django.setup(); from django.urls import resolve; print(resolve('{}').view_name)"
    environ = os.environ | {"DJANGO_SETTINGS_MODULE": "station.conf.settings", "DATA_DIR": str(tmp_path)}

    def resolved(demo: str, path: str) -> str:
        answer = subprocess.run(
            [sys.executable, "-c", asked.format(path)],
            env=environ | {"DEMO": demo}, cwd=ROOT, capture_output=True, text=True, check=False,
        )  # fmt: skip
        return answer.stdout.strip() or answer.stderr.strip().splitlines()[-1].partition(":")[0]

    assert [resolved(demo, path) for demo in "01" for path in ("/", "/demo/")] == [
        "home", "django.urls.exceptions.Resolver404", "demo:front_door", "demo:roles",
    ]  # fmt: skip


@pytest.mark.parametrize("name", WRITES)
def test_nothing_happens_by_following_a_link(client, name):
    everybody()

    assert (client.get(reverse(name), {"username": "banve1"}).status_code, who(client)) == (405, None)


@pytest.mark.parametrize("name", READS)
def test_pages_that_only_show_take_no_form(client, name):
    assert client.post(reverse(name)).status_code == 405


@pytest.mark.parametrize("name", WRITES)
def test_another_site_cannot_press_the_buttons(name):
    everybody()
    client = Client(enforce_csrf_checks=True)

    answer = client.post(reverse(name), {"username": "banve1"})

    assert (answer.status_code, who(client)) == (403, None)


# --- entering -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("account", ACCOUNTS, ids=lambda account: account.username)
def test_one_click_and_one_is_that_person(client, account):
    everybody()

    answer = client.post(reverse("demo:enter"), {"username": account.username})

    assert (who(client), answer["Location"]) == (account.username, "/demo/phone/" if account.on_phone else "/")


def test_the_role_is_changed_without_logging_out(client_of):
    station = StationFactory()
    person("banve2", station)
    client = client_of(person("banve1", station))

    client.post(reverse("demo:enter"), {"username": "banve2"})

    assert who(client) == "banve2"


@pytest.mark.parametrize("username", ["quanly2", "nobody", "", "BANVE1", "banve1\x00"])
def test_only_the_people_of_the_cards_are_entered(client, username):
    everybody()
    staff_of(Station.objects.get(is_ours=True), "manager")
    UserFactory(username="quanly2")

    answer = client.post(reverse("demo:enter"), {"username": username})

    assert (answer.status_code, who(client)) == (404, None)


def test_somebody_who_was_never_made_is_not_there(client):
    answer = client.post(reverse("demo:enter"), {"username": "banve1"})

    assert (answer.status_code, who(client)) == (404, None)


@pytest.mark.parametrize("change", [{"disabled_at": NOW}, {"is_active": False}])
def test_who_was_disabled_is_refused_in_words(client, change):
    clerk = everybody()["banve1"]
    User.objects.filter(pk=clerk.pk).update(**change)

    answer = client.post(reverse("demo:enter"), {"username": "banve1"})

    said = "Người banve1 was disabled and cannot enter. Choose another role."
    with override("en"):
        assert (answer.status_code, answer.context["refusal"].message, who(client)) == (422, said, None)
    assert 'id="as-banve1" name="username" value="banve1" disabled' in client.get("/demo/").content.decode()


def test_nobody_is_sent_to_another_site(client):
    everybody()
    elsewhere = "https://elsewhere.example/"

    entered = client.post(f"/demo/enter/?next={elsewhere}", {"username": "banve1", "next": elsewhere})
    framed = client.get("/demo/phone/", {"q": elsewhere, "next": elsewhere})

    assert entered["Location"] == "/"
    assert framed.context["address"] == "/sell/?q=https%3A%2F%2Felsewhere.example%2F"


# --- the telephone --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("username", "address"), [("nhaxe1", "/operator/"), ("laixe1", "/driver/"), ("cong1", "/gate/")]
)
def test_the_telephone_shows_the_page_of_whoever_holds_it(client, username, address):
    everybody()
    client.post(reverse("demo:enter"), {"username": username})

    framed = client.get("/demo/phone/")

    assert framed.context["address"] == address
    assert f'<iframe class="dm-phone__screen" src="{address}"' in framed.content.decode()
    assert framed["X-Frame-Options"] == "SAMEORIGIN"


def test_nobody_holds_no_telephone(client):
    assert client.get("/demo/phone/")["Location"] == "/demo/"


def test_the_page_in_the_frame_has_no_strip_and_the_page_around_it_has(client):
    everybody()
    client.post(reverse("demo:enter"), {"username": "cong1"})

    strips = [
        'id="demo-strip"' in client.get("/gate/", headers={"Sec-Fetch-Dest": kind}).content.decode()
        for kind in ("document", "iframe")
    ]

    assert strips == [True, False]


# --- the strip ------------------------------------------------------------------------------------------------------


def test_the_strip_offers_every_role_and_says_which_one_is_played(client):
    everybody()
    client.post(reverse("demo:enter"), {"username": "banve1"})

    page = client.get("/sell/").content.decode()

    assert [account.username for account in ACCOUNTS if f'name="username" value="{account.username}"' not in page] == []
    assert page.count('class="dm-roles__one"') == len(ACCOUNTS)
    assert 'value="banve1" aria-current="true"' in page


@pytest.mark.parametrize("path", ["/login/", "/board/{code}/", "/nowhere/"])
def test_pages_for_everybody_lead_to_the_role_chooser(client, path):
    station = StationFactory()

    page = client.get(path.format(code=station.code)).content.decode()

    assert page.count('class="dm-strip__btn" href="/demo/"') == 1


def test_the_strip_costs_no_query(client, django_assert_num_queries):
    station = StationFactory()

    with django_assert_num_queries(0):
        client.get("/login/")

    assert station.is_ours


def test_a_moved_diagram_is_told_by_its_own_time(client):
    everybody()
    client.post(reverse("demo:enter"), {"username": "banve1"})
    session = client.session
    session["demo_shift"] = 14 * 60 + 20
    session.save()

    told = client.get("/sell/").context["front"].diagram_at

    assert f"{told:%H:%M}" == "18:40"


# --- the cards ------------------------------------------------------------------------------------------------------


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


def test_a_driver_reads_tomorrows_run_as_such_and_no_run_as_none():
    driver = everybody()["laixe1"].driver

    assert lines_of("laixe1") == [("", "No run today and tomorrow", "")]

    run = ready_departure(operator=driver.operator, driver=driver, planned_at=NOW + timedelta(days=1))
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

    with django_assert_num_queries(12):
        card_groups(NOW)


def test_the_first_page_shows_the_boards_and_the_tour(client):
    stations = [StationFactory(code=code) for code in ("HB01", "HB02")]
    everybody(stations[0])

    page = client.get("/demo/")

    assert list(page.context["stations"]) == stations
    assert [line.number for line in page.context["itinerary"].lines] == list(range(1, 11))
    assert [page.content.decode().count(f'href="/board/{station.code}/"') for station in stations] == [1, 1]


@pytest.mark.parametrize("part", ["cards", "progress"])
def test_parts_of_the_first_page_come_alone(client, part):
    everybody()

    page = client.get("/demo/", {"part": part}).content.decode()

    assert ("<html" in page, 'id="cards"' in page) == (False, part == "cards")


def test_an_empty_database_has_cards_that_cannot_be_pressed(client):
    page = client.get("/demo/").content.decode()

    assert page.count(" disabled>") == len(ACCOUNTS)


def test_an_order_is_shown_to_whoever_may_see_it_and_is_not_there_for_others(client_of, client):
    order = issued(ready_departure(vehicle=VehicleFactory()))
    address = reverse("demo:document", args=[order.pk])

    mine, other = staff_of(order.station, "dispatcher"), staff_of(StationFactory(), "dispatcher")

    answers = [client_of(user).get(address).status_code for user in (mine, other)]

    assert answers == [200, 404]
    assert client.get(address)["Location"] == "/demo/"
