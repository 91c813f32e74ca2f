"""Parcels and luggage: declared, paid through the till, on their way, handed over against ID."""

from datetime import date
from decimal import Decimal

import pytest

from dispatch import services as dispatch
from fees.enums import Account, Method, PaymentKind
from fees.errors import ReferenceMissing
from fees.models import Payment, Posting
from station.enums import DepartureState, Role
from station.errors import IllegalTransition, TillNotOpen
from station.models import Departure, JournalEntry
from station.selectors.departures import untouched
from tests.factories import DepartureFactory, StationFactory, at, staff, staff_of
from tests.factories_dispatch import dispatcher_of, ready_departure
from tests.factories_ticketing import priced_departure, sell, till_at
from ticketing import rules, services
from ticketing.enums import FreightKind, ParcelState
from ticketing.errors import (
    BadDeclaration,
    GoodsNotAccepted,
    IdNotTheReceivers,
    NoFreightRate,
    NoSuchParcel,
    NoSuchStop,
    NotYourStation,
    ParcelGone,
    SaleClosed,
    TicketOver,
)
from ticketing.models import FreightRate, LuggageTag, Parcel
from ticketing.services.freight import Declaration, Pay

pytestmark = pytest.mark.django_db
SENDER, RECEIVER = "017085000001", "017185000002"
SAID = {
    "sender_name": "Bùi Văn A", "sender_id_number": SENDER, "sender_phone": "0912345678",
    "sender_address": "Hoà Bình", "receiver_name": "Đinh Thị B", "receiver_id_number": RECEIVER,
    "receiver_phone": "0987654321", "receiver_address": "Hà Nội", "goods": "Cam Cao Phong", "pieces": 2,
    "weight_kg": Decimal("12.50"), "declared_value": 500_000, "is_allowed": True,
}  # fmt: skip


def rate(kind=FreightKind.PARCEL, **facts):
    usual = {"per_kg": 2_000, "least": 20_000, "free_kg": 0, "valid_from": date(2026, 1, 1)}
    return FreightRate.objects.create(kind=kind, **usual | facts)


@pytest.fixture
def departure():
    return priced_departure(stops=3)


@pytest.fixture
def till(departure):
    return till_at(departure.station)


@pytest.fixture
def receive(departure, till, now):
    def received(*, at_till=None, when=now, pay=None, to=None, run=departure, **changes):
        used = at_till or till
        return services.receive_parcel(
            departure_id=run.pk, to_stop_id=to, declaration=Declaration(**SAID | changes), till_id=used.pk,
            pay=pay or Pay(), by=used.clerk, now=when,
        )  # fmt: skip

    return received


# --- the price ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kg", "free", "least", "amount"),
    [
        ("12.5", 0, 20_000, 25_000),
        ("5", 0, 20_000, 20_000),
        ("20", 20, 10_000, 0),
        ("20.01", 20, 0, 1_000),
        ("25", 20, 0, 10_000),
    ],
)
def test_freight_counts_what_is_beyond_the_free_weight_in_whole_thousands(kg, free, least, amount):
    assert rules.freight(Decimal(kg), free_kg=free, per_kg=2_000, least=least) == amount


def test_a_parcel_code_has_a_check_digit():
    code = rules.parcel_code(26_112_2_0000_001)

    assert (len(code), rules.is_parcel_code(code)) == (14, True)
    assert rules.is_parcel_code(code[:-1] + str((int(code[-1]) + 1) % 10)) is False


def test_the_operators_own_rate_stands_before_the_general_one(departure, receive):
    rate()
    rate(operator=departure.operator, per_kg=4_000)

    assert receive().freight == 50_000


def test_the_rate_of_the_day_counts(receive):
    rate(valid_until=date(2026, 11, 22))

    with pytest.raises(NoFreightRate):
        receive()


# --- received -------------------------------------------------------------------------------------------------------


def test_the_freight_goes_through_the_till_and_is_held_for_the_operator(departure, till, receive):
    rate()

    parcel = receive()

    payment = Payment.objects.get()
    assert (payment.kind, payment.amount, payment.till) == (PaymentKind.FREIGHT, 25_000, till)
    held = Posting.objects.get(account=Account.FREIGHT)
    assert (held.operator, held.amount, parcel.payment) == (departure.operator, -25_000, payment)
    assert (parcel.state, parcel.price["per_kg"], parcel.to_stop.position) == (ParcelState.RECEIVED, 2_000, 2)


def test_it_stands_in_the_journal_without_the_numbers_of_the_ids(receive):
    rate()
    receive()

    told = JournalEntry.objects.get(action="parcel_received")

    assert SENDER not in told.body + told.obj


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"goods": " "}, BadDeclaration),
        ({"sender_id_number": "123"}, BadDeclaration),
        ({"receiver_phone": "12"}, BadDeclaration),
        ({"weight_kg": Decimal(0)}, BadDeclaration),
        ({"pieces": 0}, BadDeclaration),
        ({"is_allowed": False}, GoodsNotAccepted),
    ],
)
def test_a_declaration_that_is_not_whole_is_refused_and_nothing_is_paid(receive, changes, refusal):
    rate()

    with pytest.raises(refusal):
        receive(**changes)
    assert (Parcel.objects.count(), Payment.objects.count()) == (0, 0)


def test_a_parcel_goes_where_the_coach_goes_and_from_its_own_station(departure, receive):
    rate()
    start = departure.route.stops.get(position=0)

    with pytest.raises(NoSuchStop):
        receive(to=start.pk)
    with pytest.raises(NotYourStation):
        receive(at_till=till_at(StationFactory()))


@pytest.mark.parametrize("facts", [{"state": DepartureState.CANCELLED}, {"exit_confirmed_at": at("08:00")}])
def test_a_departure_that_is_over_or_confirmed_takes_no_parcel(departure, receive, facts):
    rate()
    type(departure).objects.filter(pk=departure.pk).update(**facts)

    with pytest.raises(SaleClosed):
        receive()


def test_a_transfer_needs_its_reference_and_a_till_is_needed(receive, till, now):
    rate()

    with pytest.raises(ReferenceMissing):
        receive(pay=Pay(Method.TRANSFER))
    till.pk = 999_999
    with pytest.raises(TillNotOpen):
        receive()


# --- on its way -----------------------------------------------------------------------------------------------------


def test_a_parcel_is_loaded_arrives_and_is_handed_over_against_the_id(receive, till, now):
    rate()
    code = receive().code
    who = {"code": code, "by": till.clerk, "now": now}

    services.load_parcel(**who)
    services.arrive_parcel(**who)
    with pytest.raises(IdNotTheReceivers):
        services.hand_over_parcel(**who, id_number=SENDER)
    services.hand_over_parcel(**who, id_number=RECEIVER)

    parcel = Parcel.objects.get()
    assert (parcel.state, parcel.loaded_at, parcel.handed_over_at) == (ParcelState.HANDED_OVER, now, now)


def test_it_is_not_handed_over_before_it_arrived_nor_twice(receive, till, now):
    rate()
    who = {"code": receive().code, "by": till.clerk, "now": now}

    with pytest.raises(IllegalTransition):
        services.hand_over_parcel(**who, id_number=RECEIVER)
    services.load_parcel(**who)
    with pytest.raises(IllegalTransition):
        services.load_parcel(**who)


def test_the_sender_takes_it_back_with_the_whole_freight(receive, till, now):
    rate()
    code = receive().code

    services.return_parcel(code=code, till_id=till.pk, by=till.clerk, now=now)

    assert sum(Payment.objects.values_list("amount", flat=True)) == 0
    assert sum(Posting.objects.filter(account=Account.FREIGHT).values_list("amount", flat=True)) == 0
    with pytest.raises(ParcelGone):
        services.return_parcel(code=code, till_id=till.pk, by=till.clerk, now=now)


def test_a_parcel_of_a_cancelled_departure_moves_to_another_of_its_operator(departure, receive, till, now):
    rate()
    code = receive().code
    other = DepartureFactory(route=departure.route, operator=departure.operator, planned_at=at("15:00"))
    stranger = DepartureFactory(route=departure.route, planned_at=at("15:30"))
    who = {"code": code, "by": till.clerk, "now": now}

    with pytest.raises(NotYourStation):
        services.move_parcel(**who, departure_id=stranger.pk)
    services.move_parcel(**who, departure_id=other.pk)

    parcel = Parcel.objects.get()
    assert (parcel.departure, parcel.departure_first) == (other, departure)
    assert list(untouched(Departure.objects.filter(pk=departure.pk))) == []  # planned or not, it is needed


def test_a_coach_that_left_loads_nothing_and_an_unknown_code_is_none(departure, receive, till, now):
    rate()
    who = {"by": till.clerk, "now": now}
    code = receive().code
    type(departure).objects.filter(pk=departure.pk).update(state=DepartureState.CANCELLED)

    with pytest.raises(ParcelGone):
        services.load_parcel(code=code, **who)
    with pytest.raises(NoSuchParcel):
        services.load_parcel(code="1", **who)


def test_a_parcel_comes_out_of_a_coach_that_does_not_run(receive, till, now):
    rate()
    run = ready_departure(station=till.station, planned_at=at("16:00"))
    who = {"code": receive(run=run).code, "by": till.clerk, "now": now}
    services.load_parcel(**who)
    dispatch.cancel_departure(departure_id=run.pk, reason="hỏng xe", by=dispatcher_of(run.station), now=now)

    services.return_parcel(**who, till_id=till.pk)

    assert sum(Payment.objects.values_list("amount", flat=True)) == 0


# --- luggage --------------------------------------------------------------------------------------------------------


def tag(ticket, till, now, kg="25", **changes):
    return services.tag_luggage(
        code=ticket.code, pieces=1, weight_kg=Decimal(kg), till_id=till.pk, pay=Pay(), by=till.clerk, now=now, **changes
    )


def test_luggage_beyond_what_is_free_is_paid(departure, till, now):
    rate(FreightKind.LUGGAGE, free_kg=20, least=0)
    light, heavy = (sell(departure, seat, till=till).tickets.get() for seat in ("A1", "A2"))

    free, paid = tag(light, till, now, "20"), tag(heavy, till, now, "25")

    assert (free.fee, free.payment, paid.fee, paid.payment.kind) == (0, None, 10_000, PaymentKind.FREIGHT)


def test_the_free_weight_is_the_passengers_not_each_bags(departure, till, now):
    rate(FreightKind.LUGGAGE, free_kg=20, least=0)
    ticket = sell(departure, "A1", till=till).tickets.get()

    fees = [tag(ticket, till, now, kg).fee for kg in ("15", "15", "10")]

    assert fees == [0, 20_000, 20_000]


def test_luggage_of_a_ticket_that_is_over_is_not_taken(departure, till, now):
    rate(FreightKind.LUGGAGE, free_kg=20)
    ticket = sell(departure, "A1", till=till).tickets.get()
    services.void_tickets(codes=[ticket.code], till_id=till.pk, by=till.clerk, now=now)

    with pytest.raises(TicketOver):
        tag(ticket, till, now)


# --- pages and API --------------------------------------------------------------------------------------------------


@pytest.fixture
def client(till, client_of, now, time_machine):
    time_machine.move_to(now, tick=False)
    return client_of(till.clerk)


def typed(departure, **changes):
    said = SAID | {"departure": departure.pk, "to_stop": departure.route.stops.get(position=2).pk, "method": "cash"}
    return said | {"idempotency_key": "k"} | changes


def test_the_counter_receives_a_parcel_and_prints_its_label(client, departure):
    rate()

    answer = client.post("/parcels/", typed(departure))

    parcel = Parcel.objects.get()
    assert (answer.status_code, answer.url) == (302, f"/parcels/{parcel.code}/")
    page = client.get(answer.url).content.decode()
    assert ("017•••••0001" in page, SENDER in page) == (True, False)
    assert parcel.code in client.get(f"/parcels/{parcel.code}/label/").content.decode()


def test_a_refusal_stands_in_the_form(client, departure):
    answer = client.post("/parcels/", typed(departure))

    assert (answer.status_code, len(answer.context["form"].non_field_errors())) == (422, 1)


def test_each_step_is_a_press(client, departure, receive):
    rate()
    code = receive().code

    for n, (way, said) in enumerate([("load", {}), ("arrive", {}), ("hand-over", {"id_number": RECEIVER})]):
        answer = client.post(f"/parcels/{code}/{way}/", said | {"idempotency_key": f"k{n}"})
        assert answer.status_code == 302
    assert Parcel.objects.get().state == ParcelState.HANDED_OVER


def test_a_wrong_id_is_said_on_the_page(client, receive, till, now):
    rate()
    code = receive().code
    services.load_parcel(code=code, by=till.clerk, now=now)
    services.arrive_parcel(code=code, by=till.clerk, now=now)

    answer = client.post(f"/parcels/{code}/hand-over/", {"id_number": "1", "idempotency_key": "k"})

    assert (answer.status_code, Parcel.objects.get().state) == (422, ParcelState.ARRIVED)


def test_a_stranger_finds_no_parcel(receive, client_of, client):
    rate()
    code = receive().code

    assert client_of(staff_of(StationFactory(), Role.TICKET_CLERK)).get(f"/parcels/{code}/").status_code == 404


def test_luggage_is_tagged_on_the_page_of_its_ticket(client, departure, till):
    rate(FreightKind.LUGGAGE, free_kg=20, least=0)
    ticket = sell(departure, "A1", till=till).tickets.get()

    answer = client.post(
        f"/tickets/{ticket.code}/luggage/", {"pieces": 1, "weight_kg": "25", "method": "cash", "idempotency_key": "k"}
    )

    assert (answer.status_code, LuggageTag.objects.get().fee) == (302, 10_000)
    assert LuggageTag.objects.get().code in client.get(f"/tickets/{ticket.code}/luggage/").content.decode()


def test_machines_receive_and_hand_over(api_of, client, departure, till):
    rate()
    staff(till.clerk, departure.station, Role.SHIFT_LEAD)
    api = api_of(till.clerk)
    body = {**SAID, "weight_kg": "12.50", "departure": departure.pk}

    made = api.post("/api/v1/parcels/", body, headers={"Idempotency-Key": "a"})
    again = api.post("/api/v1/parcels/", body, headers={"Idempotency-Key": "a"})

    assert (made.status_code, again.json(), Parcel.objects.count()) == (201, made.json(), 1)
    path = f"/api/v1/parcels/{made.json()['code']}/"
    steps = [{"step": "load"}, {"step": "arrive"}, {"step": "hand_over", "id_number": RECEIVER}]
    states = [api.post(f"{path}steps/", s, headers={"Idempotency-Key": s["step"]}).json()["state"] for s in steps]
    assert states == ["loaded", "arrived", "handed_over"]
    assert RECEIVER not in api.get(path).content.decode()


def test_machines_tag_luggage(api_of, client, departure, till):
    rate(FreightKind.LUGGAGE, free_kg=20, least=0)
    ticket = sell(departure, "A1", till=till).tickets.get()

    made = api_of(till.clerk).post(
        f"/api/v1/tickets/{ticket.code}/luggage/", {"pieces": 1, "weight_kg": "25"}, headers={"Idempotency-Key": "a"}
    )

    assert (made.status_code, made.json()["fee"]) == (201, 10_000)
