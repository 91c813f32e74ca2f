"""Writes of money: each is one thing a person does at a till."""

from fees.services.bank import (
    Told,
    check_pays,
    explain_line,
    keep_line,
    leave_unmatched,
    open_line,
    pay_back_line,
    send_back,
    set_bank_account,
)
from fees.services.charging import charge_departure, drop_charge
from fees.services.closing import close_till, count_till, keep_count, reasons_against
from fees.services.correcting import Correction, correct_till
from fees.services.ledger import Line, post
from fees.services.moving import Cash, decline, hand_over, move_cash, take_over
from fees.services.opening import open_till
from fees.services.payments import pay_out, take_payment, use_till
from fees.services.requests import (
    WAIT_LASTS,
    ask_for_charge,
    ask_transfer,
    check_waiting,
    end_waiting,
    locked_request,
    mark_paid,
    show,
)
from fees.services.settling import pay_charge

__all__ = [
    "WAIT_LASTS",
    "Cash",
    "Correction",
    "Line",
    "Told",
    "ask_for_charge",
    "ask_transfer",
    "charge_departure",
    "check_pays",
    "check_waiting",
    "close_till",
    "correct_till",
    "count_till",
    "decline",
    "drop_charge",
    "end_waiting",
    "explain_line",
    "hand_over",
    "keep_count",
    "keep_line",
    "leave_unmatched",
    "locked_request",
    "mark_paid",
    "move_cash",
    "open_line",
    "open_till",
    "pay_back_line",
    "pay_charge",
    "pay_out",
    "post",
    "reasons_against",
    "send_back",
    "set_bank_account",
    "show",
    "take_over",
    "take_payment",
    "use_till",
]
