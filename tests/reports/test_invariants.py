import pytest
from django.db import connection

from reports.selectors.invariants import Invariant, breaches, invariants
from tests.reports.day import NOW_OF_THE_CHECK, Day
from tests.reports.violations import VIOLATIONS


@pytest.mark.django_db
@pytest.mark.parametrize("invariant", invariants(), ids=lambda one: one.id)
def test_an_empty_database_breaks_nothing(invariant: Invariant):
    assert breaches(invariant, NOW_OF_THE_CHECK) == []


@pytest.mark.parametrize("invariant", invariants(), ids=lambda one: one.id)
def test_a_whole_day_breaks_nothing(day: Day, invariant: Invariant):
    found = [str(breach) for breach in breaches(invariant, NOW_OF_THE_CHECK)]

    assert found == []


@pytest.mark.parametrize("invariant", invariants(), ids=lambda one: one.id)
def test_a_violation_is_found(day: Day, invariant: Invariant):
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET LOCAL session_replication_role = replica")
        cursor.execute(VIOLATIONS[invariant.id])

    found = breaches(invariant, NOW_OF_THE_CHECK)

    assert {breach.invariant.id for breach in found} == {invariant.id}


def test_every_violation_is_of_an_invariant():
    assert sorted(VIOLATIONS) == sorted(one.id for one in invariants())


def test_every_sentence_is_one_sentence():
    odd = [one.id for one in invariants() if not one.sentence.endswith(".") or len(one.sentence) > 120]

    assert odd == []
