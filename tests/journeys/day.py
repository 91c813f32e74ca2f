"""What the story of one day needs: a running copy, people with a browser and a token, and outside verifiers."""

import json
import os
import re
import signal
import socket
import subprocess
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any, TypeVar
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, OpenerDirector, Request, build_opener

import pytest

from fees.money import DENOMINATIONS
from runtime.roster import Place, programs
from station.clock import local, local_day
from station.enums import DepartureState
from station.models import Bay, Departure, Notice, ServiceSlot, Station
from station.selectors.bays import boarding_bays, bookings_between, occupation_of
from station.services.departures import assign_vehicle, plan_day
from station.services.master_data import register_slot

ROOT = Path(__file__).resolve().parents[2]
SOON = 60.0  # seconds until a worker on a busy machine has done its part
LEAVES_IN = timedelta(minutes=25)  # its bay is kept from half an hour before, so it may board at once
Found = TypeVar("Found")


class Copy:
    """Programs of `make run` (*names*), on the database of the test."""

    def __init__(self, environment: dict[str, str], logs: Path, names: Sequence[str]) -> None:
        port, events = _free_port(), _free_port()
        self.address = f"http://127.0.0.1:{port}"
        self.logs = logs
        ports = {"PORT": str(port), "EVENTS_PORT": str(events)}
        self.environment = {**environment, **ports, "PYTHONUNBUFFERED": "1"}
        commands = {each.name: list(each.command) for each in programs(Place(logs, "127.0.0.1", port, events))}
        # A name of its own: a worker of the same name elsewhere on this machine is somebody else's.
        commands["worker"] += ["--hostname", f"day-{os.getpid()}@localhost"]
        self.commands = {name: commands[name] for name in names}
        self.running: list[subprocess.Popen[bytes]] = []

    def start(self) -> None:
        for name, command in self.commands.items():
            with (self.logs / f"{name}.log").open("ab") as log:
                process = subprocess.Popen(
                    command, cwd=ROOT, env=self.environment, stdout=log, stderr=log, start_new_session=True
                )
            self.running.append(process)
        self.wait_for("the web server", self._answers)

    def stop(self) -> None:
        for process in self.running:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def wait_for(self, what: str, look: Callable[[], Found | None]) -> Found:
        """What *look* finds, as soon as it finds something; fails with the logs when it takes too long."""
        end = time.monotonic() + SOON
        while time.monotonic() < end:
            if found := look():
                return found
            time.sleep(0.2)
        logs = [
            f"— {path.name}:\n{path.read_text(errors='replace')[-3000:]}" for path in sorted(self.logs.glob("*.log"))
        ]
        pytest.fail(f"{what}: not within {SOON:.0f} s\n" + "\n".join(logs))

    def _answers(self) -> bool:
        try:
            return Visitor(self.address).get("/healthz").status == 200
        except OSError:
            return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def running_copy(
    environment: dict[str, str], logs: Path, names: Sequence[str] = ("web", "relay", "worker")
) -> Iterator[Copy]:
    copy = Copy(environment, logs, names)
    try:
        copy.start()
        yield copy
    finally:
        copy.stop()


@dataclass(frozen=True)
class Answer:
    status: int
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Visitor:
    """Somebody with a browser: pages, forms, cookies."""

    address: str
    browser: OpenerDirector = field(default_factory=lambda: build_opener(HTTPCookieProcessor(CookieJar())))

    def ask(self, path: str, body: bytes | None = None, headers: dict[str, str] | None = None) -> Answer:
        request = Request(self.address + path, data=body, headers=headers or {})
        try:
            with self.browser.open(request, timeout=SOON) as response:
                return Answer(response.status, response.read())
        except HTTPError as refusal:
            with refusal:
                return Answer(refusal.code, refusal.read())

    def get(self, path: str) -> Answer:
        return self.ask(path)

    def page(self, path: str, *words: str) -> str:
        """The page at *path*; it must be there and say each of *words*."""
        answer = self.get(path)
        assert (path, answer.status) == (path, 200), answer.text[-2000:]
        assert (path, [word for word in words if word not in answer.text]) == (path, [])
        return answer.text

    def submit(self, path: str, action: str, **typed: object) -> Answer:
        """Fill in the form of the page at *path* that goes to *action*, and send it; redirects are followed."""
        form = re.search(rf'<form[^>]*action="{re.escape(action)}".*?</form>', self.page(path), re.DOTALL)
        assert form, f"no form for {action} at {path}"
        hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form[0]))
        return self.ask(action, urlencode(hidden | typed).encode())


class Person(Visitor):
    """A demo user: logged in on the pages, and with a token for the API."""

    def __init__(self, address: str, username: str) -> None:
        super().__init__(address)
        self.username = username
        entered = {"username": username, "password": "demo"}
        login = self.page("/login/")
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', login)
        assert token
        self.ask("/login/", urlencode(entered | {"csrfmiddlewaretoken": token[1]}).encode())
        # A machine of the same person: it has a token and no cookies.
        self.machine = Visitor(address)
        self.token = self._api("/api/v1/auth/token/", entered).json["token"]

    def see(self, path: str) -> Any:
        """GET of the API."""
        return self.fetch(path).json

    def fetch(self, path: str) -> Answer:
        """GET of the API, as bytes."""
        answer = self.machine.ask(f"/api/v1{path}", headers={"Authorization": f"Token {self.token}"})
        assert (path, answer.status) == (path, 200), answer.body
        return answer

    def do(self, path: str, expect: int, **body: object) -> Any:
        """POST to the API with a new key, and once more with the same: the answer is the same."""
        headers = {"Authorization": f"Token {self.token}", "Idempotency-Key": str(uuid.uuid4())}
        first, again = (self._api(f"/api/v1{path}", body, headers) for _ in range(2))
        assert (path, first.status) == (path, expect), first.text
        assert (again.status, again.json) == (first.status, first.json)
        return first.json

    def refused(self, path: str, **body: object) -> Any:
        """POST to the API that must be refused with 409; its code and facts."""
        return self.do(path, 409, **body)

    def _api(self, path: str, body: object, headers: dict[str, str] | None = None) -> Answer:
        return self.machine.ask(
            path, json.dumps(body).encode(), {"Content-Type": "application/json", **(headers or {})}
        )


def run_extra(station: Station, operator: str, route: str, now: datetime) -> Departure:
    """One more departure of *operator*, soon: this day may be walked at any hour, also at night.

    It gets the operator's coach whose own runs are farthest away, and its driver: the gate cannot mean another run.
    """
    notice = Notice.objects.select_related("route").get(operator__code=operator, route__code=route)
    runs = Departure.objects.filter(
        station=station, operator__code=operator, route__code=route, state=DepartureState.PLANNED, vehicle__isnull=False
    )
    leaves_at = _free_minute(now + LEAVES_IN)
    nearest: dict[int | None, Departure] = {}
    for run in sorted(runs.order_by("pk"), key=lambda run: abs(run.planned_at - leaves_at)):
        nearest.setdefault(run.vehicle_id, run)
    lender = max(nearest.values(), key=lambda run: abs(run.planned_at - leaves_at))
    slot = register_slot(
        notice, station, local(leaves_at).time(), seat_map=lender.seat_map, valid_from=local_day(leaves_at)
    )
    plan_day(station=station, day=local_day(leaves_at), now=now)
    departure = Departure.objects.get(slot=slot)
    return assign_vehicle(
        departure_id=departure.pk, vehicle_id=lender.vehicle_id, driver_id=lender.driver_id, by=None, now=now
    )


def _free_minute(at: datetime) -> datetime:
    """The first whole minute from *at* in which no slot leaves, so that a new one cannot be there already."""
    at = at.replace(second=0, microsecond=0)
    while ServiceSlot.objects.filter(departs_at=local(at).time()).exclude(notice__route__kind="bus").exists():
        at += timedelta(minutes=1)
    return at


def free_bays(departure: Departure) -> list[Bay]:
    """Boarding bays nobody stands in while *departure* boards."""
    start, end = occupation_of(departure)
    return [bay for bay in boarding_bays(departure.station) if not bookings_between(bay, start, end)]


def notes(amount: int) -> list[dict[str, int]]:
    """*amount* đồng in as few notes as possible, as the drawer is counted."""
    counts = []
    for denomination in DENOMINATIONS:
        quantity, amount = divmod(amount, denomination)
        counts.append({"denomination": denomination, "quantity": quantity})
    assert amount == 0, "no notes are that small"
    return counts


def seen_by_poppler(pdf: bytes, folder: Path) -> dict[str, str]:
    """By signature field: what `pdfsig` says about it."""
    (folder / "order.pdf").write_bytes(pdf)
    done = subprocess.run(["pdfsig", "-nocert", "order.pdf"], capture_output=True, check=True, cwd=folder)
    text = done.stdout.decode()
    signed = [part for part in re.split(r"Signature #\d+:", text)[1:] if "Signature Validation" in part]
    pattern = re.compile(r"Signature Field Name: (\w+).*Signature Validation: ([^\n]*)", re.DOTALL)
    return {found[1]: found[2] for part in signed if (found := pattern.search(part))}


def accepted_by_xmlsec(xml: bytes, ca: bytes, folder: Path) -> bool:
    (folder / "ca.pem").write_bytes(ca)
    (folder / "invoice.xml").write_bytes(xml)
    ids = [f"--id-attr:Id {name}" for name in ("DLHDon", "http://www.w3.org/2000/09/xmldsig#:Object")]
    command = f"xmlsec1 --verify --enabled-key-data x509 --trusted-pem ca.pem {' '.join(ids)} invoice.xml"
    return subprocess.run(command.split(), cwd=folder, capture_output=True, check=False).returncode == 0
