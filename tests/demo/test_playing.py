"""A small day is played through the services: each step once, whatever interrupts it, at the moment of the script."""

from collections import Counter
from contextlib import suppress
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from demo.models import Demonstration, PlayedDay
from demo.rules.script import Kind
from demo.selectors.progress import progress
from demo.services import playing
from demo.services.days import script_of
from demo.services.performing import notes_of
from dispatch.enums import SignatureField
from dispatch.models import DispatchOrder, Signature
from dispatch.services import create_order
from einvoice.models import Invoice
from fees.models import TillClosing
from reports.selectors.invariants import breaches, invariants
from station import clock
from station.courier import deliver
from station.enums import DepartureState, ExitKind, MessageState, ShiftState, TillState
from station.models import Departure, OutboxMessage, Shift, Station, Till, YardVisit
from tests.demo.played import bus, coach, day_of, small_station
from tests.factories import NOW, TODAY, StationFactory, at
from ticketing.models import Hold, Sale, Ticket

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
EVENING = at("20:59")


@pytest.fixture
def station():
    station = small_station()
    coach(station, "09:30", electronic=False)
    signed = coach(station, "10:00")
    create_order(departure_id=signed.pk, by=None, now=at("00:05"))
    bus(station, "09:15")
    return station


def the_day(station, **how):
    return script_of(day_of(station, **how))


def what_happened() -> dict[str, int]:
    return {
        "sales": Sale.objects.count(),
        "tickets": Ticket.objects.count(),
        "invoices": Invoice.objects.count(),
        "visits": YardVisit.objects.count(),
        "orders": DispatchOrder.objects.count(),
        "signatures": Signature.objects.count(),
        "closings": TillClosing.objects.count(),
        "shifts": Shift.objects.count(),
    }


def verified(now=EVENING) -> list[str]:
    return [str(breach) for invariant in invariants() for breach in breaches(invariant, now)]


def test_a_day_is_played_to_its_end(station):
    played = day_of(station)

    playing.play_station(station, until=EVENING)

    played.refresh_from_db()
    assert (played.skipped, played.steps_done, played.is_over) == ({}, played.steps_total, False)
    states = Departure.objects.order_by("planned_at").values_list("state", flat=True)
    assert list(states) == [DepartureState.DEPARTED] * 3
    assert list(Shift.objects.order_by("starts_at").values_list("name", "state")) == [
        ("Ca 3", ShiftState.CLOSED),
        ("Ca 1", ShiftState.CLOSED),
        ("Ca 2", ShiftState.CLOSED),
    ]
    assert verified() == []


def test_what_happened_carries_the_moments_of_the_script(station):
    at_of = {step.key: step.at for step in the_day(station)}
    first, second = Departure.objects.exclude(driver=None).order_by("planned_at")

    playing.play_station(station, until=EVENING)

    left = dict(Departure.objects.filter(pk__in=[first.pk, second.pk]).values_list("pk", "departed_at"))
    assert left == {row.pk: at_of[f"let_out:{row.pk}"] for row in (first, second)}
    signed = Signature.objects.get(order__legs__departure=second, field=SignatureField.OPERATOR)
    moment = at_of[f"sign:{second.pk}"]
    assert (signed.requested_at, signed.applied_at, signed.order.issued_at) == (moment, moment, moment)
    for sale in Sale.objects.order_by("pk"):
        invoice = Invoice.objects.get(sale=sale)
        moment = at_of[sale.idempotency_key.split("played-")[1]]
        assert (sale.sold_at, invoice.issued_at, invoice.sent_at) == (moment, moment, moment)


def seconds_of_sales():
    return [sale.held_at and (sale.sold_at - sale.held_at).seconds for sale in Sale.objects.order_by("pk")]


def test_at_the_counters_of_today_seats_are_kept_before_they_are_sold(station):
    day_of(station)

    playing.play_station(station, until=EVENING)

    assert all(3 <= one < 12 for one in seconds_of_sales())
    assert Hold.objects.count() == 0


def test_of_the_days_before_the_sales_are_enough(station):
    day_of(station)

    playing.play_station(station, until=EVENING + timedelta(days=1))

    assert set(seconds_of_sales()) == {None}


def test_whatever_step_it_is_interrupted_at_each_is_done_once(station):
    count = len([step for step in the_day(station) if step.at <= EVENING])
    asked = 0

    def every_seventh_time_not() -> bool:
        nonlocal asked
        asked += 1
        return asked % 7 != 0

    starts = 0
    while not starts or PlayedDay.objects.get().steps_done < count:
        starts += 1
        with suppress(playing.Stopped):
            playing.play_station(station, until=EVENING, go_on=every_seventh_time_not)

    assert starts > count // 7
    keys = Counter(Sale.objects.order_by("pk").values_list("idempotency_key", flat=True))
    played = PlayedDay.objects.get()
    assert (played.steps_done, played.skipped, max(keys.values())) == (count, {}, 1)
    assert Invoice.objects.filter(sale=None).count() == 2
    assert verified() == []


@pytest.mark.parametrize("kind", [Kind.SELL, Kind.SIGN, Kind.CONFIRM])
def test_a_player_that_dies_over_the_work_of_a_step_leaves_it_to_the_next(station, kind, monkeypatch):
    steps = [step for step in the_day(station) if step.at <= EVENING]
    dies_at = next(step for step in steps if step.kind == kind)

    def killed(message, *, keeper, at):
        if message.created_at == dies_at.at:
            raise KeyboardInterrupt
        deliver(message, keeper=keeper, at=at)

    with monkeypatch.context() as patched:
        patched.setattr(playing, "deliver", killed)
        with pytest.raises(KeyboardInterrupt):
            playing.play_station(station, until=EVENING)
    due = OutboxMessage.objects.filter(state=MessageState.PENDING, due_at__lte=clock.wall())
    assert due.exclude(task__startswith="push.").count() == 0

    playing.play_station(station, until=EVENING)

    played = PlayedDay.objects.get()
    assert (played.steps_done, played.skipped) == (len(steps), {})
    assert set(OutboxMessage.objects.exclude(task__startswith="push.").values_list("state", flat=True)) == {
        MessageState.DONE
    }
    assert verified() == []


def test_playing_twice_changes_nothing(station):
    day_of(station)
    playing.play_station(station, until=EVENING)
    before = what_happened()

    playing.play_station(station, until=EVENING)

    assert what_happened() == before


def test_the_relay_gets_nothing_but_a_push_for_each_topic(station):
    day_of(station)
    OutboxMessage.objects.all().delete()

    playing.play_station(station, until=EVENING)

    waiting = OutboxMessage.objects.filter(state=MessageState.PENDING).order_by("task")
    topics = Counter(waiting.values_list("task", flat=True))
    assert [task for task in topics if not task.startswith("push.")] == []
    assert (topics["push.sale-HB01"], topics["push.gate-HB01"], topics["push.bays-HB01"]) == (1, 1, 1)


def test_a_coach_whose_papers_ended_is_refused_and_leaves_empty(station):
    departure = coach(station, "11:00", electronic=False)
    departure.vehicle.documents.filter(kind="inspection").update(valid_until=TODAY - timedelta(days=2))
    day_of(station)

    playing.play_station(station, until=EVENING)

    departure.refresh_from_db()
    visit = YardVisit.objects.get(departure=departure)
    assert (departure.state, visit.exit_kind) == (DepartureState.PLANNED, ExitKind.EMPTY)
    assert [row.findings[0]["code"] for row in visit.inspections.all()] == ["inspection_expired"]
    assert Ticket.objects.filter(departure=departure).count() == 0


def test_refusals_are_counted_and_the_rest_of_the_day_goes_on(station):
    day_of(station)
    first = Departure.objects.exclude(driver=None).order_by("planned_at")[0]
    scripted = PlayedDay.objects.get()
    steps = script_of(scripted)
    Departure.objects.filter(pk=first.pk).update(vehicle=None)
    orphaned = [(step, scripted) for step in steps if step.at <= EVENING]

    playing.Player(station).play(orphaned)

    scripted.refresh_from_db()
    assert (scripted.steps_done, scripted.skipped) == (len(orphaned), {"not_in_yard": 2, "coach_not_in_yard": 1})


def test_the_till_before_is_short_and_says_why(station):
    day_of(station, present=at("13:00"))

    playing.play_station(station, until=at("13:00"))

    closings = TillClosing.objects.order_by("closed_at", "pk").values_list("till__clerk__username", "difference")
    assert list(closings) == [("truongca2", 0), ("banve3", -20_000), ("banve4", 0), ("dieudo2", 0)]
    assert all(TillClosing.objects.filter(difference__lt=0).values_list("reason", flat=True))
    open_tills = Till.objects.filter(state=TillState.OPEN, shift__starts_at=at("13:00"))
    assert set(open_tills.values_list("clerk__username", flat=True)) == {"banve1", "banve2", "dieudo1", "truongca1"}
    assert Shift.current(station.pk, at("13:00")).lead.username == "truongca1"


def test_a_clock_that_jumps_past_midnight_with_coaches_inside_finishes_their_day(station):
    first_in = next(step for step in the_day(station) if step.kind == Kind.ENTER)
    playing.play_station(station, until=first_in.at + timedelta(seconds=30))
    inside = YardVisit.objects.filter(left_at=None).count()

    day_of(station, day=TODAY + timedelta(days=1), present=NOW + timedelta(days=1))
    playing.play_station(station, until=NOW + timedelta(days=1))

    assert inside == 1
    assert YardVisit.objects.filter(left_at=None).count() == 0
    assert [(row.day, row.is_over) for row in PlayedDay.objects.order_by("day")] == [
        (TODAY, True),
        (TODAY + timedelta(days=1), False),
    ]
    assert verified(NOW + timedelta(days=1)) == []


def test_progress_counts_the_steps_of_the_round(station):
    played = day_of(station)
    total = len([step for step in script_of(played) if step.at <= EVENING])
    PlayedDay.objects.update(steps_total=total)

    before = progress()
    with suppress(playing.Stopped):
        playing.play_station(station, until=EVENING, go_on=lambda: PlayedDay.objects.get().steps_done < total // 2)
    halfway = progress()
    Demonstration.objects.update(is_ready=True)

    assert (before.done_steps, before.percent, before.is_done, before.day) == (0, 0, False, played.day)
    assert (halfway.done_steps, halfway.total_steps, halfway.percent) == (total // 2, total, total // 2 * 100 // total)
    assert (progress().percent, progress().is_done, progress().day) == (100, True, None)


def test_a_drawer_is_counted_in_as_few_notes_as_can_be():
    notes = {500_000: 5, 200_000: 1, 50_000: 1, 10_000: 1, 5_000: 1, 1_000: 1}
    assert (notes_of(0), notes_of(2_766_000)) == ({}, notes)


def test_nothing_is_played_into_somebodys_own_stations():
    StationFactory(code="BX001")

    with pytest.raises(CommandError) as refusal:
        call_command("load_demo")

    vietnamese, english = str(refusal.value).split("\n")
    with translation.override("en"):
        assert english.startswith("This database holds somebody's own stations")
    assert vietnamese
    assert (Station.objects.count(), PlayedDay.objects.count(), Demonstration.objects.count()) == (1, 0, 0)


def test_a_month_is_played_into_an_empty_database_only():
    small_station()
    Demonstration.objects.create(built_at=NOW)

    with pytest.raises(CommandError):
        call_command("load_demo", "--days", "30")

    assert Demonstration.objects.get().history_days == 0
