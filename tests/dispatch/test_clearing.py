from datetime import timedelta

import pytest

from dispatch import selectors
from station.models import Departure, Document
from tests.factories_dispatch import (
    cleared,
    issued,
    ready_departure,
)

pytestmark = pytest.mark.django_db


def test_a_renewed_paper_that_has_not_begun_does_not_count(now):
    departure = cleared(now=now)
    rows = Document.objects.filter(vehicle=departure.vehicle, kind="inspection")
    rows.update(valid_until=now.date())
    tomorrow = (now + timedelta(days=1)).date()
    Document.objects.create(
        vehicle=departure.vehicle, kind="inspection", number="MỚI", valid_from=tomorrow, valid_until=None
    )

    assert [finding.code for finding in selectors.clearance(departure, now)] == ["inspection_expired"]


def test_a_second_driver_needs_a_licence_too(now):
    departure = ready_departure()
    other = ready_departure(operator=departure.operator).driver
    Departure.objects.filter(pk=departure.pk).update(second_driver=other)
    Document.objects.filter(driver=other).update(valid_until=now.date())
    departure = Departure.objects.get(pk=departure.pk)

    found = selectors.clearance(departure, now)

    expired = [finding for finding in found if finding.code == "licence_expired"]
    assert [finding.facts["driver"] for finding in expired] == [other.full_name]


@pytest.mark.parametrize("rows", [1, 3])
def test_a_whole_day_is_cleared_with_the_same_number_of_queries(now, rows, django_assert_num_queries):
    for _ in range(rows):
        issued(ready_departure(), now)
    departures = list(Departure.objects.select_related("route", "vehicle").order_by("pk"))

    with django_assert_num_queries(6):
        found = selectors.clearances(departures, now)

    assert {pk: [finding.code for finding in findings] for pk, findings in found.items()} == {
        departure.pk: ["not_in_yard", "fee_missing"] for departure in departures
    }
