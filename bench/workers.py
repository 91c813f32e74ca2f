"""What a worker gets through on one core: invoices and signed dispatch orders."""

from bench.figures import Figure, at_least, pace_of
from dispatch.models import DispatchOrder
from dispatch.services import sign_orders
from dispatch.services.documents import advance_document
from einvoice.services import issue_for_sale
from fees.enums import Method
from fees.services import open_till
from station import clock
from station.models import OutboxMessage, Station, User
from ticketing.selectors.offers import on_sale
from ticketing.services import sell_tickets

SALES = 300
INVOICES_PER_SECOND = 150
ORDERS_PER_SECOND = 8


def einvoice_rate() -> Figure:
    """Build, check, validate, sign, number and store the invoice of a sale, finish the message that asked for it."""
    # Of the sales made here: others may have left thousands to the worker.
    last = OutboxMessage.objects.order_by("pk").last()
    _sell(SALES)
    asked = OutboxMessage.objects.filter(task="einvoice.issue_for_sale", pk__gt=last.pk if last else 0).order_by("pk")
    sales = {message.payload["sale_id"]: message.pk for message in asked}
    pace = pace_of(lambda pk: issue_for_sale(sale_id=pk, message_id=sales[pk], now=clock.now()), sales)
    return at_least("einvoice.rate", pace.rate, INVOICES_PER_SECOND, "1/s", pace.of("ticket invoices"))


def orders_rate() -> Figure:
    """Render a dispatch order and put the operator's signature into it."""
    signer = User.objects.get(username="nhaxe1")
    drafts = DispatchOrder.objects.filter(operator=signer.operator).order_by("pk").values_list("pk", flat=True)
    signed = sign_orders(order_ids=list(drafts), by=signer, now=clock.now()).signed
    ids = [order.pk for order in signed]
    pace = pace_of(lambda pk: advance_document(order_id=pk, message_id=None, now=clock.now()), ids)
    return at_least("orders.rate", pace.rate, ORDERS_PER_SECOND, "1/s", pace.of("orders, render and one signature"))


def _sell(count: int) -> None:
    station, clerk, now = Station.objects.get(code="HB01"), User.objects.get(username="banve1"), clock.now()
    till = open_till(station=station, clerk=clerk, counter_id=None, opening_float=0, now=now)
    sold = 0
    for departure in on_sale(station, now):
        while sold < count and departure.seat_map and departure.tickets.count() < departure.seat_map.seats.count():
            sell_tickets(
                departure_id=departure.pk, till_id=till.pk, method=Method.CASH,
                idempotency_key=f"bench:{sold}", by=clerk, now=now,
            )  # fmt: skip
            sold += 1
