"""How facts are written, on the clock and in the words of the station."""

import re
from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest
from django.template import engines
from django.utils.translation import override

from station.templatetags import station as tags
from station.views.styleguide import styleguide

ROOT = Path(__file__).resolve().parents[2]
NOON_IN_LONDON = datetime(2026, 11, 22, 17, 45, 4, tzinfo=UTC)  # 00:45:04 of the next day at the station


def drawn(source: str, **context: object) -> str:
    return engines["django"].from_string(source).render(context)


@pytest.mark.parametrize(
    ("amount", "written"),
    [
        (0, "0đ"),
        (999, "999đ"),
        (90_000, "90.000đ"),
        (301_240_000, "301.240.000đ"),
        (-150_000, "−150.000đ"),
        (None, "–"),
        ("", "–"),
    ],
)
def test_money_is_written_in_whole_dong_with_points(amount, written):
    assert tags.vnd(amount) == written


def test_money_is_written_the_same_in_english():
    with override("en"):
        assert drawn("{{ amount|vnd }}", amount=1_290_000) == "1.290.000đ"


@pytest.mark.parametrize(
    ("stored", "painted"),
    [
        ("28B01005", "28B-010.05"),
        ("29LD12345", "29LD-123.45"),
        ("28B1234", "28B-1234"),
        ("HB0334", "HB-0334"),
        ("LAO123", "LAO123"),
        ("", "–"),
        (None, "–"),
    ],
)
def test_a_plate_is_shown_as_it_is_painted(stored, painted):
    assert tags.plate(stored) == painted


def test_moments_are_shown_on_the_clock_of_the_station():
    shown = [tags.hhmm(NOON_IN_LONDON), tags.hhmmss(NOON_IN_LONDON), tags.dmy(NOON_IN_LONDON)]

    assert shown == ["00:45", "00:45:04", "23/11/2026"]


def test_midnight_is_a_time_and_nothing_is_a_dash():
    assert [tags.hhmm(time(0)), tags.hhmm(None), tags.dmy(None), tags.weekday_dm(None)] == ["00:00", "–", "–", "–"]


def test_a_day_carries_its_weekday():
    with override("en"):
        assert tags.weekday_dm(date(2026, 11, 22)) == "Sun 22/11"


def test_a_weekday_follows_the_day_at_the_station():
    with override("en"):
        assert tags.weekday_dm(NOON_IN_LONDON) == "Mon 23/11"


def test_a_bar_stays_between_empty_and_full():
    widths = [
        re.findall(r'width="(\d+)"', tags.meter(*parts, "seats")) for parts in [(0, 0), (10, 40), (50, 40), (-1, 40)]
    ]

    assert widths == [["0"], ["25"], ["100"], ["0"]]


def test_a_qr_code_is_drawn_without_any_style_attribute():
    drawing = tags.qr("123456789012345678", 'Ticket "A1"')

    assert "style=" not in drawing
    assert drawing.startswith('<svg class="bx-qr" role="img" aria-label="Ticket &quot;A1&quot;" viewBox="0 0 29 29"')


def test_each_drawn_form_has_its_own_idempotency_key():
    keys = [re.findall(r'value="([0-9a-f-]{36})"', drawn("{% idempotency_key %}")) for _ in range(2)]

    assert [len(found) for found in keys] == [1, 1]
    assert keys[0] != keys[1]


def test_what_a_person_typed_is_escaped_in_labels():
    assert "<script>" not in tags.meter(1, 2, "<script>")


def test_components_are_compiled_and_not_printed(rf):
    page = styleguide(rf.get("/styleguide/")).content.decode()

    assert "<c-" not in page
    assert '<span class="bx-tag bx-tag--go" ><span aria-hidden="true">●</span>Boarding</span>' in page
    assert '<span class="bx-plate" translate="no" >28B-010.05</span>' in page


def test_every_icon_that_a_template_names_is_in_the_sprite():
    sprite = set(re.findall(r'<symbol id="([^"]+)"', (ROOT / "static/icons/sprite.svg").read_text()))
    pages = "".join(page.read_text() for page in (ROOT / "templates").rglob("*.html"))

    named = set(re.findall(r'{% icon "([^"]+)" %}|icon="([a-z0-9-]+)"', pages))

    assert {one or other for one, other in named} - sprite == set()
