"""Orders and the permission to leave: what operators, dispatchers and guards do."""

from dispatch.services.admitting import admit, take_next_leg
from dispatch.services.changing import cancel_departure, delay_departure, merge_departures, replace_vehicle
from dispatch.services.departing import confirm_departure, let_in, let_out, let_out_empty
from dispatch.services.documents import advance_document, unsigned_document
from dispatch.services.drawing import PaperSheet, create_order, draw_up_orders, enter_paper_order
from dispatch.services.orders import SignOutcome, add_photo, cancel_order, redraw_order, sign_order, sign_orders
from dispatch.services.transmitting import correct_record, send_record_again, transmit_record, watch_records
from dispatch.services.withdrawing import withdraw_confirmation

__all__ = [
    "PaperSheet",
    "SignOutcome",
    "add_photo",
    "admit",
    "advance_document",
    "cancel_departure",
    "cancel_order",
    "confirm_departure",
    "correct_record",
    "create_order",
    "delay_departure",
    "draw_up_orders",
    "enter_paper_order",
    "let_in",
    "let_out",
    "let_out_empty",
    "merge_departures",
    "redraw_order",
    "replace_vehicle",
    "send_record_again",
    "sign_order",
    "sign_orders",
    "take_next_leg",
    "transmit_record",
    "unsigned_document",
    "watch_records",
    "withdraw_confirmation",
]
