"""What is always there, at any hour: chosen before the day is played, put into its state after it, kept good."""

from datetime import timedelta

import pytest
from django.db.models import F

from demo.models import Planted
from demo.services import planting
from demo.services.playing import play_station
from dispatch.enums import OrderSource
from dispatch.models import DispatchOrder, TransmissionRecord
from dispatch.services import admit, confirm_departure, create_order, let_out
from einvoice.enums import InvoiceState
from einvoice.models import Invoice
from einvoice.services import send_again, submit_invoice
from fees.enums import ChargeState, Method
from fees.models import Charge, TillClosing
from fees.services import pay_charge
from reports.selectors.invariants import breaches, invariants
from station.enums import DepartureState, TillState, VisitState
from station.models import Departure, Shift, Station, Till, User, YardVisit
from tests.demo.played import coach, day_of, small_station
from tests.factories import OperatorFactory, UserFactory, at

pytestmark = [pytest.mark.slow, pytest.mark.django_db]


def around(now, station: Station) -> None:
    """Coaches of each kind before and after *now*, as a lively diagram has them."""
    signing = OperatorFactory(code="OP01", signs_electronically=True)
    UserFactory(username="nhaxe1", operator=signing)
    for minutes in (-90, -45, -25, 10, 20, 50, 80, 120):
        departs_at = now + timedelta(minutes=minutes)
        electronic = minutes in {10, 20, 120}
        operator = signing if electronic else None
        coach(station, f"{departs_at:%H:%M}", electronic=electronic, day=departs_at.date(), operator=operator)
    on_paper, departs_at = OperatorFactory(code="OP03"), now + timedelta(minutes=200)
    coach(station, f"{departs_at:%H:%M}", electronic=False, day=departs_at.date(), operator=on_paper)
    today = Departure.objects.filter(operator=signing, service_on=now.date())
    for departure in today.order_by("pk"):
        create_order(departure_id=departure.pk, by=None, now=at("00:00") - timedelta(hours=4))


def played_up_to(now, station: Station) -> None:
    day_of(station, present=now)
    play_station(station, until=now, before_last=lambda: planting.choose(now))
    planting.plant(now)


@pytest.fixture
def now(request):
    return at(getattr(request, "param", "13:00"))


@pytest.fixture
def station(now):
    station = small_station()
    around(now, station)
    played_up_to(now, station)
    return station


@pytest.mark.parametrize("now", ["06:00", "13:00", "23:30"], indirect=True)
def test_everything_is_there_at_any_hour(station, now):
    found = planting.planted(now)

    assert {what: len(pks) for what, pks in found.items()} == {
        "late_coach": 1,
        "expired_coach": 1,
        "unpaid_charge": 1,
        "paper_without_photo": 1,
        "late_record": 1,
        "refused_invoice": 1,
        "orders_to_sign": 1,
        "short_till": 1,
    }
    late = Departure.objects.get(pk=found["late_coach"][0])
    assert (now - late.planned_at, late.state) == (timedelta(minutes=25), DepartureState.PLANNED)
    assert YardVisit.objects.filter(departure=late).count() == 0
    assert Charge.objects.get(pk=found["unpaid_charge"][0]).state == ChargeState.DUE
    order = DispatchOrder.objects.get(legs__departure=found["paper_without_photo"][0])
    assert (order.source, order.scan, order.operator.code) == (OrderSource.PAPER, None, "OP03")  # that of nhaxe3
    told = TransmissionRecord.objects.get(departure=found["late_record"][0])
    assert (told.departure.planned_at, told.state, told.acked_at) == (now - timedelta(minutes=45), "acked", now)
    assert TransmissionRecord.objects.filter(acked_at__gt=F("due_at")).get() == told
    assert TillClosing.objects.get(pk=found["short_till"][0]).difference == -20_000
    assert [str(breach) for invariant in invariants() for breach in breaches(invariant, now)] == []

    tills = Till.objects.filter(state=TillState.OPEN).values_list("clerk__username", flat=True)
    assert set(tills) == {"banve1", "banve2", "dieudo1", "truongca1"}
    assert Shift.current(station.pk, now).lead.username == "truongca1"


def test_the_coach_with_the_old_inspection_is_refused_for_that_alone(station, now):
    visit = YardVisit.objects.get(departure=planting.planted(now)["expired_coach"][0])

    inspection = admit(visit_id=visit.pk, by=User.objects.get(username="dieudo1"), now=now)

    assert (visit.state, [row["code"] for row in inspection.findings]) == (VisitState.IN_YARD, ["inspection_expired"])


def test_the_refused_invoice_is_cured_by_sending_it_again(station, now):
    invoice = Invoice.objects.get(pk=planting.planted(now)["refused_invoice"][0])
    said = invoice.refusal

    send_again(invoice_id=invoice.pk, by=User.objects.get(username="banve1"), now=now)
    submit_invoice(invoice_id=invoice.pk, message_id=None, now=now)

    invoice.refresh_from_db()
    assert (said.startswith("ERR:20"), invoice.state) == (True, InvoiceState.ACCEPTED)


def test_what_is_there_stays_where_it_is(station, now):
    before = planting.planted(now)

    planting.choose(now)
    planting.plant(now + timedelta(minutes=1))

    assert planting.planted(now + timedelta(minutes=1)) == before
    assert Planted.objects.count() == 6


def let_go(charge_id: int, now) -> Departure:
    """What the step of the tour asks for: paid, confirmed, out."""
    charge, by = Charge.objects.get(pk=charge_id), User.objects.get(username="dieudo1")
    departure = Departure.objects.get(charges=charge)
    till = Till.objects.get(clerk=by, state=TillState.OPEN)
    pay_charge(charge_id=charge.pk, till_id=till.pk, method=Method.CASH, received=None, reference="", by=by, now=now)
    confirm_departure(departure_id=departure.pk, passengers=3, by=by, now=now)
    visit = YardVisit.objects.get(departure=departure)
    let_out(visit_id=visit.pk, by=User.objects.get(username="cong1"), now=now)
    departure.refresh_from_db()
    return departure


@pytest.mark.parametrize("now", ["06:00", "13:00", "23:30"], indirect=True)
def test_whoever_begins_the_tour_again_finds_another_coach_to_pay_for(station, now):
    gone = []

    for minutes in range(3):  # at 23:30 the last of them are tomorrow's
        moment = now + timedelta(minutes=minutes)
        planting.plant(moment)
        [charge] = planting.planted(moment)["unpaid_charge"]
        gone.append(let_go(charge, moment))

    assert [row.state for row in gone] == [DepartureState.DEPARTED] * 3
    assert len({row.pk for row in gone}) == 3
    assert [str(breach) for invariant in invariants() for breach in breaches(invariant, moment)] == []
