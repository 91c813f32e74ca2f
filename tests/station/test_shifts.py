from datetime import time

import pytest

from station.enums import ShiftState, TillState
from station.errors import NoShiftNow, ShiftAlreadyOpen, ShiftHasOpenTills, ShiftMayNotClose, ShiftNotOpen
from station.models import Shift
from station.questions import _answerers, answers
from station.selectors import shifts as selectors
from station.services.shifts import close_shift, open_shift
from tests.factories import ShiftFactory, ShiftTemplateFactory, StationFactory, TillFactory, UserFactory, at

pytestmark = pytest.mark.django_db


@pytest.fixture
def station():
    station = StationFactory(name="Bến xe Trung tâm")
    for name, start, end in (("Ca 1", 5, 13), ("Ca 2", 13, 21), ("Ca 3", 21, 5)):
        ShiftTemplateFactory(station=station, name=name, starts_at=time(start), ends_at=time(end))
    return station


@pytest.mark.parametrize(
    ("hhmm", "name", "starts"), [("05:00", "Ca 1", "05:00"), ("12:59", "Ca 1", "05:00"), ("13:00", "Ca 2", "13:00")]
)
def test_the_ca_of_the_hour_is_opened(station, hhmm, name, starts):
    lead = UserFactory()

    shift = open_shift(station=station, lead=lead, now=at(hhmm))

    assert (shift.name, shift.starts_at, shift.lead, shift.state) == (name, at(starts), lead, ShiftState.OPEN)


def test_a_night_shift_opened_after_midnight_belongs_to_the_day_before(station):
    shift = open_shift(station=station, lead=UserFactory(), now=at("02:00"))

    assert (shift.name, shift.business_on.isoformat()) == ("Ca 3", "2026-11-21")


def test_a_station_without_shifts_at_this_hour_says_so(now):
    with pytest.raises(NoShiftNow) as refusal:
        open_shift(station=StationFactory(name="Cảng"), lead=UserFactory(), now=now)

    assert refusal.value.facts == {"station": "Cảng"}


def test_the_next_ca_opens_an_hour_early_and_no_earlier(station):
    template = station.shift_templates.get(name="Ca 2")

    with pytest.raises(NoShiftNow):
        open_shift(station=station, lead=UserFactory(), now=at("11:59"), template_id=template.pk)
    shift = open_shift(station=station, lead=UserFactory(), now=at("12:00"), template_id=template.pk)

    assert shift.starts_at == at("13:00")
    assert selectors.current_shift(station, at("12:30")) is None
    assert selectors.current_shift(station, at("13:00")) == shift


def test_a_ca_is_held_once(station, now):
    held = open_shift(station=station, lead=UserFactory(full_name="Lê Thị Ca"), now=now)

    with pytest.raises(ShiftAlreadyOpen) as refusal:
        open_shift(station=station, lead=UserFactory(), now=now)

    assert refusal.value.facts == {"shift": str(held), "lead": "Lê Thị Ca"}
    assert Shift.objects.count() == 1


def test_what_may_be_opened_is_what_runs_or_is_about_to_and_nobody_opened(station):
    before = [span.name for _, span in selectors.openable_spans(station, at("12:30"))]
    open_shift(station=station, lead=UserFactory(), now=at("12:30"))

    after = [span.name for _, span in selectors.openable_spans(station, at("12:30"))]

    assert (before, after) == (["Ca 1", "Ca 2"], ["Ca 2"])


def test_a_shift_is_handed_over_with_a_note(now):
    shift, lead = ShiftFactory(), UserFactory()
    TillFactory(shift=shift, state=TillState.CLOSED, closed_at=now)

    close_shift(shift_id=shift.pk, note="Xe 28B-010.05 còn trong bến", by=lead, now=now)

    shift.refresh_from_db()
    assert (shift.state, shift.closed_at, shift.closed_by) == (ShiftState.CLOSED, now, lead)
    assert shift.hand_over_note == "Xe 28B-010.05 còn trong bến"


def test_a_shift_with_open_tills_names_their_clerks(now):
    shift = ShiftFactory()
    for name in ("An", "Bình"):
        TillFactory(shift=shift, clerk__full_name=name)

    with pytest.raises(ShiftHasOpenTills) as refusal:
        close_shift(shift_id=shift.pk, note="", by=UserFactory(), now=now)

    assert refusal.value.facts == {"clerks": "An, Bình"}
    assert Shift.objects.get().state == ShiftState.OPEN


def test_a_shift_is_closed_once(now):
    shift = ShiftFactory()
    close_shift(shift_id=shift.pk, note="", by=UserFactory(), now=now)

    with pytest.raises(ShiftNotOpen):
        close_shift(shift_id=shift.pk, note="", by=UserFactory(), now=now)


def test_what_an_upper_app_has_against_it_is_said(now, monkeypatch):
    monkeypatch.setitem(_answerers, "shift.may_close", [])
    answers("shift.may_close")(lambda shift: [f"{shift.name}: 2 lệnh chưa ký"])
    shift = ShiftFactory()

    with pytest.raises(ShiftMayNotClose) as refusal:
        close_shift(shift_id=shift.pk, note="", by=UserFactory(), now=now)

    assert refusal.value.facts == {"reasons": "Ca 1: 2 lệnh chưa ký"}


@pytest.mark.parametrize("shifts", [1, 3])
def test_recent_shifts_take_the_same_queries_for_any_number(shifts, django_assert_num_queries):
    station = StationFactory()
    for hour in range(shifts):
        TillFactory(shift=ShiftFactory(station=station, starts_at=at(f"{hour:02d}:00")))

    with django_assert_num_queries(2):
        listed = [
            (str(shift.lead), [str(till.clerk) for till in shift.tills.all()])
            for shift in selectors.recent_shifts(station)
        ]

    assert len(listed) == shifts
