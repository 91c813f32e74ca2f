"""The life of a message: told, claimed, finished or given back."""

from datetime import timedelta

import pytest
import time_machine

from station import events
from station.enums import MessageState
from station.models import Alarm, OutboxMessage
from station.services import outbox
from station.services.outbox import KEPT_BACK_FOR

pytestmark = pytest.mark.django_db


@pytest.fixture
def message(now):
    return outbox.enqueue("station.beat", {"sale_id": 7}, now=now)


def reread(message):
    message.refresh_from_db()
    return message


def test_news_become_one_message_for_each_subscriber(now, monkeypatch):
    monkeypatch.setitem(events._subscriptions, "sale.made", ["einvoice.issue", "reports.count"])

    outbox.tell("sale.made", now=now, sale_id=7)

    rows = OutboxMessage.objects.order_by("pk")
    assert [(row.task, row.payload, row.due_at) for row in rows] == [
        ("einvoice.issue", {"sale_id": 7}, now),
        ("reports.count", {"sale_id": 7}, now),
    ]


def test_news_without_subscribers_are_nothing(now):
    outbox.tell("nobody.listens", now=now, sale_id=7)

    assert OutboxMessage.objects.count() == 0


def test_one_delivery_works_on_a_message(message, now):
    claims = [outbox.claim(message.pk, delivery=delivery, now=now) for delivery in ("1-1", "1-2", "1-1")]

    assert claims == [True, False, True]
    assert reread(message).attempts == 2


def test_a_claim_ends_when_its_worker_says_nothing(message, now):
    outbox.claim(message.pk, delivery="1-1", now=now)

    assert outbox.claim(message.pk, delivery="1-2", now=now + outbox.CLAIM_LASTS + timedelta(seconds=1)) is True


def test_a_worker_that_starts_again_frees_what_it_held(message, now):
    outbox.claim(message.pk, delivery="1-1", worker="w1@host", now=now)

    freed = outbox.release_claims_of("w2@host", now=now), outbox.release_claims_of("w1@host", now=now)

    assert freed == (0, 1)
    assert outbox.claim(message.pk, delivery="1-2", worker="w1@host", now=now) is True


def test_a_finished_message_is_never_claimed_again(message, now):
    outbox.claim(message.pk, delivery="1-1", now=now)
    outbox.finish(message.pk, now=now)

    assert outbox.claim(message.pk, delivery="1-1", now=now) is False
    assert (reread(message).state, message.done_at) == (MessageState.DONE, now)


def test_work_without_a_message_finishes_nothing(now):
    outbox.finish(None, now=now)

    assert OutboxMessage.objects.count() == 0


def test_a_failed_attempt_waits_longer_each_time(message, now):
    waits = []
    for number in range(1, 4):
        outbox.claim(message.pk, delivery=f"1-{number}", now=now)
        outbox.give_back(message.pk, error="no answer", now=now)
        waits.append((reread(message).due_at - now).total_seconds())

    assert waits == [10, 20, 40]
    assert (message.state, message.last_error, message.claimed_by) == (MessageState.PENDING, "no answer", "")


def test_after_five_attempts_it_is_given_up_with_one_alarm(message, now):
    for number in range(outbox.MAX_ATTEMPTS):
        outbox.claim(message.pk, delivery=f"1-{number}", now=now)
        outbox.give_back(message.pk, error="no answer", now=now)

    assert reread(message).state == MessageState.DEAD
    alarm = Alarm.objects.get()
    assert (alarm.obj, alarm.code, alarm.detail) == (f"outbox:{message.pk}", "message_given_up", "no answer")
    assert outbox.claim(message.pk, delivery="1-9", now=now) is False


def test_a_message_that_kills_its_worker_is_given_up_too(message, now):
    later = now
    for number in range(outbox.MAX_ATTEMPTS):
        assert outbox.claim(message.pk, delivery=f"1-{number}", now=later) is True
        later += outbox.CLAIM_LASTS + timedelta(seconds=1)

    assert outbox.claim(message.pk, delivery="1-9", now=later) is False
    assert reread(message).state == MessageState.DEAD


def test_a_given_up_message_can_be_revived(message, now):
    for number in range(outbox.MAX_ATTEMPTS):
        outbox.claim(message.pk, delivery=f"1-{number}", now=now)
        outbox.give_back(message.pk, error="no answer", now=now)

    revived = outbox.revive(message.pk, now=now), outbox.revive(message.pk, now=now)

    assert revived == (True, False)
    assert (reread(message).state, message.attempts) == (MessageState.PENDING, 0)
    assert Alarm.objects.get().closed_at == now


def test_a_finished_message_is_not_given_back(message, now):
    outbox.finish(message.pk, now=now)
    outbox.give_back(message.pk, error="late", now=now)

    assert (reread(message).state, message.last_error) == (MessageState.DONE, "")


def test_news_that_pages_were_told_are_swept_after_an_hour(message, now):
    outbox.push("sale-HB01", now=now)
    outbox.push("sale-HB01", now=now)
    told, waiting = OutboxMessage.objects.filter(task="push.sale-HB01").order_by("pk")
    for done in (told, message):
        outbox.finish(done.pk, now=now)

    swept = [outbox.sweep_pushes(now=now + timedelta(minutes=minutes)) for minutes in (59, 61, 62)]

    assert swept == [0, 1, 0]
    assert list(OutboxMessage.objects.order_by("pk")) == [message, waiting]


def test_what_is_kept_back_is_written_but_left_to_its_keeper(now, monkeypatch):
    monkeypatch.setitem(events._subscriptions, "sale.made", ["einvoice.issue"])

    with time_machine.travel(now, tick=False), outbox.kept_back() as kept:
        outbox.tell("sale.made", now=now - timedelta(hours=3), sale_id=7)
        outbox.push("board-HB01", now=now)
        outbox.push("board-HB01", now=now)

    row = OutboxMessage.objects.get()
    assert (row.task, row.created_at, row.due_at) == ("einvoice.issue", now - timedelta(hours=3), now + KEPT_BACK_FOR)
    assert (kept.messages, kept.topics) == ([row], {"board-HB01"})
    assert outbox.left_by_keeper() == [row]


def test_after_its_keeper_nothing_is_kept_back(now):
    with outbox.kept_back():
        pass

    assert outbox.enqueue("station.beat", {}, now=now).due_at == now
    assert outbox.left_by_keeper() == []


def test_what_one_keeper_left_is_not_the_others(now):
    for name in ("HB01", "HB02"):
        with outbox.kept_back(name):
            outbox.enqueue("station.beat", {"at": name}, now=now)

    assert [message.payload for message in outbox.left_by_keeper("HB02")] == [{"at": "HB02"}]


def test_a_keepers_own_delivery_claims_its_message(now):
    with outbox.kept_back() as kept:
        outbox.enqueue("station.beat", {}, now=now)
    message = kept.messages[0]

    claims = [outbox.claim(message.pk, delivery=outbox.keepers_delivery("", message.pk), now=now) for _ in range(2)]
    outbox.finish(message.pk, now=now)

    assert claims == [True, True]
    assert (reread(message).state, outbox.left_by_keeper()) == (MessageState.DONE, [])
