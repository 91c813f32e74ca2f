"""What years of sales do to a counter: sale, search and passenger list with 1,000,000 tickets, over an empty table."""

import uuid
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from time import perf_counter

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Model
from django.test import Client
from django.test.utils import override_settings

from bench import day
from bench.desk import PLAIN_FILES
from bench.figures import Figure, at_most, load
from fees.models import Entry, Payment, Posting
from station import clock
from station.clock import local
from station.models import Departure, IdempotencyKey, JournalEntry, OutboxMessage
from ticketing.models import Sale, SeatClaim, Ticket

TICKETS = 1_000_000
COACHES = 1 + TICKETS // day.SEATS
MOST = 1.5
SALES = 30  # of a coach, so that its passenger list has as many before and after
LOOKS = 60


def growth() -> Figure:
    """Each answered by this process as the web process would, login, rights and page included."""
    with override_settings(ALLOWED_HOSTS=["testserver"], STORAGES=settings.STORAGES | PLAIN_FILES):
        clerk, [first, second, third] = day.clerks(1)[0], day.coaches(3)
        client = Client()
        client.force_login(clerk)
        _measure(client, first)  # what a process and its connection keep is loaded
        empty = _measure(client, second)
        begun = perf_counter()
        _grow(Sale.objects.filter(departure=second).order_by("pk")[0])
        grown_in = perf_counter() - begun
        full = _measure(client, third)
    ratios = {name: full[name] / empty[name] for name in empty}
    said = ", ".join(f"{name} {empty[name]:.1f} → {full[name]:.1f} ms" for name in empty)
    detail = f"{Ticket.objects.count()} tickets (made in {grown_in:.0f} s): {said}; load {load()}"
    return at_most("sale.growth", max(ratios.values()), MOST, "ratio", detail)


def _measure(client: Client, coach: int) -> dict[str, float]:
    """Milliseconds of a sale, of each way to find a ticket, and of a passenger list."""
    times = {"sale": _quick(lambda: _sell(client, coach), SALES)}
    ticket = Ticket.objects.filter(departure=coach).order_by("pk")[0]
    at = f"{local(ticket.departure.planned_at):%H%M}"
    for name, words in {
        "by code": ticket.code,
        "by its end": ticket.code[-5:],
        "by phone": _phone(coach),
        "by seat": f"{ticket.seat_label}/{at}",
    }.items():
        times[name] = _quick(lambda words=words: _look(client, f"/tickets/?q={words}"), LOOKS)
    times["passenger list"] = _quick(lambda: _look(client, f"/departures/{coach}/passengers/"), LOOKS)
    return times


def _quick(work: Callable[[], None], times: int) -> float:
    """The quickest of many: what a machine that is busy now and then does not change."""
    took = []
    for _ in range(times):
        begun = perf_counter()
        work()
        took.append(1000 * (perf_counter() - begun))
    return min(took)


def _phone(coach: int) -> str:
    return f"09{coach:08}"


def _sell(client: Client, coach: int) -> None:
    answer = client.post(
        "/api/v1/sales/", {"departure": coach, "count": 1, "buyer": {"phone": _phone(coach)}},
        content_type="application/json", headers={"Idempotency-Key": str(uuid.uuid4())},
    )  # fmt: skip
    if answer.status_code != 201:
        raise RuntimeError(answer.content.decode())


def _look(client: Client, address: str) -> None:
    """Until the clerk sees it: the only ticket that fits opens at once."""
    answer = client.get(address, follow=True)
    if answer.status_code != 200:
        raise RuntimeError(f"{address}: {answer.status_code}")


def _grow(sale: Sale) -> None:
    """Copies of *sale*, with every row that a sale writes, of coaches that left in the last years.

    In one scratch database triggers and foreign keys may look away; every other constraint holds, and statistics are
    as a night's rest would leave them. Invoices are left out: nothing measured here reads them.
    """
    copies = _copies(sale)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica; SET LOCAL statement_timeout = 0")
        for model, key, count, told in copies:
            _copy(cursor, model, key, count, told)
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0; ANALYZE; RESET statement_timeout")


def _copies(sale: Sale) -> Iterable[tuple[type[Model], Mapping[str, object], int, dict[str, str]]]:
    """Table, the row to copy, how often, and the columns that differ, in SQL of the copy's number `n`."""
    ticket, base = sale.tickets.get(), {model: _last(model) for model in (Departure, Entry, Payment, Sale, Ticket)}

    def id_of(model: type[Model]) -> str:
        return f"{base[model]} + n"

    coach = f"{base[Departure]} + 1 + (n - 1) / {day.SEATS}"
    seat = f"(1 + mod(n - 1, {day.SEATS}))::smallint"
    yesterday = f"timestamptz '{clock.now() - timedelta(days=1):%Y-%m-%d %H:%M}+00'"
    left = f"{yesterday} - interval '45 min' * n"
    at = f"{yesterday} - interval '45 min' * (1 + (n - 1) / {day.SEATS}) - interval '1 hour'"
    return [
        (Departure, {"id": sale.departure_id}, COACHES, {
            "id": id_of(Departure), "planned_at": left, "departed_at": left, "state": "'departed'",
            "service_on": f"({left})::date",
        }),
        (Entry, {"id": sale.payment.entry_id}, TICKETS, {"id": id_of(Entry), "at": at}),
        (Posting, {"entry_id": sale.payment.entry_id}, TICKETS, {"entry_id": id_of(Entry)}),
        (Payment, {"id": sale.payment_id}, TICKETS, {"id": id_of(Payment), "entry_id": id_of(Entry), "at": at}),
        (Sale, {"id": sale.pk}, TICKETS, {
            "id": id_of(Sale), "departure_id": coach, "payment_id": id_of(Payment), "sold_at": at,
            "idempotency_key": "'grown:' || n", "lookup_code": "lpad(n::text, 16, '0')",
            "buyer_phone": "'09' || lpad((mod(n * 7919, 100000000))::text, 8, '0')",
        }),
        (Ticket, {"id": ticket.pk}, TICKETS, {
            "id": id_of(Ticket), "sale_id": id_of(Sale), "departure_id": coach, "sold_at": at, "seat": seat,
            "code": "lpad((n * 104729)::text, 18, '0')", "seat_label": f"'A' || lpad(({seat})::text, 2, '0')",
        }),
        (SeatClaim, {"ticket_id": ticket.pk}, TICKETS, {
            "departure_id": coach, "seat": seat, "ticket_id": id_of(Ticket),
        }),
        (JournalEntry, {"obj": f"sale:{sale.pk}"}, TICKETS, {
            "chain": "'grown'", "seq": "n", "obj": f"'sale:' || {id_of(Sale)}", "at": at,
        }),
        (OutboxMessage, {"task": "einvoice.issue_for_sale", "payload": f'{{"sale_id": {sale.pk}}}'}, TICKETS, {
            "dedupe_key": "'grown:' || n", "state": "'done'", "created_at": at, "due_at": at, "done_at": at,
            "payload": f"jsonb_build_object('sale_id', {id_of(Sale)})",
        }),
        (IdempotencyKey, {"user_id": sale.sold_by_id, "key": sale.idempotency_key.partition(":")[2]}, TICKETS, {
            "key": "'grown:' || n", "created_at": at,
        }),
    ]  # fmt: skip


def _last(model: type[Model]) -> int:
    return model._default_manager.order_by("-pk")[0].pk


def _copy(cursor, model: type[Model], key: Mapping[str, object], count: int, told: dict[str, str]) -> None:
    table = model._meta.db_table
    columns = [field.column for field in model._meta.concrete_fields if field.column]
    if "id" not in told:
        columns = [column for column in columns if column != "id"]  # the next of the table's own
    chosen = " AND ".join(f"one.{column} = %s" for column in key)
    values = ", ".join(told.get(column, f"one.{column}") for column in columns)
    cursor.execute(
        f"INSERT INTO {table} ({', '.join(columns)}) SELECT {values} FROM {table} one, "
        f"generate_series(1::bigint, %s) n WHERE {chosen}",
        [count, *key.values()],
    )
    if "id" in told:
        cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}")
