"""What is played beside the coaches' own way goes through the services, each thing once."""

from datetime import timedelta

import pytest

from demo.models import Demonstration
from demo.rules import script_extras
from demo.rules.script_steps import Kind
from demo.services import playing
from demo.services.days import script_of
from demo.services.performing import Performer
from fees.models import BankLine, Payment
from reports.selectors.invariants import breaches, invariants
from tests.demo.played import coach, day_of, small_station
from tests.factories import at
from ticketing.models import Complaint, Parcel, Rating, Sale, SeatBlock

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
EVENING = at("20:59")


def always(monkeypatch, *names: str) -> None:
    for name in ("_PARCEL", "_BLOCK", "_BY_CODE", "_RATED", "_COMPLAINT"):
        monkeypatch.setattr(script_extras, name, 100 if name in names else 0)


@pytest.fixture
def station():
    station = small_station()
    coach(station, "09:30", electronic=False, places=16)
    return station


def verified() -> list[str]:
    return [str(breach) for invariant in invariants() for breach in breaches(invariant, EVENING)]


def test_a_parcel_is_received_loaded_and_handed_over_and_the_ride_is_talked_about(station, monkeypatch):
    always(monkeypatch, "_PARCEL", "_BLOCK", "_RATED", "_COMPLAINT")
    played = day_of(station)

    playing.play_station(station, until=EVENING)

    played.refresh_from_db()
    assert (played.skipped, Parcel.objects.get().state, SeatBlock.objects.count()) == ({}, "handed_over", 2)
    assert (Rating.objects.count(), Complaint.objects.get().state) == (1, "answered")
    assert Payment.objects.filter(kind="freight").count() == 1
    assert verified() == []


def test_the_bank_tells_the_money_of_a_sale_by_code(station, monkeypatch):
    always(monkeypatch, "_BY_CODE")
    played = day_of(station)

    playing.play_station(station, until=EVENING)

    played.refresh_from_db()
    line = BankLine.objects.get()
    assert (played.skipped, line.state, Sale.objects.filter(payment=line.payment_id).count()) == ({}, "matched", 1)
    assert verified() == []


def test_whatever_is_performed_again_is_there_once(station, monkeypatch):
    always(monkeypatch, "_PARCEL", "_BLOCK", "_RATED", "_COMPLAINT")
    played = day_of(station)
    playing.play_station(station, until=at("12:50"))  # the tills of the ca are open

    for step in script_of(played):
        if step.kind.value in {"receive_parcel", "block", "rate", "complain", "answer", "load_parcel"}:
            Performer(station).perform(step)

    found = [rows.objects.count() for rows in (Parcel, SeatBlock, Rating, Complaint)]
    assert found == [1, 2, 1, 1]


def test_one_complaint_of_a_week_ago_is_due_today_and_nobody_answered_it(station, monkeypatch):
    always(monkeypatch)
    played = day_of(station)
    Demonstration.objects.update(built_at=at("10:00") + timedelta(days=7))

    playing.play_station(station, until=EVENING)

    [step] = [step for step in script_of(played) if step.kind == Kind.COMPLAIN]
    complaint = Complaint.objects.get()
    assert (complaint.state, complaint.filed_at, complaint.due_at) == (
        "open", at("13:00"), at("13:00") + timedelta(days=7),
    )  # fmt: skip
    assert (step.departure, played.skipped) == (complaint.ticket.departure_id, {})


def test_nobody_leaves_one_open_anywhere_else(station, monkeypatch):
    always(monkeypatch)
    played = day_of(station)
    Demonstration.objects.update(built_at=at("10:00") + timedelta(days=7))
    left_open = [step for step in script_of(played) if step.kind == Kind.COMPLAIN]
    station.code = "HB02"
    station.save()

    assert len(left_open) == 1
    assert [step for step in script_of(played) if step.kind == Kind.COMPLAIN] == []
