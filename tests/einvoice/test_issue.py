"""An invoice is born numbered, built and signed: what it says, what it refuses, and that it happens once."""

import shutil
import subprocess
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import InternalError, transaction

from einvoice import selectors, services
from einvoice.enums import InvoiceState
from einvoice.errors import ClockWentBack, InvalidDocument
from einvoice.models import Invoice, Series
from einvoice.providers.xmldsig import verify_xml
from einvoice.rules.reading import read_invoice
from einvoice.rules.xml import parse_xml, validate_xml
from fees.enums import Method
from fees.models import VatRate
from station.enums import MessageState, TicketIssuer
from station.errors import UnknownSetting
from station.models import JournalEntry, OutboxMessage
from station.providers.keys import ca_certificate
from tests.factories import ContractFactory, VehicleFactory, at
from tests.factories_einvoice import (
    charge_due,
    invoice_of_charge,
    invoice_of_sale,
    message_of,
    outlet,
    sale_due,
    vat_of_transport,
)
from tests.factories_ticketing import priced_departure
from ticketing.rules import Buyer

pytestmark = pytest.mark.django_db
NEW_YEAR = datetime(2027, 1, 1, 0, 5, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))


def reading(invoice):
    return read_invoice(bytes(invoice.xml.content))


def facts_of(invoice):
    """Name → value of everything beside the prices of the first line."""
    return dict(reading(invoice).lines[0].facts)


def test_a_paid_charge_gets_the_vat_invoice_of_the_station(now):
    charge = charge_due()

    invoice = services.issue_for_charge(charge_id=charge.pk, message_id=None, now=now)

    assert (str(invoice), invoice.state, invoice.charge, invoice.sale) == ("1K26TAA 1", "issued", charge, None)
    assert (
        (invoice.net, invoice.tax, invoice.gross) == (charge.net, charge.tax, charge.gross) == (52_200, 4_176, 56_376)
    )
    said = reading(invoice)
    assert (said.seller.tax_code, said.buyer.tax_code) == (charge.station.tax_code, charge.operator.tax_code)
    assert (said.title, said.payment_method, said.trustee) == ("Hóa đơn giá trị gia tăng", "Tiền mặt", None)
    assert said.words == "Năm mươi sáu nghìn ba trăm bảy mươi sáu đồng"
    assert [(line.rate, line.amount) for line in said.lines] == [("8%", 52_200)]


def test_a_charge_on_account_is_invoiced_when_it_arises_and_says_how_it_is_settled(now):
    station = outlet()
    unpaid = charge_due(station=station, paid=False)
    ContractFactory(station=station, operator=unpaid.operator, payment_cycle="month")
    type(unpaid).objects.filter(pk=unpaid.pk).update(state="on_account")

    invoice = services.issue_for_charge(charge_id=unpaid.pk, message_id=None, now=now)

    assert reading(invoice).payment_method == "Đối trừ công nợ"


def test_a_charge_that_is_neither_done_nor_paid_has_no_invoice(now):
    unpaid = charge_due(paid=False)

    assert services.issue_for_charge(charge_id=unpaid.pk, message_id=None, now=now) is None
    assert list(Series.objects.all()) == []


def test_a_sale_gets_one_ticket_invoice_of_the_operator_with_the_station_as_trustee(now):
    sale = sale_due("A1", "A2", departure=priced_departure(fare=75_000))

    invoice = services.issue_for_sale(sale_id=sale.pk, message_id=None, now=now)

    assert (str(invoice), invoice.sale, invoice.gross) == ("5K26GAA 1", sale, 150_000)
    said = reading(invoice)
    assert said.seller.tax_code == sale.departure.operator.tax_code
    assert (said.trustee.tax_code, said.trustee.name) == (sale.station.tax_code, sale.station.legal_name)
    assert said.buyer.name == "Bán cho người tiêu dùng"
    assert [line.amount for line in said.lines] == [69_444, 69_444]
    assert (invoice.net, invoice.tax) == (138_888, 11_112)
    assert said.words == "Một trăm năm mươi nghìn đồng"


def test_the_invoice_adopts_the_look_up_code_that_the_tickets_carry(now):
    sale = sale_due()

    invoice = services.issue_for_sale(sale_id=sale.pk, message_id=None, now=now)

    tree = parse_xml(bytes(invoice.xml.content))
    [found] = tree.findall("DLHDon/TTChung/TTKhac/TTin")
    assert [found.findtext(name) for name in ("TTruong", "DLieu")] == ["Mã tra cứu", sale.lookup_code]
    assert list(selectors.find(sale.station, sale.lookup_code)) == [invoice]


def test_a_ticket_line_shows_plate_journey_seat_and_code(now):
    vehicle = VehicleFactory(plate="28B01005")
    sale = sale_due("B2", departure=priced_departure(vehicle=vehicle))

    invoice = services.issue_for_sale(sale_id=sale.pk, message_id=None, now=now)

    ticket = sale.tickets.get()
    assert facts_of(invoice) == {
        "Biển số": "28B-010.05",
        "Điểm đi": ticket.from_stop.name,
        "Điểm đến": ticket.to_stop.name,
        "Giờ xuất bến": "2026-11-22T14:00:00",
        "Số ghế": "B2",
        "Số vé": ticket.code,
    }


@pytest.mark.parametrize(
    ("kind", "title", "line"),
    [
        ("intra", "Vé xe khách", "Cước vận chuyển hành khách tuyến cố định"),
        ("boat", "Vé tàu khách", "Cước vận chuyển hành khách đường thủy nội địa"),
    ],
)
def test_a_ticket_is_called_after_what_carries_the_passenger(kind, title, line, now):
    sale = sale_due(departure=priced_departure(route__kind=kind))

    said = reading(services.issue_for_sale(sale_id=sale.pk, message_id=None, now=now))

    assert (said.title, said.lines[0].name) == (title, line)


def test_a_ticket_sold_ahead_shows_the_coach_that_is_known_by_now(now):
    sale = sale_due()
    type(sale.departure).objects.filter(pk=sale.departure_id).update(vehicle=VehicleFactory(plate="28B02006"))

    invoice = services.issue_for_sale(sale_id=sale.pk, message_id=None, now=now)

    assert facts_of(invoice)["Biển số"] == "28B-020.06"


def test_a_ticket_without_a_coach_says_nothing_of_a_plate(now):
    assert "Biển số" not in facts_of(invoice_of_sale())


def test_a_buyer_who_gives_a_name_is_named():
    assert reading(invoice_of_sale("A1", buyer=Buyer("Trần Thị Mẫu"))).buyer.name == "Trần Thị Mẫu"


def test_a_company_is_the_buyer_of_its_invoice():
    company = Buyer("Trần Thị Mẫu", "0912345678", "0100109106", "Công ty Mẫu & Cộng sự", "1 Trần Hưng Đạo, Hà Nội")

    invoice = invoice_of_sale("A1", buyer=company)

    xml = bytes(invoice.xml.content)
    named = parse_xml(xml).find("DLHDon/NDHDon/NMua")
    assert validate_xml(xml) == []
    assert {child.tag: child.text for child in named} == {
        "Ten": "Công ty Mẫu & Cộng sự", "MST": "0100109106", "DChi": "1 Trần Hưng Đạo, Hà Nội",
        "HVTNMHang": "Trần Thị Mẫu",
    }  # fmt: skip
    assert (invoice.buyer_name, invoice.buyer_tax_code) == ("Công ty Mẫu & Cộng sự", "0100109106")


def test_a_transfer_is_called_what_the_tax_format_calls_it():
    assert reading(invoice_of_sale("A1", method=Method.TRANSFER, reference="FT1")).payment_method == "Chuyển khoản"


def test_an_operator_that_issues_its_own_tickets_gets_none_from_us(now):
    departure = priced_departure()
    ContractFactory(station=departure.station, operator=departure.operator, ticket_issuer=TicketIssuer.OPERATOR)
    sale = sale_due(departure=departure)
    message = message_of("einvoice.issue_for_sale")

    assert services.issue_for_sale(sale_id=sale.pk, message_id=message.pk, now=now) is None
    message.refresh_from_db()
    assert message.state == MessageState.DONE
    assert Invoice.objects.count() == 0


def test_issuing_twice_gives_the_same_invoice_and_takes_one_number(now):
    sale = sale_due()
    first = services.issue_for_sale(sale_id=sale.pk, message_id=None, now=now)

    again = services.issue_for_sale(sale_id=sale.pk, message_id=None, now=now + timedelta(minutes=1))

    assert again == first
    assert [series.last_number for series in Series.objects.order_by("pk")] == [1]


def test_numbers_follow_each_other_inside_one_series():
    station = outlet()

    invoices = [invoice_of_charge(station=station) for _ in range(3)]

    assert [invoice.number for invoice in invoices] == [1, 2, 3]


def test_two_outlets_of_one_seller_have_their_own_letters():
    first, second = outlet(), outlet()

    symbols = [invoice_of_charge(station=station).series.symbol for station in (second, first)]

    assert symbols == ["K26TAB", "K26TAA"]


def test_letters_stay_when_an_older_station_becomes_ours():
    older, ours = outlet(is_ours=False), outlet()
    assert invoice_of_charge(station=ours).series.symbol == "K26TAA"

    older.is_ours = True
    older.save()

    assert invoice_of_charge(station=older).series.symbol == "K26TAB"
    assert invoice_of_charge(station=ours, now=NEW_YEAR).series.symbol == "K27TAA"


def test_a_new_year_begins_a_new_series_at_one():
    station = outlet()
    old = invoice_of_charge(station=station)

    new = invoice_of_charge(station=station, now=NEW_YEAR)

    assert (str(old), str(new)) == ("1K26TAA 1", "1K27TAA 1")
    assert new.series.year == 2027


@pytest.mark.parametrize(
    ("moment", "net", "rate"),
    [(NEW_YEAR - timedelta(minutes=10), 92_593, "8%"), (NEW_YEAR, 90_909, "10%")],
)
def test_the_vat_of_a_ticket_is_that_of_the_day_of_its_sale(moment, net, rate):
    vat_of_transport()
    departure = priced_departure(planned_at=NEW_YEAR + timedelta(hours=12))
    sale = sale_due("A1", departure=departure, now=moment)

    invoice = services.issue_for_sale(sale_id=sale.pk, message_id=None, now=NEW_YEAR + timedelta(minutes=1))

    assert (invoice.net, invoice.gross) == (net, 100_000)
    assert [line.rate for line in reading(invoice).lines] == [rate]


def test_without_a_rate_of_the_day_nothing_is_guessed(now):
    sale = sale_due()
    VatRate.objects.filter(code="transport").delete()

    with pytest.raises(UnknownSetting):
        services.issue_for_sale(sale_id=sale.pk, message_id=None, now=now)

    assert Invoice.objects.count() == 0


def test_a_clock_that_went_back_is_refused_and_takes_no_number(now):
    station = outlet()
    invoice_of_charge(station=station)
    charge = charge_due(station=station)

    with pytest.raises(ClockWentBack):
        services.issue_for_charge(charge_id=charge.pk, message_id=None, now=now - timedelta(seconds=6))

    assert Series.objects.get().last_number == 1


def test_a_worker_that_waited_for_the_series_does_not_turn_time_around(now):
    station = outlet()
    first = invoice_of_charge(station=station)
    charge = charge_due(station=station)

    second = services.issue_for_charge(charge_id=charge.pk, message_id=None, now=now - timedelta(seconds=4))

    assert (second.number, second.issued_at) == (2, first.issued_at)


def test_a_document_that_does_not_hold_is_refused_and_takes_no_number(now):
    charge = charge_due()
    type(charge.operator).objects.filter(pk=charge.operator_id).update(tax_code="12345")

    with pytest.raises(InvalidDocument) as refusal:
        services.issue_for_charge(charge_id=charge.pk, message_id=None, now=now)

    assert refusal.value.facts["problems"] == "a buyer with a tax code needs a right one, name and address"
    assert Invoice.objects.count() == 0


def test_what_only_the_schema_forbids_is_refused_before_it_is_signed(now):
    station = outlet()
    invoice_of_charge(station=station)
    Series.objects.update(format_version="")
    charge = charge_due(station=station)

    with pytest.raises(InvalidDocument):
        services.issue_for_charge(charge_id=charge.pk, message_id=None, now=now)

    assert [series.last_number for series in Series.objects.order_by("pk")] == [1]


def test_what_was_issued_is_valid_and_signed_by_the_station(now):
    invoice = invoice_of_sale("A1", "A2")
    xml = bytes(invoice.xml.content)

    assert validate_xml(xml) == []
    report = verify_xml(xml, trust=[ca_certificate()])
    assert (report.faults, report.subject) == ((), f"MST:{invoice.station.tax_code}")
    assert report.signed_at == now
    assert parse_xml(xml).findtext("DLHDon/TTChung/NLap") == "2026-11-22"


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("xmlsec1") is None, reason="xmlsec1 is not installed")
@pytest.mark.parametrize("make", [invoice_of_sale, invoice_of_charge])
def test_another_program_accepts_the_signature(make, tmp_path):
    file = tmp_path / "invoice.xml"
    file.write_bytes(bytes(make().xml.content))
    command = [
        "xmlsec1", "--verify", "--enabled-key-data", "x509", "--trusted-pem", _authority(tmp_path),
        "--id-attr:Id", "DLHDon", "--id-attr:Id", "Object", str(file),
    ]  # fmt: skip

    answer = subprocess.run(command, capture_output=True, text=True, check=False)

    assert (answer.returncode, answer.stderr.splitlines()[:1] + answer.stdout.splitlines()[:1]) == (0, ["OK"])


def _authority(folder):
    from cryptography.hazmat.primitives.serialization import Encoding

    path = folder / "ca.pem"
    path.write_bytes(ca_certificate().public_bytes(Encoding.PEM))
    return str(path)


def test_issuing_is_journalled_and_has_the_invoice_sent(now):
    charge = charge_due()
    message = message_of("einvoice.issue_for_charge")

    invoice = services.issue_for_charge(charge_id=charge.pk, message_id=message.pk, now=now)

    entry = JournalEntry.objects.get(obj=f"invoice:{invoice.pk}")
    assert (entry.action, entry.actor, entry.chain) == ("invoice_issued", None, f"station:{charge.station_id}")
    states = OutboxMessage.objects.exclude(task__startswith="push.").order_by("pk").values_list("task", "state")
    assert list(states) == [("einvoice.issue_for_charge", "done"), ("einvoice.submit_invoice", "pending")]


@pytest.mark.parametrize("field", ["number", "gross", "buyer_name", "issued_at", "key", "xml_id"])
def test_the_database_refuses_to_edit_what_was_issued(field):
    invoice = invoice_of_charge()
    other = {"buyer_name": "x", "issued_at": at("10:00"), "key": "0" * 32, "xml_id": invoice.xml_id + 1}

    with pytest.raises(InternalError), transaction.atomic():
        Invoice.objects.filter(pk=invoice.pk).update(**{field: other.get(field, 7)})


def test_the_database_refuses_to_delete_an_invoice():
    invoice = invoice_of_charge()

    with pytest.raises(InternalError), transaction.atomic():
        invoice.delete()


def test_the_transition_table_as_a_whole():
    allowed = {(old, new) for old, news in Invoice.transitions.items() for new in news}

    assert allowed == {
        (InvoiceState.ISSUED, InvoiceState.IN_FLIGHT),
        (InvoiceState.IN_FLIGHT, InvoiceState.ACCEPTED),
        (InvoiceState.IN_FLIGHT, InvoiceState.REFUSED),
        (InvoiceState.IN_FLIGHT, InvoiceState.UNKNOWN),
        (InvoiceState.UNKNOWN, InvoiceState.ACCEPTED),
        (InvoiceState.UNKNOWN, InvoiceState.REFUSED),
        (InvoiceState.UNKNOWN, InvoiceState.IN_FLIGHT),
        (InvoiceState.REFUSED, InvoiceState.ISSUED),
    }
    assert set(Invoice.transitions) == set(InvoiceState)
