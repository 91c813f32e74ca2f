"""Two people and two workers at one order."""

from functools import partial

import pytest

from dispatch import services
from dispatch.enums import SignatureField, SignatureState
from dispatch.models import DispatchOrder, Inspection, OrderLeg, Signature, TransmissionRecord
from dispatch.providers.fake import FakeRoadAdministration
from fees.models import Charge
from station.enums import Role
from station.models import Departure, JournalEntry, OutboxMessage, YardVisit
from station.models.journal import JournalHead
from station.providers.keys import ca_certificate
from station.providers.pdf_signature import check_pdf
from tests.factories import NOW, at, staff_of
from tests.factories_dispatch import (
    asked,
    cleared,
    confirmed,
    dispatcher_of,
    drawn,
    entered,
    gone,
    head_of,
    inside,
    issued,
    ready_departure,
    same_run,
    sheet,
)
from tests.factories_fees import ChargeableDepartureFactory

pytestmark = pytest.mark.django_db(transaction=True)


def told(outcome: str, _result: object) -> str:
    """The name of what happened, once it has."""
    return outcome


def draw_up(departure):
    return lambda: told("drawn", services.create_order(departure_id=departure.pk, by=None, now=NOW))


def sign(order):
    person = head_of(order.operator)
    return lambda: told("signed", services.sign_order(order_id=order.pk, by=person, now=NOW))


def confirm(departure):
    person = dispatcher_of(departure.station)
    return lambda: told("ok", services.confirm_departure(departure_id=departure.pk, passengers=2, by=person, now=NOW))


def advance(order):
    return lambda: services.advance_document(order_id=order.pk, message_id=None, now=NOW)


def signed_fields() -> list[str]:
    order = DispatchOrder.objects.select_related("document").get()
    reports = check_pdf(bytes(order.document.content), trust=[ca_certificate()], now=NOW)
    return [report.field for report in reports if report.ok]


def test_one_order_is_drawn_up_for_a_departure(race, meet_after_reading):
    departure = ready_departure()
    meet_after_reading("dispatch.selectors.live_leg")

    assert race(draw_up(departure), draw_up(departure)) == ["OrderExists", "drawn"]


def test_without_the_lock_the_constraint_keeps_one_order(race, meet_after_reading, no_lock):
    departure = ready_departure()
    meet_after_reading("dispatch.selectors.live_leg")

    assert race(draw_up(departure), draw_up(departure)) == ["IntegrityError", "drawn"]
    assert OrderLeg.objects.count() == 1


def test_one_signature_of_two_clicks(race, meet_after_reading):
    order = drawn()
    meet_after_reading("dispatch.selectors.agrees_with_order")

    assert race(sign(order), sign(order)) == ["OrderNotWaiting", "signed"]
    assert OutboxMessage.objects.filter(task="dispatch.advance_document").count() == 1


def test_without_the_lock_the_constraint_keeps_one_signature(race, meet_after_reading, no_lock):
    order = drawn()
    meet_after_reading("dispatch.selectors.agrees_with_order")

    assert race(sign(order), sign(order)) == ["IntegrityError", "signed"]
    assert Signature.objects.count() == 1


def test_two_workers_put_a_signature_into_the_document_once(race, meet_after_reading):
    order = asked()
    meet_after_reading("dispatch.selectors.waiting_signatures")

    assert race(advance(order), advance(order)) == ["StaleState", "done"]
    assert signed_fields() == ["Operator"]
    assert JournalEntry.objects.filter(action="signature_applied").count() == 1
    assert JournalEntry.objects.filter(action="dispatch_issued").count() == 1


def test_without_the_lock_the_state_keeps_the_signature_single(race, meet_after_reading, no_lock):
    order = asked()
    meet_after_reading("dispatch.selectors.waiting_signatures")

    assert race(advance(order), advance(order)) == ["StaleState", "done"]
    assert Signature.objects.get().state == SignatureState.APPLIED
    assert signed_fields() == ["Operator"]


def test_two_dispatchers_confirm_once(race, meet_after_reading):
    departure = cleared()
    meet_after_reading("dispatch.selectors.clearance")

    assert race(confirm(departure), confirm(departure)) == ["AlreadyConfirmed", "ok"]
    assert Signature.objects.filter(field=SignatureField.STATION).count() == 1


def test_without_the_lock_the_constraint_keeps_one_confirmation(race, meet_after_reading, no_lock):
    departure = cleared()
    meet_after_reading("dispatch.selectors.clearance")

    assert race(confirm(departure), confirm(departure)) == ["IntegrityError", "ok"]
    assert Signature.objects.filter(field=SignatureField.STATION).count() == 1


def test_two_guards_let_a_coach_out_once(race, meet_after_reading):
    confirmed()
    visit = YardVisit.objects.get()
    guards = [staff_of(visit.station, Role.GUARD) for _ in range(2)]
    meet_after_reading("dispatch.selectors.is_confirmed")

    outcomes = race(*[lambda by=by: told("out", services.let_out(visit_id=visit.pk, by=by, now=NOW)) for by in guards])

    assert outcomes == ["NotInYard", "out"]
    assert JournalEntry.objects.filter(action="departure_departed").count() == 1


def test_two_coaches_that_leave_at_once_are_one_after_the_other_in_the_chain(race, meet_after_reading):
    outcomes, records = two_coaches_leave_at_once(race, meet_after_reading)

    assert outcomes == ["out", "out"]
    assert [(one.seq, bytes(one.prev)) for one in records] == [(1, b"\x00"), (2, bytes(records[0].hash))]


def test_without_the_lock_the_constraint_keeps_the_chain(race, meet_after_reading, no_lock):
    outcomes, records = two_coaches_leave_at_once(race, meet_after_reading)

    assert outcomes == ["IntegrityError", "out"]
    assert len(records) == 1


def two_coaches_leave_at_once(race, meet_after_reading):
    first = confirmed().departure
    second = confirmed(same_run(first, at("15:00"))).departure
    by = dispatcher_of(first.station)
    JournalHead.objects.get_or_create(chain=f"records:{first.station_id}")
    visits = list(YardVisit.objects.order_by("pk"))
    meet_after_reading("station.models.journal._heads")
    outs = [lambda visit=visit: told("out", services.let_out(visit_id=visit.pk, by=by, now=NOW)) for visit in visits]
    outcomes = race(*outs)
    assert second.station_id == first.station_id
    return outcomes, list(TransmissionRecord.objects.order_by("seq"))


def test_two_workers_send_one_record_and_one_receipt_is_kept(race, tmp_path, monkeypatch):
    record = gone()
    administration = FakeRoadAdministration(tmp_path)
    monkeypatch.setattr("dispatch.services.transmitting.current", lambda: administration)
    send = partial(services.transmit_record, message_id=record.message_id, clock=lambda: NOW)

    outcomes = race(lambda: told("sent", send()), lambda: told("sent", send()))

    record.refresh_from_db()
    assert outcomes in (["StaleState", "sent"], ["sent", "sent"])  # the second may find it done
    assert (record.state, record.attempts) == ("acked", 1)
    assert JournalEntry.objects.filter(action="record_acked").count() == 1
    assert len(list(tmp_path.glob("*.json"))) == 1


def test_two_gates_let_a_coach_in_once_and_charge_once(race):
    departure = ready_departure()
    guards = [staff_of(departure.station, Role.GUARD) for _ in range(2)]

    def enter(by):
        plate = departure.vehicle.plate
        return lambda: told(
            "in", services.let_in(station=departure.station, plate=plate, passengers_in=0, by=by, now=NOW)
        )

    assert race(*map(enter, guards)) == ["AlreadyInYard", "in"]
    assert (Charge.objects.count(), YardVisit.objects.count()) == (1, 1)


def test_one_paper_sheet_for_two_departures_at_once(race):
    operator = entered().operator
    first, second = (ready_departure(electronic=False, operator=operator) for _ in range(2))
    person = dispatcher_of(first.station)

    def enter(departure: Departure):
        return lambda: told(
            "entered",
            services.enter_paper_order(departure_id=departure.pk, sheet=sheet("CHUNG-1"), by=person, now=NOW),
        )

    assert race(enter(first), enter(second)) == ["PaperNumberUsed", "entered"]
    assert DispatchOrder.objects.filter(paper_number="CHUNG-1").count() == 1


def test_numbers_of_one_operator_have_no_gap_and_no_twin(race):
    first = ready_departure()
    second = ready_departure(operator=first.operator)

    assert race(draw_up(first), draw_up(second)) == ["drawn", "drawn"]
    assert sorted(number[-1] for number in DispatchOrder.objects.values_list("number", flat=True)) == ["1", "2"]


def admit(departure):
    visit = YardVisit.objects.get(departure=departure)
    person = dispatcher_of(departure.station)
    return lambda: told("admitted", services.admit(visit_id=visit.pk, by=person, now=NOW))


def admissible() -> Departure:
    departure = ready_departure()
    issued(departure)
    inside(departure)
    return departure


def test_two_dispatchers_check_a_coach_once(race, meet_after_reading):
    departure = admissible()
    meet_after_reading("dispatch.selectors.passed_inspection")

    assert race(admit(departure), admit(departure)) == ["AlreadyChecked", "admitted"]
    assert list(Inspection.objects.values_list("result", flat=True)) == ["passed"]


def test_without_the_lock_the_constraint_keeps_one_passed_check(race, meet_after_reading, no_lock):
    departure = admissible()
    meet_after_reading("dispatch.selectors.passed_inspection")

    assert race(admit(departure), admit(departure)) == ["IntegrityError", "admitted"]
    assert list(Inspection.objects.values_list("result", flat=True)) == ["passed"]


def next_leg(order, departure):
    person = dispatcher_of(departure.station)
    return lambda: told(
        "taken", services.take_next_leg(order_id=order.pk, departure_id=departure.pk, by=person, now=NOW)
    )


def a_sheet_and_a_departure() -> tuple[DispatchOrder, Departure]:
    order = entered()
    services.advance_document(order_id=order.pk, message_id=None, now=NOW)
    first = order.legs.get().departure
    how = {"operator": first.operator, "vehicle": first.vehicle, "driver": first.driver, "route": first.route}
    return order, ChargeableDepartureFactory(**how)


def test_two_dispatchers_take_one_line_of_a_sheet(race, meet_after_reading):
    order, departure = a_sheet_and_a_departure()
    meet_after_reading("dispatch.selectors.live_leg")

    assert race(next_leg(order, departure), next_leg(order, departure)) == ["OrderExists", "taken"]


def test_without_the_lock_the_constraint_keeps_one_line(race, meet_after_reading, no_lock):
    order, departure = a_sheet_and_a_departure()
    meet_after_reading("dispatch.selectors.live_leg")

    assert race(next_leg(order, departure), next_leg(order, departure)) == ["IntegrityError", "taken"]
    assert OrderLeg.objects.filter(departure=departure).count() == 1
