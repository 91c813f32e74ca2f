"""What a person does at a ticket counter: keep seats, let go of them, sell; and what an accountant enters: fares."""

from ticketing.services.approvals import approver_of
from ticketing.services.bank import assign_line, confirm_transfer, explain_by_payment, receive_line
from ticketing.services.blocks import block_seats, lift_block
from ticketing.services.boarding import board_ticket, change_seat, close_boarding
from ticketing.services.claims import claim_seats
from ticketing.services.discounts import end_group, end_surcharge, open_group, open_surcharge
from ticketing.services.displacing import (
    displace_tickets,
    list_late,
    remap_tickets,
    reseat_passenger,
    tell_passenger,
)
from ticketing.services.exchanges import Wanted, exchange_ticket
from ticketing.services.fares import set_fare, set_fares
from ticketing.services.favourites import set_favourites
from ticketing.services.feedback import MOST_COMPLAINTS, answer_complaint, file_complaint, rate_ride
from ticketing.services.freight import (
    arrive_parcel,
    hand_over_parcel,
    load_parcel,
    move_parcel,
    receive_parcel,
    return_parcel,
    tag_luggage,
)
from ticketing.services.holds import HOLD_LASTS, extend_hold, hold_seats, release_hold
from ticketing.services.paying import Part
from ticketing.services.pricing import Passenger
from ticketing.services.printing import print_tickets
from ticketing.services.refunds import Approval, refund_ticket
from ticketing.services.sales import sell_tickets
from ticketing.services.voiding import void_tickets
from ticketing.services.waiting import ask_for_sale, cancel_transfer, let_go_of_unpaid

__all__ = [
    "HOLD_LASTS",
    "MOST_COMPLAINTS",
    "Approval",
    "Part",
    "Passenger",
    "Wanted",
    "answer_complaint",
    "approver_of",
    "arrive_parcel",
    "ask_for_sale",
    "assign_line",
    "block_seats",
    "board_ticket",
    "cancel_transfer",
    "change_seat",
    "claim_seats",
    "close_boarding",
    "confirm_transfer",
    "displace_tickets",
    "end_group",
    "end_surcharge",
    "exchange_ticket",
    "explain_by_payment",
    "extend_hold",
    "file_complaint",
    "hand_over_parcel",
    "hold_seats",
    "let_go_of_unpaid",
    "lift_block",
    "list_late",
    "load_parcel",
    "move_parcel",
    "open_group",
    "open_surcharge",
    "print_tickets",
    "rate_ride",
    "receive_line",
    "receive_parcel",
    "refund_ticket",
    "release_hold",
    "remap_tickets",
    "reseat_passenger",
    "return_parcel",
    "sell_tickets",
    "set_fare",
    "set_fares",
    "set_favourites",
    "tag_luggage",
    "tell_passenger",
    "void_tickets",
]
