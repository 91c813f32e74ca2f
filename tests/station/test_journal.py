"""One row per thing that happened, chained, never edited; and the moves that write it."""

import itertools
from datetime import timedelta
from typing import Any

import pytest
from django.db import InternalError, transaction

from station.enums import DepartureState, ExitKind, ShiftState, TillState, VisitState
from station.errors import IllegalTransition, StaleState
from station.models import Departure, JournalEntry, JournalHead, Shift, Till, YardVisit
from station.models.journal import FIRST_PREV, entry_hash, record
from tests.factories import (
    NOW,
    DepartureFactory,
    ShiftFactory,
    StationFactory,
    TillFactory,
    UserFactory,
    YardVisitFactory,
)

pytestmark = pytest.mark.django_db

# What a row must say beside its state (constraints).
TRUE_IN: Any = {
    DepartureFactory: {state: {"departed_at": NOW} for state in (DepartureState.DEPARTED, DepartureState.ARRIVED)},
    YardVisitFactory: {VisitState.LEFT: {"left_at": NOW, "exit_kind": ExitKind.EMPTY}},
    ShiftFactory: {ShiftState.CLOSED: {"closed_at": NOW}},
    TillFactory: {TillState.CLOSED: {"closed_at": NOW}},
}
MODELS = {DepartureFactory: Departure, YardVisitFactory: YardVisit, ShiftFactory: Shift, TillFactory: Till}
STATES: Any = {
    DepartureFactory: DepartureState,
    YardVisitFactory: VisitState,
    ShiftFactory: ShiftState,
    TillFactory: TillState,
}
PAIRS = [(factory, old, new) for factory, states in STATES.items() for old, new in itertools.product(states, repeat=2)]


def facts_of(factory, state, person):
    closed_by = {"closed_by": person} if factory is ShiftFactory and state == ShiftState.CLOSED else {}
    return TRUE_IN[factory].get(state, {}) | closed_by


@pytest.mark.parametrize(("factory", "old", "new"), PAIRS, ids=lambda value: getattr(value, "__name__", value))
def test_a_move_is_made_exactly_when_the_table_allows_it(factory, old, new, now):
    person = UserFactory()
    thing = factory(state=old, **facts_of(factory, old, person))
    allowed = new in MODELS[factory].transitions[old]

    try:
        thing.become(new, by=person, now=now, **facts_of(factory, new, person))
    except IllegalTransition:
        moved = False
    else:
        moved = True

    thing.refresh_from_db()
    assert (moved, thing.state) == (allowed, new if allowed else old)
    assert JournalEntry.objects.count() == int(allowed)


def test_every_state_has_its_row_in_the_table():
    assert [set(MODELS[factory].transitions) == set(states) for factory, states in STATES.items()] == [True] * 4


def test_who_looked_too_long_cannot_move_it_again(now):
    thing = DepartureFactory()
    same = Departure.objects.get(pk=thing.pk)
    thing.become(DepartureState.CANCELLED, by=None, now=now)

    with pytest.raises(StaleState):
        same.become(DepartureState.MISSED, by=None, now=now)

    assert [entry.action for entry in JournalEntry.objects.all()] == ["departure_cancelled"]


def test_a_move_says_what_from_to_who_when_and_why(now):
    thing, person = DepartureFactory(), UserFactory()
    shift = ShiftFactory(station=thing.station)

    thing.become(DepartureState.CANCELLED, by=person, now=now, reason="hỏng xe")

    entry = JournalEntry.objects.get()
    assert (entry.chain, entry.seq, entry.at) == (f"station:{thing.station_id}", 1, now)
    assert (entry.action, entry.obj) == ("departure_cancelled", f"departure:{thing.pk}")
    assert (entry.actor, entry.shift, entry.till) == (person, shift, None)
    assert entry.body == '{"from":"planned","reason":"hỏng xe","to":"cancelled"}'


def test_money_is_journalled_in_the_chain_of_its_till(now):
    till = TillFactory()

    entry = record(action="sale_made", obj="sale:1", station_id=till.station_id, by=till.clerk, now=now, till=till)

    assert (entry.chain, entry.till, entry.shift) == (f"till:{till.pk}", till, till.shift)


def written(count, now):
    station = StationFactory()
    for number in range(count):
        record(
            action="noted", obj=f"note:{number}", station_id=station.pk, by=None, now=now + timedelta(seconds=number)
        )
    return list(JournalEntry.objects.order_by("seq"))


def recomputed(entry, prev):
    return entry_hash(
        prev=prev, chain=entry.chain, seq=entry.seq, at=entry.at, actor=entry.actor_id, action=entry.action,
        obj=entry.obj, body=entry.body,
    )  # fmt: skip


def test_a_chain_can_be_computed_again_from_its_rows(now):
    entries = written(3, now)

    prev = FIRST_PREV
    for entry in entries:
        assert bytes(entry.prev) == prev
        prev = recomputed(entry, prev)
        assert bytes(entry.hash) == prev

    head = JournalHead.objects.get()
    assert ([entry.seq for entry in entries], head.seq, bytes(head.hash)) == ([1, 2, 3], 3, prev)


@pytest.mark.parametrize(
    "changed", [{"body": "{}x"}, {"actor_id": 1}, {"action": "other"}, {"obj": "note:9"}, {"seq": 2}], ids=str
)
def test_any_other_row_has_another_hash(now, changed):
    entry = written(1, now)[0]
    for name, value in changed.items():
        setattr(entry, name, value)

    assert recomputed(entry, FIRST_PREV) != bytes(entry.hash)


@pytest.mark.parametrize(
    "edit", [lambda rows: rows.update(body="{}"), lambda rows: rows.delete()], ids=["edit", "delete"]
)
def test_the_database_refuses_to_change_a_row(now, edit):
    written(1, now)

    with pytest.raises(InternalError), transaction.atomic():
        edit(JournalEntry.objects.all())

    assert JournalEntry.objects.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.concurrency
def test_two_writers_make_one_chain(now, race):
    station = StationFactory()

    def note():
        with transaction.atomic():
            record(action="noted", obj="note:1", station_id=station.pk, by=None, now=now)

    assert race(note, note, note) == ["done"] * 3
    first, second, third = JournalEntry.objects.order_by("seq")
    assert (bytes(second.prev), bytes(third.prev)) == (bytes(first.hash), bytes(second.hash))
