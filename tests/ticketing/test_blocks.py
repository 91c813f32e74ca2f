"""Seats that are not sold: kept by the station or the operator, or broken."""

from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, InternalError, transaction

from station.enums import DepartureState, Role
from station.errors import DepartureNotOpen
from station.models import JournalEntry
from tests.factories import DepartureFactory, StationFactory, staff_of
from tests.factories_ticketing import claimed, hold, priced_departure, sell, till_at
from ticketing import selectors, services
from ticketing.enums import BlockKind
from ticketing.errors import (
    BlockOver,
    BlockReasonMissing,
    NoSuchSeat,
    NoSuchStop,
    NotEnoughSeats,
    NothingChosen,
    SeatBlocked,
    SeatTaken,
)
from ticketing.models import SeatBlock, SeatClaim

pytestmark = pytest.mark.django_db


@pytest.fixture
def departure():
    return priced_departure(stops=3, seats=4)


@pytest.fixture
def dispatcher(departure):
    return staff_of(departure.station, Role.DISPATCHER)


@pytest.fixture
def block(departure, dispatcher, now):
    def blocked(*seats, kind=BlockKind.BROKEN, reason="dây an toàn đứt", **facts):
        return services.block_seats(
            **{
                "departure_id": departure.pk,
                "seats": seats,
                "kind": kind,
                "reason": reason,
                "by": dispatcher,
                "now": now,
            }
            | facts
        )

    return blocked


def test_a_blocked_seat_is_refused_with_its_reason(departure, block):
    block("A2")

    with pytest.raises(SeatBlocked) as refusal:
        sell(departure, "A1", "A2")

    assert refusal.value.facts["seats"] == "A2"
    assert "dây an toàn đứt" in str(refusal.value.facts["reason"])
    assert claimed(departure) == [(2, 0), (2, 1)]


def test_a_blocked_seat_is_neither_held_nor_proposed_nor_counted(departure, block, now):
    block("A1", "A2", kind=BlockKind.OPERATOR, reason="khách quen của nhà xe")
    stretch = selectors.stretch_of(departure, None, None)

    with pytest.raises(SeatBlocked):
        hold(departure, "A1")
    with pytest.raises(NotEnoughSeats):
        sell(departure, count=3)
    sold = sell(departure, count=1)

    assert sold.tickets.get().seat_label == "B1"
    assert selectors.offer_of(departure, stretch, now).free == 1


def test_the_seat_map_says_why(departure, block, now):
    block("A2")

    plan = selectors.seat_plan(departure, range(2), now)

    assert [(place.label, place.state, place.block and place.block.reason) for place in plan] == [
        ("A1", "free", None),
        ("A2", "blocked", "dây an toàn đứt"),
        ("B1", "free", None),
        ("B2", "free", None),
    ]


def test_a_lifted_seat_is_sold_again(departure, block, dispatcher, now):
    one, _other = block("A1", "A2")

    services.lift_block(block_id=one.pk, by=dispatcher, now=now)

    assert sell(departure, "A1").tickets.count() == 1
    assert list(SeatBlock.objects.filter(lifted_at=None).values_list("seat_label", flat=True)) == ["A2"]


def test_blocking_and_lifting_stand_in_the_journal(departure, block, dispatcher, now):
    one = block("A1")[0]

    services.lift_block(block_id=one.pk, by=dispatcher, now=now)

    assert list(JournalEntry.objects.order_by("pk").values_list("action", flat=True)) == [
        "seats_blocked",
        "seat_unblocked",
    ]


def test_a_seat_that_is_sold_or_held_somewhere_on_the_way_cannot_be_blocked(departure, block):
    middle = departure.route.stops.get(position=1)
    sell(departure, "A1", to_stop_id=middle.pk)
    hold(departure, "A2")

    for seats in (("A1", "B1"), ("A2",)):
        with pytest.raises(SeatTaken):
            block(*seats)

    assert SeatBlock.objects.count() == 0


@pytest.mark.parametrize(
    ("seats", "facts", "refusal"),
    [
        (("Z9",), {}, NoSuchSeat),
        ((), {}, NothingChosen),
        (("A1",), {"reason": "  "}, BlockReasonMissing),
    ],
)
def test_nonsense_is_refused(block, seats, facts, refusal):
    with pytest.raises(refusal):
        block(*seats, **facts)


def test_a_departure_that_is_over_keeps_its_seats_as_they_are(departure, block):
    departure.state = DepartureState.CANCELLED
    departure.save()

    with pytest.raises(DepartureNotOpen):
        block("A1")


def test_a_block_is_lifted_once_and_the_same_seat_blocked_once(block, dispatcher, now):
    one = block("A1")[0]

    with pytest.raises(SeatBlocked):
        block("A1")
    services.lift_block(block_id=one.pk, by=dispatcher, now=now)

    with pytest.raises(BlockOver):
        services.lift_block(block_id=one.pk, by=dispatcher, now=now)


def test_the_tables_refuse_what_the_service_forgets(departure, block, dispatcher, now):
    one = block("A1")[0]
    again = SeatBlock(
        departure=departure, seat=one.seat, seat_label="A1", kind="broken", reason="x", by=dispatcher, at=now
    )

    with pytest.raises(IntegrityError), transaction.atomic():
        again.save()
    with pytest.raises(InternalError), transaction.atomic():
        SeatBlock.objects.update(reason="khác")
    with pytest.raises(IntegrityError), transaction.atomic():
        SeatClaim.objects.filter(block=one).update(expires_at=now + timedelta(1))


# --- the page and the API


def test_a_clerk_blocks_and_lifts_on_the_page(departure, client_of, now):
    clerk, url = client_of(staff_of(departure.station, Role.TICKET_CLERK)), f"/departures/{departure.pk}/seats/"
    with time_machine.travel(now, tick=False):
        done = clerk.post(url, {"seat": ["A1", "B2"], "kind": "station", "reason": "trẻ em đi một mình"})
        shown = clerk.get(url)
        lifted = clerk.post(f"/blocks/{SeatBlock.objects.get(seat_label='A1').pk}/lift/")
        again = clerk.post(f"/blocks/{SeatBlock.objects.get(seat_label='A1').pk}/lift/")

    assert (done.status_code, lifted.status_code, again.status_code) == (302, 302, 422)
    assert [one.seat_label for one in shown.context["blocks"]] == ["A1", "B2"]
    assert list(selectors.blocks_on(departure)) == [4]


@pytest.mark.parametrize("body", [{"kind": "station", "reason": "x"}, {"seat": "A1", "kind": "x", "reason": "x"}])
def test_the_page_refuses_in_words(departure, client_of, now, body):
    clerk = client_of(staff_of(departure.station, Role.TICKET_CLERK))
    with time_machine.travel(now, tick=False):
        refused = clerk.post(f"/departures/{departure.pk}/seats/", body)

    assert refused.status_code == 422
    assert SeatBlock.objects.count() == 0


def test_nobody_blocks_seats_of_another_station(departure, client_of, api_of, block):
    stranger = staff_of(StationFactory(), Role.TICKET_CLERK)
    one = block("A1")[0]
    body = {"seats": ["A2"], "kind": "broken", "reason": "x"}

    answers = [
        client_of(stranger).get(f"/departures/{departure.pk}/seats/"),
        client_of(stranger).post(f"/blocks/{one.pk}/lift/"),
        api_of(stranger).get(f"/api/v1/departures/{departure.pk}/blocks/"),
        api_of(stranger).post(f"/api/v1/departures/{departure.pk}/blocks/", body),
        api_of(stranger).post(f"/api/v1/blocks/{one.pk}/lift/"),
    ]

    assert [answer.status_code for answer in answers] == [404] * 5


def test_the_api_blocks_shows_and_lifts(departure, api_of, now):
    api, url = api_of(till_at(departure.station).clerk), f"/api/v1/departures/{departure.pk}"
    with time_machine.travel(now, tick=False):
        made = api.post(f"{url}/blocks/", {"seats": ["A2"], "kind": "broken", "reason": "đèn hỏng"})
        refused = api.post(f"{url}/blocks/", {"seats": ["A2"], "kind": "broken", "reason": "đèn hỏng"})
        listed = api.get(f"{url}/blocks/").json()
        seats = api.get(f"{url}/seats/").json()
        lifted = api.post(f"/api/v1/blocks/{SeatBlock.objects.get().pk}/lift/")

    assert (made.status_code, refused.status_code, lifted.status_code) == (201, 409, 200)
    assert refused.json()["code"] == "seat_blocked"
    assert [(one["seat"], one["kind"], one["reason"]) for one in listed] == [("A2", "broken", "đèn hỏng")]
    assert [(one["seat"], one["state"], one["reason"]) for one in seats][:2] == [
        ("A1", "free", ""),
        ("A2", "blocked", "đèn hỏng"),
    ]
    assert lifted.json()["lifted_at"] is not None


def test_a_route_whose_stops_nobody_entered_is_refused_in_words(block):
    imported = DepartureFactory(route__stops=0)

    with pytest.raises(NoSuchStop):
        block("A1", departure_id=imported.pk)
