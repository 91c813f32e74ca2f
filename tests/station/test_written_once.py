"""Statements written once give what the ORM gives, on every connection."""

import pytest
from django.db import connection, connections, transaction
from django.db.models import QuerySet
from django.db.transaction import TransactionManagementError

from station.enums import MessageState
from station.models import Alarm, Contract, OutboxMessage, Station
from station.models.locks import lock
from station.models.written_once import Changes, asked_often, changed_often, insert, insert_all, said_often
from tests.factories import ContractFactory, StationFactory

pytestmark = pytest.mark.django_db


@asked_often
def contracts_of(station_id: int, number: str) -> QuerySet[Contract]:
    rows = Contract.objects.filter(station=station_id).exclude(number=number)
    return rows.select_related("operator").order_by("pk")


@asked_often
def numbers_of(station_id: int) -> "QuerySet[Contract, tuple[int, str]]":
    return Contract.objects.filter(station=station_id).order_by("pk").values_list("pk", "number")


@asked_often
def locked_station(station_id: int) -> QuerySet[Station]:
    return lock(Station.objects.filter(pk=station_id))


@changed_often
def note(alarm_id: int, detail: str) -> Changes:
    return Alarm.objects.filter(pk=alarm_id), {"detail": detail}


def alarm(now, obj="note:1"):
    return Alarm(obj=obj, code="seen", detail="50 % chắc chắn", opened_at=now)


def test_a_question_gives_the_rows_of_its_queryset_with_what_is_joined(django_assert_num_queries):
    station = StationFactory()
    wanted = [ContractFactory(station=station, number=number) for number in ("1", "2", "3")][:2]
    ContractFactory()

    with django_assert_num_queries(1):
        found = contracts_of(station.pk, "3")
        names = [contract.operator.name for contract in found]

    assert (found, names) == (wanted, [contract.operator.name for contract in wanted])


def test_arguments_are_of_the_call_and_not_of_the_first_one():
    first, second = ContractFactory(), ContractFactory()

    assert [contracts_of(one.station_id, "") for one in (first, second)] == [[first], [second]]


def test_a_value_is_a_value_whatever_it_looks_like():
    contract = ContractFactory(number="%s' OR 1=1 --")

    assert contracts_of(contract.station_id, "' OR 1=1 --") == [contract]
    assert contracts_of(contract.station_id, "%s' OR 1=1 --") == []


def test_a_change_says_how_many_rows_it_changed(now):
    known = insert(alarm(now))

    changed = [note(known.pk, "Bến 100 % mới"), note(known.pk + 1, "x")]

    known.refresh_from_db()
    assert (changed, known.detail) == ([1, 0], "Bến 100 % mới")


def test_what_has_a_history_is_not_written_past_it(now):
    rename = changed_often(lambda station_id: (Station.objects.filter(pk=station_id), {"name": "x"}))

    for write in (lambda: rename(1), lambda: insert(StationFactory.build())):
        with pytest.raises(TypeError):
            write()


def test_rows_are_inserted_together_with_their_own_keys_or_new_ones(now):
    first, second = insert_all([alarm(now, "note:1"), alarm(now, "note:2")])
    third = insert(Alarm(pk=second.pk + 7, obj="note:3", code="seen", detail="", opened_at=now))

    kept = Alarm.objects.order_by("pk").values_list("pk", "obj")
    assert list(kept) == [(first.pk, "note:1"), (second.pk, "note:2"), (third.pk, "note:3")]


def test_single_values_are_asked_for_as_such():
    contract = ContractFactory()

    assert numbers_of(contract.station_id) == [(contract.pk, contract.number)]


def test_sql_by_hand_is_prepared_with_its_arguments():
    total = said_often("SELECT %s::int + %s::int")

    assert [total(1, 2), total(40, 2)] == [[(3,)], [(42,)]]


def test_an_inserted_row_is_the_one_that_would_have_been_saved(now):
    message = insert(OutboxMessage(task="x", payload={"a": ["é"]}, dedupe_key="x#1", created_at=now, due_at=now))

    kept = OutboxMessage.objects.get()
    assert (kept, kept.payload, kept.state, kept.due_at) == (message, {"a": ["é"]}, MessageState.PENDING, now)
    message.last_error = "50 %"
    message.save()
    assert OutboxMessage.objects.get().last_error == "50 %"


def test_what_was_prepared_is_there_after_a_rollback(now):
    with transaction.atomic():
        insert(alarm(now))
        transaction.set_rollback(True)

    insert(alarm(now))

    assert Alarm.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_lock_that_would_not_last_is_refused():
    station = StationFactory()

    with pytest.raises(TransactionManagementError):
        locked_station(station.pk)

    with transaction.atomic():
        assert locked_station(station.pk) == [station]


@pytest.mark.django_db(transaction=True)
def test_every_connection_learns_the_statement_anew(race, now):
    insert(alarm(now, "note:0"))

    def note(number):
        return lambda: str(insert(alarm(now, f"note:{number}")))

    assert race(note(1), note(2)) == ["seen note:1", "seen note:2"]
    connection.close()
    insert(alarm(now, "note:3"))
    assert Alarm.objects.count() == 4


def test_a_number_that_no_column_holds_is_no_row():
    assert [contracts_of(10**20, ""), contracts_of(-(10**20), "")] == [[], []]


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_died_between_two_requests_is_made_anew():
    contract = ContractFactory()
    contracts_of(contract.station_id, "")
    vars(connections["default"]).update(health_check_enabled=True, health_check_done=False)  # a request begins
    connection.connection.close()

    assert contracts_of(contract.station_id, "") == [contract]
