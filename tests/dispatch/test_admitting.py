"""Before the bay: a coach is checked, on a new sheet or on the next line of one the station knows."""

from datetime import timedelta

import pytest

from dispatch import services
from dispatch.enums import LegState, OrderState
from dispatch.errors import (
    AlreadyChecked,
    NoFreeLine,
    NothingToCheck,
    OrderExists,
    PaperNotValidThatDay,
    SheetNotUsable,
    SheetOfAnotherCoach,
)
from dispatch.models import DispatchOrder, Inspection, OrderLeg, Signature
from dispatch.selectors import departure_of, known_sheet, road_verdict
from station.enums import DocumentKind, ExitKind, RouteKind
from station.errors import NotInYard
from station.models import Departure, JournalEntry, OutboxMessage, YardVisit
from tests.factories import NOW, TODAY
from tests.factories_dispatch import (
    asked,
    dispatcher_of,
    drawn,
    entered,
    inside,
    issued,
    paid,
    ready_departure,
    sheet,
)
from tests.factories_fees import ChargeableDepartureFactory

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=5)


def admit(departure: Departure, now=NOW, **how) -> Inspection:
    visit = YardVisit.objects.get(departure=departure)
    return services.admit(visit_id=visit.pk, by=dispatcher_of(departure.station), now=now, **how)


def codes(inspection: Inspection) -> list[str]:
    return [finding["code"] for finding in inspection.findings]


def run(departure: Departure, now=NOW) -> OrderLeg:
    """Admitted already: paid, confirmed and let out."""
    person = dispatcher_of(departure.station)
    paid(departure, now)
    leg = services.confirm_departure(departure_id=departure.pk, passengers=3, by=person, now=now)
    services.let_out(visit_id=YardVisit.objects.get(departure=departure).pk, by=person, now=now)
    return leg


def next_run(before: Departure, **how) -> Departure:
    """The same coach and crew leave again in the evening."""
    return ChargeableDepartureFactory(
        **{
            "operator": before.operator, "vehicle": before.vehicle, "driver": before.driver, "route": before.route,
            "planned_at": NOW.replace(hour=18),
        } | how
    )  # fmt: skip


@pytest.fixture
def known() -> DispatchOrder:
    """A paper sheet whose first line has been run."""
    order = entered()
    services.advance_document(order_id=order.pk, message_id=None, now=NOW)
    departure = order.legs.get().departure
    inside(departure)
    admit(departure)
    run(departure)
    return DispatchOrder.objects.get()


def test_a_coach_with_everything_passes_though_nobody_has_paid_yet():
    departure = ready_departure()
    issued(departure)
    inside(departure)

    inspection = admit(departure)

    assert (inspection.result, inspection.findings, inspection.departure) == ("passed", [], departure)
    assert JournalEntry.objects.filter(action="visit_check_passed", obj=f"visit:{inspection.visit_id}").count() == 1


def test_an_order_whose_signature_a_worker_is_still_applying_counts_as_there():
    departure = ready_departure()
    asked(departure)
    inside(departure)

    assert admit(departure).result == "passed"


def test_an_unsigned_order_is_refused_with_that_reason_and_checked_again_once_signed():
    departure = ready_departure()
    order = drawn(departure)
    inside(departure)

    refused = admit(departure)
    services.sign_order(order_id=order.pk, by=order.operator.users.create(username="op", full_name="Op"), now=NOW)
    passed = admit(departure)

    assert (refused.result, codes(refused)) == ("refused", ["order_not_signed"])
    assert (passed.result, Inspection.objects.count()) == ("passed", 2)


def test_an_expired_paper_is_a_refusal_with_its_facts():
    departure = ready_departure()
    issued(departure)
    inside(departure)
    departure.vehicle.documents.filter(kind=DocumentKind.INSPECTION).update(valid_until=TODAY)

    refused = admit(departure)

    number = departure.vehicle.documents.get(kind=DocumentKind.INSPECTION).number
    assert refused.findings == [{"code": "inspection_expired", "facts": {"number": number, "day": "21/11/2026"}}]


def test_a_paper_sheet_is_entered_and_checked_in_one_go():
    departure = ready_departure(electronic=False)
    inside(departure)

    inspection = admit(departure, sheet=sheet("LVC-12"))

    assert inspection.result == "passed"
    assert list(DispatchOrder.objects.values_list("paper_number", "state")) == [("LVC-12", OrderState.SIGNING)]


def test_a_sheet_that_cannot_be_entered_leaves_nothing_behind():
    departure = ready_departure(electronic=False)
    inside(departure)

    with pytest.raises(PaperNotValidThatDay):
        admit(departure, sheet=sheet(valid_until=TODAY - timedelta(days=1)))

    assert (Inspection.objects.count(), DispatchOrder.objects.count()) == (0, 0)


def test_a_coach_is_admitted_once_and_the_second_hears_who_did_it():
    departure = ready_departure()
    issued(departure)
    inside(departure)
    first = admit(departure)

    with pytest.raises(AlreadyChecked) as refusal:
        admit(departure)

    assert refusal.value.facts["at"] == "09:00"
    assert refusal.value.facts["who"] == first.checked_by.full_name


def test_a_coach_that_left_or_serves_nothing_is_not_checked():
    departure = ready_departure()
    visit = inside(departure)
    person = dispatcher_of(departure.station)
    stranger = services.let_in(
        station=departure.station, plate="29B12345", passengers_in=None, by=person, now=NOW
    )  # fmt: skip
    services.let_out_empty(visit_id=visit.pk, by=person, now=NOW)

    with pytest.raises(NotInYard):
        services.admit(visit_id=visit.pk, by=person, now=NOW)
    with pytest.raises(NothingToCheck):
        services.admit(visit_id=stranger.pk, by=person, now=NOW)

    assert YardVisit.objects.get(pk=visit.pk).exit_kind == ExitKind.EMPTY


def test_a_bus_and_a_boat_need_no_check():
    for kind in (RouteKind.BUS, RouteKind.BOAT):
        departure = ready_departure(route__kind=kind)
        inside(departure)
        with pytest.raises(NothingToCheck):
            admit(departure)


def test_confirming_checks_a_coach_that_nobody_checked():
    departure = ready_departure()
    issued(departure)
    inside(departure)
    paid(departure)
    person = dispatcher_of(departure.station)

    services.confirm_departure(departure_id=departure.pk, passengers=3, by=person, now=NOW)

    assert list(Inspection.objects.values_list("result", "checked_by")) == [("passed", person.pk)]


def test_the_next_leg_of_a_known_sheet_needs_no_typing(known):
    departure = next_run(known.legs.get().departure)
    inside(departure, LATER)

    sheet_of_the_coach = known_sheet(departure)
    inspection = admit(departure, LATER, next_leg_of=known.pk)
    leg = run(departure, LATER)

    assert sheet_of_the_coach == known
    assert inspection.result == "passed"
    assert (leg.order, leg.position, leg.state, leg.passengers) == (known, 2, LegState.CONFIRMED, 3)
    assert Departure.objects.get(pk=departure.pk).departed_at == LATER


def test_a_later_leg_adds_no_signature_and_sends_nothing_to_the_worker(known):
    before = OutboxMessage.objects.filter(task="dispatch.advance_document").count()
    departure = next_run(known.legs.get().departure)
    inside(departure, LATER)
    admit(departure, LATER, next_leg_of=known.pk)
    run(departure, LATER)

    assert list(Signature.objects.values_list("field", flat=True)) == ["Station"]
    assert OutboxMessage.objects.filter(task="dispatch.advance_document").count() == before


def test_pages_and_the_road_follow_the_leg_of_the_moment(known):
    first = known.legs.get().departure
    second = next_run(first)
    inside(second, LATER)
    admit(second, LATER, next_leg_of=known.pk)
    waiting = (departure_of(known), road_verdict(str(known.token), None, LATER).departure)
    run(second, LATER)

    assert waiting == (second, first)
    assert (departure_of(known), road_verdict(str(known.token), None, LATER).departure) == (second, second)


def test_the_document_of_a_sheet_speaks_of_its_first_run(known):
    second = next_run(known.legs.get().departure)
    inside(second, LATER)
    admit(second, LATER, next_leg_of=known.pk)
    run(second, LATER)

    services.advance_document(order_id=known.pk, message_id=None, now=LATER)

    assert list(Signature.objects.values_list("field", "state")) == [("Station", "applied")]


def test_a_sheet_has_four_lines_each_way(known):
    first = known.legs.get().departure
    for position in (2, 3, 4):
        OrderLeg.objects.create(order=known, direction=first.direction, position=position, departure=next_run(first))
    departure = next_run(first)

    with pytest.raises(NoFreeLine):
        services.take_next_leg(order_id=known.pk, departure_id=departure.pk, by=dispatcher_of(first.station), now=NOW)

    assert known_sheet(departure) is None


def test_another_coach_another_day_or_a_second_order_is_refused(known):
    first = known.legs.get().departure
    person = dispatcher_of(first.station)
    other = ready_departure(operator=first.operator, route=first.route)
    too_late = next_run(first, planned_at=NOW + timedelta(days=20))
    has_one = drawn().legs.get().departure
    electronic = issued(next_run(first, operator=has_one.operator, vehicle=has_one.vehicle, driver=has_one.driver))

    for departure, order, refusal in (
        (other, known, SheetOfAnotherCoach),
        (too_late, known, PaperNotValidThatDay),
        (has_one, known, OrderExists),
        (other, electronic, SheetNotUsable),
    ):
        with pytest.raises(refusal):
            services.take_next_leg(order_id=order.pk, departure_id=departure.pk, by=person, now=NOW)

    assert [known_sheet(departure) for departure in (other, too_late)] == [None, None]
