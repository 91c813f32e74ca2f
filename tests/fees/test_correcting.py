import pytest
import time_machine
from django.db import IntegrityError, InternalError, transaction
from django.urls import reverse

from fees import selectors, services
from fees.enums import Method
from fees.errors import ClosingElsewhere, MoveNeedsReason, NotWholeNotes, ReferenceMissing
from fees.models import Payment, TillCorrection
from station.enums import Role
from station.errors import ApprovalRefused, ApprovesOwn, TillClosed
from station.models import JournalEntry
from tests.factories import StationFactory, UserFactory, staff, staff_of
from tests.factories_fees import notes, till_of

pytestmark = pytest.mark.django_db
KEY = {"idempotency_key": "8f5e4c7a-0000-4000-8000-000000000004"}
PASSWORD = "demo-mật-khẩu"
FOUND = services.Correction(20_000, "rơi sau ngăn kéo")


@pytest.fixture(autouse=True)
def morning(now):
    with time_machine.travel(now, tick=False):
        yield


@pytest.fixture
def short():
    """A till that was closed 20.000đ short."""
    till = till_of(StationFactory())
    return services.close_till(
        till_id=till.pk, counts=notes(480_000), reason="thiếu", by=till.clerk, now=till.opened_at
    )  # fmt: skip


@pytest.fixture
def till(short):
    return till_of(short.station, opening_float=100_000)


@pytest.fixture
def lead(short):
    person = UserFactory(username="truongca8")
    person.set_password(PASSWORD)
    person.save()
    return staff(person, short.station, Role.SHIFT_LEAD)


@pytest.fixture
def correct(short, till, lead, now):
    def book(correction=FOUND, **facts):
        usual = {"closing_id": short.pk, "till_id": till.pk, "approver": lead, "by": till.clerk, "now": now}
        return services.correct_till(correction=correction, **(usual | facts))

    return book


def postings(correction):
    return list(correction.payment.entry.postings.order_by("pk").values_list("account", "amount"))


def test_money_that_turned_up_is_in_the_drawer_of_today(correct, short, till):
    found = correct()

    assert (found.closing, found.payment.till, found.payment.amount) == (short, till, 20_000)
    assert postings(found) == [("drawer", 20_000), ("over_short", -20_000)]
    assert selectors.drawer_balance(till) == 120_000


def test_money_that_is_owed_leaves_the_drawer_of_today(correct, till):
    correct(services.Correction(-50_000, "khách được thối thiếu"))

    assert selectors.drawer_balance(till) == 50_000


def test_money_that_was_at_the_bank_all_the_time_moves_no_cash(correct, till):
    found = correct(services.Correction(20_000, "khách quẹt thẻ, ghi nhầm tiền mặt", Method.CARD, "000123"))

    assert postings(found) == [("bank", 20_000), ("over_short", -20_000)]
    assert selectors.drawer_balance(till) == 100_000


def test_the_closed_till_is_not_touched(correct, short):
    before = (short.expected_cash, short.counted_cash, short.difference, short.taken)

    correct()

    short.refresh_from_db()
    assert (short.expected_cash, short.counted_cash, short.difference, short.taken) == before
    assert Payment.objects.filter(till=short.till).count() == 0


def test_the_next_closing_expects_it(correct, till, now):
    correct()

    closing = services.close_till(till_id=till.pk, counts=notes(120_000), reason="", by=till.clerk, now=now)

    assert (closing.expected_cash, closing.difference) == (120_000, 0)


def test_two_people_answer_for_it(correct, till):
    with pytest.raises(ApprovesOwn):
        correct(approver=till.clerk)
    with pytest.raises(ApprovalRefused):
        correct(approver=staff_of(till.station, Role.TICKET_CLERK))

    assert TillCorrection.objects.count() == 0


@pytest.mark.parametrize(
    ("correction", "refusal"),
    [
        (services.Correction(20_000, "  "), MoveNeedsReason),
        (services.Correction(0, "?"), NotWholeNotes),
        (services.Correction(500, "?"), NotWholeNotes),
        (services.Correction(20_000, "?", Method.TRANSFER), ReferenceMissing),
    ],
)
def test_what_cannot_be_booked_is_refused(correct, correction, refusal):
    with pytest.raises(refusal):
        correct(correction)

    assert Payment.objects.count() == 0


def test_it_is_booked_where_the_till_was_closed_and_in_an_open_till(correct, short, till, now):
    elsewhere = till_of(StationFactory())
    with pytest.raises(ClosingElsewhere):
        correct(till_id=elsewhere.pk, by=elsewhere.clerk)
    with pytest.raises(TillClosed):
        correct(till_id=short.till_id, by=short.till.clerk)


def test_it_stands_in_the_journal_of_the_till_of_today(correct, short, till):
    correct()

    row = JournalEntry.objects.get(action="till_corrected")
    assert (row.obj, row.till) == (f"till:{short.till_id}", till)


def test_a_correction_cannot_be_changed(correct):
    correct()

    with pytest.raises(InternalError), transaction.atomic():
        TillCorrection.objects.update(reason="anders")


def test_the_database_wants_two_people_too(correct, till):
    found = correct()

    with pytest.raises(IntegrityError, match="nobody_approves_their_own_correction"):
        TillCorrection.objects.create(
            closing=found.closing, payment=Payment.objects.get(), reason="?", approved_by=till.clerk, by=till.clerk,
            at=found.at,
        )  # fmt: skip


# --- page and API


def test_the_page_books_it_and_both_slips_name_each_other(client_of, short, till, lead, now):
    client = client_of(till.clerk)
    contents = {"amount": "20.000", "direction": "found", "method": "cash", "reason": "rơi sau ngăn kéo"}

    answer = client.post(
        reverse("fees:correct", args=[short.pk]), KEY | contents | {"username": lead.username, "password": PASSWORD}
    )
    mine = services.close_till(till_id=till.pk, counts=notes(120_000), reason="", by=till.clerk, now=now)
    slips = [client.get(reverse("fees:closing", args=[pk])).context for pk in (short.pk, mine.pk)]

    assert answer.url == reverse("fees:till")
    found = TillCorrection.objects.get()
    assert [list(slip["corrections"]) for slip in slips] == [[found], []]
    assert [list(slip["corrected"]) for slip in slips] == [[], [found]]


def test_a_wrong_password_books_nothing(client_of, short, till, lead):
    contents = {"amount": "20.000", "direction": "owed", "method": "cash", "reason": "?", "username": lead.username}

    answer = client_of(till.clerk).post(
        reverse("fees:correct", args=[short.pk]), KEY | contents | {"password": "falsch"}
    )

    assert (answer.status_code, TillCorrection.objects.count()) == (422, 0)


def test_without_a_till_of_ones_own_there_is_nowhere_to_book(client_of, short):
    person = staff_of(short.station, Role.TICKET_CLERK)

    assert client_of(person).get(reverse("fees:correct", args=[short.pk])).url == reverse("fees:till")


def test_a_closing_of_another_station_is_not_found(client_of, short):
    stranger = staff_of(StationFactory(), Role.TICKET_CLERK)

    assert client_of(stranger).get(reverse("fees:correct", args=[short.pk])).status_code == 404


def test_the_api_books_it(api_of, short, till, lead):
    body = {"amount": -50_000, "reason": "thối thiếu", "username": lead.username, "password": PASSWORD}

    answer = api_of(till.clerk).post(
        f"/api/v1/closings/{short.pk}/corrections/", body, headers={"Idempotency-Key": "x"}
    )

    assert (answer.status_code, answer.json()["till"], answer.json()["amount"]) == (201, till.pk, -50_000)
