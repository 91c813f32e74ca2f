"""The page of the desk: what each step does, how it is refused, and whose it is."""

from datetime import timedelta

import pytest
from django.urls import reverse

from dispatch import services
from dispatch.models import DispatchOrder, Inspection
from fees.models import Charge, Payment
from fees.services import open_till
from station.enums import Role
from station.models import Departure, YardVisit
from station.rules import plates
from tests.dispatch.looking import SOON, desk, due
from tests.factories import NOW, TODAY, StationFactory, UserFactory, staff, staff_of
from tests.factories_dispatch import (
    cleared,
    confirmed,
    dispatcher_of,
    drawn,
    entered,
    inside,
    issued,
)
from tests.factories_fees import ChargeableDepartureFactory, open_shift

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]


# --- the page


@pytest.fixture
def person(client_of):
    """The browser of somebody who works at the desk of a departure's station."""
    return lambda departure, role=Role.DISPATCHER: client_of(staff_of(departure.station, role))


def post(client, name: str, pk: int | None = None, key: str = "k1", **data):
    address = reverse(f"dispatch:desk_{name}", args=[pk] if pk else [])
    return client.post(address, {"idempotency_key": key, **data})


def said(response) -> list[str]:
    return [str(error) for error in response.context["form"].non_field_errors()]


def test_dispatchers_and_shift_leads_are_at_home_on_the_desk_and_nobody_else_sees_it(client_of):
    departure = due()

    homes = {
        role: client_of(staff_of(departure.station, role)).get(reverse("home"))["Location"]
        for role in (Role.DISPATCHER, Role.SHIFT_LEAD)
    }
    codes = {
        role: client_of(staff_of(departure.station, role)).get("/desk/").status_code
        for role in (Role.TICKET_CLERK, Role.GUARD, Role.MANAGER, Role.INSPECTOR)
    }

    assert homes == dict.fromkeys([Role.DISPATCHER, Role.SHIFT_LEAD], "/desk/")
    assert set(codes.values()) == {403}


def test_a_coach_goes_through_the_station_by_the_forms_of_the_desk(client_of):
    departure = due()
    issued(departure)
    user = staff_of(departure.station, Role.DISPATCHER)
    open_shift(departure.station)
    open_till(station=departure.station, clerk=user, counter_id=None, opening_float=0, now=NOW)
    client, plate = client_of(user), departure.vehicle.plate

    page = f"/desk/?q={plate}&at={departure.station.code}"
    answers = [post(client, "enter", key="1", plate=plate, at=departure.station.code, passengers="12")]
    visit = YardVisit.objects.get()
    answers.append(post(client, "check", visit.pk, key="2"))
    answers.append(post(client, "pay", Charge.objects.get().pk, key="3", method="cash"))
    answers.append(post(client, "confirm", departure.pk, key="4", passengers="3"))
    answers.append(post(client, "out", visit.pk, key="5", way="leave"))

    assert [answer["Location"] for answer in answers] == [page, page, page, page, "/desk/"]
    departure.refresh_from_db()
    visit.refresh_from_db()
    assert (departure.state, visit.state, visit.passengers_in) == ("departed", "left", 12)
    assert Payment.objects.get(kind="fee").method == "cash"


def test_the_same_form_twice_is_done_once(person):
    departure = due()
    client = person(departure)
    data = {"plate": departure.vehicle.plate, "at": departure.station.code}

    answers = [post(client, "enter", **data), post(client, "enter", **data)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert YardVisit.objects.count() == 1


@pytest.mark.parametrize("step", ["enter", "check", "pay", "confirm", "out"])
def test_a_step_that_somebody_did_a_moment_ago_says_who_and_when_and_shows_what_is_next(client_of, step):
    departure = confirmed(due()).departure
    visit, charge = YardVisit.objects.get(), Charge.objects.get()
    lead = staff(UserFactory(full_name="Lê Thị Trưởng Ca"), departure.station, Role.SHIFT_LEAD)
    open_till(station=departure.station, clerk=lead, counter_id=None, opening_float=0, now=NOW)
    if step == "out":
        services.let_out(visit_id=visit.pk, by=dispatcher_of(departure.station), now=NOW)
    first = {
        "enter": visit.entered_by, "check": Inspection.objects.get().checked_by, "pay": charge.payment.by,
        "confirm": departure.order_legs.get().confirmed_by, "out": YardVisit.objects.get().left_by,
    }[step]  # fmt: skip
    pk = {"check": visit.pk, "pay": charge.pk, "confirm": departure.pk, "out": visit.pk}.get(step)
    data = {
        "enter": {"plate": visit.plate, "at": departure.station.code}, "pay": {"method": "cash"},
        "confirm": {"passengers": "3"}, "out": {"way": "leave"},
    }.get(step, {})  # fmt: skip

    answer = post(client_of(lead), step, pk, **data)

    plate = f"{visit.plate[:3]}-{visit.plate[3:6]}.{visit.plate[6:]}"
    assert answer.status_code == 422
    assert said(answer) == [f"{first} vừa làm bước này lúc 09:00: {plate} đã sang bước sau."]
    assert answer.context["chosen"].step == (None if step == "out" else "let_out")
    assert Payment.objects.filter(kind="fee").count() == 1


def test_a_refused_check_is_kept_shown_and_can_be_done_again(person):
    departure = due()
    drawn(departure)
    visit = inside(departure)
    client = person(departure)

    post(client, "check", visit.pk, key="1")
    post(client, "check", visit.pk, key="2")
    page = client.get("/desk/", {"q": visit.plate})

    assert list(Inspection.objects.values_list("result", flat=True)) == ["refused", "refused"]
    assert page.context["chosen"].refused_because == ["Lệnh chưa được đơn vị vận tải ký."]


def test_a_paper_sheet_is_typed_at_the_check_and_its_days_are_those_of_the_departure(person):
    departure = due(electronic=False)
    visit = inside(departure)

    post(person(departure), "check", visit.pk, number=" LVC-9 ")

    order = DispatchOrder.objects.get()
    assert (order.paper_number, order.valid_from, order.valid_until) == ("LVC-9", TODAY, TODAY)
    assert Inspection.objects.get().has_passed


def test_a_paper_operator_without_number_is_asked_for_it_and_nothing_is_written(person):
    departure = due(electronic=False)
    visit = inside(departure)

    answer = post(person(departure), "check", visit.pk)

    assert answer.context["form"].errors["number"] == ["Hãy gõ số lệnh giấy: xe này không có lệnh nào khác."]
    assert (answer.status_code, Inspection.objects.count()) == (422, 0)
    assert answer.context["chosen"].departure == departure


def test_a_known_sheet_is_offered_and_its_next_line_taken(person):
    first = due(electronic=False)
    order = entered(first)
    services.advance_document(order_id=order.pk, message_id=None, now=NOW)
    second = ChargeableDepartureFactory(
        operator=first.operator, vehicle=first.vehicle, driver=first.driver, route=first.route,
        planned_at=SOON + timedelta(minutes=30),
    )  # fmt: skip
    Departure.objects.filter(pk=first.pk).update(state="missed")
    visit = inside(second)
    client = person(second)

    offered = client.get("/desk/", {"q": visit.plate}).context["chosen"].known_sheet
    post(client, "check", visit.pk, next_leg_of=order.pk)

    assert offered == order
    assert list(order.legs.order_by("position").values_list("departure", flat=True)) == [first.pk, second.pk]
    assert Inspection.objects.get().has_passed


def test_money_without_a_till_is_refused_in_words_and_the_row_says_so(person):
    departure = due()
    issued(departure)
    visit = inside(departure)
    client = person(departure)
    post(client, "check", visit.pk)

    page = client.get("/desk/", {"q": visit.plate})
    answer = post(client, "pay", Charge.objects.get().pk, key="2", method="cash")

    back = f"/till/?next=%2Fdesk%2F%3Fq%3D{visit.plate}%26at%3D{departure.station.code}"
    assert page.content.decode().count(back) == 1
    assert "Két của bạn chưa mở." in page.content.decode()
    assert said(answer) == ["Hãy mở két trước: thu tiền phải có két."]


def test_a_till_at_another_station_is_said_before_money_is_asked_for(client_of):
    departure, elsewhere = due(), StationFactory()
    issued(departure)
    visit = inside(departure)
    user = staff(staff_of(departure.station, Role.SHIFT_LEAD), elsewhere, Role.SHIFT_LEAD)
    open_shift(elsewhere)
    open_till(station=elsewhere, clerk=user, counter_id=None, opening_float=0, now=NOW)
    client, charge = client_of(user), Charge.objects.get()
    post(client, "check", visit.pk)

    page = client.get("/desk/", {"q": visit.plate}).content.decode()
    answer = post(client, "pay", charge.pk, key="2", method="cash")

    assert (page.count('data-step="pay"'), page.count(reverse("dispatch:desk_pay", args=[charge.pk]))) == (1, 0)
    assert (answer.status_code, Payment.objects.count()) == (422, 0)


def test_opening_the_till_from_the_desk_comes_back_to_it_and_never_leads_away(client_of):
    departure = due()
    open_shift(departure.station)
    user = staff_of(departure.station, Role.DISPATCHER)
    client = client_of(user)

    shown = client.get("/till/", {"next": "/desk/?q=1"}).context["next"]
    away = client.get("/till/", {"next": "https://example.com/"}).context["next"]
    data = {"idempotency_key": "t", "opening_float": "0", "next": "/desk/?q=1"}
    answer = client.post(reverse("fees:open_till"), data)

    assert (shown, away, answer["Location"]) == ("/desk/?q=1", "", "/desk/?q=1")


def test_a_transfer_needs_its_reference(client_of):
    departure = due()
    inside(departure)
    open_shift(departure.station)
    user = staff_of(departure.station, Role.DISPATCHER)
    open_till(station=departure.station, clerk=user, counter_id=None, opening_float=0, now=NOW)
    client, charge = client_of(user), Charge.objects.get()

    without = post(client, "pay", charge.pk, method="transfer")
    post(client, "pay", charge.pk, method="transfer", reference="FT1")

    assert without.status_code == 422
    assert list(Payment.objects.values_list("method", "reference", "amount")) == [("transfer", "FT1", 56_376)]


def test_a_departure_without_a_price_is_priced_at_the_desk(person):
    departure = due()
    visit = inside(departure)
    issued(departure)
    client = person(departure)

    answer = post(client, "price", departure.pk)

    assert answer.status_code == 302
    assert Charge.objects.get().departure == departure
    assert visit.departure == departure


def test_a_site_that_is_not_yours_is_refused_in_a_sentence_and_nothing_happens(client_of):
    departure = cleared(due())
    visit, charge = YardVisit.objects.get(), Charge.objects.get()
    elsewhere = client_of(staff_of(StationFactory(), Role.SHIFT_LEAD))
    name = departure.station.name

    answers = [
        post(elsewhere, "enter", plate="29B55555", at=departure.station.code),
        post(elsewhere, "check", visit.pk),
        post(elsewhere, "pay", charge.pk, method="cash"),
        post(elsewhere, "price", departure.pk),
        post(elsewhere, "confirm", departure.pk, passengers="1"),
        post(elsewhere, "out", visit.pk, way="leave_empty"),
    ]

    sentence = "Vai trò của bạn tại {} không có quyền này. Hãy hỏi trưởng ca."
    assert [said(answer) for answer in answers] == [
        [sentence.format(departure.station.code)], *[[sentence.format(name)]] * 5,
    ]  # fmt: skip
    assert {answer.status_code for answer in answers} == {422}
    assert desk(departure).coaches[0].step == "check"
    assert elsewhere.get("/desk/", {"q": visit.plate}).context["chosen"].departure is None


def test_the_digits_of_another_coach_are_no_number_of_a_sheet(person):
    departure, other = due(), due()
    Departure.objects.filter(pk=other.pk).update(station=departure.station)
    visit = inside(departure)
    digits = other.vehicle.plate[-4:]
    client = person(departure)

    answer = post(client, "check", visit.pk, number=digits)

    plate = plates.display(other.vehicle.plate)
    [sentence] = said(answer)
    assert sentence.startswith(f"«{digits}» là số cuối của xe {plate}: nhấn Esc để chọn xe đó.")
    assert (DispatchOrder.objects.count(), Inspection.objects.count()) == (0, 0)


def test_somebody_of_two_sites_has_both_on_one_desk(client_of):
    one, two = due(), due()
    user = staff(staff_of(one.station, Role.SHIFT_LEAD), two.station, Role.DISPATCHER)
    client = client_of(user)

    page = client.get("/desk/")
    post(client, "enter", plate=two.vehicle.plate, at=two.station.code)

    assert [coach.departure for coach in page.context["desk"].coaches] == [one, two]
    assert YardVisit.objects.get().station == two.station


def test_a_role_at_one_site_opens_no_desk_at_another(client_of):
    one, two = due(), due()
    user = staff(staff_of(one.station, Role.SHIFT_LEAD), two.station, Role.GUARD)

    page = client_of(user).get("/desk/")

    assert [coach.departure for coach in page.context["desk"].coaches] == [one]


@pytest.mark.parametrize("count", [1, 3, 30])
def test_the_desk_costs_the_same_queries_however_many_coaches(client_of, django_assert_num_queries, count):
    """The dearest case: somebody of two sites looks at a coach whose sheet may be known."""
    first = due(electronic=False)
    for _ in range(count - 1):
        issued(due(route=first.route))
    inside(first)
    client = client_of(staff(staff_of(first.station, Role.SHIFT_LEAD), StationFactory(), Role.SHIFT_LEAD))

    with django_assert_num_queries(15):
        page = client.get("/desk/", {"q": first.vehicle.plate})

    assert len(page.context["desk"].coaches) == count
