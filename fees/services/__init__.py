"""Writes of money: each is one thing a person does at a till."""

from fees.services.charging import charge_departure
from fees.services.closing import close_till, count_till
from fees.services.ledger import Line, post
from fees.services.opening import open_till
from fees.services.payments import pay_out, take_payment, use_till
from fees.services.settling import pay_charge

__all__ = [
    "Line",
    "charge_departure",
    "close_till",
    "count_till",
    "open_till",
    "pay_charge",
    "pay_out",
    "post",
    "take_payment",
    "use_till",
]
