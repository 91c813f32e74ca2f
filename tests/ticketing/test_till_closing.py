"""A till and the seats it keeps for somebody who has not paid yet."""

from datetime import timedelta

import pytest

from fees import services as fees
from fees.errors import TillMayNotClose
from station.enums import TillState
from tests.factories_fees import notes, till_of
from tests.factories_ticketing import hold, priced_departure
from ticketing import services

pytestmark = pytest.mark.django_db


@pytest.fixture
def departure():
    return priced_departure()


@pytest.fixture
def till(departure):
    return till_of(departure.station)


def close(till, now):
    return fees.close_till(till_id=till.pk, counts=notes(500_000), reason="", by=till.clerk, now=now)


def test_a_till_does_not_close_under_a_customer(now, departure, till):
    hold(departure, "A1", till=till)

    with pytest.raises(TillMayNotClose) as refusal:
        close(till, now)

    assert str(departure) in str(refusal.value.facts["reasons"])
    till.refresh_from_db()
    assert till.state == TillState.OPEN


def test_seats_that_are_let_go_hinder_nobody(now, departure, till):
    hold(departure, "A1", till=till)
    services.release_hold(till_id=till.pk, by=till.clerk, now=now)

    assert close(till, now).number == 1


def test_seats_that_ran_out_hinder_nobody(now, departure, till):
    hold(departure, "A1", till=till)

    assert close(till, now + timedelta(minutes=3)).number == 1


def test_seats_that_another_till_keeps_hinder_nobody(now, departure, till):
    hold(departure, "A1", till=till_of(departure.station))

    assert close(till, now).number == 1
