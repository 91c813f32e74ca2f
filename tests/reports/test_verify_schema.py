import pytest
from django.db import DatabaseError, connection, transaction

from reports.services import build_schema, drop_schema
from tests.reports.day import Day

# As published for outside checkers. Money and ids are bigint, counts are int.
PUBLISHED = """
member: user_id id, station_id id, role text, valid_from timestamptz, valid_to timestamptz, disabled_at timestamptz
trip: id id, station_id id, operator_id id, seats int, legs int, planned_at timestamptz, departed_at timestamptz,
    status text, vehicle text, driver_id id
shift: id id, station_id id, clerk_id id, business_date date, opened_at timestamptz, closed_at timestamptz,
    opening_float bigint, expected_cash bigint, declared_cash bigint, diff bigint, z_no int, gt_before bigint,
    gt_after bigint
sale: id id, station_id id, shift_id id, clerk_id id, total bigint, at timestamptz, idem_key text
ticket: id id, station_id id, trip_id id, seat int, seg int4range, status text, price bigint, price_reason text,
    sale_id id, at timestamptz, hold_until timestamptz, boarded_at timestamptz, closed_at timestamptz, closed_by id,
    close_reason text, approved_by id
payment: id id, shift_id id, sale_id id, ticket_id id, kind text, method text, amount bigint, at timestamptz,
    by_user id, refund_of id, approved_by id
fee: id id, station_id id, trip_id id, total bigint, status text, at timestamptz, on_credit bool
invoice: id id, series text, year int, number int, at timestamptz, kind text, sale_id id, fee_id id, relates_to id,
    total bigint, sent_at timestamptz, outage_id id
inv_counter: series text, year int, last_no int
dispatch: id id, trip_id id, vehicle text, driver_id id, status text, signed_at timestamptz,
    confirmed_at timestamptz, replaces id, passengers int, payload_sha text, signed_sha text
bay_use: id id, bay_id id, vehicle text, period tstzrange
audit: chain text, seq bigint, at timestamptz, actor id, action text, obj text, body text, prev bytea, h bytea
anchor: chain text, seq bigint, h bytea, at timestamptz
outbox: id id, topic text, obj text, created_at timestamptz, due_at timestamptz, sent_at timestamptz, attempts int,
    status text, late bool, dedupe_key text
road_record: id id, station_id id, seq bigint, trip_id id, kind text, payload text, prev bytea, h bytea,
    created_at timestamptz, due_at timestamptz, acked_at timestamptz, status text, obj text
effect: dedupe_key text, at timestamptz
idem: key text, user_id id, request_hash text, status_code int, at timestamptz
alarm: id id, obj text, opened_at timestamptz, closed_at timestamptz
"""
SHORT = {"integer": "int", "timestamp with time zone": "timestamptz", "boolean": "bool"}
ID = "bigint"


def published() -> dict[str, list[tuple[str, str]]]:
    relations = {}
    for line in PUBLISHED.replace(",\n    ", ", ").strip().splitlines():
        name, columns = line.split(": ")
        pairs = [column.split() for column in columns.split(", ")]
        relations[name] = [(column, ID if kind == "id" else kind) for column, kind in pairs]
    return relations


def rows(sql: str) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())


@pytest.mark.django_db
def test_columns_and_types_are_as_published():
    found: dict[str, list[tuple[str, str]]] = {}
    for relation, column, kind in rows(
        "SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod) FROM pg_attribute a"
        " JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE n.nspname = 'verify' AND a.attnum > 0 ORDER BY c.relname, a.attnum"
    ):
        found.setdefault(str(relation), []).append((str(column), SHORT.get(str(kind), str(kind))))

    assert found == published()


@pytest.mark.parametrize(
    "statement",
    ["INSERT INTO verify.alarm (obj) VALUES ('x')", "UPDATE verify.ticket SET price = 0", "DELETE FROM verify.sale"],
)
def test_nothing_is_written_through_a_view(day: Day, statement: str):
    with pytest.raises(DatabaseError, match="is read-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.django_db
def test_building_again_changes_nothing():
    before = rows("SELECT oid FROM pg_class WHERE relname = 'bay_use'")

    build_schema(using="default")

    assert rows("SELECT oid FROM pg_class WHERE relname = 'bay_use'") == before


@pytest.mark.django_db
def test_dropped_before_migrating_and_built_after():
    drop_schema(using="default")
    gone = rows("SELECT to_regnamespace('verify') IS NULL")
    build_schema(using="default")

    assert (gone, rows("SELECT count(*) FROM verify.trip")) == ([(True,)], [(0,)])


def test_the_day_in_plain_relations(day: Day):
    facts = {
        "trips": rows("SELECT status, seats, legs FROM verify.trip ORDER BY planned_at"),
        "tickets": rows("SELECT seat, seg::text, status, price, at IS NULL FROM verify.ticket ORDER BY id"),
        "dispatch": rows("SELECT status, passengers, payload_sha = signed_sha FROM verify.dispatch"),
        "payments": rows("SELECT kind, method, amount, sale_id IS NULL FROM verify.payment ORDER BY id"),
        "fees": rows("SELECT total, status, on_credit FROM verify.fee"),
        "counters": rows("SELECT last_no FROM verify.inv_counter ORDER BY series"),
        "shift": rows("SELECT opening_float, expected_cash, diff, z_no, gt_before FROM verify.shift ORDER BY id"),
        "series": rows("SELECT DISTINCT series ~ '^[15][CK]26[A-Z]{3}-[0-9]{10}$' FROM verify.invoice"),
        "messages": rows("SELECT DISTINCT split_part(obj, ':', 1) FROM verify.outbox WHERE obj IS NOT NULL ORDER BY 1"),
    }

    assert facts == {
        "trips": [("departed", 4, 2), ("planned", 4, 2), ("planned", 4, 2)],
        "tickets": [
            (4, "[0,2)", "held", None, False),
            (1, "[0,2)", "boarded", 100_000, False),
            (2, "[0,2)", "boarded", 100_000, False),
            (3, "[0,2)", "boarded", 100_000, False),
            (3, "[0,2)", "sold", 100_000, False),
            (3, "[0,2)", "void", 100_000, False),
            (2, "[0,2)", "refunded", 100_000, False),
            (2, "[0,2)", "refunded", 100_000, False),
            (2, "[0,2)", "exchanged", 100_000, False),
            (1, "[0,2)", "sold", 100_000, False),
        ],
        "dispatch": [("confirmed", 3, True)],
        "payments": [
            ("sale", "cash", 200_000, False),
            ("sale", "transfer", 100_000, False),
            ("sale", "cash", 100_000, False),
            ("sale", "cash", 100_000, False),
            ("refund", "cash", -100_000, False),
            ("sale", "cash", 100_000, False),
            ("refund", "cash", -90_000, False),
            ("sale", "cash", 100_000, False),
            ("refund", "cash", -100_000, False),
            ("sale", "cash", 100_000, False),
            ("sale", "cash", 100_000, False),
            ("refund", "cash", -100_000, False),
            ("fee", "cash", 56_376, True),
            ("correction", "cash", -376, True),
            ("float", "cash", 50_000, True),
            ("payout", "cash", -20_000, True),
            ("drop", "cash", -100_000, True),
            ("drop", "cash", -10_000, True),
            ("float", "cash", 10_000, True),
            ("correction", "cash", 1_000, True),
        ],
        "fees": [(56_376, "paid", False)],
        "counters": [(1,), (2,), (5,), (1,)],
        "shift": [(500_000, 676_000, -1_000, 1, 0), (200_000, None, None, None, None)],
        "series": [(True,)],
        "messages": [("fee",), ("invoice",), ("order",), ("sale",), ("trip",)],
    }
