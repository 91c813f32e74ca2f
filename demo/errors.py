"""What the demonstration refuses."""

from django.utils.translation import gettext_lazy as _

from station.errors import DomainError


class PersonDisabled(DomainError):
    code = "person_disabled"
    sentence = _("%(person)s was disabled and cannot enter. Choose another role.")
