"""What the news missed, and only that."""

from datetime import timedelta

import pytest

from einvoice import services
from einvoice.services.sweep import PATIENCE
from station.enums import MessageState, TicketIssuer
from station.models import OutboxMessage
from tests.factories import ContractFactory
from tests.factories_einvoice import charge_due, invoice_of_charge, sale_due
from tests.factories_ticketing import priced_departure

pytestmark = pytest.mark.django_db


@pytest.fixture
def later(now):
    return now + PATIENCE + timedelta(seconds=1)


def lose_all_messages():
    OutboxMessage.objects.all().delete()


def queued():
    rows = OutboxMessage.objects.filter(state=MessageState.PENDING).exclude(task__startswith="push.")
    return [(row.task, row.payload) for row in rows.order_by("task", "pk")]


def test_a_lost_sale_charge_and_invoice_are_queued_again(later):
    sale, charge, invoice = sale_due(), charge_due(), invoice_of_charge()
    lose_all_messages()

    assert services.sweep(now=later) == 3
    assert queued() == [
        ("einvoice.issue_for_charge", {"charge_id": charge.pk}),
        ("einvoice.issue_for_sale", {"sale_id": sale.pk}),
        ("einvoice.submit_invoice", {"invoice_id": invoice.pk}),
    ]


def test_a_second_sweep_queues_nothing_twice(later):
    sale_due()
    invoice_of_charge()
    lose_all_messages()
    services.sweep(now=later)

    assert services.sweep(now=later) == 0


def test_what_is_under_way_is_left_alone(later):
    sale_due()
    charge_due()
    invoice_of_charge()
    before = queued()

    assert services.sweep(now=later) == 0
    assert queued() == before


def test_what_was_given_up_waits_for_a_person(later):
    sale_due()
    OutboxMessage.objects.filter(task="einvoice.issue_for_sale").update(state=MessageState.DEAD)

    assert services.sweep(now=later) == 0


def test_what_is_fresh_is_left_to_the_news(now):
    sale_due()
    lose_all_messages()

    assert services.sweep(now=now + PATIENCE) == 0


def test_what_is_not_ours_to_invoice_is_not_missed(later):
    theirs = priced_departure()
    ContractFactory(station=theirs.station, operator=theirs.operator, ticket_issuer=TicketIssuer.OPERATOR)
    sale_due(departure=theirs)
    ended = priced_departure()
    ContractFactory(station=ended.station, operator=ended.operator, valid_until=later.date())
    sale_due(departure=ended)
    charge_due(paid=False)
    lose_all_messages()

    assert services.sweep(now=later) == 0


def test_an_answered_invoice_is_done(provider, later, now):
    invoice = invoice_of_charge()
    services.submit_invoice(invoice_id=invoice.pk, message_id=None, now=now)
    lose_all_messages()

    assert services.sweep(now=later) == 0
