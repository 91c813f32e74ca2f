"""What can be wrong with a row of a published catalogue of routes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Reason(StrEnum):
    """Why a value is doubted or a row refused. The sentences for people stand beside the import."""

    # The row cannot be used.
    WRONG_FIELD_COUNT = "wrong_field_count"
    CODE_MALFORMED = "code_malformed"
    CODE_REPEATED = "code_repeated"
    STATION_MISSING = "station_missing"
    ENDS_ARE_ONE_STATION = "ends_are_one_station"
    NOT_ACCEPTED = "not_accepted"  # by the tables it is written to
    # The row is used; this value is not, or not as it stands.
    OLD_CODE_MALFORMED = "old_code_malformed"
    OLD_CODE_TAKEN = "old_code_taken"
    STATION_REF_MALFORMED = "station_ref_malformed"
    STATION_REF_MISSING = "station_ref_missing"
    STATION_REF_FOUND_BY_NAME = "station_ref_found_by_name"
    STATION_REF_OF_ANOTHER_PLACE = "station_ref_of_another_place"
    STATION_NAME_HAS_TWO_REFS = "station_name_has_two_refs"
    STATION_SPELLED_OTHERWISE = "station_spelled_otherwise"
    PROVINCE_MISSING = "province_missing"
    UNREADABLE_CHARACTERS = "unreadable_characters"
    UNREADABLE_REPAIRED = "unreadable_repaired"
    MARKUP = "markup"
    NOT_A_NUMBER = "not_a_number"
    DISTANCE_MISSING = "distance_missing"
    DISTANCE_ZERO = "distance_zero"
    DISTANCE_NOT_CREDIBLE = "distance_not_credible"
    DISTANCE_UNLIKE_SIBLINGS = "distance_unlike_siblings"
    TYPE_MISSING = "type_missing"
    TYPE_SPELLED_OTHERWISE = "type_spelled_otherwise"
    TYPE_IS_A_STATUS = "type_is_a_status"
    TYPE_UNKNOWN = "type_unknown"
    TYPE_CONTRADICTS_ENDS = "type_contradicts_ends"
    STATUS_MISSING = "status_missing"
    STATUS_TAKEN_FROM_TYPE = "status_taken_from_type"
    STATUS_UNKNOWN = "status_unknown"
    NO_TRIPS_PERMITTED = "no_trips_permitted"
    LONG_MONTH_OVER_PERMITTED = "long_month_over_permitted"
    TRIPS_OVER_PERMITTED = "trips_over_permitted"
    INTERVAL_ZERO = "interval_zero"
    DATE_MALFORMED = "date_malformed"
    DATE_MISSING = "date_missing"
    CALENDAR_LABEL = "calendar_label"
    AUTHORITY_IS_A_PROVINCE = "authority_is_a_province"
    SAME_WAY_AS_ANOTHER_ROUTE = "same_way_as_another_route"
    ENDS_DIFFER_FROM_OURS = "ends_differ_from_ours"  # known here between two other stations


REFUSALS = frozenset(
    {
        Reason.WRONG_FIELD_COUNT,
        Reason.CODE_MALFORMED,
        Reason.CODE_REPEATED,
        Reason.STATION_MISSING,
        Reason.ENDS_ARE_ONE_STATION,
        Reason.NOT_ACCEPTED,
    }
)


@dataclass(frozen=True, slots=True)
class Finding:
    """One doubt about one value, or the refusal of its row."""

    line: int  # of the file, the header being line 1
    column: str
    value: str  # as published
    reason: Reason
    facts: Mapping[str, str | int] = field(default_factory=dict)

    @property
    def is_refusal(self) -> bool:
        return self.reason in REFUSALS
