"""The sentence of each finding: what is wrong, as the guard and the driver read it."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from dispatch.rules import Finding

SENTENCES: dict[str, Promise | str] = {
    "order_missing": _("There is no dispatch order. The operator must issue one."),
    "order_not_signed": _("The operator has not signed the dispatch order."),
    "order_other_plate": _("The order names vehicle %(plate)s, not this one."),
    "order_not_valid_today": _("The dispatch order is not valid today."),
    "driver_missing": _("No driver is named."),
    "licence_class_too_low": _("The driver's licence class does not fit this vehicle."),
    "registration_missing": _("The vehicle registration is not on file."),
    "registration_expired": _("Vehicle registration %(number)s ended on %(day)s."),
    "inspection_missing": _("The technical inspection is not on file."),
    "inspection_expired": _("Technical inspection %(number)s ended on %(day)s."),
    "insurance_missing": _("The liability insurance is not on file."),
    "insurance_expired": _("Liability insurance %(number)s ended on %(day)s."),
    "badge_missing": _("The route badge is not on file."),
    "badge_expired": _("Route badge %(number)s ended on %(day)s."),
    "licence_missing": _("The driving licence is not on file."),
    "licence_expired": _("Driving licence %(number)s ended on %(day)s."),
    "not_in_yard": _("The coach is not in the yard."),
    "fee_unpaid": _("The station service is not paid."),
}


def sentence(finding: Finding) -> str:
    return str(SENTENCES[finding.code]) % finding.facts
