"""What the Road Administration is told of each coach that left: once, whole, in time or plainly late."""

import hashlib
import json
from datetime import timedelta

import pytest
from django.db import connection
from django.db.utils import IntegrityError, InternalError

from dispatch import selectors, services
from dispatch.enums import RecordKind, RecordState
from dispatch.errors import NothingToCorrect, RecordCorrected, RecordNotRefused, WhyCorrected
from dispatch.models import TransmissionRecord
from dispatch.providers.fake import FakeRoadAdministration
from station import clock
from station.enums import MessageState, PaymentCycle, RouteKind
from station.models import Alarm, Document, JournalEntry, OutboxMessage, YardVisit
from station.providers.outside import StandIn
from tests.factories import TODAY, ContractFactory, at
from tests.factories_dispatch import cleared, confirmed, dispatcher_of, gone, inside, ready_departure, same_run

pytestmark = pytest.mark.django_db
LEFT = at("09:00")


@pytest.fixture
def road(tmp_path, monkeypatch):
    """The administration of this test, in a good mood."""
    files = StandIn(tmp_path / "road")
    monkeypatch.setattr(
        "dispatch.services.transmitting.current", lambda: FakeRoadAdministration(tmp_path / "road")
    )  # fmt: skip
    return files


def after(seconds):
    return LEFT + timedelta(seconds=seconds)


def transmit(record, now):
    services.transmit_record(message_id=record.message_id, clock=lambda: now)
    record.refresh_from_db()


def arrivals(road):
    return road.read("received.log").split()


def alarms():
    return list(Alarm.objects.order_by("pk").values_list("obj", "code", "opened_at", "closed_at"))


def test_what_is_told_has_every_field_of_the_law():
    record = gone(now=LEFT)

    departure = record.departure
    licence = Document.objects.get(driver=departure.driver).number
    assert record.said == {
        "station": {"name": departure.station.name, "code": departure.station.official_code or departure.station.code},
        "operator": {"name": departure.operator.name, "tax_code": departure.operator.tax_code},
        "drivers": [
            {
                "full_name": departure.driver.full_name,
                "licence_class": departure.driver.licence_class,
                "licence_no": licence,
            }
        ],
        "vehicle": {
            "plate": departure.vehicle.plate,
            "brand": departure.vehicle.brand,
            "seats": departure.vehicle.fee_seats + departure.vehicle.fee_beds,
        },
        "route": {
            "code": departure.route.code,
            "origin": departure.route.origin.name,
            "destination": departure.route.destination.name,
            "issued_by": departure.route.issuing_authority,
        },
        "planned_at": clock.local(departure.planned_at).isoformat(),
        "departed_at": "2026-11-22T09:00:00+07:00",
        "passengers": 3,
    }
    assert (record.kind, record.created_at, record.due_at) == (RecordKind.DEPARTURE, LEFT, after(180))


def test_records_of_a_station_are_a_chain():
    first = gone(now=LEFT)
    second = gone(same_run(first.departure, at("15:00")), now=after(60))

    assert [(one.seq, bytes(one.prev)) for one in (first, second)] == [(1, b"\x00"), (2, bytes(first.hash))]
    for one in (first, second):
        assert bytes(one.hash) == hashlib.sha256(bytes(one.prev) + one.payload.encode()).digest()


def test_a_bus_leaves_no_record():
    departure = ready_departure(route__kind=RouteKind.BUS)
    ContractFactory(station=departure.station, operator=departure.operator, payment_cycle=PaymentCycle.MONTH)
    visit = inside(departure, LEFT)

    services.let_out(visit_id=visit.pk, by=dispatcher_of(departure.station), now=after(60))

    departure.refresh_from_db()
    assert (departure.departed_at, TransmissionRecord.objects.count()) == (after(60), 0)


def test_an_exit_that_fails_leaves_no_record(monkeypatch):
    leg = confirmed(now=LEFT)
    visit = YardVisit.objects.get(departure=leg.departure)
    monkeypatch.setattr("dispatch.services.departing.outbox.tell", lambda *_a, **_k: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        services.let_out(visit_id=visit.pk, by=dispatcher_of(visit.station), now=LEFT)

    assert (TransmissionRecord.objects.count(), YardVisit.objects.get().left_at) == (0, None)


def test_it_is_received_once_and_in_time(road):
    record = gone(now=LEFT)

    transmit(record, after(2))
    transmit(record, after(3))  # the message is delivered twice

    assert (record.state, record.acked_at, record.ack_code) == (
        RecordState.ACKED, after(2), f"CDBVN-{str(record.key)[:8].upper()}",
    )  # fmt: skip
    assert (record.is_late(after(999)), record.attempts, arrivals(road)) == (False, 1, [str(record.key)])
    assert record.message.state == MessageState.DONE


def test_silence_is_asked_again_after_5_10_20_40_and_60_seconds(road):
    road.put("mood", b"down")
    record = gone(now=LEFT)
    moment, waits = LEFT, []

    for _ in range(7):
        transmit(record, moment)
        record.message.refresh_from_db()
        waits.append((record.message.due_at - moment).seconds)
        moment = record.message.due_at

    assert waits == [5, 10, 20, 40, 60, 60, 60]
    assert (record.state, record.attempts, record.last_error) == (RecordState.PENDING, 7, "the administration is down")


def test_an_alarm_rings_after_two_minutes_and_ends_with_the_receipt(road):
    road.put("mood", b"down")
    record = gone(now=LEFT)

    transmit(record, after(119))
    before = alarms()
    transmit(record, after(120))
    transmit(record, after(180))
    ringing = alarms()
    road.put("mood", b"")
    transmit(record, after(200))

    name = f"outbox:{record.message_id}"
    assert (before, ringing) == ([], [(name, "record_not_received", after(120), None)])
    assert alarms() == [(name, "record_not_received", after(120), after(200))]
    assert (record.state, record.is_late(after(200))) == (RecordState.ACKED, True)


def test_the_alarm_rings_although_no_worker_lives():
    record = gone(now=LEFT)

    assert [services.watch_records(now=after(seconds)) for seconds in (119, 120, 150)] == [0, 1, 1]
    assert alarms() == [(f"outbox:{record.message_id}", "record_not_received", after(120), None)]


def test_what_was_taken_in_silence_is_kept_once_and_gets_its_first_receipt(road):
    road.put("mood", b"silent")
    record = gone(now=LEFT)
    transmit(record, after(1))
    taken = road.read(f"{record.key}.json")
    road.put("mood", b"")

    transmit(record, after(6))

    assert (taken, arrivals(road)) == (record.payload, [str(record.key)] * 2)
    assert (record.state, record.acked_at, record.attempts) == (RecordState.ACKED, after(6), 2)


def test_a_refusal_rings_at_once_and_is_sent_again_as_it_is(road):
    record = gone(now=LEFT)
    road.put(f"{record.key}.refuse", "E12 tuyến không có".encode())
    first_message = record.message_id
    transmit(record, after(2))
    refused = (record.state, record.last_error, OutboxMessage.objects.get(pk=first_message).state, alarms())

    services.send_record_again(record_id=record.pk, by=dispatcher_of(record.station), now=after(30))
    record.refresh_from_db()
    transmit(record, after(31))

    rings = (f"outbox:{first_message}", "record_not_received", after(2))
    assert refused == (RecordState.REFUSED, "E12 tuyến không có", MessageState.DONE, [(*rings, None)])
    assert (record.state, record.attempts, record.last_error) == (RecordState.ACKED, 1, "")
    assert alarms() == [(*rings, after(30))]


def test_only_a_refused_record_is_sent_again(road):
    record = gone(now=LEFT)

    with pytest.raises(RecordNotRefused):
        services.send_record_again(record_id=record.pk, by=dispatcher_of(record.station), now=after(5))


def test_a_correction_is_a_record_of_its_own_and_the_first_stays(road):
    record = gone(now=LEFT)
    transmit(record, after(1))
    Document.objects.filter(driver=record.departure.driver).update(number="790123456789")
    by = dispatcher_of(record.station)

    made = services.correct_record(record_id=record.pk, reason=" gõ sai số bằng ", by=by, now=at("10:00"))
    transmit(made, at("10:01"))

    was, now_says = record.said["drivers"][0].pop("licence_no"), made.said["drivers"][0]["licence_no"]
    assert (was == "790123456789", now_says) == (False, "790123456789")
    assert (made.kind, made.corrects, made.reason, made.seq) == (RecordKind.CORRECTION, record, "gõ sai số bằng", 2)
    assert (made.state, made.due_at, arrivals(road)) == (
        RecordState.ACKED, at("10:03"), [str(record.key), str(made.key)],
    )  # fmt: skip
    entry = JournalEntry.objects.get(action="record_corrected")
    assert json.loads(entry.body) == {"reason": "gõ sai số bằng"}


def test_a_correction_waits_for_what_it_corrects(road):
    record = gone(now=LEFT)
    record.departure.operator.__class__.objects.update(name="Hợp tác xã Mới")
    made = services.correct_record(record_id=record.pk, reason="tên", by=dispatcher_of(record.station), now=after(9))

    transmit(made, after(10))
    waits = (made.state, OutboxMessage.objects.get(pk=made.message_id).due_at, arrivals(road))
    transmit(record, after(11))
    transmit(made, after(15))

    assert waits == (RecordState.PENDING, after(15), [])
    assert arrivals(road) == [str(record.key), str(made.key)]


def test_a_correction_of_a_refused_record_ends_its_alarm(road):
    record = gone(now=LEFT)
    road.put(f"{record.key}.refuse", b"E01")
    transmit(record, after(2))
    record.departure.operator.__class__.objects.update(name="Hợp tác xã Mới")

    services.correct_record(record_id=record.pk, reason="tên", by=dispatcher_of(record.station), now=after(60))

    assert [closed for *_, closed in alarms()] == [after(60)]
    assert list(selectors.records_not_received(after(59))) == []
    assert selectors.records_to_mend(record.station, after(61)) == []


@pytest.mark.parametrize(("reason", "refusal"), [("  ", WhyCorrected), ("vì", NothingToCorrect)])
def test_a_correction_says_why_and_something_else(reason, refusal):
    record = gone(now=LEFT)

    with pytest.raises(refusal):
        services.correct_record(record_id=record.pk, reason=reason, by=dispatcher_of(record.station), now=after(5))

    assert TransmissionRecord.objects.count() == 1


@pytest.mark.parametrize("state", [MessageState.DONE, MessageState.DEAD])
def test_a_record_whose_message_is_over_is_sent_again(road, state):
    record = gone(now=LEFT)
    OutboxMessage.objects.filter(pk=record.message_id).update(
        state=state, done_at=LEFT if state == MessageState.DONE else None
    )

    services.watch_records(now=after(119))
    untouched = OutboxMessage.objects.get(pk=record.message_id).state
    services.watch_records(now=after(121))
    reopened = OutboxMessage.objects.get(pk=record.message_id).state
    transmit(record, after(125))

    assert (untouched, reopened) == (state, MessageState.PENDING)
    assert (record.state, arrivals(road)) == (RecordState.ACKED, [str(record.key)])
    assert [closed for *_, closed in alarms()] == [after(125)]


def test_a_refusal_of_what_was_corrected_meanwhile_leaves_no_alarm(road):
    record = gone(now=LEFT)
    road.put(f"{record.key}.refuse", b"E01")
    record.departure.operator.__class__.objects.update(name="Hợp tác xã Mới")
    made = services.correct_record(record_id=record.pk, reason="tên", by=dispatcher_of(record.station), now=after(9))

    transmit(record, after(130))
    transmit(made, after(131))

    assert (record.state, made.state) == (RecordState.REFUSED, RecordState.ACKED)
    assert [closed for *_, closed in alarms()] == [after(130)]


def test_what_was_corrected_is_not_sent_again(road):
    record = gone(now=LEFT)
    road.put(f"{record.key}.refuse", b"E01")
    transmit(record, after(2))
    record.departure.operator.__class__.objects.update(name="Hợp tác xã Mới")
    by = dispatcher_of(record.station)
    services.correct_record(record_id=record.pk, reason="tên", by=by, now=after(9))

    with pytest.raises(RecordCorrected):
        services.send_record_again(record_id=record.pk, by=by, now=after(10))


def test_a_slow_answer_is_late_by_when_it_came(road):
    record = gone(now=LEFT)
    moments = iter([after(184)])

    services.transmit_record(message_id=record.message_id, clock=lambda: next(moments))

    record.refresh_from_db()
    assert (record.acked_at, record.is_late(after(184))) == (after(184), True)


def test_a_mended_day_is_complete(road):
    record = gone(now=LEFT)
    road.put(f"{record.key}.refuse", b"E01")
    transmit(record, after(2))
    record.departure.operator.__class__.objects.update(name="Hợp tác xã Mới")
    made = services.correct_record(record_id=record.pk, reason="tên", by=dispatcher_of(record.station), now=after(9))
    transmit(made, after(10))

    [today] = selectors.record_days(record.station, TODAY, 1)

    assert (today.left, today.in_time, today.late, today.not_received, today.is_complete) == (1, 0, 1, 0, True)


@pytest.mark.parametrize(
    "change",
    [
        "payload = '{}'", "prev = ''", "hash = ''", "seq = 9", "due_at = due_at + interval '1 h'",
        "key = gen_random_uuid()", "kind = 'correction'", "created_at = created_at - interval '1 h'",
    ],
)  # fmt: skip
def test_the_database_refuses_to_change_what_is_sent(change):
    gone(now=LEFT)

    with pytest.raises((InternalError, IntegrityError)), connection.cursor() as cursor:
        cursor.execute(f"UPDATE dispatch_transmissionrecord SET {change}")


@pytest.mark.parametrize(
    "statement",
    ["DELETE FROM dispatch_transmissionrecord", "UPDATE dispatch_transmissionrecord SET ack_code = 'x'"],
)
def test_the_database_refuses_to_delete_a_record_or_to_change_a_receipt(road, statement):
    transmit(gone(now=LEFT), after(1))

    with pytest.raises(InternalError), connection.cursor() as cursor:
        cursor.execute(statement)


def test_days_say_how_complete_they_are(road):
    first = gone(now=LEFT)
    second = gone(same_run(first.departure, at("15:00")), now=after(600))
    third = gone(same_run(first.departure, at("15:30")), now=after(1_200))
    transmit(first, after(5))
    transmit(second, after(800))
    gone_without = cleared(same_run(first.departure, at("16:00")), now=after(1_800))
    leg = services.confirm_departure(
        departure_id=gone_without.pk, passengers=1, by=dispatcher_of(first.station), now=after(1_800)
    )

    [today] = selectors.record_days(first.station, TODAY, 2)

    assert third.state == RecordState.PENDING
    assert leg.departure == gone_without  # confirmed is not gone
    assert (today.left, today.in_time, today.late, today.waiting, today.refused, today.missing) == (3, 1, 1, 1, 0, 0)
    assert (today.on, today.is_complete) == (TODAY, False)
