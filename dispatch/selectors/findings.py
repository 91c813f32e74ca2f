"""The sentence of each finding: what is wrong, as the guard and the driver read it."""

from collections.abc import Iterable

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from dispatch.rules import Finding
from station.rules import plates

SENTENCES: dict[str, Promise | str] = {
    "order_missing": _("There is no dispatch order. The operator must issue one."),
    "order_not_signed": _("The operator has not signed the dispatch order."),
    "order_being_signed": _("The signature is just being put into the order. Look again in a few seconds."),
    "order_other_plate": _("The order names vehicle %(plate)s, not this one."),
    "order_other_driver": _("The order names other drivers: %(drivers)s."),
    "order_not_valid_that_day": _("The dispatch order is not valid on the day of this departure."),
    "driver_missing": _("No driver is named."),
    "licence_class_too_low": _("The licence class of %(driver)s does not fit this vehicle."),
    "licence_missing": _("The driving licence of %(driver)s is not on file."),
    "licence_expired": _("Driving licence %(number)s of %(driver)s ended on %(day)s."),
    "registration_missing": _("The vehicle registration is not on file."),
    "registration_expired": _("Vehicle registration %(number)s ended on %(day)s."),
    "inspection_missing": _("The technical inspection is not on file."),
    "inspection_expired": _("Technical inspection %(number)s ended on %(day)s."),
    "insurance_missing": _("The liability insurance is not on file."),
    "insurance_expired": _("Liability insurance %(number)s ended on %(day)s."),
    "badge_missing": _("The route badge is not on file."),
    "badge_expired": _("Route badge %(number)s ended on %(day)s."),
    "not_in_yard": _("The coach is not in the yard."),
    "fee_unpaid": _("The station service is not paid."),
    "fee_missing": _("The station service has no price yet. The cashier must open it."),
}


def sentence(finding: Finding) -> str:
    facts = dict(finding.facts)
    if "plate" in facts:
        facts["plate"] = plates.display(facts["plate"])
    return str(SENTENCES[finding.code]) % facts


def sentences(findings: Iterable[Finding]) -> str:
    return " ".join(sentence(finding) for finding in findings)
