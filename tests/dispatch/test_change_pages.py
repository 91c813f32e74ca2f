"""The pages and the API of a changed departure."""

import pytest

from dispatch import services
from station.enums import DepartureState, Role, SeatKind
from station.models import Seat
from tests.factories import SeatMapFactory, StationFactory, VehicleFactory, at, staff_of
from tests.factories_dispatch import dispatcher_of, ready_departure
from tests.factories_ticketing import declare_fares, sell

pytestmark = pytest.mark.django_db


@pytest.fixture
def departure():
    """14:00 with four seats A1, A2, B1, B2."""
    departure = ready_departure(planned_at=at("14:00"))
    declare_fares(departure)
    return departure


@pytest.fixture
def later(departure):
    """The same run at 15:00."""
    return ready_departure(
        planned_at=at("15:00"), route=departure.route, operator=departure.operator, driver=departure.driver,
        vehicle=VehicleFactory(operator=departure.operator), seat_map=departure.seat_map,
    )  # fmt: skip


def who(departure, now):
    return {"departure_id": departure.pk, "by": dispatcher_of(departure.station), "now": now}


def delay(departure, now, minutes=20):
    return services.delay_departure(**who(departure, now), minutes=minutes, reason="đường tắc")


def replace(departure, vehicle, now):
    return services.replace_vehicle(**who(departure, now), vehicle_id=vehicle.pk, driver_id=None, reason="hỏng xe")


def coach_with(departure, *labels, kind=SeatKind.SEAT):
    """Another coach of the operator with these seats."""
    layout = SeatMapFactory(size=0)
    for ordinal, label in enumerate(labels, start=1):
        Seat.objects.create(seat_map=layout, ordinal=ordinal, label=label, kind=kind, deck=1, row=ordinal, column=1)
    return VehicleFactory(operator=departure.operator, seat_map=layout)


@pytest.fixture
def client(departure, client_of, now, time_machine):
    time_machine.move_to(now, tick=False)
    return client_of(dispatcher_of(departure.station))


def post(client, departure, verb, **said):
    fields = {f"{verb}-{name}": value for name, value in said.items()}
    return client.post(f"/departures/{departure.pk}/{verb}/", {**fields, "idempotency_key": verb})


def test_the_page_offers_every_change(client, departure, later):
    page = client.get(f"/departures/{departure.pk}/change/")

    assert list(page.context["forms"]["merge"].fields["into"].queryset) == [later]
    assert page.status_code == 200


def test_after_a_change_comes_the_work_list(client, departure):
    sell(departure, "A1")

    answer = post(client, departure, "cancel", reason="hỏng xe")

    assert (answer.status_code, answer.url) == (302, f"/departures/{departure.pk}/affected/")
    page = client.get(answer.url)
    assert [work.is_displaced for work in page.context["lists"][0].works] == [True]


def test_each_form_changes_the_departure(client, departure, later):
    sell(departure, "A1")
    other = coach_with(departure, "A1")

    assert post(client, departure, "delay", minutes=20, reason="tắc đường").status_code == 302
    assert post(client, departure, "replace", vehicle=other.pk, reason="hỏng xe").status_code == 302
    assert post(client, departure, "merge", into=later.pk, reason="vắng khách").status_code == 302
    departure.refresh_from_db()
    assert (departure.state, departure.vehicle) == (DepartureState.CANCELLED, other)


def test_a_refusal_stands_in_its_form(client, departure):
    answer = post(client, departure, "replace", vehicle=VehicleFactory().pk, reason="hỏng xe")

    assert (answer.status_code, "vehicle" in answer.context["forms"]["replace"].errors) == (422, True)


def test_a_passenger_is_seated_and_told_on_the_work_list(client, departure, now):
    sell(departure, "A1")
    sell(departure, "B2")
    rows = replace(departure, coach_with(departure, "A1", "X1"), now).affected.order_by("from_label")
    kept, lost = rows

    client.post(f"/affected/{kept.pk}/told/", {"idempotency_key": "k1"})
    client.post(f"/affected/{lost.pk}/seat/", {"seat": "X1", "idempotency_key": "k2"})

    assert client.get("/changes/").context["page"].object_list[0].has_work is False
    assert client.post(f"/affected/{lost.pk}/seat/", {"seat": "X1", "idempotency_key": "k3"}).status_code == 422


def test_a_clerk_sees_the_list_and_may_not_cancel(departure, client_of, client, now):
    delay(departure, now)
    clerk = client_of(staff_of(departure.station, Role.TICKET_CLERK))

    assert clerk.get(f"/departures/{departure.pk}/affected/").status_code == 200
    assert clerk.get(f"/departures/{departure.pk}/change/").status_code == 403
    assert post(clerk, departure, "cancel", reason="x").status_code == 403


def test_a_stranger_does_not_find_it(departure, client_of, client):
    stranger = client_of(dispatcher_of(StationFactory()))

    assert stranger.get(f"/departures/{departure.pk}/affected/").status_code == 404
    assert stranger.get(f"/departures/{departure.pk}/change/").status_code == 404


@pytest.mark.parametrize(
    ("verb", "said"),
    [("delay", {"minutes": 20}), ("cancel", {}), ("vehicle", {"vehicle": "other"}), ("merge", {"into": "later"})],
)
def test_machines_change_it_too(departure, later, api_of, client, verb, said):
    ids = {"other": coach_with(departure, "A1").pk, "later": later.pk}
    sell(departure, "A1")
    body = {name: ids.get(value, value) for name, value in said.items()} | {"reason": "hỏng xe"}
    api = api_of(dispatcher_of(departure.station))

    answer = api.post(f"/api/v1/departures/{departure.pk}/{verb}/", body, headers={"Idempotency-Key": "k"})
    again = api.post(f"/api/v1/departures/{departure.pk}/{verb}/", body, headers={"Idempotency-Key": "k"})

    assert (answer.status_code, answer.json()) == (200, again.json())
    assert [row["from_seat"] for row in answer.json()["affected"]] == ["A1"]


def test_machines_name_a_driver_who_is_known(departure, api_of, client):
    api = api_of(dispatcher_of(departure.station))
    body = {"vehicle": coach_with(departure, "A1").pk, "driver": 999_999, "reason": "hỏng xe"}

    answer = api.post(f"/api/v1/departures/{departure.pk}/vehicle/", body, headers={"Idempotency-Key": "k"})

    assert answer.status_code == 404


def test_the_way_to_the_new_paper_is_open_and_names_the_coach_that_runs(departure, client, now):
    ticket = sell(departure, "A1").tickets.get()
    coach = coach_with(departure, "A1")
    replace(departure, coach, now)
    page = client.get(f"/departures/{departure.pk}/affected/").content.decode()
    there = f"/tickets/{ticket.code}/print/"

    paper = client.get(there)

    assert (f'href="{there}"' in page, paper.status_code) == (True, 200)
    assert [slip.plate for slip in paper.context["slips"]] == [coach.plate]


def test_the_passenger_list_counts_who_lost_their_seat(client, departure, now):
    sell(departure, "A1", "A2")
    replace(departure, coach_with(departure, "A1"), now)

    counts = client.get(f"/departures/{departure.pk}/passengers/").context["counts"]

    assert (counts.sold, counts.displaced) == (1, 1)
