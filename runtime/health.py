"""Asks /healthz, as supervision and the containers do: `python -m runtime.health [PORT]`. Never /readyz."""

import http.client
import os
import sys

from runtime.places import number


def is_alive(host: str, port: int, *, timeout: float = 3.0) -> bool:
    """Whether the process behind this port answers over HTTP, whatever state its database and Redis are in."""
    connection = http.client.HTTPConnection(host, port, timeout=timeout)
    allowed = (os.environ.get("ALLOWED_HOSTS") or "localhost").split(",")[0].lstrip(".")
    # As the TLS front would ask: no redirect to https, and a host name that is allowed.
    headers = {"Host": "localhost" if allowed == "*" else allowed, "X-Forwarded-Proto": "https"}
    try:
        connection.request("GET", "/healthz", headers=headers)
        return connection.getresponse().status < 500
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def reachable(host: str) -> str:
    """The address under which this machine reaches itself when the programs listen on `host`."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - read, not bound


if __name__ == "__main__":
    port = int(sys.argv[1]) if len(sys.argv) > 1 else number("PORT", 8000)
    sys.exit(0 if is_alive("127.0.0.1", port) else 1)
