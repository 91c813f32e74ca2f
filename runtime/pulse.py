"""Was this background process seen lately? `python -m runtime.pulse relay|worker`, the health check of the containers.

The worker's sign of life travels scheduler, Redis, worker: it stands for all three.
"""

import os
import sys

import psycopg2

_QUESTION = "SELECT 1 FROM station_heartbeat WHERE process = %s AND seen_at > now() - interval '60 seconds'"


def is_seen(process: str, address: str) -> bool:
    try:
        with psycopg2.connect(address, connect_timeout=3) as connection, connection.cursor() as cursor:
            cursor.execute(_QUESTION, [process])
            return cursor.fetchone() is not None
    except psycopg2.Error:
        return False


if __name__ == "__main__":
    sys.exit(0 if is_seen(sys.argv[1], os.environ["DATABASE_URL"]) else 1)
