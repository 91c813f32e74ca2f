"""The pages of the accountant: what needs somebody first, one invoice with its bytes, and the two cures."""

import hashlib

import pytest
import time_machine
from django.urls import reverse

from einvoice import selectors, services, tasks
from einvoice.enums import InvoiceState
from einvoice.models import Invoice
from station.enums import MessageState, Role
from station.models import OutboxMessage
from tests.factories import StationFactory, VehicleFactory, staff_of
from tests.factories_einvoice import charge_due, invoice_of_charge, invoice_of_sale, outlet
from tests.factories_ticketing import priced_departure

pytestmark = pytest.mark.django_db
QUEUE = "/invoices/"


@pytest.fixture
def station(provider):
    return outlet()


@pytest.fixture
def accountant(station, client_of):
    return client_of(staff_of(station, Role.ACCOUNTANT))


@pytest.fixture(autouse=True)
def at_nine(now):
    with time_machine.travel(now, tick=False):
        yield


def sent(station, provider, now, mood=""):
    """An invoice that went to a provider of this mood."""
    invoice = invoice_of_charge(station=station)
    provider.mood(mood)
    services.submit_invoice(invoice_id=invoice.pk, message_id=None, now=now)
    provider.mood("")
    invoice.refresh_from_db()
    return invoice


def given_up(station):
    charge = charge_due(station=station)
    type(charge.operator).objects.filter(pk=charge.operator_id).update(tax_code="12345")
    message = OutboxMessage.objects.get(task="einvoice.issue_for_charge", payload={"charge_id": charge.pk})
    for number in range(5):
        tasks.issue_for_charge.apply(kwargs={"message_id": message.pk, **message.payload}, task_id=f"d-{number}")
    return message


def test_the_queue_sorts_by_who_must_act(station, accountant, provider, now):
    refused, unknown, accepted = (sent(station, provider, now, mood) for mood in ("refuse", "down", ""))
    waiting = invoice_of_charge(station=station)
    message = given_up(station)

    page = accountant.get(QUEUE)

    assert [failure.message_id for failure in page.context["failures"]] == [message.pk]
    assert list(page.context["stuck"]) == [refused, unknown]
    assert list(page.context["waiting"]) == [waiting]
    assert list(page.context["page"]) == [accepted]
    assert page.context["needing"] == 3
    assert dict(page.context["counts"]) == {"refused": 1, "unknown": 1, "waiting": 1, "accepted": 1}
    assert "ERR:30 date before the last issued date" in page.content.decode()


def test_another_day_shows_what_was_accepted_on_it_and_still_what_needs_somebody(station, accountant, provider, now):
    sent(station, provider, now)
    refused = sent(station, provider, now, "refuse")

    page = accountant.get(QUEUE, {"day": "2026-11-21"})

    assert (list(page.context["page"]), list(page.context["stuck"])) == ([], [refused])


@pytest.mark.parametrize("day", ["", "nonsense", "31/02/2026"])
def test_a_day_that_is_none_is_today(station, accountant, day, now):
    assert accountant.get(QUEUE, {"day": day}).context["day"] == now.date()


def test_an_invoice_is_found_by_number_symbol_plate_and_ticket_code(station, accountant):
    departure = priced_departure(route__origin=station, vehicle=VehicleFactory(plate="28B01005"))
    of_sale, of_charge = invoice_of_sale("A1", departure=departure), invoice_of_charge(station=station)
    of_charge_2 = invoice_of_charge(station=station)
    code = of_sale.sale.tickets.get().code

    def found(words):
        return set(accountant.get(QUEUE, {"q": words}).context["page"])

    assert found("28B-010.05") == {of_sale}
    assert found(code) == found(f"{code[:6]} {code[6:]}") == {of_sale}
    assert found("2") == {of_charge_2}
    assert found("1K26TAA") == found("k26taa") == {of_charge, of_charge_2}
    assert found("nothing") == set()
    assert found(" - ") == set()


def test_invoices_of_another_station_are_neither_listed_nor_found_nor_shown(accountant, provider, now):
    elsewhere = sent(outlet(), provider, now)

    assert list(accountant.get(QUEUE).context["page"]) == []
    assert list(accountant.get(QUEUE, {"q": str(elsewhere.number)}).context["page"]) == []
    for name in ("invoice", "xml"):
        assert accountant.get(reverse(f"einvoice:{name}", args=[elsewhere.pk])).status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_a_longer_queue_asks_the_database_no_more_often(
    station, accountant, provider, now, rows, django_assert_num_queries
):
    for mood in ("refuse", "down", "") * rows:
        sent(station, provider, now, mood)
    given_up(station)
    accountant.get(QUEUE)

    with django_assert_num_queries(14):
        accountant.get(QUEUE)


def test_one_invoice_shows_its_bytes_their_digest_and_who_signed(station, accountant, provider, now):
    invoice = sent(station, provider, now)

    page = accountant.get(reverse("einvoice:invoice", args=[invoice.pk]))

    assert page.context["xml"].encode() == bytes(invoice.xml.content)
    assert (page.context["signature"].ok, page.context["signature"].signer) == (True, station.legal_name)
    steps = [(step.label, step.actor) for step in page.context["history"]]
    labels = [InvoiceState.ISSUED.label, InvoiceState.IN_FLIGHT.label, InvoiceState.ACCEPTED.label]
    assert steps == [(str(label), "") for label in labels]
    shown = page.content.decode()
    assert hashlib.sha256(bytes(invoice.xml.content)).hexdigest() in shown
    assert "&lt;HDon&gt;" in shown


def test_bytes_that_do_not_hold_are_called_broken(station, accountant, provider, now, settings, tmp_path):
    """The authority that this copy trusts is not the one that issued the signer's certificate."""
    invoice = sent(station, provider, now)
    settings.DATA_DIR = tmp_path

    page = accountant.get(reverse("einvoice:invoice", args=[invoice.pk]))

    assert not page.context["signature"].ok
    assert "bx-panel--stop" in page.content.decode()


def test_the_download_is_the_signed_bytes(station, accountant, provider, now):
    invoice = sent(station, provider, now)

    file = accountant.get(reverse("einvoice:xml", args=[invoice.pk]))

    assert file.content == bytes(invoice.xml.content)
    assert file["Content-Type"] == "application/xml"
    assert file["Content-Disposition"] == f'attachment; filename="{station.tax_code}-1K26TAA-1.xml"'


def test_a_refused_invoice_is_sent_again_once_however_often_the_button_is_pressed(station, accountant, provider, now):
    invoice = sent(station, provider, now, "refuse")
    OutboxMessage.objects.all().delete()
    form = {"idempotency_key": "k-1"}

    answers = [accountant.post(reverse("einvoice:send_again", args=[invoice.pk]), form) for _ in range(2)]

    assert [(answer.status_code, answer["Location"]) for answer in answers] == [(302, QUEUE)] * 2
    assert OutboxMessage.objects.filter(task="einvoice.submit_invoice").count() == 1
    assert Invoice.objects.get().state == InvoiceState.ISSUED


def test_a_given_up_message_is_tried_again(station, accountant):
    message = given_up(station)

    answer = accountant.post(reverse("einvoice:try_again", args=[message.pk]), {"idempotency_key": "k-1"})

    message.refresh_from_db()
    assert (answer.status_code, message.state, message.attempts) == (302, MessageState.PENDING, 0)
    assert selectors.failures(station) == []


def test_what_is_not_given_up_is_refused_in_words(station, accountant):
    answer = accountant.post(reverse("einvoice:try_again", args=[7]), {"idempotency_key": "k-1"})

    assert answer.status_code == 422


@pytest.mark.parametrize(
    ("role", "sees", "handles"),
    [
        (Role.ACCOUNTANT, 200, 302),
        (Role.MANAGER, 200, 302),
        (Role.SHIFT_LEAD, 200, 403),
        (Role.INSPECTOR, 200, 403),
        (Role.TICKET_CLERK, 403, 403),
        (Role.GUARD, 403, 403),
    ],
)
def test_who_sees_and_who_handles(station, client_of, provider, now, role, sees, handles):
    invoice = sent(station, provider, now, "refuse")
    client = client_of(staff_of(station, role))

    answers = [
        client.get(QUEUE),
        client.get(reverse("einvoice:invoice", args=[invoice.pk])),
        client.get(reverse("einvoice:xml", args=[invoice.pk])),
        client.post(reverse("einvoice:send_again", args=[invoice.pk]), {"idempotency_key": "k-1"}),
    ]

    assert [answer.status_code for answer in answers] == [sees, sees, sees, handles]


def test_a_reader_is_offered_no_cure(station, client_of, provider, now):
    invoice = sent(station, provider, now, "refuse")

    page = client_of(staff_of(station, Role.INSPECTOR)).get(QUEUE).content.decode()

    assert reverse("einvoice:send_again", args=[invoice.pk]) not in page


def test_the_api_lists_shows_and_hands_out_the_bytes(station, api_of, provider, now):
    accepted, refused = sent(station, provider, now), sent(station, provider, now, "refuse")
    api = api_of(staff_of(station, Role.ACCOUNTANT))

    listed = api.get("/api/v1/invoices/").json()
    one = api.get(f"/api/v1/invoices/{accepted.pk}/").json()

    assert [row["id"] for row in listed["results"]] == [refused.pk, accepted.pk]
    assert (one["template"], one["symbol"], one["number"], one["state"]) == ("1", "K26TAA", 1, "accepted")
    assert (one["gross"], one["sha256"]) == (56_376, accepted.xml.sha256)
    file = api.get(f"/api/v1/invoices/{accepted.pk}/xml/", headers={"Accept": "application/xml"})
    assert (file.content, file["Content-Type"]) == (bytes(accepted.xml.content), "application/xml")


def test_the_api_filters_and_refuses_nonsense(station, api_of, provider, now):
    accepted, refused = sent(station, provider, now), sent(station, provider, now, "refuse")
    api = api_of(staff_of(station, Role.ACCOUNTANT))

    def ids(**query):
        return [row["id"] for row in api.get("/api/v1/invoices/", query).json()["results"]]

    assert ids(state="refused") == [refused.pk]
    assert ids(charge=accepted.charge_id) == [accepted.pk]
    assert ids(day="2026-11-21") == []
    assert ids(q="1", state="accepted") == [accepted.pk]
    assert api.get("/api/v1/invoices/", {"state": "lost"}).status_code == 400


def test_the_api_knows_its_stations(api_of, station, provider, now):
    elsewhere = sent(outlet(), provider, now)
    api = api_of(staff_of(station, Role.ACCOUNTANT))

    assert api.get(f"/api/v1/invoices/{elsewhere.pk}/").status_code == 404
    assert api.get(f"/api/v1/invoices/{elsewhere.pk}/xml/").status_code == 404
    assert api_of(staff_of(StationFactory(), Role.GUARD)).get("/api/v1/invoices/").status_code == 403


@pytest.mark.parametrize("rows", [1, 3])
def test_a_longer_list_over_the_api_asks_no_more_often(station, api_of, provider, now, rows, django_assert_num_queries):
    for _ in range(rows):
        sent(station, provider, now)
    api = api_of(staff_of(station, Role.ACCOUNTANT))

    with django_assert_num_queries(5):
        api.get("/api/v1/invoices/")
