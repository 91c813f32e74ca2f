"""Doors for the workers."""

from celery import shared_task

from einvoice import services
from station import clock
from station.courier import outbox_task


@outbox_task("einvoice.issue_for_sale")
def issue_for_sale(*, message_id: int, sale_id: int) -> None:
    services.issue_for_sale(sale_id=sale_id, message_id=message_id, now=clock.now())


@outbox_task("einvoice.issue_for_charge")
def issue_for_charge(*, message_id: int, charge_id: int) -> None:
    services.issue_for_charge(charge_id=charge_id, message_id=message_id, now=clock.now())


@outbox_task("einvoice.submit_invoice")
def submit_invoice(*, message_id: int, invoice_id: int) -> None:
    services.submit_invoice(invoice_id=invoice_id, message_id=message_id, now=clock.now())


@shared_task(name="einvoice.sweep")
def sweep() -> None:
    services.sweep(now=clock.now())
