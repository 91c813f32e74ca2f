"""Orders and the permission to leave: what operators, dispatchers and guards do."""

from dispatch.services.admitting import admit, take_next_leg
from dispatch.services.departing import confirm_departure, let_in, let_out, let_out_empty
from dispatch.services.documents import advance_document, unsigned_document
from dispatch.services.drawing import PaperSheet, create_order, draw_up_orders, enter_paper_order
from dispatch.services.orders import SignOutcome, cancel_order, redraw_order, sign_order, sign_orders

__all__ = [
    "PaperSheet",
    "SignOutcome",
    "admit",
    "advance_document",
    "cancel_order",
    "confirm_departure",
    "create_order",
    "draw_up_orders",
    "enter_paper_order",
    "let_in",
    "let_out",
    "let_out_empty",
    "redraw_order",
    "sign_order",
    "sign_orders",
    "take_next_leg",
    "unsigned_document",
]
