import pytest
from django.urls import reverse

from dispatch.enums import LegState
from dispatch.models import DispatchOrder, OrderLeg
from dispatch.selectors.document import qr_address
from station.enums import DepartureState, ExitKind, Role, VisitState
from station.models import Departure, YardVisit
from tests.factories import staff_of
from tests.factories_dispatch import cleared, confirmed, dispatcher_of, inside, issued, ready_departure

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]


@pytest.fixture
def guard(client_of):
    """The browser of a guard at the station of a departure."""
    return lambda departure: client_of(staff_of(departure.station, Role.GUARD))


def look(client, typed: str):
    return client.get(reverse("dispatch:gate"), {"q": typed}).context["verdict"]


def post(client, way: str, departure: Departure, **more):
    data = {"idempotency_key": "k1", "way": way, "plate": departure.vehicle.plate, **more}
    return client.post(reverse("dispatch:pass_gate"), data)


@pytest.mark.parametrize("digits", [3, 4, 5])
def test_the_last_digits_find_the_coach_that_is_expected(guard, digits):
    departure = ready_departure()

    verdict = look(guard(departure), departure.vehicle.plate[-digits:])

    assert (verdict.answer, verdict.departure) == ("enter", departure)


def test_a_plate_is_found_however_it_is_typed(guard):
    departure = ready_departure()
    plate = departure.vehicle.plate
    typed = f"{plate[:3].lower()}-{plate[3:6]}.{plate[6:]}"

    assert look(guard(departure), typed).departure == departure


def test_the_qr_code_of_the_order_finds_the_coach(guard):
    departure = ready_departure()
    order = issued(departure)

    assert look(guard(departure), qr_address(order)).departure == departure


def test_a_coach_that_stands_here_would_leave(guard):
    departure = confirmed().departure

    verdict = look(guard(departure), departure.vehicle.plate)

    assert (verdict.answer, verdict.passengers, verdict.places) == ("leave", 3, 4)


def test_a_coach_that_only_lacks_the_confirmation_says_so(guard):
    departure = cleared()

    verdict = look(guard(departure), departure.vehicle.plate)

    assert (verdict.answer, verdict.findings) == ("confirm", [])


def test_a_coach_with_something_missing_is_held_with_every_reason(guard):
    departure = ready_departure()
    inside(departure)

    verdict = look(guard(departure), departure.vehicle.plate)

    assert (verdict.answer, [finding.code for finding in verdict.findings]) == (
        "hold",
        ["order_missing", "fee_unpaid"],
    )


def test_a_whole_plate_that_nobody_knows_may_come_in(guard):
    verdict = look(guard(ready_departure()), "29b-999.99")

    assert (verdict.answer, verdict.plate, verdict.departure) == ("enter", "29B99999", None)


def test_digits_that_fit_nothing_find_nothing(guard):
    assert look(guard(ready_departure()), "99999") is None


def test_the_coach_in_the_yard_comes_before_one_that_is_expected(guard):
    here = ready_departure(vehicle__plate="28B12345")
    inside(here)
    ready_departure(route=here.route, vehicle__plate="29B12345")

    response = guard(here).get(reverse("dispatch:gate"), {"q": "2345"})

    assert response.context["verdict"].plate == "28B12345"
    assert [coach.plate for coach in response.context["others"]] == ["29B12345"]


def test_in_and_out_by_the_buttons(guard):
    departure = ready_departure()
    client = guard(departure)

    post(client, "enter", departure, passengers="12")

    visit = YardVisit.objects.get()
    assert (visit.state, visit.passengers_in) == (VisitState.IN_YARD, 12)


def test_enter_twice_lets_one_coach_in(guard):
    departure = ready_departure()
    client = guard(departure)

    answers = [post(client, "enter", departure).status_code for _ in range(2)]

    assert (answers, YardVisit.objects.count()) == ([302, 302], 1)


def test_a_confirmed_coach_goes_out(guard):
    departure = confirmed().departure

    post(guard(departure), "leave", departure)

    assert Departure.objects.get().state == DepartureState.DEPARTED


def test_a_coach_that_may_not_leave_stays_and_the_page_says_why(guard):
    departure = ready_departure()
    inside(departure)

    response = post(guard(departure), "leave", departure)

    assert (response.status_code, YardVisit.objects.get().state) == (422, VisitState.IN_YARD)
    assert len(response.context["reasons"]) == 2


def test_a_stale_screen_does_not_let_the_wrong_way(guard):
    departure = ready_departure()

    response = post(guard(departure), "leave", departure)

    assert (response.status_code, YardVisit.objects.count()) == (422, 0)


def test_a_coach_goes_for_repair(guard):
    departure = ready_departure()
    inside(departure)

    post(guard(departure), "leave_empty", departure)

    assert YardVisit.objects.get().exit_kind == ExitKind.EMPTY


def test_a_dispatcher_confirms_at_the_gate_and_then_lets_out(client_of):
    departure = cleared()
    client = client_of(dispatcher_of(departure.station))
    plate = departure.vehicle.plate

    response = client.post(
        reverse("dispatch:gate_confirm", args=[departure.pk]), {"idempotency_key": "k1", "passengers": 2}
    )

    assert response.url == f"{reverse('dispatch:gate')}?q={plate}"
    assert OrderLeg.objects.get().state == LegState.CONFIRMED
    assert look(client, plate).answer == "leave"


def test_more_passengers_than_places_come_back_as_an_error(client_of):
    departure = cleared()
    client = client_of(dispatcher_of(departure.station))

    response = client.post(
        reverse("dispatch:gate_confirm", args=[departure.pk]), {"idempotency_key": "k1", "passengers": 60}
    )

    assert (response.status_code, OrderLeg.objects.get().state) == (422, LegState.PENDING)


def test_a_guard_cannot_confirm(guard):
    departure = cleared()

    response = guard(departure).post(
        reverse("dispatch:gate_confirm", args=[departure.pk]), {"idempotency_key": "k1", "passengers": 2}
    )

    assert (response.status_code, DispatchOrder.objects.get().state) == (403, "issued")


def test_a_coach_of_another_station_is_not_seen(guard):
    departure, elsewhere = ready_departure(), ready_departure()
    inside(departure)

    response = post(guard(elsewhere), "leave", departure)

    assert (response.status_code, YardVisit.objects.get().state) == (422, VisitState.IN_YARD)


@pytest.mark.parametrize("rows", [1, 3])
def test_the_gate_costs_the_same_for_one_and_three_movements(guard, rows, django_assert_num_queries):
    first = ready_departure()
    inside(first)
    for _ in range(rows - 1):
        inside(ready_departure(route=first.route))
    client = guard(first)

    with django_assert_num_queries(7):
        response = client.get(reverse("dispatch:gate"))

    assert len(response.context["movements"]) == rows
