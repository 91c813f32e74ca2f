"""Nobody is told what the drawer should hold before they said what it holds; and what is closed stays closed."""

import re

import pytest
import time_machine
from django.db import IntegrityError, InternalError, connection, transaction
from django.urls import reverse

from fees import selectors, services
from fees.enums import Account, Method
from fees.models import CashCount, Entry, Payment, Posting, TillClosing
from station.enums import Role, TillState
from station.models import JournalEntry, Shift, Till
from tests.factories import NOW, UserFactory, staff_of
from tests.factories_fees import ChargeableDepartureFactory, charge, notes, pay, till_of

pytestmark = pytest.mark.django_db
KEY = {"idempotency_key": "8f5e4c7a-0000-4000-8000-000000000003"}
EXPECTED = 556_000
SHIFT_REPORT = "/api/v1/reports/shifts/{}/"


@pytest.fixture(autouse=True)
def morning(now):
    with time_machine.travel(now, tick=False):
        yield


@pytest.fixture
def till():
    """Of the one person of a night shift, who may read reports: 500.000đ float, one coach paid 56.376đ in cash."""
    due = charge()
    till = till_of(due.station, clerk=staff_of(due.station, Role.SHIFT_LEAD))
    pay(due, till)
    return till


def tells(response, amount=EXPECTED):
    """Whether *amount* stands in the answer, grouped or not, in words, attributes or JSON."""
    return str(amount) in re.sub(r"(?<=\d)[.\s\xa0](?=\d{3})", "", response.content.decode())


@pytest.mark.parametrize("page", ["till", "close_form", "hand_over", "move", "charges", "report"])
def test_no_page_tells_what_is_expected(client_of, till, page):
    till_of(till.station)
    addresses = {"move": reverse("fees:move", args=["drop"]), "report": reverse("reports:shift", args=[till.shift_id])}

    answer = client_of(till.clerk).get(addresses.get(page) or reverse(f"fees:{page}"))

    assert (answer.status_code, tells(answer), tells(answer, 56_000)) == (200, False, False)


@pytest.mark.parametrize("address", [SHIFT_REPORT, "/api/v1/tills/{}/moves/"])
def test_no_api_tells_what_is_expected(api_of, till, address):
    which = till.shift_id if address == SHIFT_REPORT else till.pk

    answer = api_of(till.clerk).get(address.format(which))

    assert (answer.status_code, tells(answer), tells(answer, 56_000)) == (200, False, False)


def test_a_report_hides_the_cash_of_the_readers_own_open_drawer_only(client_of, api_of, till):
    manager = staff_of(till.station, Role.MANAGER)

    own = api_of(till.clerk).get(SHIFT_REPORT.format(till.shift_id)).json()
    others = api_of(manager).get(SHIFT_REPORT.format(till.shift_id)).json()

    assert ([line["cash"] for line in own["tills"]], own["money_in"], own["methods"]) == ([None], None, [])
    assert ([line["cash"] for line in others["tills"]], others["money_in"]) == ([56_000], 56_000)


def test_after_the_count_the_same_report_tells(api_of, till):
    services.close_till(till_id=till.pk, counts=notes(EXPECTED), reason="", by=till.clerk, now=till.opened_at)

    report = api_of(till.clerk).get(SHIFT_REPORT.format(till.shift_id)).json()

    assert ([line["cash"] for line in report["tills"]], report["money_in"]) == ([56_000], 56_000)


def test_a_count_that_the_api_refuses_is_kept_as_the_blind_one(api_of, till):
    body = {"counts": [{"denomination": 100_000, "quantity": 5}]}

    answer = api_of(till.clerk).post(f"/api/v1/tills/{till.pk}/close/", body, headers={"Idempotency-Key": "c"})

    assert (answer.status_code, answer.json()["code"]) == (409, "difference_needs_reason")
    assert [(row.counted, row.expected) for row in selectors.earlier_counts(till)] == [(500_000, EXPECTED)]


def test_the_slip_shows_every_count_before_the_last(client_of, till):
    client = client_of(till.clerk)
    client.post(reverse("fees:count"), KEY | {"notes_500000": 1})

    contents = KEY | {"notes_500000": 1, "notes_50000": 1, "notes_5000": 1, "notes_1000": 1}
    closed = client.post(reverse("fees:count"), contents | {"idempotency_key": "another"})
    slip = client.get(closed.url)

    assert [tells(slip, amount) for amount in (500_000, EXPECTED)] == [True, True]
    assert [row.difference for row in slip.context["earlier"]] == [-56_000]


def test_what_stands_against_closing_is_said_before_anybody_counts(client_of, till):
    other = till_of(till.station)
    services.hand_over(
        till_id=till.pk, to_till_id=other.pk, amount=1_000, reason="", by=till.clerk, now=till.opened_at
    )  # fmt: skip

    page = client_of(till.clerk).get(reverse("fees:close_form"))

    assert len(page.context["reasons"]) == 1


# --- a closed till, past all services


@pytest.fixture
def closed(till):
    services.close_till(till_id=till.pk, counts=notes(EXPECTED), reason="", by=till.clerk, now=till.opened_at)
    return Till.objects.get(pk=till.pk)


@pytest.mark.parametrize(
    "change",
    [
        lambda: Till.objects.update(state=TillState.OPEN, closed_at=None),
        lambda: Till.objects.update(opening_float=0),
        lambda: Till.objects.update(clerk=UserFactory()),
        lambda: Till.objects.update(closed_at=NOW.replace(year=2027)),
        lambda: Till.objects.all()._raw_delete("default"),
        lambda: TillClosing.objects.update(reason="doch nicht"),
        lambda: TillClosing.objects.all()._raw_delete("default"),
        lambda: CashCount.objects.update(quantity=9),
        lambda: Payment.objects.update(amount=1),
        lambda: Posting.objects.update(amount=1),
        lambda: Posting.objects.all().delete(),
    ],
)
@pytest.mark.usefixtures("closed")
def test_nothing_of_a_closed_till_can_be_changed(change):
    with pytest.raises(InternalError, match="Cannot"), transaction.atomic():
        change()


def test_no_entry_comes_after_the_closing(closed, now):
    with pytest.raises(IntegrityError, match="is not open"), transaction.atomic():
        Entry.objects.create(station=closed.station, till=closed, at=now, obj="till:1", text="bank")

    assert Posting.objects.filter(entry__till=closed, account=Account.BANK).count() == 0


def test_no_note_is_added_to_a_count(closed):
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    with pytest.raises(IntegrityError, match="its notes"), transaction.atomic():
        CashCount.objects.create(closing=closed.closing, denomination=2_000, quantity=1)


def test_a_closed_shift_cannot_be_changed(closed, now):
    shift = Shift.objects.get()
    shift.become("closed", by=closed.clerk, now=now, closed_at=now, closed_by=closed.clerk)

    with pytest.raises(InternalError), transaction.atomic():
        Shift.objects.update(hand_over_note="später geschrieben")


# --- midnight


def test_a_till_of_the_night_has_one_business_day(now):
    station = ChargeableDepartureFactory().station
    evening, morning = now.replace(hour=23, minute=50), now.replace(day=23, hour=4)
    shift = Shift.objects.create(
        station=station, name="Ca 3", business_on=now.date(), starts_at=now.replace(hour=21), ends_at=morning,
        lead=UserFactory(), opened_at=now.replace(hour=21),
    )  # fmt: skip
    till = till_of(station, now=evening)
    due = charge(ChargeableDepartureFactory(route__origin=station), now=morning)
    pay(due, till, now=morning, method=Method.CARD, reference="R1")

    closing = services.close_till(till_id=till.pk, counts=notes(500_000), reason="", by=till.clerk, now=morning)

    assert (till.shift, closing.till.shift.business_on) == (shift, now.date())
    assert JournalEntry.objects.get(action="shift_close").shift == shift
