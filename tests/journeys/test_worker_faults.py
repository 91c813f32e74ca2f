"""Real programs, killed: a relay and a Celery worker over a real Redis. Whatever dies in the middle, every document
exists exactly once afterwards, the numbers run from 1 without a gap, and the provider has one file per key."""

import os
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
import redis
from django.conf import settings

from dispatch.enums import OrderState, SignatureState
from dispatch.models import DispatchOrder, Signature
from einvoice.enums import InvoiceState
from einvoice.models import Invoice
from runtime.roster import Place, programs
from station import clock
from station.enums import MessageState
from station.models import JournalEntry, OutboxMessage, StoredFile
from station.providers.keys import ca_certificate
from station.providers.pdf_signature import check_pdf
from tests.einvoice.conftest import provider  # noqa: F401 -- the fixture
from tests.factories import OperatorFactory
from tests.factories_dispatch import asked, ready_departure
from tests.factories_einvoice import charge_due, outlet, sale_due
from tests.factories_ticketing import priced_departure, till_at

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
ROOT = Path(__file__).resolve().parents[2]
EACH = 30  # charges, and sales
ORDERS = 6
# Seconds until everything is done after a fault: 28 on a quiet machine, more beside the rest of the suite.
SOON = 75.0


class Runner:
    """The relay and the worker of `make run`, each startable and killable by itself."""

    def __init__(self, environment: dict[str, str], logs: Path) -> None:
        self.environment = {**environment, "PYTHONUNBUFFERED": "1"}
        self.logs = logs
        commands = {program.name: program.command for program in programs(Place(logs, "127.0.0.1", 1, 2))}
        # A name of its own: a worker of the same name elsewhere on this machine is somebody else's.
        self.commands = {name: [*commands[name]] for name in ("relay", "worker")}
        self.commands["worker"] += ["--hostname", f"test-{os.getpid()}@localhost"]
        self.running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, *names: str) -> None:
        for name in names:
            with (self.logs / f"{name}.log").open("ab") as log:
                self.running[name] = subprocess.Popen(
                    self.commands[name], cwd=ROOT, env=self.environment, stdout=log, stderr=log, start_new_session=True
                )

    def kill(self, name: str) -> None:
        """SIGKILL to the program and its children, as the kernel or a power cut would."""
        process = self.running.pop(name)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def kill_a_child(self) -> None:
        """SIGKILL to one process of the worker's pool."""
        children = Path(f"/proc/{self.running['worker'].pid}/task/{self.running['worker'].pid}/children")
        os.kill(int(children.read_text().split()[0]), signal.SIGKILL)

    def stop(self) -> None:
        for name in list(self.running):
            self.kill(name)

    def log_of(self, name: str) -> str:
        path = self.logs / f"{name}.log"
        return path.read_text(errors="replace")[-4000:] if path.exists() else ""


@pytest.fixture
def broker() -> Iterator["redis.Redis"]:
    """The Redis of this run, emptied before and after."""
    client = redis.Redis.from_url(settings.REDIS_URL, socket_timeout=30)
    client.flushdb()
    yield client
    client.flushdb()
    client.close()


@pytest.fixture
def programs_of(subprocess_env, tmp_path, broker, provider) -> Iterator[Runner]:  # noqa: F811
    runner = Runner(subprocess_env, tmp_path)
    yield runner
    runner.stop()


@contextmanager
def frozen(broker: "redis.Redis") -> Iterator[None]:
    """Redis is stopped like a machine whose disk hangs: it neither answers nor refuses."""
    process_id = broker.info("server")["process_id"]
    os.kill(process_id, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(process_id, signal.SIGCONT)


def wait_until(fulfilled: Callable[[], bool], runner: Runner, seconds: float = SOON) -> float:
    """How long it took; fails with the logs when it takes longer than *seconds*."""
    start = time.monotonic()
    while not fulfilled():
        if time.monotonic() - start > seconds:
            state = list(unfinished().values_list("task", "state", "attempts", "publications", "last_error"))
            pytest.fail(f"after {seconds} s: {state}\n{runner.log_of('worker')}\n{runner.log_of('relay')}")
        time.sleep(0.1)
    return time.monotonic() - start


def unfinished():
    return OutboxMessage.objects.exclude(state=MessageState.DONE).order_by("pk")


def all_done() -> bool:
    return not unfinished().exclude(task__startswith="push.").exists()


def issued(count: int) -> Callable[[], bool]:
    return lambda: Invoice.objects.count() >= count


def work(count: int) -> None:
    """*count* sales and as many charges of one station, on the test day; their messages are due by the real clock."""
    station = outlet()
    for _ in range(count):
        charge_due(station=station)
    departure = priced_departure(seats=count, route__origin=station)
    till = till_at(station)
    for label in departure.seat_map.seats.order_by("ordinal").values_list("label", flat=True):
        sale_due(label, departure=departure, till=till)
    OutboxMessage.objects.update(due_at=clock.now())


def assert_each_document_once(provider) -> None:  # noqa: F811
    """DOCUMENTS invoices in two series, numbered 1 … n, accepted, and each with the provider once."""
    invoices = list(Invoice.objects.select_related("series").order_by("pk"))
    numbers: dict[str, list[int]] = {}
    for invoice in invoices:
        numbers.setdefault(invoice.series.template, []).append(invoice.number)
    each = list(range(1, EACH + 1))
    assert {template: sorted(found) for template, found in numbers.items()} == {"1": each, "5": each}
    assert Counter(invoice.state for invoice in invoices) == {InvoiceState.ACCEPTED: 2 * EACH}
    assert provider.kept() == {str(invoice.key) for invoice in invoices}
    assert set(provider.arrivals().values()) == {1}


def test_killed_workers_and_relays_lose_nothing_and_double_nothing(programs_of, provider):  # noqa: F811
    work(EACH)
    programs_of.start("relay", "worker")

    wait_until(issued(5), programs_of)
    programs_of.kill_a_child()
    wait_until(issued(15), programs_of)
    programs_of.kill("relay")
    programs_of.start("relay")
    wait_until(issued(25), programs_of)
    programs_of.kill("worker")
    programs_of.start("worker")

    wait_until(all_done, programs_of)
    assert_each_document_once(provider)


def test_a_redis_that_forgets_everything_loses_nothing(programs_of, broker, provider):  # noqa: F811
    work(EACH)
    programs_of.start("relay", "worker")

    wait_until(issued(5), programs_of)
    broker.flushdb()

    wait_until(all_done, programs_of)
    assert_each_document_once(provider)


def test_a_redis_that_freezes_only_delays(programs_of, broker, provider):  # noqa: F811
    work(EACH)
    programs_of.start("relay", "worker")

    wait_until(issued(5), programs_of)
    with frozen(broker):
        time.sleep(7)

    wait_until(all_done, programs_of)
    assert_each_document_once(provider)


def test_a_signed_order_becomes_one_document_whatever_dies(programs_of, broker):
    operator = OperatorFactory(signs_electronically=True)
    station = outlet()
    orders = [asked(ready_departure(operator=operator, route__origin=station)) for _ in range(ORDERS)]
    OutboxMessage.objects.update(due_at=clock.now())
    programs_of.start("relay", "worker")

    wait_until(signed(1), programs_of)
    programs_of.kill_a_child()
    wait_until(signed(2), programs_of)
    broker.flushdb()
    programs_of.kill("worker")
    programs_of.start("worker")

    wait_until(all_done, programs_of)
    documents = DispatchOrder.objects.select_related("document").order_by("pk")
    assert [order.state for order in documents] == [OrderState.ISSUED] * ORDERS
    assert StoredFile.objects.filter(media_type="application/pdf").count() == ORDERS
    assert {fields_of(order) for order in documents} == {("Operator",)}
    issues = JournalEntry.objects.filter(action="dispatch_issued").order_by("pk").values_list("obj", flat=True)
    assert sorted(issues) == sorted(order.journal_name for order in orders)


def signed(count: int) -> Callable[[], bool]:
    return lambda: Signature.objects.filter(state=SignatureState.APPLIED).count() >= count


def fields_of(order: DispatchOrder) -> tuple[str, ...]:
    """The fields whose signature holds."""
    reports = check_pdf(bytes(order.document.content), trust=[ca_certificate()], now=clock.now())
    return tuple(report.field for report in reports if report.ok)
