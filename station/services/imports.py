"""Importing the catalogue of routes that a transport department publishes.

Nothing is lost silently: each row of the file is created, changed, unchanged or refused, and each doubt is a finding.
What a row does not say, or says wrongly, never replaces what is known here; a second run changes nothing.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, TextIO

from django.core.exceptions import ValidationError
from django.db import transaction

from station.enums import RouteStatus
from station.models import Route, Station
from station.rules.catalogue import (
    Catalogue,
    Finding,
    PublishedRoute,
    PublishedStation,
    Reason,
    province_names,
    read_catalogue,
)
from station.rules.vietnamese import search_key
from station.services.master_data import route_search_key


class RowOutcome(StrEnum):
    CREATED = "created"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


@dataclass
class ImportOutcome:
    """What became of every row, by line of the file."""

    rows: dict[int, RowOutcome] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    new_stations: list[str] = field(default_factory=list)

    def count(self, outcome: RowOutcome) -> int:
        return sum(each == outcome for each in self.rows.values())

    @property
    def doubtful(self) -> int:
        lines = {finding.line for finding in self.findings}
        return sum(self.rows[line] != RowOutcome.REFUSED for line in lines)


def read_routes_file(path: Path) -> Catalogue:
    """The catalogue in *path*, UTF-8 and comma separated.

    Raises OSError, UnicodeDecodeError, csv.Error or MissingColumns.
    """
    with path.open(encoding="utf-8-sig", newline="") as file:
        records = _records(file)
        _, header = next(records, (1, []))
        return read_catalogue(header, records)


def _records(file: TextIO) -> Iterator[tuple[int, list[str]]]:
    """Each record with the line it begins on; a record may run over several. Empty lines are no records."""
    reader = csv.reader(file)
    line = 1
    for fields in reader:
        if fields:
            yield line, fields
        line = reader.line_num + 1


@transaction.atomic
def import_routes(catalogue: Catalogue, *, commit: bool) -> ImportOutcome:
    """Enter the usable routes of *catalogue* with the stations they join; without *commit* only say what would be."""
    run = _Import(catalogue)
    for published in catalogue.routes:
        run.enter(published)
    run.write()
    if not commit:
        transaction.set_rollback(True)
    return run.outcome


class _Import:
    """One run: rows are judged one by one and written together, since a catalogue has hundreds."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.outcome = ImportOutcome(findings=list(catalogue.findings))
        self.outcome.rows = dict.fromkeys(catalogue.refused_lines, RowOutcome.REFUSED)
        self._routes = {route.code: route for route in Route.objects.order_by("pk")}
        self._stations = _known_stations()
        self._new_stations: dict[str, Station] = {}
        self._new_routes: list[Route] = []
        self._changed_routes: list[Route] = []

    def enter(self, published: PublishedRoute) -> None:
        try:
            outcome = self._take(published)
        except ValidationError as error:
            facts = {"detail": "; ".join(error.messages)}
            self._find(published, "route_code", published.code, Reason.NOT_ACCEPTED, **facts)
            outcome = RowOutcome.REFUSED
        self.outcome.rows[published.line] = outcome

    def write(self) -> None:
        Station.objects.bulk_create(self._new_stations.values())
        Route.objects.bulk_create(self._new_routes)
        Route.objects.bulk_update(self._changed_routes, [*_COLUMNS, "search_key"])
        self.outcome.new_stations = list(self._new_stations)
        self.outcome.findings.sort(key=lambda finding: finding.line)

    def _take(self, published: PublishedRoute) -> RowOutcome:
        known = self._routes.get(published.code)
        ends = {end.code: self._station(end) for end in (published.origin, published.destination)}
        if known is None:
            self._create(published, ends)
            return RowOutcome.CREATED
        if {known.origin_id, known.destination_id} != {station.pk for station in ends.values()}:
            name = published.destination.name
            self._find(published, "arrival_station", name, Reason.ENDS_DIFFER_FROM_OURS, ours=known.name)
        return self._update(published, known)

    def _create(self, published: PublishedRoute, ends: dict[str, Station]) -> None:
        """The catalogue knows no stops: whoever sells on the route enters them."""
        origin, destination = ends[published.origin.code], ends[published.destination.code]
        route = Route(
            code=published.code, name=published.name, origin=origin, destination=destination, **_said(published)
        )
        _check(route)
        self._new_routes.append(route)
        self._new_stations |= {code: station for code, station in ends.items() if station.pk is None}

    def _update(self, published: PublishedRoute, route: Route) -> RowOutcome:
        """Take over what the row says; its ends and its name stay as they are known here."""
        changes = {name: value for name, value in _said(published).items() if getattr(route, name) != value}
        if not changes:
            return RowOutcome.UNCHANGED
        for name, value in changes.items():
            setattr(route, name, value)
        _check(route)
        self._changed_routes.append(route)
        return RowOutcome.CHANGED

    def _station(self, published: PublishedStation) -> Station:
        known = self._stations.get(published.code) or self._new_stations.get(published.code)
        if known is not None:
            return known
        legacy, current = province_names(published.province)
        station = Station(
            code=published.code, official_code=published.ref, name=published.name,
            search_key=search_key(published.name), province_legacy=legacy, province_current=current,
        )  # fmt: skip
        station.clean_fields()
        return station

    def _find(self, published: PublishedRoute, column: str, value: str, reason: Reason, **facts: str | int) -> None:
        self.outcome.findings.append(Finding(published.line, column, value, reason, facts))


_COLUMNS = (
    "code_old", "kind", "distance_km", "itinerary", "trips_permitted", "trips_operated", "min_interval_minutes",
    "status", "decision_number", "decision_on", "issuing_authority",
)  # fmt: skip
_NOTHING = (None, "", RouteStatus.UNKNOWN)


def _said(published: PublishedRoute) -> dict[str, Any]:
    """The columns of Route that the row really says something about."""
    figures = {name: getattr(published, name) for name in _COLUMNS}
    return {name: value for name, value in figures.items() if value not in _NOTHING}


def _check(route: Route) -> None:
    """The shape of its columns; the tables check the rest, all rows at once. Raises ValidationError."""
    route.search_key = route_search_key(route)
    route.clean_fields(exclude={"origin", "destination"})


def _known_stations() -> dict[str, Station]:
    """By published number and by code."""
    known: dict[str, Station] = {}
    for station in Station.objects.order_by("pk"):
        known.setdefault(station.code, station)
        if station.official_code:
            known.setdefault(station.official_code, station)
    return known
