"""The script of a day: pure, the same for the same seed, in order, and plausible."""

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from demo.rules.script import FLOAT, SHORT, Ca, Held, Kind, Run, Staff, day_script
from station.clock import STATION_TIME

MIDNIGHT = datetime(2026, 11, 22, tzinfo=STATION_TIME)
CAS = [Ca(MIDNIGHT + timedelta(hours=hour), MIDNIGHT + timedelta(hours=hour + 8)) for hour in (-3, 5, 13, 21)]
STAFF = Staff(
    ("truongca1", "truongca2", "truongca3"), ("banve1", "banve2", "banve3", "banve4"), ("dieudo1", "dieudo2"),
    ("cong1", "cong2"), lead_has_till=True, counters=3,
)  # fmt: skip
COACH = Run(7, MIDNIGHT + timedelta(hours=9), "inter", "28B00107", "OP01", 28, 5, True, "nhaxe1")
DESK = [Kind.SIGN, Kind.ENTER, Kind.CHECK, Kind.PAY, Kind.CONFIRM, Kind.LET_OUT]
PARCEL = [Kind.RECEIVE_PARCEL, Kind.LOAD_PARCEL, Kind.ARRIVE_PARCEL, Kind.HAND_OVER_PARCEL]
BESIDE = {*PARCEL, Kind.BLOCK, Kind.SELL_BY_CODE, Kind.RATE, Kind.COMPLAIN, Kind.ANSWER}


def script(*runs, seed=1, hour=13, tickets=100):
    return day_script(runs, CAS, STAFF, seed=seed, present=MIDNIGHT + timedelta(hours=hour), tickets=tickets)


def of(run, steps):
    return [step for step in steps if step.departure == run.departure]


def many(count=60, **facts):
    return [
        replace(COACH, departure=number, planned_at=MIDNIGHT + timedelta(minutes=290 + 14 * number), **facts)
        for number in range(1, count + 1)
    ]


def test_the_same_seed_gives_the_same_day_and_another_seed_another():
    assert script(*many()) == script(*many())
    assert script(*many()) != script(*many(), seed=2)


def test_steps_stand_in_their_order_and_have_names_of_their_own():
    steps = script(*many())

    assert steps == sorted(steps, key=lambda step: step.order)
    assert [key for key, number in Counter(step.key for step in steps).items() if number > 1] == []


def test_a_departure_that_is_taken_out_changes_nothing_for_the_others():
    first, *others = many()

    assert [step for step in script(first, *others) if step.departure != first.departure] == script(*others)


def test_a_coach_goes_through_the_desk_in_order():
    steps = of(COACH, script(COACH))

    assert [step.kind for step in steps if step.kind in DESK] == DESK
    assert {step.who for step in steps if step.kind == Kind.SIGN} == {"nhaxe1"}


def test_a_coach_on_paper_brings_its_sheet_to_the_check():
    on_paper = replace(COACH, signer="")

    checks = [step.facts for step in script(on_paper) if step.kind == Kind.CHECK]

    assert [(facts["paper"], facts["photo"], facts["first"]) for facts in checks] == [
        ("261122-0007", True, "2026-11-22")
    ]


@pytest.mark.parametrize(
    ("facts", "kinds"),
    [
        ({"kind": "bus"}, [Kind.ENTER, Kind.LET_OUT]),
        ({"kind": "boat", "is_on_sale": False}, [Kind.ENTER, Kind.PAY, Kind.LET_OUT]),
        ({"pays_now": False, "is_on_sale": False}, [kind for kind in DESK if kind != Kind.PAY]),
        ({"is_fit": False}, [Kind.SIGN, Kind.ENTER, Kind.CHECK, Kind.LEAVE_EMPTY]),
        ({"held": Held.AT_THE_GATE, "is_on_sale": False}, [Kind.SIGN]),
        ({"held": Held.AT_THE_CHECK, "is_on_sale": False}, [Kind.SIGN, Kind.ENTER]),
        ({"held": Held.AT_THE_TILL, "is_on_sale": False}, [Kind.SIGN, Kind.ENTER, Kind.CHECK]),
    ],
)
def test_every_kind_of_run_has_its_own_way(facts, kinds):
    run = replace(COACH, **facts)

    assert [step.kind for step in of(run, script(run))] == kinds


def test_nobody_sells_more_than_there_are_places_or_after_the_coach_left():
    runs = many()
    steps = script(*runs)

    sold: Counter[int] = Counter()
    left = {step.departure: step.at for step in steps if step.kind == Kind.LET_OUT}
    for step in steps:
        if step.kind == Kind.SELL:
            sold[step.departure] += step.facts["count"]
    confirmed = {step.departure: step.facts["passengers"] for step in steps if step.kind == Kind.CONFIRM}
    assert [run.departure for run in runs if not sold[run.departure] <= confirmed[run.departure] <= run.places] == []
    assert [step.key for step in steps if step.kind == Kind.SELL and step.at >= left[step.departure]] == []
    assert 15 <= sold.total() / len(runs) <= 20


def test_sales_are_thinned_out():
    few = [step.facts["count"] for step in script(*many(), tickets=20) if step.kind == Kind.SELL]

    assert 2 <= sum(few) / 60 <= 4


def test_coaches_leave_on_time_or_a_few_minutes_late():
    runs = {run.departure: run.planned_at for run in many()}

    late = [step.at - runs[step.departure] for step in script(*many()) if step.kind == Kind.LET_OUT]

    assert timedelta() <= min(late) <= max(late) <= timedelta(minutes=45)
    assert sum(delay <= timedelta(minutes=5) for delay in late) > len(late) * 3 // 4


def test_who_looks_finds_the_first_team_at_work_and_a_till_short_before_it():
    steps = script(*many(), hour=13)

    opened = {(step.who, step.at.hour) for step in steps if step.kind == Kind.OPEN_TILL}
    assert {who for who, hour in opened if hour == 13} == {"banve1", "banve2", "dieudo1", "truongca1"}
    assert {who for who, hour in opened if hour == 5} == {"banve3", "banve4", "dieudo2"}
    assert {who for who, hour in opened if hour == 21 and who.startswith("truongca3")} == {"truongca3"}
    short = [(step.who, step.at.hour, bool(step.facts["reason"])) for step in steps if step.facts.get("short")]
    assert short == [("banve3", 12, True)]
    assert {step.facts["float"] for step in steps if step.kind == Kind.OPEN_TILL} == {FLOAT}
    assert {step.facts["short"] for step in steps if step.kind == Kind.CLOSE_TILL} == {0, SHORT}


def test_money_is_taken_while_the_till_of_its_person_is_open():
    steps = script(*many())
    open_tills, without = set(), []

    for step in steps:
        if step.kind == Kind.OPEN_TILL:
            open_tills.add(step.who)
        elif step.kind == Kind.CLOSE_TILL:
            open_tills.discard(step.who)
        elif step.kind in {Kind.SELL, Kind.PAY} and step.who not in open_tills:
            without.append(step.key)
    assert without == []


def test_every_till_that_is_opened_is_counted_before_its_ca_is_handed_over():
    steps = [step for step in script() if step.kind in {Kind.OPEN_TILL, Kind.CLOSE_TILL, Kind.CLOSE_SHIFT}]

    for ca in CAS:
        mine = [step for step in steps if step.facts["ca"] == ca.name]
        kinds = [step.kind for step in mine]
        tills = kinds.count(Kind.OPEN_TILL)
        assert kinds == [Kind.OPEN_TILL] * tills + [Kind.CLOSE_TILL] * tills + [Kind.CLOSE_SHIFT]
        assert mine[-1].at < ca.ends_at


def test_nobody_sells_while_the_night_shift_of_the_day_before_counts():
    day = [ca for ca in CAS if ca.starts_at >= MIDNIGHT]
    early = replace(COACH, planned_at=MIDNIGHT + timedelta(hours=5, minutes=10))

    steps = day_script([early], day, STAFF, seed=1, present=MIDNIGHT + timedelta(hours=13), tickets=100)

    sold = [step.at for step in steps if step.kind == Kind.SELL]
    counting = MIDNIGHT + timedelta(hours=4, minutes=52), MIDNIGHT + timedelta(hours=5)
    assert [at for at in sold if counting[0] <= at < counting[1]] == []
    assert [step for step in steps if step.kind == Kind.PAY and counting[0] <= step.at < counting[1]] == []
    assert len(sold) > 3


def test_beside_the_coaches_a_few_of_a_hundred_carry_parcels_and_are_talked_about():
    steps = script(*many(1_000))

    counts = Counter(step.kind for step in steps if step.kind in BESIDE)
    assert sum(counts.values()) <= len(steps) * 5 // 100
    assert counts.keys() == BESIDE
    assert 30 <= counts[Kind.RECEIVE_PARCEL] <= 70
    assert 100 <= counts[Kind.RATE] <= 200
    assert counts[Kind.HAND_OVER_PARCEL] <= counts[Kind.ARRIVE_PARCEL] <= counts[Kind.LOAD_PARCEL]
    assert counts[Kind.ANSWER] == counts[Kind.COMPLAIN]


def test_a_parcel_goes_with_its_coach_and_what_is_said_comes_after_it():
    steps = script(*many(400))
    left = {step.departure: step.at for step in steps if step.kind == Kind.LET_OUT}
    confirmed = {step.departure: step.at for step in steps if step.kind == Kind.CONFIRM}

    early = [step.key for step in steps if step.kind in {Kind.RATE, Kind.COMPLAIN, Kind.ARRIVE_PARCEL}
             and step.at < left[step.departure]]  # fmt: skip
    late = [step.key for step in steps if step.kind == Kind.RECEIVE_PARCEL and step.at > confirmed[step.departure]]
    journeys = [[step.kind for step in of(run, steps) if step.kind in PARCEL] for run in many(400)]

    assert (early, late) == ([], [])
    assert [way for way in journeys if way != PARCEL[: len(way)]] == []


def test_one_complaint_is_left_for_the_visitor():
    filed_at = MIDNIGHT + timedelta(hours=16)

    steps = day_script(many(), CAS, STAFF, seed=1, present=MIDNIGHT, left_open=filed_at)

    said = [step for step in steps if step.key == "complain:open"]
    assert [(step.at, step.kind) for step in said] == [(filed_at, Kind.COMPLAIN)]
    assert [step.key for step in steps if step.kind == Kind.ANSWER and step.departure == said[0].departure] == []
    assert [step for step in steps if step is not said[0]] == script(*many(), hour=0)
