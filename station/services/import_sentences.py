"""What a finding of an import says to a person."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from station.rules.catalogue import Finding, Reason

SENTENCES: dict[Reason, str | Promise] = {
    Reason.WRONG_FIELD_COUNT: _("the row has %(found)s fields, the header %(expected)s"),
    Reason.CODE_MALFORMED: _("this is no route code: it should look like 2899.0112.A"),
    Reason.CODE_REPEATED: _("this route code stands on line %(first_line)s already"),
    Reason.STATION_MISSING: _("the station has no name"),
    Reason.ENDS_ARE_ONE_STATION: _("the route begins and ends at the same station"),
    Reason.NOT_ACCEPTED: _("refused by the database: %(detail)s"),
    Reason.OLD_CODE_MALFORMED: _("this is no route code: the old code is left empty"),
    Reason.OLD_CODE_TAKEN: _("the route of line %(other_line)s bears this code too: it finds two routes"),
    Reason.STATION_REF_MALFORMED: _("this is no station number: it should look like BX044; not used"),
    Reason.STATION_REF_MISSING: _("the station has no number: it gets a code of our own"),
    Reason.STATION_REF_FOUND_BY_NAME: _("the number is missing; other rows give this station %(taken_as)s: taken"),
    Reason.STATION_REF_OF_ANOTHER_PLACE: _("most rows use this number for a station in another province: not used"),
    Reason.STATION_NAME_HAS_TWO_REFS: _("a station of this name and province has the number %(other)s too: both kept"),
    Reason.STATION_SPELLED_OTHERWISE: _("most rows spell this station «%(taken_as)s»: taken"),
    Reason.PROVINCE_MISSING: _("the province is not given"),
    Reason.UNREADABLE_CHARACTERS: _("some letters were lost before publication; kept as it is"),
    Reason.UNREADABLE_REPAIRED: _("some letters were lost before publication; read as «%(taken_as)s»"),
    Reason.MARKUP: _("a line-break tag was taken out"),
    Reason.NOT_A_NUMBER: _("this is no number: left empty"),
    Reason.DISTANCE_MISSING: _("the distance is not given: left empty, no price can be computed"),
    Reason.DISTANCE_ZERO: _("the distance is 0: left empty, no price can be computed"),
    Reason.DISTANCE_NOT_CREDIBLE: _("no fixed route is that long or short: distance left empty"),
    Reason.DISTANCE_UNLIKE_SIBLINGS: _("another way between these stations is %(sibling_km)s km: distance left empty"),
    Reason.TYPE_MISSING: _("the type is not given; from the ends and the code: %(taken_as)s"),
    Reason.TYPE_SPELLED_OTHERWISE: _("another spelling of the route type: %(taken_as)s"),
    Reason.TYPE_IS_A_STATUS: _("this is a status, not a type; from the ends and the code: %(taken_as)s"),
    Reason.TYPE_UNKNOWN: _("unknown type; from the ends and the code: %(taken_as)s"),
    Reason.TYPE_CONTRADICTS_ENDS: _("the type does not fit the provinces of the two ends; taken as %(taken_as)s"),
    Reason.STATUS_MISSING: _("the status is not given"),
    Reason.STATUS_TAKEN_FROM_TYPE: _("the status stands in the type column: %(taken_as)s"),
    Reason.STATUS_UNKNOWN: _("unknown status: not used"),
    Reason.NO_TRIPS_PERMITTED: _("no departure a month is permitted"),
    Reason.LONG_MONTH_OVER_PERMITTED: _(
        "more departures than the %(permitted)s permitted a month: a month of 31 days explains it"
    ),
    Reason.TRIPS_OVER_PERMITTED: _("more departures than the %(permitted)s permitted a month"),
    Reason.INTERVAL_ZERO: _("the shortest interval is 0 minutes: left empty"),
    Reason.DATE_MALFORMED: _("this is no date dd/mm/yyyy: left empty"),
    Reason.DATE_MISSING: _("a decision without its date"),
    Reason.CALENDAR_LABEL: _("the label of another field was taken out of the authority's name"),
    Reason.AUTHORITY_IS_A_PROVINCE: _("a province, not an authority; kept as it is"),
    Reason.SAME_WAY_AS_ANOTHER_ROUTE: _("same ends and same way as line %(other_line)s: perhaps one route twice"),
    Reason.ENDS_DIFFER_FROM_OURS: _("known here as «%(ours)s»: its ends were left alone"),
}


def sentence_of(finding: Finding) -> str:
    return str(SENTENCES[finding.reason]) % finding.facts
