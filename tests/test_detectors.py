"""Each detector is shown to catch what it is there for, and to leave honest code alone."""

import socket
import threading
from datetime import date

import pytest
from django.contrib.auth.models import Group
from django.db import IntegrityError, connection, models, transaction
from django.template import Context, Engine

from tests.detectors import MistakeError, UndefinedVariable

NAMES = [f"role {number:02}" for number in range(30)]


@pytest.fixture
def groups(db):
    Group.objects.bulk_create(Group(name=name) for name in NAMES)


def test_rows_without_an_order_come_in_any_order(groups):
    ours = Group.objects.filter(name__startswith="role")

    shuffled = [group.name for group in ours]

    assert sorted(shuffled) == NAMES
    assert shuffled != NAMES


def test_iterator_without_an_order_comes_in_any_order(groups):
    shuffled = list(Group.objects.filter(name__startswith="role").values_list("name", flat=True).iterator())

    assert sorted(shuffled) == NAMES
    assert shuffled != NAMES


def test_first_three_of_no_order_are_any_three(groups):
    chosen = {frozenset(Group.objects.values_list("name", flat=True)[:3]) for _ in range(8)}

    assert len(chosen) > 1


def test_ordered_rows_stay_in_order(groups):
    assert list(Group.objects.filter(name__startswith="role").order_by("name").values_list("name", flat=True)) == NAMES


def test_get_first_count_and_exists_work_as_ever(groups):
    assert Group.objects.get(name=NAMES[7]).name == NAMES[7]
    assert Group.objects.filter(name__in=NAMES[3:5]).order_by("name").first() == Group.objects.get(name=NAMES[3])
    assert Group.objects.filter(name__startswith="role").count() == 30
    assert Group.objects.filter(name=NAMES[0]).exists() is True
    assert len(Group.objects.values("name").distinct()[:5]) == 5


def test_lock_must_say_which_table_and_how_strong():
    with pytest.raises(MistakeError):
        Group.objects.select_for_update()
    with pytest.raises(MistakeError):
        Group.objects.all().select_for_update(of=("self",))
    Group.objects.select_for_update(of=("self",), no_key=True)


def test_django_may_lock_as_it_likes(db):
    group, created = Group.objects.update_or_create(name="one", defaults={"name": "two"})

    assert (group.name, created) == ("two", True)


def test_undefined_variable_fails_in_a_template_of_ours(tmp_path):
    (tmp_path / "page.html").write_text("{% if missing %}{% endif %}{{ here }}{{ missing }}")
    engine = Engine(dirs=[str(tmp_path)], string_if_invalid=UndefinedVariable(tmp_path))

    with pytest.raises(MistakeError) as mistake:
        engine.get_template("page.html").render(Context({"here": 1}))

    assert str(mistake.value) == "{{ missing }} is not defined in page.html"


def test_undefined_variable_of_a_library_prints_nothing(tmp_path):
    engine = Engine(string_if_invalid=UndefinedVariable(tmp_path))

    assert engine.from_string("<{{ missing }}>").render(Context()) == "<>"


def test_date_field_refuses_a_datetime(now):
    with pytest.raises(MistakeError):
        models.DateField().get_prep_value(now)
    assert models.DateField().get_prep_value(date(2026, 11, 22)) == date(2026, 11, 22)
    assert models.DateTimeField().get_prep_value(now) == now


def test_no_test_talks_to_the_world():
    with pytest.raises(MistakeError), socket.socket() as outside:
        outside.connect(("192.0.2.1", 80))
    with pytest.raises(MistakeError):
        socket.getaddrinfo("example.org", 443)


def test_even_loopback_is_closed_but_for_live_servers():
    with socket.create_server(("127.0.0.1", 0)) as server, socket.socket() as visitor, pytest.raises(MistakeError):
        visitor.connect(server.getsockname())


@pytest.mark.slow
def test_live_servers_may_be_visited_on_loopback():
    with socket.create_server(("127.0.0.1", 0)) as server, socket.socket() as visitor:
        visitor.connect(server.getsockname())

        assert visitor.getpeername() == server.getsockname()


def test_warning_is_an_error():
    import warnings

    with pytest.raises(UserWarning):
        warnings.warn("something is wrong", UserWarning, stacklevel=1)


# --- the race tools -------------------------------------------------------------------------------------------------


class TooMany(Exception):
    pass


def names_taken() -> int:
    return Group.objects.filter(name="the one").count()


def take_the_name() -> str:
    with transaction.atomic():
        Group.objects.select_for_update(of=("self",), no_key=True).get(name="lock")
        if names_taken():
            raise TooMany
        Group.objects.create(name="the one")
    return "took it"


@pytest.mark.django_db(transaction=True)
def test_lock_lets_one_racer_win(race, meet_after_reading):
    Group.objects.create(name="lock")
    meet_after_reading("tests.test_detectors.names_taken")

    assert race(take_the_name, take_the_name) == ["TooMany", "took it"]


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_both_read_and_the_constraint_holds(race, meet_after_reading, no_lock):
    Group.objects.create(name="lock")
    meet_after_reading("tests.test_detectors.names_taken")

    assert race(take_the_name, take_the_name) == [IntegrityError.__name__, "took it"]


def test_programs_of_a_test_see_the_test_database(subprocess_env):
    assert subprocess_env["DATABASE_URL"].endswith(f"/{connection.settings_dict['NAME']}")
    assert subprocess_env["DJANGO_SETTINGS_MODULE"] == "tests.settings"


def test_race_tells_exceptions_texts_and_silence_apart(race):
    meet = threading.Barrier(3, timeout=1)

    def fails() -> None:
        meet.wait()
        raise TooMany

    def speaks() -> str:
        meet.wait()
        return "said"

    assert race(fails, speaks, meet.wait) == sorted(["TooMany", "said", "done"])
