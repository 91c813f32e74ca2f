from datetime import date, time
from decimal import Decimal

import pytest
from django.utils.translation import override

from fees import selectors, services
from fees.enums import ChargeState, Unit
from fees.errors import VehicleMissing
from fees.models import Charge, Entry, Posting, Tariff, VatRate
from station.clock import local
from station.enums import DepartureState, PaymentCycle, RouteKind
from station.errors import DepartureNotOpen, UnknownSetting
from station.events import _subscriptions
from station.models import JournalEntry, OutboxMessage
from tests.factories import ContractFactory, VehicleFactory, at
from tests.factories_fees import ChargeableDepartureFactory, TariffFactory, VatRateFactory, charge, priced

pytestmark = pytest.mark.django_db


@pytest.fixture
def told(monkeypatch):
    """charge.due has one listener."""
    monkeypatch.setitem(_subscriptions, "charge.due", ["tests.listen"])
    return lambda: list(
        OutboxMessage.objects.filter(task="tests.listen").order_by("pk").values_list("payload", flat=True)
    )


def refused(departure, now):
    with pytest.raises(UnknownSetting) as refusal:
        services.charge_departure(departure=departure, by=None, now=now)
    return refusal.value.facts


def test_a_charge_owes_the_price_and_splits_it_into_revenue_and_vat(told):
    due = charge()

    assert due.state == ChargeState.DUE
    assert due.units == 29
    assert (due.net, due.tax, due.gross) == (52_200, 4_176, 56_376)
    assert list(Posting.objects.order_by("account").values_list("account", "operator", "amount")) == [
        ("owed_by_operator", due.operator_id, 56_376),
        ("revenue", None, -52_200),
        ("vat", None, -4_176),
    ]
    assert JournalEntry.objects.get(action="charge_opened").obj == f"charge:{due.pk}"
    assert told() == []


def test_a_departure_is_charged_once_however_often_it_is_asked(now):
    first = charge()

    again = services.charge_departure(departure=first.departure, by=None, now=now)

    assert again == first
    assert (Charge.objects.count(), Entry.objects.count()) == (1, 1)


def test_an_operator_that_pays_by_the_month_gets_it_on_account_and_the_invoice_is_due_at_once(told):
    departure = ChargeableDepartureFactory()
    ContractFactory(station=departure.station, operator=departure.operator, payment_cycle=PaymentCycle.MONTH)

    due = charge(departure)

    assert due.state == ChargeState.ON_ACCOUNT
    assert told() == [{"charge_id": due.pk}]


def test_a_contract_that_has_ended_does_not_give_credit():
    departure = ChargeableDepartureFactory()
    ContractFactory(
        station=departure.station, operator=departure.operator, payment_cycle=PaymentCycle.MONTH,
        valid_until=departure.service_on,
    )  # fmt: skip

    assert charge(departure).state == ChargeState.DUE


def test_beds_count_more_and_the_night_costs_more():
    TariffFactory(unit_price=2_500, night_from=time(19), night_until=time(0), night_factor=Decimal("1.3"))
    departure = ChargeableDepartureFactory(planned_at=at("19:30"), vehicle=VehicleFactory(fee_seats=0, fee_beds=40))

    due = charge(departure)

    assert (due.net, due.tax, due.gross) == (195_000, 15_600, 210_600)
    with override("en"):
        assert (
            selectors.explain(due)
            == "40 beds × 1.5 × 2.500đ × 1.3 (leaves at 19:30) = 195.000đ + VAT 8% 15.600đ = 210.600đ"
        )


def test_a_city_bus_pays_per_departure():
    TariffFactory(unit=Unit.TRIP, unit_price=5_000, route_kind=RouteKind.BUS)
    departure = ChargeableDepartureFactory(route__kind=RouteKind.BUS)

    due = charge(departure)

    assert due.units == 1
    assert due.gross == 5_400
    with override("en"):
        assert selectors.explain(due) == "1 departure × 5.000đ = 5.000đ + VAT 8% 400đ = 5.400đ"


def test_a_coach_with_seats_and_beds_names_both():
    due = charge(ChargeableDepartureFactory(vehicle=VehicleFactory(fee_seats=2, fee_beds=34)))

    with override("en"):
        assert selectors.explain(due) == "(2 seats + 34 beds × 1.5) × 1.800đ = 95.400đ + VAT 8% 7.632đ = 103.032đ"


def test_the_explanation_keeps_every_input_as_it_was():
    due = charge()
    Tariff.objects.update(unit_price=9_999)

    due.refresh_from_db()

    assert due.explanation == {
        "unit": "seat", "unit_price": 1_800, "seats": 29, "beds": 0, "bed_factor": "1.50", "units": "29.00",
        "departs_at": f"{local(due.departure.planned_at):%H:%M}", "time_factor": "1", "vat_rate": "0.0800",
        "net": 52_200, "tax": 4_176, "gross": 56_376, "decision": "mẫu 01/2026", "decision_on": "2026-01-01",
        "station_class": 4, "route": due.departure.route.code, "route_kind": "inter", "distance_km": 100,
        "km_from": 0, "km_to": None, "vat_code": "service", "service_on": "2026-11-22",
    }  # fmt: skip
    with override("en"):
        assert (
            selectors.explain_line(due)
            == "Decision mẫu 01/2026: station class 4, inter-provincial, ≥ 0 km (route: 100 km)"
        )


@pytest.mark.parametrize(("km", "price"), [(99, 1_300), (100, 1_800), (200, 3_200), (5_000, 3_200)])
def test_a_distance_on_the_border_belongs_to_the_band_that_begins_there(km, price):
    TariffFactory(km_from=50, km_to=100, unit_price=1_300)
    TariffFactory(km_from=100, km_to=200, unit_price=1_800)
    TariffFactory(km_from=200, km_to=None, unit_price=3_200)

    assert charge(ChargeableDepartureFactory(route__distance_km=km)).unit_price == price


def test_price_and_vat_are_those_of_the_day_of_the_departure():
    TariffFactory(valid_until=date(2027, 1, 1))
    TariffFactory(valid_from=date(2027, 1, 1), unit_price=2_000)
    VatRateFactory(rate=Decimal("0.10"), valid_from=date(2027, 1, 1), valid_until=None)

    last = charge(ChargeableDepartureFactory(planned_at=at("23:50", date(2026, 12, 31))))
    first = charge(ChargeableDepartureFactory(planned_at=at("00:10", date(2027, 1, 1))))

    assert [(row.unit_price, row.vat_rate) for row in (last, first)] == [
        (1_800, Decimal("0.08")),
        (2_000, Decimal("0.10")),
    ]


@pytest.mark.parametrize(
    ("case", "what"),
    [
        ({"route__distance_km": None}, "km"),
        ({"route__origin__station_class": None}, "class"),
        ({"route__origin__station_class": 1}, "liên tỉnh, 100 km"),
        ({"planned_at": at("14:00", date(2025, 12, 31))}, "liên tỉnh, 100 km"),
    ],
)
def test_without_a_price_for_the_case_the_accountant_must_enter_one(now, case, what):
    priced()
    with override("en"):
        facts = refused(ChargeableDepartureFactory(**case), now)

    assert str(facts["what"]).rpartition(": ")[2] == what.replace("liên tỉnh", "inter-provincial")
    assert Charge.objects.count() == 0


def test_without_a_vat_rate_nothing_is_charged(now):
    priced()
    VatRate.objects.update(valid_until=date(2026, 11, 22))

    assert refused(ChargeableDepartureFactory(), now) == {"what": "VAT «service»", "day": "22/11/2026"}


def test_without_a_vehicle_there_are_no_seats_to_count(now):
    priced()

    with pytest.raises(VehicleMissing):
        services.charge_departure(departure=ChargeableDepartureFactory(vehicle=None), by=None, now=now)

    assert Charge.objects.count() == 0


@pytest.mark.parametrize("state", [DepartureState.CANCELLED, DepartureState.MISSED])
def test_a_departure_that_does_not_run_costs_nothing(now, state):
    priced()

    with pytest.raises(DepartureNotOpen):
        services.charge_departure(departure=ChargeableDepartureFactory(state=state), by=None, now=now)

    assert Charge.objects.count() == 0
