"""Reading the cells of one row: each reader gives a usable value and says what it doubted."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from station.rules import route_codes
from station.rules.catalogue.findings import Finding, Reason
from station.rules.provinces import current_province, is_merged_away, is_same_province
from station.rules.vietnamese import search_key

COLUMNS = (
    "route_code", "route_code_old",
    "departure_province", "departure_station", "departure_station_ref",
    "arrival_province", "arrival_station", "arrival_station_ref",
    "distance_km", "route_type", "total_trips_per_month", "trips_operated", "min_interval_minutes",
    "operation_status", "decision_number", "decision_date", "issuing_authority", "itinerary",
)  # fmt: skip

UNREADABLE = "\N{REPLACEMENT CHARACTER}"
_SPACES = re.compile(r"\s+")
_NUMBER = re.compile(r"\d{1,6}")
_DATE = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
_TAG = re.compile(r"\s*<\s*/?\s*br\s*/?\s*>\s*", re.IGNORECASE)
_CALENDAR_LABEL = re.compile(r"\s*kiểu lịch\s*:\s*", re.IGNORECASE)

# Keys are search keys, so that case, accents and spaces do not matter.
_KINDS = {
    "lien tinh": "inter",
    "tuyen van tai lien tinh": "inter",
    "noi tinh": "intra",
    "tuyen van tai noi tinh": "intra",
    "xe buyt": "bus",
}
_PLAIN_KINDS = frozenset({"lien tinh", "noi tinh", "xe buyt"})
_STATUSES = {
    "da cong bo": "announced",
    "tuyen moi": "new",
    "dang khai thac": "operating",
    "ngung khai thac": "stopped",
    "ngung hoat dong": "stopped",
}
SHORTEST_KM = 5  # two stations of a fixed route are never nearer
LONGEST_KM = 2_500  # nor farther: Lạng Sơn to Cà Mau is 2 300 km
_DAYS_OF_A_TARIFF_MONTH = 30
_DAYS_OF_A_LONG_MONTH = 31


@dataclass
class Row:
    """One record of the file, cleaned of spaces, with what was found in it."""

    line: int
    cells: Mapping[str, str]
    findings: list[Finding] = field(default_factory=list)

    def doubt(self, column: str, reason: Reason, **facts: str | int) -> None:
        self.findings.append(Finding(self.line, column, self.cells.get(column, ""), reason, facts))

    @property
    def is_refused(self) -> bool:
        return any(finding.is_refusal for finding in self.findings)

    def __getitem__(self, column: str) -> str:
        return self.cells[column]


def clean(text: str) -> str:
    """Composed letters, single spaces, no line breaks: the same text, easier to compare."""
    return _SPACES.sub(" ", unicodedata.normalize("NFC", text)).strip()


def read_old_code(row: Row) -> str:
    code = route_codes.normalise(row["route_code_old"])
    if code and not route_codes.is_route_code(code):
        row.doubt("route_code_old", Reason.OLD_CODE_MALFORMED)
        return ""
    return code


def read_distance(row: Row) -> int | None:
    """Kilometres, or None when the published figure cannot be right."""
    if not row["distance_km"]:
        row.doubt("distance_km", Reason.DISTANCE_MISSING)
        return None
    distance = read_number(row, "distance_km")
    if distance == 0:
        row.doubt("distance_km", Reason.DISTANCE_ZERO)
        return None
    if distance is not None and not SHORTEST_KM <= distance <= LONGEST_KM:
        row.doubt("distance_km", Reason.DISTANCE_NOT_CREDIBLE)
        return None
    return distance


def read_number(row: Row, column: str) -> int | None:
    if not row[column]:
        return None
    if not _NUMBER.fullmatch(row[column]):
        row.doubt(column, Reason.NOT_A_NUMBER)
        return None
    return int(row[column])


def read_kind(row: Row, province_from: str, province_to: str) -> str:
    """Inter- or intra-provincial. What the ends and the code say weighs more than what the type column says.

    Both ends may lie in one province since a merger and the route still be an inter-provincial one: then its code
    has two province numbers, and the published type stands, with a doubt.
    """
    key = search_key(row["route_type"])
    stated = _KINDS.get(key)
    crosses = not is_same_province(province_from, province_to)
    derived = "inter" if crosses or route_codes.is_inter(route_codes.normalise(row["route_code"])) else "intra"
    if stated is None:
        row.doubt("route_type", _why_no_kind(row["route_type"]), taken_as=derived)
        return derived
    if stated == "bus":
        return stated
    if key not in _PLAIN_KINDS:
        row.doubt("route_type", Reason.TYPE_SPELLED_OTHERWISE, taken_as=stated)
    if (stated == "inter") != crosses:
        row.doubt("route_type", Reason.TYPE_CONTRADICTS_ENDS, taken_as=derived)
        return derived
    return stated


def _why_no_kind(text: str) -> Reason:
    if not text:
        return Reason.TYPE_MISSING
    return Reason.TYPE_IS_A_STATUS if search_key(text) in _STATUSES else Reason.TYPE_UNKNOWN


def read_status(row: Row) -> str:
    """The published state; when its cell is empty and the type cell holds a state, the two have slipped."""
    key = search_key(row["operation_status"])
    if key in _STATUSES:
        return _STATUSES[key]
    if row["operation_status"]:
        row.doubt("operation_status", Reason.STATUS_UNKNOWN)
        return "unknown"
    slipped = _STATUSES.get(search_key(row["route_type"]))
    if slipped is None:
        row.doubt("operation_status", Reason.STATUS_MISSING)
        return "unknown"
    row.doubt("operation_status", Reason.STATUS_TAKEN_FROM_TYPE, taken_as=slipped)
    return slipped


def read_trips(row: Row) -> tuple[int | None, int | None]:
    """Departures a month: permitted and run. More run than permitted is doubted, not refused: where a month of 31
    days explains it, it says so."""
    permitted = read_number(row, "total_trips_per_month")
    operated = read_number(row, "trips_operated")
    if permitted == 0:
        row.doubt("total_trips_per_month", Reason.NO_TRIPS_PERMITTED)
    if permitted is not None and operated is not None and operated > permitted:
        is_long_month = operated * _DAYS_OF_A_TARIFF_MONTH <= permitted * _DAYS_OF_A_LONG_MONTH
        reason = Reason.LONG_MONTH_OVER_PERMITTED if is_long_month else Reason.TRIPS_OVER_PERMITTED
        row.doubt("trips_operated", reason, permitted=permitted)
    return permitted, operated


def read_interval(row: Row) -> int | None:
    """Minutes between two departures of the route; 0 is no interval at all."""
    interval = read_number(row, "min_interval_minutes")
    if interval == 0:
        row.doubt("min_interval_minutes", Reason.INTERVAL_ZERO)
        return None
    return interval


def read_decision_date(row: Row) -> date | None:
    """dd/mm/yyyy."""
    text = row["decision_date"]
    if not text:
        if row["decision_number"]:
            row.doubt("decision_date", Reason.DATE_MISSING)
        return None
    match = _DATE.fullmatch(text)
    try:
        day, month, year = (int(part) for part in match.groups()) if match else (0, 0, 0)
        return date(year, month, day)
    except ValueError:
        row.doubt("decision_date", Reason.DATE_MALFORMED)
        return None


def read_authority(row: Row) -> str:
    """Who decided, without the label of the next field that slipped in."""
    text = row["issuing_authority"]
    authority = _CALENDAR_LABEL.sub(" ", text).strip()
    if authority != text:
        row.doubt("issuing_authority", Reason.CALENDAR_LABEL)
    if UNREADABLE in authority:
        row.doubt("issuing_authority", Reason.UNREADABLE_CHARACTERS)
    if authority and any(
        search_key(authority) == search_key(row[column]) for column in ("departure_province", "arrival_province")
    ):
        row.doubt("issuing_authority", Reason.AUTHORITY_IS_A_PROVINCE)
    return authority


def read_itinerary(row: Row) -> str:
    text = _TAG.sub(" ", row["itinerary"]).strip()
    if text != row["itinerary"]:
        row.doubt("itinerary", Reason.MARKUP)
    if UNREADABLE in text:
        row.doubt("itinerary", Reason.UNREADABLE_CHARACTERS)
    return text


def province_names(published: str) -> tuple[str, str]:
    """The name before the mergers (empty where nothing merged) and the name of today."""
    return (published if is_merged_away(published) else "", current_province(published))
