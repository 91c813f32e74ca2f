"""manage.py verify and export_documents, as a person or a cron job calls them."""

import json
from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
import time_machine
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection

from dispatch.models import DispatchOrder
from einvoice.models import Invoice
from reports.selectors.documents import document_faults
from reports.selectors.invariants import invariants
from station.models import StoredFile
from tests.reports.day import NOW_OF_THE_CHECK, Day, whole_day


@pytest.fixture
def at_the_check() -> Iterator[None]:
    with time_machine.travel(NOW_OF_THE_CHECK, tick=False):
        yield


def verify(*arguments: str) -> tuple[int, list[str]]:
    """Exit code and lines."""
    out = StringIO()
    try:
        call_command("verify", *arguments, stdout=out)
    except SystemExit as end:
        return int(str(end.code)), out.getvalue().splitlines()
    return 0, out.getvalue().splitlines()


def past_all_triggers(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(sql)
        cursor.execute("SET session_replication_role = DEFAULT")


@pytest.mark.django_db(transaction=True)
def test_a_clean_database_verifies(at_the_check: None):
    whole_day()

    outcome = verify("--documents")

    assert outcome == (0, [f"{len(invariants())} invariants hold. All documents verify."])


@pytest.mark.django_db(transaction=True)
def test_each_breach_is_one_line_and_the_exit_code_is_1(at_the_check: None):
    whole_day()
    past_all_triggers("UPDATE einvoice_series SET last_number = 9 WHERE last_number = 2")

    code, lines = verify("--only", "S1,n1")

    assert (code, [line.split(" [")[0] for line in lines]) == (
        1,
        ["N1: The numbers of a series are exactly 1 to its counter."],
    )


@pytest.mark.django_db(transaction=True)
def test_json_names_the_row(at_the_check: None):
    whole_day()
    past_all_triggers("UPDATE einvoice_series SET last_number = 9 WHERE last_number = 2")

    code, lines = verify("--only", "N1", "--json")

    facts = json.loads(lines[0])
    assert (code, len(lines), facts["id"], facts["row"]["last_no"], facts["row"]["last"]) == (1, 1, "N1", 9, 2)


@pytest.mark.django_db(transaction=True)
def test_an_unknown_invariant_is_refused(at_the_check: None):
    with pytest.raises(CommandError, match="no invariant 'X99'"):
        call_command("verify", "--only", "X99", stdout=StringIO())


def test_every_document_of_the_day_verifies(day: Day):
    assert list(document_faults(NOW_OF_THE_CHECK)) == []


def test_changed_bytes_of_an_order_are_found(day: Day):
    stored = DispatchOrder.objects.get().document
    spoiled = bytes(stored.content).replace(b"/Contents <", b"/Contents  <", 1)

    replace_content(stored, spoiled[:-40])

    number = DispatchOrder.objects.get().number
    assert {fault.split(":")[0] for fault in document_faults(NOW_OF_THE_CHECK)} == {f"order {number}"}


def test_changed_bytes_of_an_invoice_are_found(day: Day):
    invoice = Invoice.objects.get(charge__isnull=False)
    spoiled = bytes(invoice.xml.content).replace(b"56376", b"56377")

    replace_content(invoice.xml, spoiled)

    faults = [fault for fault in document_faults(NOW_OF_THE_CHECK) if "not those that were stored" in fault]
    assert faults == [f"invoice {invoice.series} 1: its bytes are not those that were stored"]


def replace_content(stored: StoredFile, content: bytes) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE station_storedfile SET content = %s WHERE id = %s", [content, stored.pk])
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")


def test_documents_are_handed_out_byte_for_byte(day: Day, tmp_path: Path):
    day_of_issue = "2026-11-22"

    call_command(
        "export_documents", "--from", day_of_issue, "--until", day_of_issue, "--to", str(tmp_path), stdout=StringIO()
    )

    written = {str(path.relative_to(tmp_path)): path.read_bytes() for path in tmp_path.rglob("*.*")}
    order = DispatchOrder.objects.get()
    expected = {f"orders/{order.number.replace('/', '-')}.pdf": bytes(order.document.content)}
    for invoice in Invoice.objects.select_related("series", "xml").order_by("pk"):
        series = invoice.series
        name = f"invoices/{series.seller_tax_code}-{series.template}{series.symbol}-{invoice.number}.xml"
        expected[name] = bytes(invoice.xml.content)
    assert (len(written), written) == (10, expected)


def test_other_days_are_left_out(day: Day, tmp_path: Path):
    tomorrow = (NOW_OF_THE_CHECK + timedelta(days=1)).date().isoformat()

    out = StringIO()
    call_command("export_documents", "--from", tomorrow, "--until", tomorrow, "--to", str(tmp_path), stdout=out)

    assert out.getvalue() == f"0 orders and 0 invoices in {tmp_path}\n"
