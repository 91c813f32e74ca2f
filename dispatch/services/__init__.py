"""Orders and the permission to leave: what operators, dispatchers and guards do."""

from dispatch.services.departing import confirm_departure, let_in, let_out
from dispatch.services.documents import advance_document
from dispatch.services.orders import cancel_order, create_order, enter_paper_order, sign_order

__all__ = [
    "advance_document",
    "cancel_order",
    "confirm_departure",
    "create_order",
    "enter_paper_order",
    "let_in",
    "let_out",
    "sign_order",
]
