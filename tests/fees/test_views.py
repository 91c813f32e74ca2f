import re

import pytest
import time_machine
from django.urls import reverse

from fees import services
from fees.enums import ChargeState, Method
from fees.models import Charge, Payment, TillClosing
from station.enums import Role, TillState
from station.models import JournalEntry, Till
from station.place import SESSION_KEY
from tests.factories import CounterFactory, StationFactory, staff, staff_of
from tests.factories_fees import ChargeableDepartureFactory, charge, notes, open_shift, pay, priced, till_of

pytestmark = pytest.mark.django_db
KEY = {"idempotency_key": "8f5e4c7a-0000-4000-8000-000000000001"}


@pytest.fixture(autouse=True)
def morning(now):
    with time_machine.travel(now, tick=False):
        yield


@pytest.fixture
def clerk_at(client_of):
    """A browser of a clerk at *station*."""

    def sign_in(station, role=Role.TICKET_CLERK):
        return client_of(staff_of(station, role))

    return sign_in


def notes_form(amount):
    return {f"notes_{note}": quantity for note, quantity in notes(amount).items()}


def text_of(response):
    words = re.sub(r"<[^>]+>", " ", response.content.decode())
    return re.sub(r"\s+", " ", words)


def errors_of(response):
    return [str(error) for error in response.context["form"].non_field_errors()]


# --- my till


@pytest.mark.parametrize("typed", ["9" * 5000, "9" * 15, "-1", "1e9", "٣"])
def test_what_is_no_amount_is_refused_in_the_form(clerk_at, typed):
    station = StationFactory()
    open_shift(station)

    answer = clerk_at(station).post(reverse("fees:open_till"), KEY | {"opening_float": typed})

    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["opening_float"])


def test_a_till_is_opened_with_a_grouped_float_at_a_counter(clerk_at):
    station = StationFactory()
    open_shift(station)
    counter = CounterFactory(station=station)

    answer = clerk_at(station).post(
        reverse("fees:open_till"), KEY | {"opening_float": "2.000.000", "counter": counter.pk}
    )

    assert (answer.status_code, answer.url) == (302, reverse("fees:till"))
    till = Till.objects.get()
    assert (till.opening_float, till.counter) == (2_000_000, counter)


@pytest.mark.parametrize(("typed", "float_"), [("500000", 500_000), ("500 000đ", 500_000), ("0", 0)])
def test_money_is_typed_as_people_write_it(clerk_at, typed, float_):
    station = StationFactory()
    open_shift(station)

    clerk_at(station).post(reverse("fees:open_till"), KEY | {"opening_float": typed})

    assert Till.objects.get().opening_float == float_


@pytest.mark.parametrize("typed", ["", "nhiều", "-5", "1e9", "9" * 15])
def test_what_is_no_money_is_said_at_the_field(clerk_at, typed):
    station = StationFactory()
    open_shift(station)

    answer = clerk_at(station).post(reverse("fees:open_till"), KEY | {"opening_float": typed})

    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["opening_float"])
    assert Till.objects.count() == 0


def test_a_counter_of_another_station_is_no_choice(clerk_at):
    station = StationFactory()
    open_shift(station)

    answer = clerk_at(station).post(
        reverse("fees:open_till"), KEY | {"opening_float": "0", "counter": CounterFactory().pk}
    )

    assert list(answer.context["form"].errors) == ["counter"]


def test_the_till_does_not_tell_what_the_drawer_should_hold(client_of):
    due = charge()
    till = till_of(due.station, opening_float=500_000)
    pay(due, till)

    words = text_of(client_of(till.clerk).get(reverse("fees:till")))

    assert [word in words for word in ("500.000đ", "56.376đ", "556.000đ", "56.000đ")] == [True, True, False, False]


@pytest.mark.parametrize("rows", [1, 3])
def test_the_till_asks_the_same_number_of_questions_for_any_number_of_payments(
    client_of, django_assert_num_queries, rows
):
    till = till_of(StationFactory(station_class=4))
    for _ in range(rows):
        pay(charge(ChargeableDepartureFactory(route__origin=till.station)), till)
    client = client_of(till.clerk)

    with django_assert_num_queries(10):
        answer = client.get(reverse("fees:till"))

    assert len(answer.context["payments"]) == 2 * rows


# --- counting and closing


def test_a_count_that_fits_closes_the_till_at_once(client_of):
    till = till_of(StationFactory())

    answer = client_of(till.clerk).post(reverse("fees:count"), KEY | notes_form(500_000))

    assert answer.url == reverse("fees:closing", args=[TillClosing.objects.get().pk])


def test_a_count_that_does_not_fit_shows_the_difference_and_asks_why(client_of):
    till = till_of(StationFactory())
    client = client_of(till.clerk)

    answer = client.post(reverse("fees:count"), KEY | notes_form(450_000))

    assert [stat in text_of(answer) for stat in ("450.000đ", "500.000đ", "−50.000đ")] == [True, True, True]
    assert Till.objects.get().state == TillState.OPEN
    assert JournalEntry.objects.filter(action="till_counted").count() == 1
    assert answer.context["form"]["notes_200000"].value() == 2


def test_the_second_step_closes_with_the_reason(client_of):
    till = till_of(StationFactory())
    contents = notes_form(450_000) | {"reason": "Thối nhầm"}

    answer = client_of(till.clerk).post(reverse("fees:close_till"), KEY | contents)

    closing = TillClosing.objects.get()
    assert answer.url == reverse("fees:closing", args=[closing.pk])
    assert (closing.difference, closing.reason) == (-50_000, "Thối nhầm")


def test_the_second_step_without_a_reason_is_refused(client_of):
    till = till_of(StationFactory())

    answer = client_of(till.clerk).post(reverse("fees:close_till"), KEY | notes_form(450_000) | {"reason": " "})

    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["reason"])
    assert Till.objects.get().state == TillState.OPEN


def test_closing_twice_with_one_form_gives_one_slip(client_of):
    till = till_of(StationFactory())
    client = client_of(till.clerk)

    answers = [client.post(reverse("fees:count"), KEY | notes_form(500_000)) for _ in range(2)]

    assert answers[0].url == answers[1].url
    assert TillClosing.objects.count() == 1


def test_the_slip_shows_number_count_and_grand_total(client_of):
    due = charge()
    till = till_of(due.station)
    pay(due, till, method=Method.CARD, reference="000123")
    closing = services.close_till(
        till_id=till.pk, counts=notes(450_000), reason="Thối nhầm", by=till.clerk, now=till.opened_at
    )

    words = text_of(client_of(till.clerk).get(reverse("fees:closing", args=[closing.pk])))

    expected = ("Z1", "2 × 200.000", "450.000đ", "−50.000đ", "Thối nhầm", "56.376đ", "500.000đ")
    assert [word for word in expected if word not in words] == []


def test_a_slip_of_another_station_is_not_found(clerk_at):
    till = till_of(StationFactory())
    closing = services.close_till(till_id=till.pk, counts=notes(500_000), reason="", by=till.clerk, now=till.opened_at)

    assert clerk_at(StationFactory()).get(reverse("fees:closing", args=[closing.pk])).status_code == 404


def test_without_a_till_there_is_nothing_to_count(clerk_at):
    answer = clerk_at(StationFactory()).get(reverse("fees:close_form"))

    assert (answer.status_code, answer.url) == (302, reverse("fees:till"))


# --- charges


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_asks_the_same_number_of_questions_for_any_number_of_charges(
    clerk_at, django_assert_num_queries, rows
):
    station = StationFactory(station_class=4)
    for _ in range(rows):
        charge(ChargeableDepartureFactory(route__origin=station))
    client = clerk_at(station)

    with django_assert_num_queries(9):
        answer = client.get(reverse("fees:charges"))

    assert len(answer.context["page"]) == rows


def test_the_list_holds_what_is_to_pay_here_and_the_tab_all_of_today(clerk_at, now):
    due, paid = charge(), None
    paid = charge(ChargeableDepartureFactory(route=due.departure.route))
    pay(paid, till_of(due.station))
    charge()  # of another station
    client = clerk_at(due.station)

    to_pay = client.get(reverse("fees:charges")).context["page"]
    today = client.get(reverse("fees:charges"), {"show": "today"}).context["page"]

    assert [list(to_pay), list(today)] == [[due], [due, paid]]


@pytest.mark.parametrize("typed", ["28B-001", "28b 001", "28B001"])
def test_a_plate_with_one_open_charge_opens_it(clerk_at, typed):
    station = StationFactory(station_class=4)
    wanted = charge(ChargeableDepartureFactory(route__origin=station, vehicle__plate="28B00142"))
    charge(ChargeableDepartureFactory(route__origin=station, vehicle__plate="28B00342"))

    answer = clerk_at(station).get(reverse("fees:charges"), {"q": typed})

    assert answer.url == reverse("fees:charge", args=[wanted.pk])


def test_a_coach_nobody_charged_is_found_by_its_plate_and_priced(clerk_at):
    priced()
    departure = ChargeableDepartureFactory(vehicle__plate="28B00142")
    client = clerk_at(departure.station)

    found = client.get(reverse("fees:charges"), {"q": "142"}).context["uncharged"]
    answer = client.post(reverse("fees:open_charge", args=[departure.pk]))

    assert found == [departure]
    assert answer.url == reverse("fees:charge", args=[Charge.objects.get().pk])


def test_a_charge_page_explains_itself_and_asks_for_notes(client_of):
    due = charge()
    till = till_of(due.station)

    words = text_of(client_of(till.clerk).get(reverse("fees:charge", args=[due.pk])))

    expected = ("1.800đ = 52.200đ", "4.176đ = 56.376đ", "mẫu 01/2026", "56.000đ")
    assert [word for word in expected if word not in words] == []


def test_a_charge_of_another_station_is_not_found(clerk_at):
    assert clerk_at(StationFactory()).get(reverse("fees:charge", args=[charge().pk])).status_code == 404


def test_two_submits_of_one_form_are_one_payment(client_of):
    due = charge()
    till = till_of(due.station)
    client, contents = client_of(till.clerk), KEY | {"method": "cash", "received": "100.000"}

    answers = [client.post(reverse("fees:pay", args=[due.pk]), contents) for _ in range(2)]

    assert [answer.url for answer in answers] == [reverse("fees:charge", args=[due.pk])] * 2
    payment = Payment.objects.get(kind="fee")
    assert (payment.received, payment.change) == (100_000, 44_000)


def test_the_same_key_with_other_contents_is_refused(client_of):
    due = charge()
    till = till_of(due.station)
    client = client_of(till.clerk)
    client.post(reverse("fees:pay", args=[due.pk]), KEY | {"method": "cash"})

    answer = client.post(reverse("fees:pay", args=[due.pk]), KEY | {"method": "card", "reference": "1"})

    assert (answer.status_code, len(errors_of(answer))) == (422, 1)
    assert Payment.objects.filter(kind="fee").count() == 1


@pytest.mark.parametrize(
    "contents", [{"method": "cash", "received": "1.000"}, {"method": "transfer"}, {"method": "card", "reference": " "}]
)
def test_a_refused_payment_says_why_in_its_form(client_of, contents):
    due = charge()
    till = till_of(due.station)

    answer = client_of(till.clerk).post(reverse("fees:pay", args=[due.pk]), KEY | contents)

    assert (answer.status_code, len(errors_of(answer))) == (422, 1)
    assert Charge.objects.get().state == ChargeState.DUE


def test_without_a_till_no_money_is_taken(clerk_at):
    due = charge()
    client = clerk_at(due.station)

    page = client.get(reverse("fees:charge", args=[due.pk]))
    answer = client.post(reverse("fees:pay", args=[due.pk]), KEY | {"method": "cash"})

    assert reverse("fees:pay", args=[due.pk]) not in page.content.decode()
    assert (answer.status_code, len(errors_of(answer))) == (422, 1)


def test_a_till_of_another_station_is_refused_with_its_reason(client_of):
    due = charge()
    till = till_of(StationFactory())
    client = client_of(staff(till.clerk, due.station, Role.TICKET_CLERK))
    session = client.session
    session[SESSION_KEY] = due.station.code
    session.save()

    answer = client.post(reverse("fees:pay", args=[due.pk]), KEY | {"method": "cash"})

    assert answer.status_code == 422
    assert [str(due.station) in error for error in errors_of(answer)] == [True]


def test_a_receipt_shows_the_rounding_and_the_change(client_of):
    due = charge()
    till = till_of(due.station)
    payment = pay(due, till, received=100_000).payment

    words = text_of(client_of(till.clerk).get(reverse("fees:receipt", args=[payment.pk])))

    expected = ("56.376đ", "−376đ", "56.000đ", "100.000đ", "44.000đ", due.service.name)
    assert [word for word in expected if word not in words] == []


def test_a_receipt_of_another_station_is_not_found(clerk_at):
    due = charge()
    payment = pay(due, till_of(due.station)).payment

    assert clerk_at(StationFactory()).get(reverse("fees:receipt", args=[payment.pk])).status_code == 404


def test_a_right_at_one_station_opens_no_slip_and_no_receipt_of_another(client_of):
    due = charge()
    till = till_of(due.station)
    payment = pay(due, till).payment
    closing = services.count_till(till_id=till.pk, counts=notes(556_000), by=till.clerk, now=till.opened_at).closing
    person = staff(staff_of(StationFactory(), Role.ACCOUNTANT), due.station, Role.GUARD)
    client = client_of(person)
    session = client.session
    session[SESSION_KEY] = person.memberships.get(role=Role.ACCOUNTANT).station.code
    session.save()

    addresses = [reverse("fees:receipt", args=[payment.pk]), reverse("fees:closing", args=[closing.pk])]

    assert [client.get(address).status_code for address in addresses] == [404, 404]


@pytest.mark.parametrize(
    ("role", "statuses"),
    [
        (Role.TICKET_CLERK, [200, 200, 422]),
        (Role.ACCOUNTANT, [200, 200, 422]),
        (Role.INSPECTOR, [200, 403, 403]),
        (Role.GUARD, [403, 403, 403]),
    ],
)
def test_who_may_look_open_and_take(clerk_at, role, statuses):
    due = charge()
    client = clerk_at(due.station, role)

    answers = [
        client.get(reverse("fees:charges")),
        client.get(reverse("fees:till")),
        client.post(reverse("fees:pay", args=[due.pk]), KEY | {"method": "cash"}),
    ]

    assert [answer.status_code for answer in answers] == statuses
