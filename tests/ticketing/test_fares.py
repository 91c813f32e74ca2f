from datetime import date

import pytest

from tests.factories import DepartureFactory
from tests.factories_ticketing import FareFactory
from ticketing import selectors, services
from ticketing.models import Fare

pytestmark = pytest.mark.django_db
NEW_YEAR = date(2027, 1, 1)


@pytest.fixture
def departure():
    return DepartureFactory(route__stops=2)


@pytest.fixture
def stretch(departure):
    return selectors.stretch_of(departure, None, None)


@pytest.fixture
def declare(departure, stretch):
    def declared(amount, valid_from):
        return services.set_fare(
            operator=departure.operator, route=departure.route, from_stop=stretch.from_stop, to_stop=stretch.to_stop,
            amount=amount, valid_from=valid_from,
        )  # fmt: skip

    return declared


def test_a_new_fare_ends_the_one_before_it(departure, stretch, declare):
    declare(75_000, date(2026, 1, 1))

    declare(80_000, NEW_YEAR)

    assert selectors.fare_on(departure, stretch, date(2026, 12, 31)).amount == 75_000
    assert selectors.fare_on(departure, stretch, NEW_YEAR).amount == 80_000


def test_the_same_fare_again_changes_nothing(declare):
    first = declare(75_000, date(2026, 1, 1))

    assert declare(75_000, NEW_YEAR) == first
    assert Fare.objects.count() == 1


def test_a_fare_that_was_to_come_is_replaced(departure, stretch, declare):
    declare(75_000, date(2026, 1, 1))
    declare(90_000, NEW_YEAR)

    declare(80_000, date(2026, 12, 1))

    assert list(Fare.objects.order_by("valid_from").values_list("amount", "valid_from", "valid_until")) == [
        (75_000, date(2026, 1, 1), date(2026, 12, 1)),
        (80_000, date(2026, 12, 1), None),
    ]


def test_there_is_no_fare_before_the_first_and_none_of_another_operator(departure, stretch, declare):
    declare(75_000, NEW_YEAR)
    FareFactory(route=departure.route)

    assert selectors.fare_on(departure, stretch, date(2026, 12, 31)) is None


def test_a_declaration_lists_many_stretches_and_a_second_one_replaces_it(departure, stretch):
    ends = (stretch.from_stop, stretch.to_stop)
    for amount, day in ((75_000, date(2026, 1, 1)), (80_000, NEW_YEAR)):
        services.set_fares(
            operator=departure.operator, route=departure.route, amounts={ends: amount}, valid_from=day
        )  # fmt: skip

    assert selectors.fare_on(departure, stretch, date(2026, 12, 31)).amount == 75_000
    assert selectors.fare_on(departure, stretch, NEW_YEAR).amount == 80_000
