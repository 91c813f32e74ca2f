"""Doors for the workers."""

from dispatch import services
from station import clock
from station.courier import outbox_task


@outbox_task("dispatch.advance_document")
def advance_document(*, message_id: int, order_id: int) -> None:
    services.advance_document(order_id=order_id, message_id=message_id, now=clock.now())
