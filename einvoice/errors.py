from django.utils.translation import gettext_lazy as _

from station.errors import DomainError


class ClockWentBack(DomainError):
    code = "clock_went_back"
    sentence = _(
        "The clock reads %(now)s, before the last invoice of %(series)s at %(last)s. Check the server's clock."
    )


class InvalidDocument(DomainError):
    code = "invalid_invoice_document"
    sentence = _("The invoice of %(about)s does not hold: %(problems)s. The accountant must correct the data.")


class NotRefused(DomainError):
    code = "invoice_not_refused"
    sentence = _("Invoice %(invoice)s was not refused: there is nothing to send again.")


class NotGivenUp(DomainError):
    code = "message_not_given_up"
    sentence = _("Somebody has already had this tried again. Reload the page.")
