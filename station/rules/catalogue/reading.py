"""From the records of a catalogue to usable routes, losing nothing silently: every row is used or refused aloud."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from station.rules import route_codes
from station.rules.catalogue import cells
from station.rules.catalogue.cells import COLUMNS, Row
from station.rules.catalogue.findings import Finding, Reason
from station.rules.catalogue.stations import PublishedStation, StationBook

# A route much shorter than another one between the same two stations has lost a digit.
_SHORTEST_SHARE_PERCENT = 40
_HUNDRED = 100


@dataclass(frozen=True, slots=True)
class PublishedRoute:
    """A usable row. None stands for what was not published or cannot be right."""

    line: int
    code: str
    code_old: str
    kind: str
    origin: PublishedStation
    destination: PublishedStation
    distance_km: int | None
    trips_permitted: int | None
    trips_operated: int | None
    min_interval_minutes: int | None
    status: str
    decision_number: str
    decision_on: date | None
    issuing_authority: str
    itinerary: str

    @property
    def name(self) -> str:
        return f"{self.origin.name} – {self.destination.name}"


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What a file said: *rows* = usable routes + refused lines."""

    rows: int
    routes: tuple[PublishedRoute, ...]
    findings: tuple[Finding, ...]  # by line

    @property
    def refused_lines(self) -> frozenset[int]:
        return frozenset(finding.line for finding in self.findings if finding.is_refusal)

    @property
    def doubtful_lines(self) -> frozenset[int]:
        return frozenset(finding.line for finding in self.findings) - self.refused_lines


class MissingColumns(ValueError):
    """The file is no catalogue of routes."""

    def __init__(self, columns: Sequence[str]) -> None:
        self.columns = tuple(columns)
        super().__init__(", ".join(columns))


def read_catalogue(header: Sequence[str], records: Iterable[tuple[int, Sequence[str]]]) -> Catalogue:
    """Judge every record of a file; *records* are (line of the file, fields). Raises MissingColumns."""
    names = [cells.clean(name) for name in header]
    if missing := [column for column in COLUMNS if column not in names]:
        raise MissingColumns(missing)
    rows: list[Row] = []
    findings: list[Finding] = []
    count = 0
    for line, fields in records:
        count += 1
        if len(fields) != len(names):
            facts = {"found": len(fields), "expected": len(names)}
            findings.append(Finding(line, names[0], ",".join(fields)[:200], Reason.WRONG_FIELD_COUNT, facts))
            continue
        rows.append(Row(line, {name: cells.clean(value) for name, value in zip(names, fields, strict=True)}))
    routes = _read_rows(rows)
    findings += [finding for row in rows for finding in row.findings]
    return Catalogue(count, tuple(routes), tuple(sorted(findings, key=lambda finding: finding.line)))


def _read_rows(rows: list[Row]) -> list[PublishedRoute]:
    book = StationBook(rows)
    first_lines: dict[str, int] = {}
    read = [(row, _read_row(row, book, first_lines)) for row in rows]
    routes = {route.line: route for _, route in read if route is not None}
    by_line = {row.line: row for row in rows}
    _doubt_old_codes(routes, by_line)
    _doubt_twins(routes, by_line)
    return [route for route in _without_lost_digits(routes, by_line) if not by_line[route.line].is_refused]


def _read_row(row: Row, book: StationBook, first_lines: dict[str, int]) -> PublishedRoute | None:
    """A refused row is read to its end as well: all that is wrong is said at once, and its figures check others."""
    code = route_codes.normalise(row["route_code"])
    if not route_codes.is_route_code(code):
        row.doubt("route_code", Reason.CODE_MALFORMED)
    elif code in first_lines:
        row.doubt("route_code", Reason.CODE_REPEATED, first_line=first_lines[code])
    first_lines.setdefault(code, row.line)
    origin, destination = book.station_of(row, "departure"), book.station_of(row, "arrival")
    if origin is None or destination is None:
        return None
    kind = cells.read_kind(row, origin.province, destination.province)
    if origin.code == destination.code and kind != "bus":
        row.doubt("arrival_station", Reason.ENDS_ARE_ONE_STATION)
    return _route(row, code, kind, origin, destination)


def _route(row: Row, code: str, kind: str, origin: PublishedStation, destination: PublishedStation) -> PublishedRoute:
    permitted, operated = cells.read_trips(row)
    return PublishedRoute(
        line=row.line,
        code=code,
        code_old=cells.read_old_code(row),
        kind=kind,
        origin=origin,
        destination=destination,
        distance_km=cells.read_distance(row),
        trips_permitted=permitted,
        trips_operated=operated,
        min_interval_minutes=cells.read_interval(row),
        status=cells.read_status(row),
        decision_number=row["decision_number"],
        decision_on=cells.read_decision_date(row),
        issuing_authority=cells.read_authority(row),
        itinerary=cells.read_itinerary(row),
    )


def _doubt_old_codes(routes: dict[int, PublishedRoute], rows: dict[int, Row]) -> None:
    """An old code that another route bears, old or new, finds two routes."""
    bearers: defaultdict[str, list[int]] = defaultdict(list)
    for route in routes.values():
        for code in {route.code, route.code_old} - {""}:
            bearers[code].append(route.line)
    for route in routes.values():
        others = [line for line in bearers.get(route.code_old, ()) if line != route.line]
        if others:
            rows[route.line].doubt("route_code_old", Reason.OLD_CODE_TAKEN, other_line=others[0])


def _doubt_twins(routes: dict[int, PublishedRoute], rows: dict[int, Row]) -> None:
    """Two codes for the same ends and the same way: usually one route, listed before and after renumbering."""
    first: dict[tuple[str, str, str], int] = {}
    for route in routes.values():
        way = (route.origin.code, route.destination.code, route.itinerary)
        if route.itinerary and way in first:
            rows[route.line].doubt("itinerary", Reason.SAME_WAY_AS_ANOTHER_ROUTE, other_line=first[way])
        first.setdefault(way, route.line)


def _without_lost_digits(routes: dict[int, PublishedRoute], rows: dict[int, Row]) -> list[PublishedRoute]:
    longest: defaultdict[tuple[str, str], int] = defaultdict(int)
    for route in routes.values():
        ends = (route.origin.code, route.destination.code)
        longest[ends] = max(longest[ends], route.distance_km or 0)
    return [
        _checked(route, longest[route.origin.code, route.destination.code], rows[route.line])
        for route in routes.values()
    ]


def _checked(route: PublishedRoute, longest_km: int, row: Row) -> PublishedRoute:
    if route.distance_km is None or route.distance_km * _HUNDRED >= longest_km * _SHORTEST_SHARE_PERCENT:
        return route
    row.doubt("distance_km", Reason.DISTANCE_UNLIKE_SIBLINGS, sibling_km=longest_km)
    return replace(route, distance_km=None)
