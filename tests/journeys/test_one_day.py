"""One day at Hoà Bình over HTTP, with a real web server, a real relay and a real worker: from the float in the drawer
to the report, as the people of the demonstration would do it. At whatever hour of the day the test runs."""

import base64
import re
import shutil
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from django.conf import settings
from django.core.management import call_command
from django.db.models import Sum

from demo.services import load_hoa_binh
from einvoice.providers.xmldsig import verify_xml
from einvoice.rules.xml import validate_xml
from fees.enums import Account
from fees.models import Posting
from station import clock
from station.clock import local_day
from station.models import Departure, RouteStop, Shift, Station
from station.providers.keys import ca_certificate
from station.providers.pdf_signature import check_pdf
from station.rules import plates
from tests.journeys.day import (
    Copy,
    Person,
    Visitor,
    accepted_by_xmlsec,
    free_bays,
    notes,
    run_extra,
    running_copy,
    seen_by_poppler,
)

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
FLOAT = 2_000_000
MY_DINH = "2829.0113.A"
PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)


@dataclass
class Day:
    """The people, the two coaches that leave next, and what became of things so far."""

    copy: Copy
    station: Station
    coach: Departure  # of OP01, which signs electronically
    other: Departure  # of OP03, on paper, at the same time
    folder: Path
    people: dict[str, Person] = field(default_factory=dict)
    shift: int = 0
    till: int = 0
    sales: list[int] = field(default_factory=list)
    charge: int = 0
    order: int = 0
    drawer: int = FLOAT

    def person(self, username: str) -> Person:
        if username not in self.people:
            self.people[username] = Person(self.copy.address, username)
        return self.people[username]

    @cached_property
    def plate(self) -> str:
        assert self.coach.vehicle
        return plates.display(self.coach.vehicle.plate)

    @cached_property
    def stops(self) -> list[RouteStop]:
        return list(self.coach.route.stops.order_by("position"))


@pytest.fixture
def day(subprocess_env, tmp_path):
    for program in ("pdfsig", "xmlsec1"):
        if not shutil.which(program):
            pytest.skip(f"{program} is not installed")
    now = clock.now()
    shutil.rmtree(Path(settings.DATA_DIR) / "provider", ignore_errors=True)
    stations = load_hoa_binh(now=now, say=lambda _text: None)
    coach = run_extra(stations["HB01"], "OP01", MY_DINH, now)
    other = run_extra(stations["HB01"], "OP03", MY_DINH, now)
    with running_copy(subprocess_env, tmp_path) as copy:
        yield Day(copy, stations["HB01"], coach, other, tmp_path)


def test_one_day_at_hoa_binh(day):
    open_the_till(day)
    sell_one_seat_twice_over_its_legs(day)
    give_the_coach_a_bay(day)
    let_the_coach_in(day)
    sign_its_order(day)
    enter_the_paper_order_of_the_other(day)
    pay_the_charge(day)
    confirm_and_let_out(day)
    see_the_invoices(day)
    count_the_till_and_close_the_shift(day)
    read_the_report(day)
    look_from_outside(day)
    call_command("verify", documents=True)


def open_the_till(day: Day) -> None:
    """The demonstration's lead has opened the ca of the hour; its clerk opens a till in it."""
    lead, clerk = day.person("truongca1"), day.person("banve1")
    shift = Shift.objects.get(station=day.station)
    lead.page("/shifts/", shift.name)
    day.shift = shift.pk

    till = clerk.do("/tills/", 201, counter="01", opening_float=FLOAT)
    assert (till["shift"], till["opening_float"], till["state"]) == (day.shift, FLOAT, "open")
    assert clerk.refused("/tills/", counter="02", opening_float=0)["code"] == "till_already_open"
    day.till = till["id"]
    clerk.page("/till/", "2.000.000")


def sell_one_seat_twice_over_its_legs(day: Day) -> None:
    """To a stop in the middle, and the same seat again from there on; nobody gets it for the whole way."""
    clerk, middle = day.person("banve1"), day.stops[2]
    clerk.page("/sell/")
    seat = clerk.see(f"/departures/{day.coach.pk}/seats/")[2]["seat"]
    wish = {"departure": day.coach.pk, "seats": [seat]}
    near = clerk.do("/sales/", 201, **wish, to_stop=middle.pk, received=500_000)
    beyond = clerk.do(
        "/sales/", 201, **wish, from_stop=middle.pk, buyer={"name": "Bùi Thị Xuân", "phone": "0912000333"}
    )
    assert clerk.refused("/sales/", **wish)["code"] == "seat_taken"

    day.sales = [near["id"], beyond["id"]]
    day.drawer += near["total"] + beyond["total"]
    assert near["change"] == 500_000 - near["total"]
    code = near["tickets"][0]["code"]
    clerk.page(f"/tickets/{code}/", code, middle.name, day.plate)
    clerk.page(f"/tickets/{code}/print/", code, middle.name, "<svg")
    clerk.page(f"/departures/{day.coach.pk}/passengers/", code, seat)


def give_the_coach_a_bay(day: Day) -> None:
    dispatcher, (first, second) = day.person("dieudo1"), free_bays(day.coach)[:2]
    dispatcher.do("/bays/moves/", 200, departure=day.coach.pk, bay=first.code)
    moved = dispatcher.do("/bays/moves/", 200, departure=day.coach.pk, bay=second.code)
    assert moved["bay"] == second.code

    refusal = dispatcher.refused("/bays/moves/", departure=day.other.pk, bay=second.code)
    assert (refusal["code"], refusal["facts"]["other"]) == ("bay_taken", day.plate)
    dispatcher.do("/bays/moves/", 200, departure=day.other.pk, bay=first.code)
    assert dispatcher.see(f"/departures/{day.coach.pk}/")["bay"] == second.code
    dispatcher.page(f"/bays/?day={day.coach.service_on:%Y-%m-%d}", second.code)


def let_the_coach_in(day: Day) -> None:
    guard = day.person("cong1")
    passage = guard.do("/gate/events/", 201, station="HB01", direction="in", plate=day.plate, passengers=2)
    assert passage["departure"]["id"] == day.coach.pk
    assert [finding["code"] for finding in passage["findings"]] == ["order_missing", "fee_unpaid"]
    guard.page(f"/gate/?q={day.plate[-6:]}", day.plate)


def sign_its_order(day: Day) -> None:
    order = day.person("dieudo1").do(f"/departures/{day.coach.pk}/orders/", 201)
    operator = day.person("nhaxe1")
    operator.page("/operator/", day.plate)
    signed = operator.do(f"/orders/{order['id']}/sign/", 200)
    assert (order["state"], signed["state"]) == ("draft", "signing")

    day.order = order["id"]
    issued = day.copy.wait_for("the signed order", lambda: _order(day, day.order, state="issued"))
    assert [signature["field"] for signature in issued["signatures"]] == ["Operator"]
    assert _checked_document(day, operator) == {"Operator": "Signature is Valid."}
    operator.page("/operator/signed/", order["number"])
    assert day.person("nhaxe3").get(f"/orders/{day.order}/pdf/").status == 404


def enter_the_paper_order_of_the_other(day: Day) -> None:
    dispatcher, on = day.person("dieudo1"), f"{local_day(day.other.planned_at):%Y-%m-%d}"
    path = f"/departures/{day.other.pk}/orders/"
    assert dispatcher.refused(path)["code"] == "paper_only"

    scan = base64.b64encode(PIXEL).decode()
    paper = dispatcher.do(path, 201, paper_number="LVC-0042", valid_from=on, valid_until=on, scan=scan)
    day.copy.wait_for("the paper order", lambda: _order(day, paper["id"], state="issued"))
    dispatcher.page(f"/orders/{paper['id']}/", "LVC-0042")
    assert dispatcher.get(f"/orders/{paper['id']}/scan/").body == PIXEL


def pay_the_charge(day: Day) -> None:
    """The station may not confirm before the price is paid."""
    clerk, dispatcher = day.person("banve1"), day.person("dieudo1")
    refusal = dispatcher.refused(f"/departures/{day.coach.pk}/confirm/", passengers=2)
    assert (refusal["code"], refusal["facts"]["codes"]) == ("not_cleared", ["fee_unpaid"])
    dispatcher.page(f"/orders/{day.order}/", day.plate)

    charge = clerk.see(f"/charges/?plate={day.plate[-5:].replace('.', '')}")["results"][0]
    assert (charge["departure"], charge["state"]) == (day.coach.pk, "due")
    assert charge["explanation"]["distance_km"] == 76
    clerk.page(f"/fees/{charge['id']}/", day.plate)
    paid = clerk.do(f"/charges/{charge['id']}/pay/", 200, method="cash", received=200_000)
    assert (paid["state"], paid["payment"]["till"]) == ("paid", day.till)
    day.charge = charge["id"]
    day.drawer += paid["payment"]["to_pay"]
    clerk.page(f"/fees/payments/{paid['payment']['id']}/", day.plate)


def confirm_and_let_out(day: Day) -> None:
    guard, dispatcher = day.person("cong1"), day.person("dieudo1")
    out = {"station": "HB01", "direction": "out", "plate": day.plate}
    assert guard.refused("/gate/events/", **out)["code"] == "departure_not_confirmed"

    confirmed = dispatcher.do(f"/departures/{day.coach.pk}/confirm/", 200, passengers=2)
    assert (confirmed["state"], confirmed["legs"][0]["passengers"]) == ("confirmed", 2)
    day.copy.wait_for("the station's signature", lambda: _is_signed_by_station(day))
    valid = "Signature is Valid."
    assert _checked_document(day, dispatcher) == {"Operator": valid, "Station": valid}
    passage = guard.do("/gate/events/", 201, **out)
    assert (passage["visit"]["exit_kind"], passage["departure"]["state"]) == ("departure", "departed")


def see_the_invoices(day: Day) -> None:
    accountant = day.person("ketoan1")
    ca = ca_certificate()
    for what in (*(f"sale={sale}" for sale in day.sales), f"charge={day.charge}"):
        invoice = day.copy.wait_for(f"the invoice of {what}", partial(_accepted_invoice, day, what))
        xml = accountant.fetch(f"/invoices/{invoice['id']}/xml/").body
        assert validate_xml(xml) == []
        assert verify_xml(xml, trust=[ca]).faults == ()
        assert accepted_by_xmlsec(xml, ca.public_bytes(Encoding.PEM), day.folder)
        assert accountant.get(f"/invoices/{invoice['id']}/xml/").body == xml
        accountant.page(f"/invoices/{invoice['id']}/", invoice["symbol"])
    accountant.page("/invoices/", invoice["symbol"])


def count_the_till_and_close_the_shift(day: Day) -> None:
    clerk, lead = day.person("banve1"), day.person("truongca1")
    lead.submit("/shifts/", f"/shifts/{day.shift}/close/")
    assert Shift.objects.get(pk=day.shift).state == "open", "a till is still open"

    closing = clerk.do(f"/tills/{day.till}/close/", 200, counts=notes(day.drawer))
    assert (closing["expected_cash"], closing["difference"]) == (day.drawer, 0)
    clerk.page(f"/till/closings/{closing['id']}/", f"{day.drawer:,}".replace(",", "."))
    lead.submit("/shifts/", f"/shifts/{day.shift}/close/")
    assert Shift.objects.get(pk=day.shift).state == "closed"


def read_the_report(day: Day) -> None:
    manager = day.person("quanly1")
    report = manager.see(f"/reports/shifts/{day.shift}/")
    shift = Shift.objects.get(pk=day.shift)
    at_tills = Posting.objects.filter(entry__till__shift=shift)
    earned = Posting.objects.filter(
        entry__station=day.station, entry__at__gte=shift.starts_at, entry__at__lt=shift.ends_at
    )
    assert report["tickets_sold"] == 2
    assert report["tickets_held"] == -_sum(at_tills, Account.HELD_FOR_OPERATOR)
    assert report["services_net"] == -_sum(earned, Account.REVENUE)
    assert report["services_tax"] == -_sum(earned, Account.VAT)
    assert report["money_in"] == day.drawer - FLOAT
    assert (report["cash_difference"], _sum(at_tills, Account.DRAWER)) == (0, 0)
    assert [(line["till"], line["cash"], line["difference"]) for line in report["tills"]] == [
        (day.till, day.drawer - FLOAT, 0)
    ]
    manager.page(f"/reports/shifts/{day.shift}/", f"{report['tickets_held']:,}".replace(",", "."))


def look_from_outside(day: Day) -> None:
    """The board of the hall, the page behind the order's QR code, and the keys that check it off line."""
    passer_by = Visitor(day.copy.address)
    first = passer_by.page("/board/HB01/?page=1")
    pages = max([1, *(int(count) for count in re.findall(r"\d+/(\d+)</span>", first))])
    boards = [passer_by.page(f"/board/HB01/?page={number}") for number in range(1, pages + 1)]
    assert [f'id="departure-{day.coach.pk}"' in board for board in boards].count(True) == 1

    token = _order(day, day.order, state="confirmed")["token"]
    # Just before midnight the coach is one of tomorrow, and so is its order.
    is_today = day.coach.service_on <= local_day(clock.now())
    passer_by.page(f"/verify/{token}/", "pb-head--go" if is_today else "pb-head--stop", day.plate)
    assert passer_by.get("/verify/00000000-0000-4000-8000-000000000000/").status == 404
    keys = passer_by.get("/.well-known/station-keys.json").json["keys"]
    assert [key["kty"] for key in keys] == ["OKP"]


def _order(day: Day, order_id: int, *, state: str):
    order = day.person("dieudo1").see(f"/orders/{order_id}/")
    return order if order["state"] == state else None


def _is_signed_by_station(day: Day) -> bool:
    signatures = day.person("dieudo1").see(f"/orders/{day.order}/")["signatures"]
    return {row["field"]: row["state"] for row in signatures}.get("Station") == "applied"


def _checked_document(day: Day, reader: Person) -> dict[str, str]:
    """What an outsider says about each signature, once our own check agrees."""
    pdf = reader.get(f"/orders/{day.order}/pdf/").body
    reports = check_pdf(pdf, trust=[ca_certificate()], now=clock.now())
    assert [report.field for report in reports if not report.ok] == []
    return seen_by_poppler(pdf, day.folder)


def _accepted_invoice(day: Day, what: str):
    found = day.person("ketoan1").see(f"/invoices/?{what}")["results"]
    assert len(found) <= 1
    return next((row for row in found if row["state"] == "accepted"), None)


def _sum(postings, account: Account) -> int:
    return postings.filter(account=account).aggregate(sum=Sum("amount", default=0))["sum"]
