"""What the demonstration refuses."""

from django.utils.translation import gettext_lazy as _

from station.errors import DomainError


class PersonDisabled(DomainError):
    code = "person_disabled"
    sentence = _("%(person)s was disabled and cannot enter. Choose another role.")


class NotADemonstration(DomainError):
    code = "not_a_demonstration"
    sentence = _(
        "This database holds somebody's own stations: nothing is played in it, and nothing was changed. "
        "A demonstration needs an empty database."
    )


class HistoryComesFirst(DomainError):
    code = "history_comes_first"
    sentence = _(
        "Days of the past are played into an empty database only. "
        "This one has its own already, and nothing was changed."
    )


class StillPlaying(DomainError):
    code = "still_playing"
    sentence = _(
        "The demonstration is still playing its past days here (%(percent)s %%). "
        "Look around; in a few minutes everything can be used."
    )
