from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class ServiceCode(TextChoices):
    """Services the program itself charges; a station may sell others."""

    IN_OUT = "in_out", _("coach in and out of the station")


class Unit(TextChoices):
    """What a tariff row counts."""

    SEAT = "seat", _("per seat and departure")
    TRIP = "trip", _("per departure")


class ChargeState(TextChoices):
    DUE = "due", _("to pay")
    PAID = "paid", _("paid")
    ON_ACCOUNT = "on_account", _("on the operator's account")
    CANCELLED = "cancelled", _("cancelled")


class PaymentKind(TextChoices):
    SALE = "sale", _("ticket sale")
    REFUND = "refund", _("ticket refund")
    FEE = "fee", _("station service")
    PAYOUT = "payout", _("cash paid out")
    FREIGHT = "freight", _("parcel or luggage")
    FLOAT = "float", _("float added")
    DROP = "drop", _("cash brought to the safe")
    CORRECTION = "correction", _("rounding and correction")


# Kinds of payments that nobody made: cash that went from one place of the station to another.
MOVED = (PaymentKind.FLOAT, PaymentKind.DROP, PaymentKind.PAYOUT)


class MoveKind(TextChoices):
    """Cash that nobody paid; seen from the drawer."""

    IN = "in", _("cash in, from the safe")
    OUT = "out", _("cash out, for something")
    DROP = "drop", _("cash to the safe")
    HAND_OVER = "hand_over", _("cash to another till")


class MoveState(TextChoices):
    OFFERED = "offered", _("waits for the other person")
    DONE = "done", _("done")
    DECLINED = "declined", _("not taken")


class Method(TextChoices):
    CASH = "cash", _("cash")
    TRANSFER = "transfer", _("bank transfer")
    CARD = "card", _("card")


class Account(TextChoices):
    """Accounts of the ledger. Debits are positive: money in a drawer +, what we owe an operator −."""

    DRAWER = "drawer", _("drawer of a till")
    SAFE = "safe", _("safe")
    ADVANCE = "advance", _("cash given out, to be accounted for")
    TRANSIT = "transit", _("cash on its way from till to till")
    BANK = "bank", _("bank")
    OWED_BY_OPERATOR = "owed_by_operator", _("owed by an operator")
    HELD_FOR_OPERATOR = "held_for_operator", _("ticket money held for an operator")
    FREIGHT = "freight", _("freight held for an operator")
    REVENUE = "revenue", _("station revenue")
    COMMISSION = "commission", _("commission")
    VAT = "vat", _("VAT")
    ROUNDING = "rounding", _("rounding")
    OVER_SHORT = "over_short", _("cash over or short")
    UNEXPLAINED = "unexplained", _("bank money not yet explained")


class RequestState(TextChoices):
    """A bank transfer that a customer was asked for."""

    WAITING = "waiting", _("waiting for the bank")
    PAID = "paid", _("paid")
    CANCELLED = "cancelled", _("cancelled")
    EXPIRED = "expired", _("time is over")


class LineState(TextChoices):
    """Money that arrived at the bank."""

    UNMATCHED = "unmatched", _("to be looked at")
    MATCHED = "matched", _("explained")
    RETURNED = "returned", _("paid back")


class LineSource(TextChoices):
    BANK = "bank", _("told by the bank")
    PERSON = "person", _("entered by hand")
