"""From a document that does not hold to the alarm, the queue page, and the person who mends it."""

from datetime import timedelta

import pytest

from einvoice import selectors, services, tasks
from einvoice.errors import NotGivenUp
from einvoice.models import Invoice
from station.enums import MessageState, Role
from station.models import Alarm, JournalEntry, OutboxMessage
from station.services import outbox
from tests.factories import StationFactory, staff_of
from tests.factories_einvoice import charge_due, message_of

pytestmark = pytest.mark.django_db
TASK = "einvoice.issue_for_charge"


@pytest.fixture
def charge():
    """Of an operator whose tax code nobody typed right."""
    charge = charge_due()
    set_tax_code(charge, "12345")
    return charge


def set_tax_code(charge, tax_code):
    type(charge.operator).objects.filter(pk=charge.operator_id).update(tax_code=tax_code)


def consume(times=1):
    """Deliver the message as the relay and a worker do."""
    message = message_of(TASK)
    for number in range(times):
        tasks.issue_for_charge.apply(kwargs={"message_id": message.pk, **message.payload}, task_id=f"d-{number}")
    message.refresh_from_db()
    return message


def test_four_failures_are_tried_again_each_later_than_the_last(charge):
    message = consume(4)

    assert (message.state, message.attempts) == (MessageState.PENDING, 4)
    assert Alarm.objects.count() == 0


def test_the_fifth_failure_gives_up_with_an_alarm(charge):
    message = consume(5)

    assert (message.state, Invoice.objects.count()) == (MessageState.DEAD, 0)
    alarm = Alarm.objects.get()
    assert (alarm.obj, alarm.code) == (f"outbox:{message.pk}", "message_given_up")
    assert alarm.detail.startswith("invalid_invoice_document")


def test_what_was_given_up_is_shown_at_its_station_and_nowhere_else(charge):
    message = consume(5)

    failures = selectors.failures(charge.station)

    assert [(failure.message_id, failure.obj, failure.gross) for failure in failures] == [
        (message.pk, f"charge:{charge.pk}", charge.gross)
    ]
    assert selectors.failures(StationFactory()) == []


def test_a_person_who_mended_the_data_has_it_tried_again(charge, now):
    message = consume(5)
    set_tax_code(charge, "5400100099")
    accountant = staff_of(charge.station, Role.ACCOUNTANT)

    services.try_again(message_id=message.pk, station=charge.station, by=accountant, now=now)
    again = consume()

    assert again.state == MessageState.DONE
    assert Invoice.objects.get().charge == charge
    assert Alarm.objects.get().closed_at == now
    entry = JournalEntry.objects.get(action="message_revived")
    assert (entry.obj, entry.actor) == (f"outbox:{message.pk}", accountant)


def test_only_what_was_given_up_is_tried_again(charge, now):
    message = consume(2)
    accountant = staff_of(charge.station, Role.ACCOUNTANT)

    with pytest.raises(NotGivenUp):
        services.try_again(message_id=message.pk, station=charge.station, by=accountant, now=now)


def test_another_station_cannot_have_it_tried_again(charge, now):
    message = consume(5)
    elsewhere = StationFactory()

    with pytest.raises(NotGivenUp):
        services.try_again(message_id=message.pk, station=elsewhere, by=staff_of(elsewhere, Role.ACCOUNTANT), now=now)


def test_a_message_that_kills_its_worker_is_given_up_too(now):
    """The worker never comes to say that it failed: the attempts were counted before it began."""
    charge_due()
    message = message_of(TASK)
    for number in range(5):
        assert outbox.claim(message.pk, delivery="7-1", worker="w@a", now=now + timedelta(seconds=number))

    assert not outbox.claim(message.pk, delivery="7-1", worker="w@a", now=now + timedelta(seconds=6))

    message.refresh_from_db()
    assert (message.state, message.last_error) == (MessageState.DEAD, "the worker died 5 times over it")


def test_the_same_delivery_takes_over_and_another_goes_away(now):
    charge_due()
    pk = OutboxMessage.objects.get(task=TASK).pk
    assert outbox.claim(pk, delivery="7-1", worker="w@a", now=now)

    assert outbox.claim(pk, delivery="7-1", worker="w@b", now=now + timedelta(seconds=1))
    assert not outbox.claim(pk, delivery="7-11", worker="w@a", now=now + timedelta(seconds=2))
    assert outbox.claim(pk, delivery="7-11", worker="w@a", now=now + timedelta(seconds=62))


def test_a_starting_worker_lets_go_of_what_its_predecessor_held_and_of_nothing_else(now):
    charge_due()
    charge_due()
    mine, other = OutboxMessage.objects.filter(task=TASK).order_by("pk")
    outbox.claim(mine.pk, delivery="1-1", worker="w@a", now=now)
    outbox.claim(other.pk, delivery="2-1", worker="w@b", now=now)

    assert outbox.release_claims_of("w@a", now=now) == 1

    states = OutboxMessage.objects.filter(task=TASK).order_by("pk").values_list("claimed_until", flat=True)
    assert [until is None for until in states] == [True, False]
