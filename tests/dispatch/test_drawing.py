import json
from datetime import date, timedelta

import pytest
from django.db.utils import InternalError

from dispatch import services
from dispatch.enums import OrderSource, OrderState
from dispatch.errors import (
    BusNeedsNoOrder,
    DepartureWithoutDriver,
    DepartureWithoutVehicle,
    OrderExists,
    PaperNotValidThatDay,
    PaperNumberUsed,
    PaperOnly,
    ScanRefused,
)
from dispatch.models import DispatchOrder, OrderLeg
from station.enums import DepartureState, RouteKind
from station.errors import DepartureNotOpen
from station.models import Departure, JournalEntry, OutboxMessage, StoredFile
from tests.factories import TODAY, OperatorFactory, UserFactory
from tests.factories_dispatch import JPEG, asked, dispatcher_of, drawn, entered, ready_departure, sheet

pytestmark = pytest.mark.django_db
MEGABYTE = 1024 * 1024


def changed(departure: Departure, **fields) -> Departure:
    Departure.objects.filter(pk=departure.pk).update(**fields)
    return departure


def journal() -> list[tuple[str, str]]:
    rows = JournalEntry.objects.filter(obj__startswith="dispatch:").order_by("pk")
    return list(rows.values_list("action", "obj"))


def told() -> list[tuple[str, dict]]:
    rows = OutboxMessage.objects.filter(task__startswith="dispatch.").order_by("pk")
    return list(rows.values_list("task", "payload"))


def test_an_order_takes_down_coach_crew_and_route(now):
    departure = ready_departure()

    order = services.create_order(departure_id=departure.pk, by=None, now=now)

    assert order.number == f"{departure.operator.code}/2026/000001"
    assert (order.source, order.state) == (OrderSource.ELECTRONIC, OrderState.DRAFT)
    assert (order.valid_from, order.valid_until) == (TODAY, TODAY)
    assert order.contents["vehicle"]["plate"] == departure.vehicle.plate
    assert order.contents["drivers"] == [{"name": departure.driver.full_name, "licence_class": "D"}]
    assert order.contents["legs"] == [
        {
            "direction": "out",
            "from": departure.station.name,
            "to": departure.route.destination.name,
            "planned_at": departure.planned_at.isoformat(),
        }
    ]
    assert OrderLeg.objects.get().departure == departure


def test_drawing_up_is_journalled_and_tells_no_worker(now):
    order = drawn(now=now)

    entry = JournalEntry.objects.get(obj=f"dispatch:{order.pk}")
    assert entry.action == "dispatch_drawn_up"
    assert json.loads(entry.body) == {
        "number": order.number,
        "departure": OrderLeg.objects.get().departure_id,
        "source": "electronic",
    }
    assert told() == []


def test_numbers_run_by_operator_and_year(now):
    operator = OperatorFactory(code="OP01", signs_electronically=True)
    first, second = (drawn(ready_departure(operator=operator), now) for _ in range(2))
    other = drawn(now=now)
    next_year = drawn(ready_departure(operator=operator), now.replace(year=2027))

    assert [order.number for order in (first, second, next_year)] == [
        "OP01/2026/000001",
        "OP01/2026/000002",
        "OP01/2027/000001",
    ]
    assert other.number.endswith("/2026/000001")


@pytest.mark.parametrize(
    ("fields", "refusal"),
    [
        ({"vehicle": None}, DepartureWithoutVehicle),
        ({"driver": None}, DepartureWithoutDriver),
        ({"state": DepartureState.CANCELLED}, DepartureNotOpen),
    ],
)
def test_no_order_without_coach_driver_or_run(now, fields, refusal):
    departure = changed(ready_departure(), **fields)

    with pytest.raises(refusal):
        services.create_order(departure_id=departure.pk, by=None, now=now)

    assert DispatchOrder.objects.count() == 0


def test_a_city_bus_needs_no_order(now):
    departure = ready_departure(route__kind=RouteKind.BUS)

    with pytest.raises(BusNeedsNoOrder):
        services.create_order(departure_id=departure.pk, by=None, now=now)


def test_an_operator_that_signs_on_paper_gets_no_electronic_order(now):
    departure = ready_departure(electronic=False)

    with pytest.raises(PaperOnly) as refusal:
        services.create_order(departure_id=departure.pk, by=None, now=now)

    assert refusal.value.facts == {"operator": departure.operator.name}


def test_a_departure_runs_on_one_order(now):
    order = drawn(now=now)
    departure = OrderLeg.objects.get().departure

    with pytest.raises(OrderExists) as refusal:
        services.create_order(departure_id=departure.pk, by=None, now=now)

    assert refusal.value.facts == {"departure": str(departure), "order": order.number}


def test_all_electronic_orders_of_a_day_are_drawn_up_once(now):
    first = ready_departure()
    ready_departure(operator=first.operator, driver=first.driver, route=first.route)
    ready_departure(electronic=False, route=first.route)
    without_driver = changed(ready_departure(route=first.route), driver=None)
    already = drawn(ready_departure(operator=first.operator, route=first.route), now)
    station = first.station

    made = services.draw_up_orders(station=station, day=TODAY, by=None, now=now)
    again = services.draw_up_orders(station=station, day=TODAY, by=None, now=now)

    numbers = [order.number.rpartition("/")[2] for order in made]
    assert (numbers, again) == (["000002", "000003"], [])
    assert already.number.endswith("000001")
    assert not OrderLeg.objects.filter(departure=without_driver).exists()


# --- paper ----------------------------------------------------------------------------------------------------------


def test_a_paper_order_goes_the_same_way(now):
    departure = ready_departure(electronic=False)
    person = dispatcher_of(departure.station)

    order = services.enter_paper_order(departure_id=departure.pk, sheet=sheet("LVC-77", scan=JPEG), by=person, now=now)

    assert (order.source, order.state, order.paper_number) == (OrderSource.PAPER, OrderState.SIGNING, "LVC-77")
    assert order.contents["paper"] == {
        "number": "LVC-77",
        "entered_by": person.full_name,
        "entered_at": "2026-11-22T09:00:00+07:00",
    }
    assert (order.scan.media_type, bytes(order.scan.content)) == ("image/jpeg", JPEG)
    assert journal() == [
        ("dispatch_drawn_up", f"dispatch:{order.pk}"),
        ("dispatch_signing", f"dispatch:{order.pk}"),
    ]
    assert told() == [("dispatch.advance_document", {"order_id": order.pk})]


def test_a_paper_sheet_is_entered_once(now):
    order = entered(number="LVC-77")
    other = ready_departure(electronic=False, operator=order.operator)

    with pytest.raises(PaperNumberUsed) as refusal:
        entered(other, number="LVC-77")

    assert refusal.value.facts == {"number": "LVC-77", "operator": order.operator.name}
    assert DispatchOrder.objects.count() == 1


def test_the_same_number_of_another_operator_is_another_sheet():
    entered(number="LVC-77")

    assert entered(number="LVC-77").state == OrderState.SIGNING


def test_a_withdrawn_sheet_may_be_entered_again(now):
    order = entered(number="LVC-77")
    departure = OrderLeg.objects.get().departure
    services.cancel_order(order_id=order.pk, reason="Nhập nhầm", by=UserFactory(), now=now)

    assert entered(departure, number="LVC-77").state == OrderState.SIGNING


def test_a_paper_order_must_be_valid_on_the_day_of_the_departure():
    with pytest.raises(PaperNotValidThatDay) as refusal:
        entered(valid_from=date(2026, 10, 1), valid_until=date(2026, 11, 21))

    assert refusal.value.facts == {"first": "01/10/2026", "last": "21/11/2026", "day": "22/11/2026"}


def test_its_last_day_still_counts():
    assert entered(valid_from=TODAY, valid_until=TODAY).state == OrderState.SIGNING


@pytest.mark.parametrize(
    "scan",
    [b"MZ\x90\x00" + bytes(60), b"<svg onload=alert(1)>", JPEG + bytes(5 * MEGABYTE)],
    ids=["exe", "svg", "large"],
)
def test_a_scan_is_a_picture_or_pdf_of_at_most_five_megabytes(scan):
    with pytest.raises(ScanRefused):
        entered(scan=scan)

    assert (DispatchOrder.objects.count(), StoredFile.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    ("start", "media_type"),
    [(b"\xff\xd8\xff", "image/jpeg"), (b"\x89PNG\r\n\x1a\n", "image/png"), (b"%PDF-1.7", "application/pdf")],
)
def test_the_first_bytes_say_what_a_scan_is(start, media_type):
    assert entered(scan=start + bytes(30)).scan.media_type == media_type


# --- what the database refuses --------------------------------------------------------------------------------------


@pytest.mark.parametrize("field", ["contents", "contents_sha256", "number"])
def test_signed_contents_cannot_be_edited(field):
    order = asked()
    forged = {"contents": {"vehicle": {"plate": "28B99999"}}}.get(field, "forged")

    with pytest.raises(InternalError, match="Cannot update rows"):
        DispatchOrder.objects.filter(pk=order.pk).update(**{field: forged})


def test_an_order_cannot_be_deleted():
    order = drawn()

    with pytest.raises(InternalError, match="Cannot delete rows"):
        DispatchOrder.objects.filter(pk=order.pk)._raw_delete("default")


def test_draft_numbers_of_tomorrow_follow_those_of_today(now):
    departure = ready_departure()
    drawn(departure, now)

    later = drawn(ready_departure(operator=departure.operator), now + timedelta(days=1))

    assert later.number.endswith("/2026/000002")


def test_a_sheet_dated_a_year_of_one_digit_is_still_a_document(now):
    order = entered(valid_from=date(1, 1, 1))

    services.advance_document(order_id=order.pk, message_id=None, now=now)

    assert order.contents["valid"]["from"] == "0001-01-01"
    assert DispatchOrder.objects.get().state == OrderState.ISSUED
