"""The record that the Road Administration gets of each coach that left: written with the exit, sent by a worker."""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction

from dispatch import selectors
from dispatch.enums import RecordKind, RecordState
from dispatch.errors import NothingToCorrect, RecordCorrected, RecordNotRefused, WhyCorrected
from dispatch.models import TransmissionRecord
from dispatch.providers import Outcome, Received, current
from dispatch.selectors.transmission import payload_of
from station.models import Alarm, Departure, Station, User, YardVisit
from station.models.journal import add_link, record
from station.models.locks import lock
from station.providers.outside import NoAnswer
from station.rules import plates
from station.services import outbox

TRANSMIT = "dispatch.transmit_record"
# TT 12/2020 Đ.51(4), as TT 18/2024 has it.
WITHIN = timedelta(minutes=3)
ALARM_AFTER = timedelta(minutes=2)
RETRY_AFTER = tuple(timedelta(seconds=wait) for wait in (5, 10, 20, 40, 60))
NOT_RECEIVED = "record_not_received"
PATIENCE = timedelta(minutes=2)


def record_for_road_administration(visit: YardVisit, departure: Departure, *, now: datetime) -> None:
    """In the transaction of the exit. A bus or boat runs without an order: nothing is told of it."""
    if selectors.live_leg(departure) is not None:
        _write(visit, departure, payload_of(departure, now), now=now)


def _write(
    visit: YardVisit, departure: Departure, payload: str, *, now: datetime,
    corrects: TransmissionRecord | None = None, reason: str = "",
) -> TransmissionRecord:  # fmt: skip
    station = departure.station
    message = outbox.enqueue(TRANSMIT, {"departure_id": departure.pk}, now=now)
    link = add_link(f"records:{station.pk}", payload.encode(), station_id=station.pk, now=now)
    kind = RecordKind.CORRECTION if corrects else RecordKind.DEPARTURE
    written = TransmissionRecord.objects.create(
        station=station, visit=visit, departure=departure, kind=kind, corrects=corrects, reason=reason,
        payload=payload, seq=link.seq, prev=link.prev, hash=link.hash, created_at=now, due_at=now + WITHIN,
        message=message,
    )  # fmt: skip
    outbox.push(topic_of(station), now=now)
    return written


def transmit_record(*, message_id: int, clock: Callable[[], datetime]) -> None:
    """Hand the record of this message over. Without an answer the message waits and goes once more, with the same key:
    however often that takes, the administration keeps one. *clock* is read when the answer is there."""
    found = TransmissionRecord.objects.select_related("station", "corrects").filter(message=message_id).first()
    if found is None or found.state != RecordState.PENDING:
        outbox.finish(message_id, now=clock())
        return
    if found.corrects and found.corrects.state == RecordState.PENDING:
        outbox.postpone(message_id, until=clock() + RETRY_AFTER[0], error="what it corrects goes first")
        return
    try:
        outcome = current().submit(
            key=str(found.key), payload=found.payload.encode(), prev=found.prev.hex(), digest=found.hash.hex()
        )
    except NoAnswer as silence:
        _note_silence(found, str(silence), now=clock())
    else:
        _note_outcome(found, outcome, now=clock())


@transaction.atomic
def _note_silence(found: TransmissionRecord, text: str, *, now: datetime) -> None:
    rows = TransmissionRecord.objects.filter(pk=found.pk, state=RecordState.PENDING)
    if not rows.update(attempts=found.attempts + 1, last_error=text[:500]):
        return  # another delivery was answered meanwhile
    wait = RETRY_AFTER[min(found.attempts, len(RETRY_AFTER) - 1)]
    outbox.postpone(found.message_id, until=now + wait, error=text)
    _ring([found], now)
    outbox.push(topic_of(found.station), now=now)


@transaction.atomic
def _note_outcome(found: TransmissionRecord, outcome: Outcome, *, now: datetime) -> None:
    attempts = found.attempts + 1
    if isinstance(outcome, Received):
        found.become(
            RecordState.ACKED, by=None, now=now, acked_at=now, ack_code=outcome.code, attempts=attempts, last_error=""
        )
        if found.is_late(now):  # nobody was there to ring: that it was late is told all the same
            _ring([found], now)
        _close_alarm(found, now)
    else:
        text = outcome.text[:500]
        found.become(RecordState.REFUSED, by=None, now=now, reason=text, attempts=attempts, last_error=text)
        _ring([found], now)
        if found.corrections.exists():
            _close_alarm(found, now)
    outbox.finish(found.message_id, now=now)
    outbox.push(topic_of(found.station), now=now)


@transaction.atomic
def send_record_again(*, record_id: int, by: User, now: datetime) -> TransmissionRecord:
    """A refused record goes out once more as it is, after what was wrong at their side is mended.

    Raises RecordNotRefused, RecordCorrected.
    """
    found, newest = _locked(record_id)
    if found.state != RecordState.REFUSED:
        raise RecordNotRefused(plate=_plate(found), state=found.get_state_display())
    if found != newest:
        raise RecordCorrected(plate=_plate(found))
    _close_alarm(found, now)
    outbox.reopen(found.message_id, now=now)
    found.become(RecordState.PENDING, by=by, now=now, attempts=0)
    outbox.push(topic_of(found.station), now=now)
    return found


@transaction.atomic
def correct_record(*, record_id: int, reason: str, by: User, now: datetime) -> TransmissionRecord:
    """What was told is wrong and has been mended here: a record of its own says it as it stands now; the one that is
    there stays (TT 12/2020 Đ.50: nothing is changed or cut). Raises WhyCorrected, NothingToCorrect.
    """
    if not (reason := reason.strip()):
        raise WhyCorrected  # needs no lock: the words that were typed
    _found, newest = _locked(record_id)
    departure = Departure.objects.get(pk=newest.departure_id)
    payload = payload_of(departure, now)
    if newest.payload == payload:
        raise NothingToCorrect(plate=_plate(newest))
    facts = {"reason": reason}
    record(
        action="record_corrected", obj=newest.journal_name, station_id=newest.station_id, by=by, now=now, facts=facts
    )  # fmt: skip
    if newest.state == RecordState.REFUSED:
        _close_alarm(newest, now)
    return _write(newest.visit, departure, payload, now=now, corrects=newest, reason=reason)


@transaction.atomic
def watch_records(*, now: datetime) -> int:
    """Ring for every record that nobody received two minutes after the exit, and send again what has no message under
    way: a gateway that was broken may be mended. Returns how many are not received."""
    overdue = selectors.records_not_received(now - ALARM_AFTER)
    waiting = list(lock(overdue))
    _ring(waiting, now)
    for lost in selectors.records_without_message(now - PATIENCE):
        outbox.reopen(lost.message_id, now=now)
    return len(waiting)


def _ring(found: list[TransmissionRecord], now: datetime) -> None:
    """One alarm each, once the law's three minutes are nearly over; a refused one at once."""
    alarms = [
        Alarm(
            obj=_alarm_of(one), code=NOT_RECEIVED, detail=one.last_error, station_id=one.station_id, opened_at=now
        )
        for one in found
        if one.state == RecordState.REFUSED or now - one.created_at >= ALARM_AFTER
    ]  # fmt: skip
    Alarm.objects.bulk_create(alarms, ignore_conflicts=True)


def _close_alarm(found: TransmissionRecord, now: datetime) -> None:
    Alarm.objects.filter(obj=_alarm_of(found), code=NOT_RECEIVED, closed_at=None).update(closed_at=now)


def _alarm_of(found: TransmissionRecord) -> str:
    return f"outbox:{found.message_id}"


def _locked(record_id: int) -> tuple[TransmissionRecord, TransmissionRecord]:
    """The record and the newest of the same exit, all of which are locked."""
    same_exit = TransmissionRecord.objects.filter(visit__transmission_records=record_id)
    of_exit = {one.pk: one for one in lock(same_exit.select_related("station", "visit"))}
    return of_exit[record_id], of_exit[max(of_exit)]


def _plate(found: TransmissionRecord) -> str:
    return plates.display(found.visit.plate)


def topic_of(station: Station) -> str:
    """What open pages of the station listen to."""
    return f"records-{station.code}"
