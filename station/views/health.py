"""Is the process alive, and can it do its whole work?"""

from datetime import timedelta

import redis
from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse

from station import clock
from station.models import Heartbeat
from station.rights import public

WORKER_SEEN_WITHIN = timedelta(seconds=60)


@public
def healthz(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok", content_type="text/plain")


@public
def readyz(request: HttpRequest) -> JsonResponse:
    """Database, Redis and a worker seen lately; 503 when one is missing. Sales go on without the last two."""
    database = _database()
    state = {"database": database, "redis": _redis(), "worker": database and _worker()}
    return JsonResponse(state, status=200 if all(state.values()) else 503)


def _database() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def _redis() -> bool:
    client = redis.Redis.from_url(settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1)
    try:
        return bool(client.ping())
    except redis.RedisError:
        return False
    finally:
        client.close()


def _worker() -> bool:
    return Heartbeat.objects.filter(process="worker", seen_at__gte=clock.now() - WORKER_SEEN_WITHIN).exists()
