"""A confirmation is taken back: an event, a new line, and the sale opens again."""

import pytest

from dispatch import selectors, services
from dispatch.enums import LegState
from dispatch.errors import AlreadyConfirmed, NoFreeLine, NotConfirmed, WhyWithdrawn
from dispatch.models import OrderLeg
from station.errors import DepartureNotOpen
from station.models import Departure, JournalEntry
from tests.factories import StationFactory, YardVisitFactory
from tests.factories_dispatch import cleared, confirmed, dispatcher_of, entered, inside, paid, ready_departure
from tests.factories_ticketing import declare_fares, sell
from ticketing.errors import SaleClosed

pytestmark = pytest.mark.django_db


@pytest.fixture
def departure():
    return ready_departure()


def withdraw(departure, now, reason="thêm một khách"):
    return services.withdraw_confirmation(
        departure_id=departure.pk, reason=reason, by=dispatcher_of(departure.station), now=now
    )


def test_the_line_stays_as_it_was_and_the_run_goes_to_the_next_one(departure, now):
    confirmed(departure, now, passengers=3)

    withdraw(departure, now)

    lines = OrderLeg.objects.order_by("position").values_list("position", "state", "passengers")
    assert list(lines) == [(1, LegState.WITHDRAWN, 3), (2, LegState.PENDING, None)]
    assert Departure.objects.get().exit_confirmed_at is None


def test_it_is_an_event_with_its_reason(departure, now):
    confirmed(departure, now)

    withdraw(departure, now, reason="thêm một khách")

    told = JournalEntry.objects.get(action="leg_withdrawn")
    assert '"reason":"thêm một khách"' in told.body.replace('": "', '":"')
    order = OrderLeg.objects.earliest("pk").order
    assert "leg_withdrawn" in [entry.action for entry in selectors.history_of(order)]


def test_the_departure_is_confirmed_anew_and_leaves(departure, now):
    confirmed(departure, now, passengers=3)
    withdraw(departure, now)

    services.confirm_departure(
        departure_id=departure.pk, passengers=4, by=dispatcher_of(departure.station), now=now
    )  # fmt: skip
    gone = services.let_out(visit_id=selectors.open_visit(departure).pk, by=dispatcher_of(departure.station), now=now)

    assert (gone.departure_id, OrderLeg.objects.get(state=LegState.CONFIRMED).passengers) == (departure.pk, 4)


def test_a_paper_sheet_has_its_next_line_too(now):
    departure = ready_departure(electronic=False)
    order = entered(departure, now)
    services.advance_document(order_id=order.pk, message_id=None, now=now)
    inside(departure, now)
    paid(departure, now)
    services.confirm_departure(departure_id=departure.pk, passengers=1, by=dispatcher_of(departure.station), now=now)

    fresh = withdraw(departure, now)

    assert (fresh.order_id, fresh.position, fresh.state) == (order.pk, 2, LegState.PENDING)


def test_sale_closes_at_the_confirmation_and_opens_again(departure, now):
    declare_fares(departure)
    confirmed(departure, now)
    with pytest.raises(SaleClosed):
        sell(departure, "A1")

    withdraw(departure, now)

    assert sell(departure, "A1").total == 100_000


def test_a_sheet_without_a_free_line_is_refused(departure, now):
    confirmed(departure, now)
    order = OrderLeg.objects.get().order
    for position in (2, 3, 4):
        other = ready_departure()
        OrderLeg.objects.create(order=order, direction="out", position=position, departure=other)

    with pytest.raises(NoFreeLine):
        withdraw(departure, now)


def test_what_is_not_confirmed_cannot_be_taken_back(departure, now):
    cleared(departure, now)

    with pytest.raises(NotConfirmed):
        withdraw(departure, now)


def test_a_reason_is_needed(departure, now):
    confirmed(departure, now)

    with pytest.raises(WhyWithdrawn):
        withdraw(departure, now, reason=" ")


def test_what_left_stays_confirmed(departure, now):
    confirmed(departure, now)
    services.let_out(visit_id=selectors.open_visit(departure).pk, by=dispatcher_of(departure.station), now=now)

    with pytest.raises(DepartureNotOpen):
        withdraw(departure, now)


def test_it_is_confirmed_only_once_after_that_too(departure, now):
    confirmed(departure, now)
    withdraw(departure, now)
    again = {"departure_id": departure.pk, "passengers": 4, "by": dispatcher_of(departure.station), "now": now}
    services.confirm_departure(**again)

    with pytest.raises(AlreadyConfirmed):
        services.confirm_departure(**again)


def test_the_order_page_takes_it_back(departure, now, client_of, time_machine):
    time_machine.move_to(now, tick=False)
    order = confirmed(departure, now).order
    client = client_of(dispatcher_of(departure.station))
    page = client.get(f"/orders/{order.pk}/")

    answer = client.post(f"/orders/{order.pk}/unconfirm/", {"why": "thêm khách", "idempotency_key": "k"})

    assert page.context["may_unconfirm"] is True
    assert (answer.status_code, answer.url) == (302, f"/orders/{order.pk}/")
    assert client.get(answer.url).context["may_confirm"] is True


def test_the_page_says_why_not(departure, now, client_of, time_machine):
    time_machine.move_to(now, tick=False)
    order = confirmed(departure, now).order
    client = client_of(dispatcher_of(departure.station))
    client.post(f"/orders/{order.pk}/unconfirm/", {"why": "thêm khách", "idempotency_key": "k1"})

    answer = client.post(f"/orders/{order.pk}/unconfirm/", {"why": "thêm khách", "idempotency_key": "k2"})

    assert (answer.status_code, OrderLeg.objects.filter(state=LegState.WITHDRAWN).count()) == (422, 1)


def test_the_api_takes_it_back_once(departure, now, api_of, time_machine):
    time_machine.move_to(now, tick=False)
    confirmed(departure, now)
    api = api_of(dispatcher_of(departure.station))
    path = f"/api/v1/departures/{departure.pk}/unconfirm/"

    first = api.post(path, {"reason": "thêm khách"}, headers={"Idempotency-Key": "a"})
    again = api.post(path, {"reason": "thêm khách"}, headers={"Idempotency-Key": "b"})

    assert (first.status_code, again.status_code, again.json()["code"]) == (200, 409, "departure_not_confirmed")


def test_a_dispatcher_elsewhere_does_not_see_it(departure, now, api_of, time_machine):
    time_machine.move_to(now, tick=False)
    confirmed(departure, now)
    stranger = dispatcher_of(StationFactory())
    YardVisitFactory(station=stranger.memberships.get().station)

    answer = api_of(stranger).post(f"/api/v1/departures/{departure.pk}/unconfirm/", {"reason": "thêm khách"})

    assert answer.status_code == 404
