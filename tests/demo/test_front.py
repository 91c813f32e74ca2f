"""The first page of a demonstration: who may be entered, what waits for each, and which doors are shut."""

import os
import subprocess
import sys

import pytest
import time_machine
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from demo.accounts import ACCOUNTS
from demo.models import Demonstration
from station.models import Station, User
from tests.architecture.product import ROOT
from tests.demo.people import everybody, person
from tests.factories import NOW, StationFactory, UserFactory, VehicleFactory, staff_of
from tests.factories_dispatch import issued, ready_departure

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
    asked = """
import django
django.setup()
from django.urls import Resolver404, resolve
for path in ("/", "/demo/"):
    try:
        print(resolve(path).view_name)
    except Resolver404:
        print("nothing")
"""
    environ = os.environ | {"DJANGO_SETTINGS_MODULE": "station.conf.settings", "DATA_DIR": str(tmp_path)}

    def resolved(demo: str) -> list[str]:
        return subprocess.run(
            [sys.executable, "-c", asked],
            env=environ | {"DEMO": demo},
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        ).stdout.split()

    assert [resolved("0"), resolved("1")] == [["home", "nothing"], ["demo:front_door", "demo:roles"]]


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


def test_a_change_of_role_keeps_session_and_csrf_secret(client):
    """What the page that is left still asks for must not bring the old ones back over new ones."""
    everybody()
    client.get("/demo/")
    client.post(reverse("demo:enter"), {"username": "banve1"})
    client.get("/sell/")
    before = (client.session.session_key, client.cookies[settings.CSRF_COOKIE_NAME].value)

    client.post(reverse("demo:enter"), {"username": "dieudo1"})
    client.get("/bays/")

    assert (client.session.session_key, client.cookies[settings.CSRF_COOKIE_NAME].value) == before
    assert set(client.session.keys()) == {"_auth_user_id", "_auth_user_backend", "_auth_user_hash", "demo_shift"}


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


# --- the page itself ------------------------------------------------------------------------------------------------


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


def test_the_player_is_asked_for_until_it_is_done(client):
    known = Demonstration.objects.create(built_at=NOW, is_ready=False)

    asked = [client.get("/demo/", {"part": "progress"}).content.decode()]
    Demonstration.objects.filter(pk=known.pk).update(is_ready=True)
    asked.append(client.get("/demo/", {"part": "progress"}).content.decode())

    assert [('hx-trigger="every 2s"' in part, "0 %" in part) for part in asked] == [(True, True), (False, False)]


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


def test_the_administrators_pages_lead_back_to_the_role_chooser(client_of):
    admin = person("admin", StationFactory())
    admin.is_superuser = True
    admin.save()

    page = client_of(admin).get("/admin/").content.decode()

    assert '<a href="/demo/">' in page


def test_the_administrators_pages_carry_the_strip_in_a_demonstration_only(client_of, settings):
    admin = person("admin", StationFactory())
    admin.is_superuser = True
    admin.save()
    client = client_of(admin)

    pages = {path: client.get(path).content.decode() for path in ("/admin/", "/admin/station/operator/")}
    settings.DEMO = False
    bare = client.get("/admin/").content.decode()

    assert [page.count('value="banve1"') for page in (*pages.values(), bare)] == [1, 1, 0]


def test_an_administrator_finds_the_administrators_pages(client_of):
    page = client_of(person("admin", StationFactory())).get("/setup/layouts/").content.decode()

    assert f'href="{reverse("admin:index")}"' in page


@pytest.mark.parametrize("way_out", ["logout", "admin:logout"])
def test_whoever_logs_out_chooses_the_next_role(client_of, way_out):
    admin = person("admin", StationFactory())

    answer = client_of(admin).post(reverse(way_out))

    assert (answer.status_code, answer["Location"]) == (302, "/demo/")
