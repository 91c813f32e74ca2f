import pytest

from dispatch import services
from dispatch.enums import LegState, OrderState, SignatureField, SignatureState
from dispatch.errors import (
    NotYourOrder,
    OrderConfirmed,
    OrderNotWaiting,
    OrderOutdated,
    PhotoNotAwaited,
    ScanRefused,
)
from dispatch.models import DispatchOrder, OrderLeg, Signature
from station.errors import IllegalTransition
from station.models import Departure, JournalEntry, OutboxMessage
from tests.factories import DriverFactory, UserFactory
from tests.factories_dispatch import (
    JPEG,
    asked,
    confirmed,
    dispatcher_of,
    drawn,
    entered,
    head_of,
    issued,
    ready_departure,
)

pytestmark = pytest.mark.django_db


def messages() -> list[dict]:
    rows = OutboxMessage.objects.filter(task="dispatch.advance_document").order_by("pk")
    return list(rows.values_list("payload", flat=True))


def other_driver(departure: Departure) -> None:
    driver = DriverFactory(operator=departure.operator, full_name="Người Thay Thế")
    Departure.objects.filter(pk=departure.pk).update(driver=driver)


def actions(obj: str) -> list[str]:
    return list(JournalEntry.objects.filter(obj=obj).order_by("pk").values_list("action", flat=True))


def test_signing_records_the_will_and_asks_a_worker(now):
    order = drawn()
    person = head_of(order.operator)

    services.sign_order(order_id=order.pk, by=person, now=now)

    signature = Signature.objects.get()
    assert (signature.field, signature.signer, signature.state) == (
        SignatureField.OPERATOR,
        person,
        SignatureState.REQUESTED,
    )
    assert (signature.signer_name, signature.organisation_tax_code) == (person.full_name, order.operator.tax_code)
    assert DispatchOrder.objects.get().state == OrderState.SIGNING
    assert actions(f"dispatch:{order.pk}") == ["dispatch_drawn_up", "dispatch_signing"]
    assert messages() == [{"order_id": order.pk}]


def test_a_stranger_cannot_sign(now):
    order = drawn()

    with pytest.raises(NotYourOrder):
        services.sign_order(order_id=order.pk, by=head_of(drawn().operator), now=now)

    assert Signature.objects.count() == 0


def test_the_station_cannot_sign_for_an_operator(now):
    order = drawn()

    with pytest.raises(NotYourOrder):
        services.sign_order(order_id=order.pk, by=dispatcher_of(order.station), now=now)


def test_an_order_is_signed_once(now):
    order = asked()

    with pytest.raises(OrderNotWaiting):
        services.sign_order(order_id=order.pk, by=head_of(order.operator), now=now)

    assert (Signature.objects.count(), messages()) == (1, [{"order_id": order.pk}])


def test_an_order_that_names_another_crew_is_not_signed(now):
    order = drawn()
    other_driver(OrderLeg.objects.get().departure)

    with pytest.raises(OrderOutdated):
        services.sign_order(order_id=order.pk, by=head_of(order.operator), now=now)


def test_an_outdated_order_is_drawn_up_again_under_a_new_number(now):
    old = drawn()
    departure = OrderLeg.objects.get().departure
    other_driver(departure)

    new = services.redraw_order(order_id=old.pk, by=head_of(old.operator), now=now)

    old.refresh_from_db()
    assert (old.state, old.number[-1], new.state, new.number[-1]) == (OrderState.CANCELLED, "1", OrderState.DRAFT, "2")
    assert new.contents["drivers"] == [{"name": "Người Thay Thế", "licence_class": "D"}]
    assert list(departure.order_legs.order_by("pk").values_list("state", flat=True)) == [
        LegState.SKIPPED,
        LegState.PENDING,
    ]


def test_a_signed_order_is_not_drawn_up_again(now):
    order = asked()

    with pytest.raises(OrderNotWaiting):
        services.redraw_order(order_id=order.pk, by=head_of(order.operator), now=now)


def test_several_are_signed_at_once_and_the_others_say_why_not(now):
    good = drawn()
    operator = good.operator
    outdated = drawn(ready_departure(operator=operator))
    other_driver(outdated.legs.get().departure)
    foreign = drawn()

    outcome = services.sign_orders(order_ids=[good.pk, outdated.pk, foreign.pk], by=head_of(operator), now=now)

    assert [order.pk for order in outcome.signed] == [good.pk]
    assert {order.pk: refusal.code for order, refusal in outcome.refused} == {
        outdated.pk: "order_outdated",
        foreign.pk: "not_your_order",
    }
    assert messages() == [{"order_id": good.pk}]


@pytest.mark.parametrize("make", [drawn, asked, issued])
def test_an_operator_withdraws_its_order_until_the_station_confirmed(now, make):
    order = make()

    services.cancel_order(order_id=order.pk, reason="Xe hỏng", by=head_of(order.operator), now=now)

    assert (DispatchOrder.objects.get().state, OrderLeg.objects.get().state) == (
        OrderState.CANCELLED,
        LegState.SKIPPED,
    )
    entry = JournalEntry.objects.get(obj=f"dispatch:{order.pk}", action="dispatch_cancelled")
    assert '"reason":"Xe hỏng"' in entry.body


def test_a_confirmed_order_stays(now):
    leg = confirmed()

    with pytest.raises(OrderConfirmed):
        services.cancel_order(order_id=leg.order_id, reason="Xe hỏng", by=head_of(leg.order.operator), now=now)


def test_a_departure_whose_order_is_withdrawn_has_none_any_more(now):
    order = issued(ready_departure())
    departure = Departure.objects.get()
    before = departure.order_issued_at

    services.cancel_order(order_id=order.pk, reason="Xe hỏng", by=head_of(order.operator), now=now)

    departure.refresh_from_db()
    assert (before is None, departure.order_issued_at) == (False, None)


def test_a_withdrawn_order_is_not_withdrawn_again(now):
    order = drawn()
    services.cancel_order(order_id=order.pk, reason="", by=head_of(order.operator), now=now)

    with pytest.raises(OrderNotWaiting):
        services.cancel_order(order_id=order.pk, reason="", by=head_of(order.operator), now=now)


def test_the_station_withdraws_only_what_it_typed_in(now):
    order, paper = drawn(), entered()
    person = UserFactory()

    services.cancel_order(order_id=paper.pk, reason="Nhập nhầm", by=person, now=now)
    with pytest.raises(NotYourOrder):
        services.cancel_order(order_id=order.pk, reason="", by=person, now=now)

    assert DispatchOrder.objects.get(pk=paper.pk).state == OrderState.CANCELLED


def test_the_departure_of_a_withdrawn_order_gets_another_one(now):
    order = issued()
    departure = OrderLeg.objects.get().departure
    services.cancel_order(order_id=order.pk, reason="", by=head_of(order.operator), now=now)

    assert drawn(departure).state == OrderState.DRAFT


STATES = list(OrderState)
ALLOWED = {
    OrderState.DRAFT: {OrderState.SIGNING, OrderState.CANCELLED},
    OrderState.SIGNING: {OrderState.ISSUED, OrderState.CANCELLED},
    OrderState.ISSUED: {OrderState.CONFIRMED, OrderState.CANCELLED},
    OrderState.CONFIRMED: {OrderState.COMPLETED},
}


@pytest.mark.parametrize("old", STATES)
@pytest.mark.parametrize("new", STATES)
def test_an_order_moves_only_where_the_table_says(now, old, new):
    order = DispatchOrder(state=old, number="X", station_id=1)

    refused = new not in ALLOWED.get(old, set())

    assert refused == (new not in order.transitions[old])
    if refused:
        with pytest.raises(IllegalTransition):
            order.become(new, by=None, now=now)


def test_the_photo_of_a_paper_order_is_kept_and_written_down(now):
    order = entered()

    services.add_photo(order_id=order.pk, photo=JPEG, by=head_of(order.operator), now=now)

    scan = DispatchOrder.objects.get().scan
    assert (bytes(scan.content), scan.media_type) == (JPEG, "image/jpeg")
    assert actions(f"dispatch:{order.pk}") == ["dispatch_drawn_up", "dispatch_signing", "dispatch_photographed"]


@pytest.mark.parametrize("what", ["photographed", "withdrawn", "electronic"])
def test_no_photo_is_taken_where_none_is_awaited(now, what):
    order = drawn() if what == "electronic" else entered(scan=JPEG if what == "photographed" else b"")
    if what == "withdrawn":
        services.cancel_order(order_id=order.pk, reason="nhầm", by=head_of(order.operator), now=now)

    with pytest.raises(PhotoNotAwaited):
        services.add_photo(order_id=order.pk, photo=JPEG + b"2", by=head_of(order.operator), now=now)


def test_no_photo_comes_from_a_stranger_and_nothing_else_is_a_photo(now):
    order = entered()

    with pytest.raises(NotYourOrder):
        services.add_photo(order_id=order.pk, photo=JPEG, by=head_of(drawn().operator), now=now)
    with pytest.raises(ScanRefused):
        services.add_photo(order_id=order.pk, photo=b"", by=head_of(order.operator), now=now)

    assert DispatchOrder.objects.get(pk=order.pk).scan is None
