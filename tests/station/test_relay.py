"""The relay over the real Redis, over none, and over one that has stopped answering."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from datetime import timedelta

import pytest
import redis
from django.conf import settings as configured
from django.core.management import call_command
from django.db import connection

from runtime.redis import binary
from station.enums import MessageState
from station.models import Heartbeat, OutboxMessage
from station.services import outbox, relay
from tests.architecture.product import ROOT

QUEUE = "celery"


@pytest.fixture
def broker():
    with redis.Redis.from_url(configured.REDIS_URL) as client:
        client.delete(QUEUE)
        yield client
        client.delete(QUEUE)


def queued(broker):
    letters = [json.loads(row) for row in reversed(broker.lrange(QUEUE, 0, -1))]
    return [(letter["headers"]["task"], letter["headers"]["id"]) for letter in letters]


@pytest.mark.django_db
def test_a_due_message_is_published_once_while_its_lease_lasts(now, broker):
    message = outbox.enqueue("somebody.works", {"sale_id": 7}, now=now)

    counts = [relay.publish_due(now=now + timedelta(seconds=seconds)) for seconds in (0, 1, 9)]

    assert counts == [1, 0, 0]
    assert queued(broker) == [("somebody.works", f"{message.pk}-1")]


@pytest.mark.django_db
def test_what_redis_lost_is_published_again_under_another_name(now, broker):
    message = outbox.enqueue("somebody.works", {}, now=now)
    relay.publish_due(now=now)
    broker.flushdb()

    relay.publish_due(now=now + relay.LEASE + timedelta(seconds=1))

    assert queued(broker) == [("somebody.works", f"{message.pk}-2")]


@pytest.mark.django_db
def test_what_a_worker_works_on_or_has_done_is_left_alone(now, broker):
    working, done = (outbox.enqueue("somebody.works", {}, now=now) for _ in range(2))
    outbox.claim(working.pk, delivery="1-1", now=now)
    outbox.finish(done.pk, now=now)

    assert relay.publish_due(now=now) == 0


@pytest.mark.django_db
def test_a_message_waits_until_it_is_due(now, broker):
    outbox.enqueue("somebody.works", {}, now=now, due_at=now + timedelta(minutes=1))

    assert [relay.publish_due(now=now), relay.publish_due(now=now + timedelta(minutes=1))] == [0, 1]


@pytest.mark.django_db
def test_a_push_reaches_whoever_listens_and_is_done(now, broker):
    listener = broker.pubsub(ignore_subscribe_messages=True)
    listener.subscribe(relay.EVENTS_CHANNEL)
    listener.get_message(timeout=1)
    outbox.push("bays-HB01", now=now)

    relay.publish_due(now=now)

    heard = json.loads(listener.get_message(timeout=1)["data"])
    listener.close()
    assert (heard["channel"], heard["event_type"]) == ("bays-HB01", "message")
    assert json.loads(heard["data"]) == {"topic": "bays-HB01"}
    assert OutboxMessage.objects.get().state == MessageState.DONE


@pytest.mark.django_db
def test_command_publishes_everything_that_is_due(now, broker):
    for _ in range(3):
        outbox.enqueue("somebody.works", {}, now=now - timedelta(days=1))

    call_command("relay", once=True)

    assert broker.llen(QUEUE) == 3


@pytest.mark.slow
@pytest.mark.django_db
def test_a_frozen_redis_holds_nobody_longer_than_our_patience(now, settings):
    outbox.push("bays-HB01", now=now)
    behind = outbox.enqueue("somebody.works", {}, now=now)
    with socket.create_server(("127.0.0.1", 0)) as frozen:  # takes the call and never says a word
        settings.REDIS_URL = f"redis://127.0.0.1:{frozen.getsockname()[1]}/0"
        started = time.monotonic()

        with pytest.raises(redis.TimeoutError):
            relay.publish_due(now=now)

    assert time.monotonic() - started < relay.REDIS_PATIENCE + 1
    behind.refresh_from_db()
    assert (behind.leased_until, behind.publications) == (None, 0)


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def wait_for(answer, seconds=60):
    end = time.monotonic() + seconds
    while not answer() and time.monotonic() < end:
        time.sleep(0.1)
    return answer()


@pytest.fixture
def process():
    started = []

    def start(*command, **environment):
        child = subprocess.Popen(command, cwd=ROOT, env=os.environ | environment, stdout=subprocess.DEVNULL)
        started.append(child)
        return child

    yield start
    for child in started:
        child.kill()
        child.wait()


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_the_process_outlives_a_dead_redis_and_stops_when_told(now, process):
    place, port = connection.settings_dict, free_port()
    database = f"postgres://{place['USER']}:{place['PASSWORD']}@{place['HOST']}:{place['PORT']}/{place['NAME']}"
    message = outbox.enqueue("somebody.works", {}, now=now)
    running = process(
        sys.executable, "manage.py", "relay", DATABASE_URL=database, REDIS_URL=f"redis://127.0.0.1:{port}/0"
    )
    assert wait_for(lambda: Heartbeat.objects.filter(process="relay").exists())
    time.sleep(1)  # it has tried by then
    assert OutboxMessage.objects.get().publications == 0

    process(str(binary()), "--port", str(port), "--save", "", "--appendonly", "no")

    with redis.Redis(port=port) as late:
        assert wait_for(lambda: b"celery" in _keys(late))
    running.send_signal(signal.SIGTERM)
    assert running.wait(10) == 0
    assert OutboxMessage.objects.get(pk=message.pk).state == MessageState.PENDING


def _keys(client):
    try:
        return client.keys()
    except redis.ConnectionError:
        return []
