import json
from datetime import time
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fees.rules import PriceLine, is_in_band, is_within, price_departure

VAT = Decimal("0.08")
NIGHT = {"night_from": time(19), "night_until": time(0), "night_factor": Decimal("1.3")}
ROUTES = json.loads((Path(__file__).parents[2] / "demo/data/hoa_binh.json").read_text())["routes"]
CAPACITY = {"S16": (16, 0), "S29": (29, 0), "S45": (45, 0), "B40": (0, 40)}


def price(unit_price, *, seats=0, beds=0, at=time(8), vat=VAT, unit="seat", **line):
    priced = PriceLine(unit=unit, unit_price=unit_price, **line)
    return price_departure(priced, seats=seats, beds=beds, departs_at=at, vat_rate=vat).amount


@pytest.mark.parametrize(
    ("amount", "net", "tax", "gross"),
    [
        (price(1500, seats=29), 43_500, 3_480, 46_980),
        (price(2500, beds=40, bed_factor=Decimal("1.5")), 150_000, 12_000, 162_000),
        (price(2500, beds=40, bed_factor=Decimal("1.5"), at=time(20), **NIGHT), 195_000, 15_600, 210_600),
        (price(1500, seats=45), 67_500, 5_400, 72_900),
    ],
)
def test_the_worked_examples_come_out_to_the_dong(amount, net, tax, gross):
    assert (amount.net, amount.tax, amount.gross) == (net, tax, gross)


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route["key"])
def test_every_demo_route_costs_what_the_price_list_says(route):
    seats, beds = CAPACITY[route["vehicle_class"]]

    amount = price(route["fee_unit"], seats=seats, beds=beds, bed_factor=Decimal("1.5"))

    assert (amount.net, amount.tax) == (route["fee_net"], route["fee_vat8"])


def test_a_bus_pays_per_departure_whatever_its_size():
    amount = price(5000, seats=60, unit="trip")

    assert (amount.net, amount.gross) == (5_000, 5_400)


def test_half_a_dong_goes_up():
    amount = price(1, seats=3, bed_factor=Decimal("1.5"), beds=1, vat=Decimal("0.1"))

    assert (amount.net, amount.tax) == (5, 1)


def test_the_explanation_holds_every_input_as_json():
    line = PriceLine(unit="seat", unit_price=2500, bed_factor=Decimal("1.5"), **NIGHT)

    priced = price_departure(line, seats=0, beds=40, departs_at=time(19), vat_rate=VAT)

    assert json.loads(json.dumps(priced.explanation())) == {
        "unit": "seat",
        "unit_price": 2500,
        "seats": 0,
        "beds": 40,
        "bed_factor": "1.5",
        "units": "60.0",
        "departs_at": "19:00",
        "time_factor": "1.3",
        "vat_rate": "0.08",
        "net": 195_000,
        "tax": 15_600,
        "gross": 210_600,
    }


@pytest.mark.parametrize(
    ("at", "start", "until", "inside"),
    [
        (time(18, 59), time(19), time(0), False),
        (time(19), time(19), time(0), True),
        (time(23, 59), time(19), time(0), True),
        (time(0), time(19), time(0), False),
        (time(3), time(22), time(5), True),
        (time(5), time(22), time(5), False),
        (time(6), time(5), time(7), True),
        (time(7), time(5), time(7), False),
        (time(6), None, None, False),
        (time(6), time(5), None, False),
    ],
)
def test_a_night_window_is_half_open_and_may_pass_midnight(at, start, until, inside):
    assert is_within(at, start, until) is inside


@pytest.mark.parametrize(
    ("km", "start", "end", "inside"),
    [(49, 0, 50, True), (50, 0, 50, False), (50, 50, 100, True), (99, 50, 100, True), (300, 300, None, True)],
)
def test_distance_bands_are_half_open(km, start, end, inside):
    assert is_in_band(km, start, end) is inside


@given(
    seats=st.integers(0, 80), beds=st.integers(0, 50), unit=st.integers(0, 10_000),
    vat=st.sampled_from([Decimal(0), Decimal("0.08"), Decimal("0.1")]),
)  # fmt: skip
def test_more_places_never_cost_less(seats, beds, unit, vat):
    fewer = price(unit, seats=seats, beds=beds, bed_factor=Decimal("1.5"), vat=vat)
    more = price(unit, seats=seats + 1, beds=beds, bed_factor=Decimal("1.5"), vat=vat)

    assert more.net - fewer.net in {unit, unit + 1, unit - 1}
    assert fewer.gross <= more.gross
