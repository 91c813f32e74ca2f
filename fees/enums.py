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
    PAYOUT = "payout", _("pay-out to an operator")
    FREIGHT = "freight", _("parcel or luggage")
    FLOAT = "float", _("float added")
    DROP = "drop", _("cash brought to the safe")
    CORRECTION = "correction", _("rounding and correction")


class Method(TextChoices):
    CASH = "cash", _("cash")
    TRANSFER = "transfer", _("bank transfer")
    CARD = "card", _("card")


class Account(TextChoices):
    """Accounts of the ledger. Debits are positive: money in a drawer +, what we owe an operator −."""

    DRAWER = "drawer", _("drawer of a till")
    SAFE = "safe", _("safe")
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
