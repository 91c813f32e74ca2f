"""Doors for the workers."""

from celery import shared_task

from dispatch import services
from station import clock
from station.courier import outbox_task


@outbox_task("dispatch.advance_document")
def advance_document(*, message_id: int, order_id: int) -> None:
    services.advance_document(order_id=order_id, message_id=message_id, now=clock.now())


@outbox_task("dispatch.transmit_record")
def transmit_record(*, message_id: int, departure_id: int) -> None:  # says what the message is about
    services.transmit_record(message_id=message_id, clock=clock.now)


@shared_task(name="dispatch.watch_records")
def watch_records() -> None:
    services.watch_records(now=clock.now())
