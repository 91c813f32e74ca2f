from datetime import UTC, datetime, timedelta

from demo.rules.bays import Place, Stay, share_out

EIGHT = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
HALF_AN_HOUR = timedelta(minutes=30)
A1, A2, B1 = Place(1, "A"), Place(2, "A"), Place(3, "B")


def stay(departure: int, minutes: int, area: str = "A") -> Stay:
    start = EIGHT + timedelta(minutes=minutes)
    return Stay(departure, start, start + HALF_AN_HOUR, area)


def test_bays_of_an_area_are_used_in_turn():
    stays = [stay(1, 0), stay(2, 40), stay(3, 80)]

    assert share_out(stays, [A1, A2, B1]) == {1: 1, 2: 2, 3: 1}


def test_who_finds_no_bay_at_home_stands_elsewhere_and_then_nowhere():
    stays = [stay(1, 0), stay(2, 5), stay(3, 10), stay(4, 15)]

    assert share_out(stays, [A1, A2, B1]) == {1: 1, 2: 2, 3: 3}


def test_a_bay_that_is_kept_already_is_not_given_away():
    held = [(1, EIGHT + timedelta(minutes=10), EIGHT + timedelta(minutes=20))]

    assert share_out([stay(1, 0)], [A1, B1], held) == {1: 3}
    assert share_out([stay(1, 20)], [A1, B1], held) == {1: 1}
