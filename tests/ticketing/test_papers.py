"""Tickets on paper: each copy is counted, a second one says so, and a paper is never more than a paper."""

from datetime import timedelta
from io import BytesIO

import pytest
import time_machine
from django.db import IntegrityError, InternalError, transaction
from django.template.loader import render_to_string
from pyhanko.pdf_utils.reader import PdfFileReader

from station.enums import Role, TicketIssuer
from station.models import JournalEntry
from tests.factories import ContractFactory, RouteFactory, StationFactory, VehicleFactory, staff_of
from tests.factories_ticketing import priced_departure, sell
from ticketing import selectors, services
from ticketing.enums import Paper
from ticketing.errors import NoSuchTicket
from ticketing.models import TicketPrint
from ticketing.rules import Buyer

pytestmark = pytest.mark.django_db


@pytest.fixture
def departure():
    return priced_departure(stops=3, vehicle=VehicleFactory(plate="28B01234"))


@pytest.fixture
def ticket(departure):
    return sell(departure, "A1", "A2", buyer=Buyer(phone="0912345678")).tickets.get(seat_label="A1")


@pytest.fixture
def clerk(departure):
    return staff_of(departure.station, Role.TICKET_CLERK)


@pytest.fixture
def counter(clerk, client_of):
    return client_of(clerk)


def on_paper(counter, ticket, **fields):
    form = {"idempotency_key": f"print-{TicketPrint.objects.count()}", **fields}
    return counter.post(f"/tickets/{ticket.code}/paper/", form)


def printed(ticket):
    return list(ticket.prints.order_by("copy").values_list("copy", "paper", "by__username"))


def test_the_first_copy_is_the_ticket_and_the_second_a_reprint(counter, clerk, ticket):
    first, second = on_paper(counter, ticket), on_paper(counter, ticket)

    assert ["tk-mark" in page.content.decode() for page in (first, second)] == [False, True]
    assert "IN LẠI 1" in second.content.decode()
    assert printed(ticket) == [(1, "receipt", clerk.username), (2, "receipt", clerk.username)]


def test_only_a_reprint_is_news(counter, ticket):
    for _ in range(3):
        on_paper(counter, ticket)

    told = JournalEntry.objects.filter(action="ticket_reprinted").order_by("pk")
    assert list(told.values_list("obj", "body")) == [
        (f"ticket:{ticket.pk}", '{"paper":"receipt","reprint":1}'),
        (f"ticket:{ticket.pk}", '{"paper":"receipt","reprint":2}'),
    ]


def test_the_tickets_of_a_sale_print_together(counter, ticket):
    page = on_paper(counter, ticket, sale="1")

    assert [slip.ticket.seat_label for slip in page.context["slips"]] == ["A1", "A2"]
    assert 'data-print="auto"' in page.content.decode()
    assert TicketPrint.objects.count() == 2


def test_the_same_form_sent_again_counts_nothing_and_comes_back_as_a_preview(counter, ticket):
    form = {"idempotency_key": "one-press"}
    counter.post(f"/tickets/{ticket.code}/paper/", form)

    again = counter.post(f"/tickets/{ticket.code}/paper/", form)

    assert 'data-print=""' in again.content.decode()
    assert [slip.copy for slip in again.context["slips"]] == [1]
    assert TicketPrint.objects.count() == 1


def test_a_preview_counts_nothing_and_says_what_it_is(counter, ticket):
    page = counter.get(f"/tickets/{ticket.code}/print/")

    text = page.content.decode()
    assert ('data-print=""' in text, "tk-preview" in text) == (True, True)
    assert page["X-Frame-Options"] == "SAMEORIGIN"
    assert "frame-ancestors 'self'" in page["Content-Security-Policy"]
    assert TicketPrint.objects.count() == 0


def test_paper_says_what_the_passenger_must_know(counter, ticket):
    text = on_paper(counter, ticket).content.decode()
    said = ticket.printed

    shown = [said["operator"], said["operator_tax_code"], said["to"], "28B-012.34", "100.000đ", "20 kg"]
    assert [fact for fact in shown if fact not in text] == []
    assert text.count(ticket.code) >= 3
    assert f"/t/{ticket.code}/{ticket.sale.lookup_code}/" in text
    assert "0912345678" not in text


@pytest.mark.parametrize(("part", "needs"), [("discount", True), ("surcharge", True), ("list_fare", False)])
def test_a_price_is_explained_when_it_is_not_the_posted_one(ticket, part, needs):
    ticket.price = {**ticket.price, part: 20_000}

    [slip] = selectors.slips_of([ticket], {ticket.code: 1})

    assert slip.was_changed == needs


def test_paper_says_until_when_what_comes_back(counter, ticket):
    page = on_paper(counter, ticket)

    [slip] = page.context["slips"]
    leaves = ticket.departure.planned_at
    assert [(step.percent, leaves - step.until) for step in slip.ladder] == [
        (90, timedelta(hours=2)),
        (70, timedelta(hours=1)),
    ]


def test_a_step_that_was_over_when_the_ticket_was_sold_is_not_printed(departure):
    sold = sell(departure, "B2", now=departure.planned_at - timedelta(minutes=90)).tickets.get()

    [slip] = selectors.slips_of([selectors.ticket_by_code(sold.code)], {sold.code: 1})

    assert [step.percent for step in slip.ladder] == [70]


@pytest.mark.parametrize(("issuer", "shows"), [(TicketIssuer.STATION_DELEGATED, True), (TicketIssuer.OPERATOR, False)])
def test_the_look_up_code_stands_there_when_the_invoice_is_ours(counter, departure, ticket, issuer, shows):
    ContractFactory(station=departure.station, operator=departure.operator, ticket_issuer=issuer)

    page = on_paper(counter, ticket)

    assert [slip.lookup for slip in page.context["slips"]] == [ticket.sale.lookup_code if shows else ""]


@pytest.mark.parametrize("template", ["ticketing/print.html", "ticketing/pdf/ticket.html"])
def test_paper_names_the_company_whose_invoice_it_will_be(departure, template):
    ContractFactory(station=departure.station, operator=departure.operator)
    buyer = Buyer(tax_code="0100109106", company="Công ty Mẫu", address="Hà Nội")
    code = sell(departure, "B2", buyer=buyer).tickets.get().code
    [slip] = selectors.slips_of([selectors.ticket_by_code(code)], {code: 1})

    text = render_to_string(template, {"slips": [slip], "printing": ""})

    assert [text.count(fact) for fact in ("Công ty Mẫu", "0100109106")] == [1, 1]


@pytest.mark.parametrize(
    ("state", "marks"), [("sold", 0), ("boarded", 0), ("void", 1), ("refunded", 1), ("exchanged", 1)]
)
def test_paper_of_a_ticket_that_is_over_says_so(counter, ticket, now, state, marks):
    if state != "sold":
        ticket.become(state, by=None, now=now)

    assert on_paper(counter, ticket).content.decode().count("✕") == marks


def test_who_only_looks_prints_no_ticket(client_of, departure, ticket):
    inspector = client_of(staff_of(departure.station, Role.INSPECTOR))

    assert on_paper(inspector, ticket).status_code == 403
    assert inspector.get(f"/tickets/{ticket.code}/print/").status_code == 200
    assert TicketPrint.objects.count() == 0


def test_a_ticket_of_another_station_is_not_printed(client_of, ticket):
    stranger = client_of(staff_of(StationFactory(), Role.MANAGER))

    assert on_paper(stranger, ticket).status_code == 404
    assert stranger.get(f"/tickets/{ticket.code}/print/").status_code == 404


def test_no_copy_of_nothing(clerk, ticket, now):
    with pytest.raises(NoSuchTicket):
        services.print_tickets(codes=[ticket.code, "1" * 18], paper=Paper.A5, by=clerk, now=now)

    assert TicketPrint.objects.count() == 0


def test_the_database_counts_copies_too(clerk, ticket, now):
    [row] = services.print_tickets(codes=[ticket.code], paper=Paper.A5, by=clerk, now=now)

    with pytest.raises(IntegrityError), transaction.atomic():
        TicketPrint.objects.create(ticket=ticket, copy=1, paper=Paper.A5, by=clerk, at=now)
    with pytest.raises(InternalError), transaction.atomic():
        TicketPrint.objects.filter(pk=row.pk).update(copy=7)


@pytest.mark.parametrize(("paper", "tickets", "pages"), [("a5", 1, 1), ("a5", 3, 3), ("a4", 2, 1), ("a4", 3, 2)])
def test_a_sheet_is_a_pdf_with_as_many_pages_as_it_needs(counter, departure, paper, tickets, pages):
    ticket = sell(departure, *["A1", "A2", "B1"][:tickets]).tickets.get(seat_label="A1")

    pdf = on_paper(counter, ticket, paper=paper, sale="1")

    assert (pdf["Content-Type"], pdf.content[:5]) == ("application/pdf", b"%PDF-")
    assert PdfFileReader(BytesIO(pdf.content)).root["/Pages"]["/Count"] == pages
    assert TicketPrint.objects.filter(paper=paper).count() == tickets


def test_the_ticket_page_names_every_copy(counter, ticket, now):
    with time_machine.travel(now, tick=False):
        on_paper(counter, ticket, paper="a5")
        on_paper(counter, ticket)

    prints = counter.get(f"/tickets/{ticket.code}/").context["prints"]
    assert [(row.copy, row.paper, row.at) for row in prints] == [(1, "a5", now), (2, "receipt", now)]


def test_a_machine_counts_copies_too(api_of, clerk, ticket):
    api = api_of(clerk)

    answers = [api.post(f"/api/v1/tickets/{ticket.code}/prints/", {"paper": "a5"}).json() for _ in range(2)]

    assert [[row["copy"] for row in answer] for answer in answers] == [[1], [2]]
    assert [row["copy"] for row in api.get(f"/api/v1/tickets/{ticket.code}/prints/").json()] == [1, 2]


def test_a_boat_ticket_calls_itself_one(counter):
    ferry = priced_departure(route=RouteFactory(kind="boat", stops=2))
    ticket = sell(ferry, "A1").tickets.get()
    counter = type(counter)()
    counter.force_login(staff_of(ferry.station, Role.TICKET_CLERK))

    assert "Vé tàu khách" in on_paper(counter, ticket).content.decode()
