from dataclasses import replace
from datetime import date

import pytest
from django.utils import translation

from dispatch.rules import (
    OPERATORS_OWN,
    VEHICLE_PAPERS,
    ClearanceFacts,
    CrewMember,
    FeeStanding,
    Finding,
    OrderFacts,
    OrderStanding,
    Paper,
    Severity,
    blocks,
    clearance,
    for_the_operator,
    masked_name,
)
from dispatch.selectors.findings import SENTENCES, sentence

TODAY = date(2026, 11, 22)
LATER = date(2027, 1, 1)
DRIVER = CrewMember("Bùi Văn Bình", licence_fits=True, licence=Paper("licence", "GPLX-1", LATER))
ORDER = OrderFacts(OrderStanding.ISSUED, plate="28B01005", drivers=("Bùi Văn Bình",), covers_day=True)
COACH = ClearanceFacts(
    arrives_on=TODAY,
    runs_on_order=True,
    in_yard=True,
    plate="28B01005",
    order=ORDER,
    crew=(DRIVER,),
    fee=FeeStanding.SETTLED,
    papers={kind: Paper(kind, f"{kind}-1", LATER) for kind in VEHICLE_PAPERS},
)
BUS = replace(COACH, runs_on_order=False, order=None, crew=(), papers={}, fee=FeeStanding.MISSING)


def codes(facts: ClearanceFacts) -> list[str]:
    return [finding.code for finding in clearance(facts)]


def ending(kind: str, day: date) -> dict[str, Paper]:
    return {**COACH.papers, kind: Paper(kind, "77", day)}


def test_a_coach_with_everything_may_leave():
    assert codes(COACH) == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"order": None}, "order_missing"),
        ({"order": replace(ORDER, standing=OrderStanding.UNSIGNED)}, "order_not_signed"),
        ({"order": replace(ORDER, standing=OrderStanding.SIGNING)}, "order_being_signed"),
        ({"order": replace(ORDER, plate="28B09999")}, "order_other_plate"),
        ({"order": replace(ORDER, drivers=("Bùi Văn Bình", "Đinh Văn An"))}, "order_other_driver"),
        ({"order": replace(ORDER, covers_day=False)}, "order_not_valid_that_day"),
        ({"crew": (), "order": replace(ORDER, drivers=())}, "driver_missing"),
        ({"crew": (replace(DRIVER, licence_fits=False),)}, "licence_class_too_low"),
        ({"crew": (replace(DRIVER, licence=None),)}, "licence_missing"),
        ({"crew": (replace(DRIVER, licence=Paper("licence", "1", TODAY)),)}, "licence_expired"),
        ({"in_yard": False}, "not_in_yard"),
        ({"fee": FeeStanding.DUE}, "fee_unpaid"),
        ({"fee": FeeStanding.MISSING}, "fee_missing"),
    ],
)
def test_each_thing_missing_blocks_by_its_own_code(change, code):
    assert codes(replace(COACH, **change)) == [code]


@pytest.mark.parametrize("kind", VEHICLE_PAPERS)
def test_each_paper_of_the_vehicle_must_be_there(kind):
    papers = {name: paper for name, paper in COACH.papers.items() if name != kind}

    assert codes(replace(COACH, papers=papers)) == [f"{kind}_missing"]


@pytest.mark.parametrize("kind", VEHICLE_PAPERS)
def test_each_paper_must_last_until_the_coach_arrives(kind):
    assert codes(replace(COACH, papers=ending(kind, TODAY))) == [f"{kind}_expired"]


def test_a_paper_that_ends_after_the_arrival_or_never_is_good():
    day_after = date(2026, 11, 23)

    assert codes(replace(COACH, papers=ending("inspection", day_after))) == []
    assert codes(replace(COACH, papers={**COACH.papers, "badge": Paper("badge", "1", None)})) == []


def test_an_expired_paper_names_its_number_and_its_last_day():
    found = clearance(replace(COACH, papers=ending("inspection", TODAY)))

    assert found == [Finding("inspection_expired", Severity.BLOCK, {"number": "77", "day": "21/11/2026"})]


def test_everything_wrong_is_told_at_once():
    facts = replace(COACH, order=None, in_yard=False, fee=FeeStanding.DUE)

    assert codes(facts) == ["order_missing", "not_in_yard", "fee_unpaid"]


def test_a_city_bus_needs_no_order_and_no_price_of_its_own():
    assert codes(BUS) == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"fee": FeeStanding.DUE}, "fee_unpaid"),
        ({"in_yard": False}, "not_in_yard"),
        ({"papers": {"inspection": Paper("inspection", "1", TODAY)}}, "inspection_expired"),
        ({"crew": (replace(DRIVER, licence_fits=False),)}, "licence_class_too_low"),
    ],
)
def test_what_is_known_to_be_wrong_stops_a_bus_too(change, code):
    assert codes(replace(BUS, **change)) == [code]


def test_warnings_come_last_and_do_not_block():
    warning, block = Finding("w", Severity.WARN), Finding("b", Severity.BLOCK)

    assert blocks([warning, block]) == [block]


def test_an_operator_is_told_only_what_it_can_put_right():
    facts = replace(COACH, order=None, fee=FeeStanding.DUE, papers=ending("badge", TODAY))

    assert [finding.code for finding in for_the_operator(clearance(facts))] == ["badge_expired"]


def test_every_code_has_its_sentence_and_every_sentence_its_facts():
    facts = {"plate": "28B01005", "drivers": "A", "driver": "A", "number": "1", "day": "21/11/2026"}

    with translation.override("en"):
        said = [sentence(Finding(code, Severity.BLOCK, facts)) for code in SENTENCES]

    assert [text for text in said if "%" in text or not text.endswith(".")] == []
    assert sorted(OPERATORS_OWN - SENTENCES.keys()) == []


def test_a_sentence_writes_the_plate_as_it_is_painted():
    with translation.override("en"):
        said = sentence(Finding("order_other_plate", Severity.BLOCK, {"plate": "28B01005"}))

    assert said == "The order names vehicle 28B-010.05, not this one."


@pytest.mark.parametrize(
    ("name", "masked"), [("Trần Văn Bình", "Trần Văn B."), ("Đinh Ẵ", "Đinh Ẵ."), ("Nam", "N."), ("", "")]
)
def test_a_stranger_reads_only_a_letter_of_the_given_name(name, masked):
    assert masked_name(name) == masked
