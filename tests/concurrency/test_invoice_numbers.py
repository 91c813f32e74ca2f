"""Numbers without gaps under workers that meet, fail and are rolled back; over real connections."""

from datetime import timedelta

import pytest
from django.db import transaction

from einvoice import services
from einvoice.models import Invoice, Series
from station.models import OutboxMessage
from tests.factories import NOW
from tests.factories_einvoice import charge_due, outlet, sale_due
from tests.factories_ticketing import priced_departure

pytestmark = pytest.mark.django_db(transaction=True)


class Killed(Exception):
    """Stands for whatever ends a transaction after the number was taken."""


def issuer(charge, *, fails=False):
    def issue():
        with transaction.atomic():
            services.issue_for_charge(charge_id=charge.pk, message_id=None, now=NOW)
            if fails:
                raise Killed
        return "issued"

    return issue


def numbers():
    return list(Invoice.objects.order_by("number").values_list("number", flat=True))


def test_two_workers_take_two_numbers_of_one_series(race):
    station = outlet()
    charges = [charge_due(station=station) for _ in range(2)]

    assert race(*map(issuer, charges)) == ["issued", "issued"]
    assert numbers() == [1, 2]


def test_a_number_that_was_rolled_back_is_taken_by_the_next(race):
    """Ten per cent of a busy series die after their number was taken: no gap stays, and a second try fills in."""
    station = outlet()
    charges = [charge_due(station=station) for _ in range(10)]
    issuers = [issuer(charge, fails=number % 3 == 0) for number, charge in enumerate(charges)]

    assert race(*issuers) == ["Killed"] * 4 + ["issued"] * 6
    assert numbers() == [1, 2, 3, 4, 5, 6]

    assert race(*[issuer(charge) for charge in charges]) == ["issued"] * 10
    assert numbers() == list(range(1, 11))
    assert Series.objects.get().last_number == 10


@pytest.fixture
def sale():
    """In a series that is open already: opening one makes a second worker wait by itself."""
    departure = priced_departure()
    services.issue_for_sale(sale_id=sale_due("A1", departure=departure).pk, message_id=None, now=NOW)
    return sale_due("A2", departure=departure)


def test_two_messages_about_one_sale_make_one_invoice(race, meet_after_reading, sale):
    meet_after_reading("einvoice.selectors.original_of_sale")

    def issue():
        return str(services.issue_for_sale(sale_id=sale.pk, message_id=None, now=NOW))

    assert race(issue, issue) == ["5K26GAA 2", "5K26GAA 2"]
    assert numbers() == [1, 2]


def test_without_the_lock_both_see_no_invoice_and_the_constraint_holds(race, meet_after_reading, no_lock, sale):
    meet_after_reading("einvoice.selectors.original_of_sale")

    def issue():
        services.issue_for_sale(sale_id=sale.pk, message_id=None, now=NOW)
        return "issued"

    assert race(issue, issue) == ["IntegrityError", "issued"]
    assert numbers() == [1, 2]


def test_the_first_documents_of_a_year_open_one_series(race):
    """Both find no series: one opens it, the other takes the next number of it."""
    departure = priced_departure(seats=4)
    sales = [sale_due(label, departure=departure) for label in ("A1", "A2", "B1", "B2")]

    def issuer_of(sale):
        return lambda: str(services.issue_for_sale(sale_id=sale.pk, message_id=None, now=NOW))

    assert race(*map(issuer_of, sales)) == [f"5K26GAA {number}" for number in (1, 2, 3, 4)]
    assert Series.objects.count() == 1


def test_two_sweeps_queue_one_message(race):

    services.issue_for_charge(charge_id=charge_due().pk, message_id=None, now=NOW)
    OutboxMessage.objects.all().delete()

    assert race(*[lambda: str(services.sweep(now=NOW + timedelta(minutes=5)))] * 2) == ["0", "1"]
    assert OutboxMessage.objects.filter(task="einvoice.submit_invoice").count() == 1
