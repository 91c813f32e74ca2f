"""Hoà Bình as it stands after loading: read by every test of this file, loaded once."""

import pytest
from django.db import transaction
from django.db.models import Count

from demo.accounts import ACCOUNTS, PASSWORD
from demo.selectors.diagram import moving_stations
from demo.services import load_hoa_binh, prepare_start
from dispatch.models import DispatchOrder
from dispatch.selectors import clearance
from dispatch.services import let_in, let_out
from fees.enums import Method
from fees.models import Charge
from fees.selectors.prices import explain
from fees.services import open_till, pay_charge
from station.models import Departure, Driver, JournalEntry, Membership, Operator, Station, User, Vehicle
from station.selectors.bays import boarding_bays
from tests.factories import NOW
from ticketing.services import sell_tickets

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
ALL = ["HB01", "HB02", "HB03"]


@pytest.fixture(scope="module")
def hoa_binh(django_db_setup, django_db_blocker):
    """Loaded once for the tests that only look."""
    with django_db_blocker.unblock(), transaction.atomic():
        load_hoa_binh(now=NOW, say=lambda _text: None)
        yield
        transaction.set_rollback(True)


def test_hoa_binh_has_its_own_scale(hoa_binh):
    assert Operator.objects.exclude(code__startswith="TN").count() == 35
    assert list(Operator.objects.filter(signs_electronically=True).order_by("code").values_list("code", flat=True)) == [
        "OP01",
        "OP02",
    ]
    staff = User.objects.filter(operator=None, driver=None)
    assert staff.count() == 25
    homes = Driver.objects.order_by("licence_regime").values_list("licence_regime").annotate(Count("pk"))
    assert dict(homes) == {"pre2025": 104, "since2025": 72, "waterway": 12}
    assert dict(Vehicle.objects.order_by("kind").values_list("kind").annotate(Count("pk"))) == {
        "coach": 110,
        "bus": 46,
        "boat": 12,
    }
    ours = Station.objects.filter(is_ours=True).order_by("code")
    assert list(ours.values_list("code", "kind")) == [("HB01", "coach"), ("HB02", "coach"), ("HB03", "port")]
    assert [boarding_bays(station).count() for station in ours] == [18, 6, 4]


def test_today_has_80_coaches_and_220_buses_then_6_and_88_then_15_boats(hoa_binh):
    kinds = Departure.objects.filter(service_on=NOW.date()).order_by("station__code", "route__kind")
    counted = kinds.values_list("station__code", "route__kind").annotate(Count("pk"))

    assert list(counted) == [
        ("HB01", "bus", 220),
        ("HB01", "inter", 62),
        ("HB01", "intra", 18),
        ("HB02", "bus", 88),
        ("HB02", "intra", 6),
        ("HB03", "boat", 15),
    ]


def test_every_site_sells_tickets(hoa_binh):
    sold = Departure.objects.filter(service_on=NOW.date(), is_on_sale=True).order_by("station__code")

    assert list(sold.values_list("station__code").annotate(Count("pk"))) == [("HB01", 67), ("HB02", 6), ("HB03", 15)]


def test_a_boat_has_a_price_for_each_trip_and_needs_no_order(hoa_binh):
    boat = Departure.objects.filter(station__code="HB03", planned_at__gt=NOW).earliest("planned_at")
    guard = User.objects.get(username="cong5")

    visit = let_in(station=boat.station, plate=boat.vehicle.plate, passengers_in=0, by=guard, now=NOW)
    found = [finding.code for finding in clearance(boat, NOW)]
    charge = Charge.objects.get(departure=boat)

    assert (visit.departure, found) == (boat, ["fee_unpaid"])
    assert (charge.gross, explain(charge)) == (32_400, "1 chuyến × 30.000đ = 30.000đ + Thuế GTGT 8% 2.400đ = 32.400đ")


def test_seats_of_a_boat_are_sold_at_the_port_and_it_leaves_once_its_price_is_paid(hoa_binh):
    boat = Departure.objects.filter(station__code="HB03", planned_at__gt=NOW).earliest("planned_at")
    clerk, guard = User.objects.get(username="banve6"), User.objects.get(username="cong5")
    till = open_till(station=boat.station, clerk=clerk, counter_id=None, opening_float=0, now=NOW)

    sale = sell_tickets(
        departure_id=boat.pk, seats=["A05", "A06"], till_id=till.pk, method=Method.CASH, received=500_000,
        idempotency_key="boat", by=clerk, now=NOW,
    )  # fmt: skip
    visit = let_in(station=boat.station, plate="HB-" + boat.vehicle.plate[2:], passengers_in=0, by=guard, now=NOW)
    charge = Charge.objects.get(departure=boat)
    pay_charge(charge_id=charge.pk, till_id=till.pk, method=Method.CASH, received=None, reference="", by=clerk, now=NOW)
    let_out(visit_id=visit.pk, by=guard, now=NOW)

    boat.refresh_from_db()
    assert (boat.state, boat.order_legs.count(), boat.visits.get().exit_kind) == ("departed", 0, "departure")
    assert list(sale.tickets.order_by("seat_label").values_list("seat_label", flat=True)) == ["A05", "A06"]


def test_every_log_in_of_the_contract_is_there_with_its_place(hoa_binh):
    held = Membership.objects.order_by("station__code", "role").values_list("user__username", "role", "station__code")
    places: dict[str, dict[str, list[str]]] = {}
    for username, role, code in held:
        places.setdefault(username, {}).setdefault(role, []).append(code)
    here = {name: places.get(name) for name in (account.username for account in ACCOUNTS)}
    everything = dict.fromkeys(("dispatcher", "guard", "shift_lead", "ticket_clerk"), ALL)
    assert here == {
        "banve1": {"ticket_clerk": ["HB01"]},
        "banve2": {"ticket_clerk": ["HB01"]},
        "dieudo1": {"dispatcher": ["HB01"]},
        "cong1": {"guard": ["HB01"]},
        "truongca1": everything,
        "ketoan1": {"accountant": ALL},
        "quanly1": {"manager": ALL},
        "nhaxe1": None,
        "nhaxe3": None,
        "laixe1": None,
        "thanhtra1": {"inspector": ALL},
        "admin": {"admin": ALL},
    }
    operators = (
        User.objects.filter(operator__isnull=False).order_by("username").values_list("username", "operator__code")
    )
    assert list(operators) == [("nhaxe1", "OP01"), ("nhaxe2", "OP02"), ("nhaxe3", "OP03")]
    assert User.objects.get(username="laixe1").driver.operator.code == "OP01"
    assert [name for name in here if not User.objects.get(username=name).check_password(PASSWORD)] == []


def test_starting_a_second_time_changes_nothing(hoa_binh):
    before = (Departure.objects.count(), JournalEntry.objects.count(), DispatchOrder.objects.count())

    prepare_start(moving_stations(), now=NOW)

    assert (Departure.objects.count(), JournalEntry.objects.count(), DispatchOrder.objects.count()) == before
