"""What stands against closing a till: customers who wait for the seats it keeps."""

from datetime import datetime

from django.utils.translation import gettext as _

from station.models import Till
from station.questions import answers
from ticketing.selectors.tickets import open_hold


@answers("till.may_close")
def seats_kept(till: Till, now: datetime) -> list[str]:
    """A hold that has run out keeps nobody from closing."""
    hold = open_hold(till, now)
    if hold is None:
        return []
    facts = {"departure": str(hold.departure)}
    return [_("Seats of %(departure)s are still kept at this till: sell them, or let them go with Esc Esc.") % facts]
