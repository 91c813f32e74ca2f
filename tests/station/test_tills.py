import pytest

from station.enums import ShiftState, TillState
from station.errors import ShiftNotOpen, TillAlreadyOpen, TillClosed
from station.models import JournalEntry, Till
from station.services.shifts import close_shift
from station.services.tills import mark_closed, open_till
from tests.factories import CounterFactory, ShiftFactory, TillFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_a_till_opens_in_an_open_shift(now):
    shift, clerk = ShiftFactory(), UserFactory()
    counter = CounterFactory(station=shift.station)

    till = open_till(shift_id=shift.pk, clerk=clerk, counter_id=counter.pk, opening_float=500_000, now=now)

    till.refresh_from_db()
    assert (till.shift, till.station, till.counter, till.clerk) == (shift, shift.station, counter, clerk)
    assert (till.opening_float, till.state, till.opened_at) == (500_000, TillState.OPEN, now)
    entry = JournalEntry.objects.get()
    assert (entry.chain, entry.action, entry.till, entry.shift) == (f"till:{till.pk}", "till_open", till, shift)


def test_a_clerk_has_one_open_till(now):
    till = TillFactory(clerk__full_name="Lê Thị Vé")
    elsewhere = ShiftFactory()

    with pytest.raises(TillAlreadyOpen) as refusal:
        open_till(shift_id=elsewhere.pk, clerk=till.clerk, counter_id=None, opening_float=0, now=now)

    assert refusal.value.facts == {"clerk": "Lê Thị Vé"}
    assert Till.objects.count() == 1


def test_no_till_opens_in_a_closed_shift(now):
    lead = UserFactory()
    shift = ShiftFactory(state=ShiftState.CLOSED, closed_at=now, closed_by=lead)

    with pytest.raises(ShiftNotOpen):
        open_till(shift_id=shift.pk, clerk=lead, counter_id=None, opening_float=0, now=now)


def test_a_till_closes_once(now):
    till = TillFactory()
    mark_closed(till_id=till.pk, by=till.clerk, now=now)

    with pytest.raises(TillClosed):
        mark_closed(till_id=till.pk, by=till.clerk, now=now)

    till.refresh_from_db()
    assert (till.state, till.closed_at) == (TillState.CLOSED, now)


@pytest.mark.django_db(transaction=True)
@pytest.mark.concurrency
def test_two_clicks_open_one_till(now, race):
    shift, clerk = ShiftFactory(), UserFactory()

    def click():
        open_till(shift_id=shift.pk, clerk=clerk, counter_id=None, opening_float=0, now=now)

    assert race(click, click) == ["TillAlreadyOpen", "done"]
    assert Till.objects.count() == 1


def either_order(outcomes):
    """The race has two right ends: the till came first, or the shift was closed first."""
    return outcomes in (["ShiftHasOpenTills", "done"], ["ShiftNotOpen", "done"])


@pytest.mark.django_db(transaction=True)
@pytest.mark.concurrency
def test_no_till_slips_into_a_shift_that_closes(now, race):
    shift, clerk, lead = ShiftFactory(), UserFactory(), UserFactory()

    outcomes = race(
        lambda: open_till(shift_id=shift.pk, clerk=clerk, counter_id=None, opening_float=0, now=now),
        lambda: close_shift(shift_id=shift.pk, note="", by=lead, now=now),
    )

    assert either_order(outcomes)
    assert Till.objects.filter(shift__state=ShiftState.CLOSED).count() == 0
