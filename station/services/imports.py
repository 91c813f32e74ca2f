"""Importing the catalogue of routes that a transport department publishes.

Nothing is lost silently: each row of the file is created, changed, unchanged or refused, and each doubt is a finding.
What a row does not say, or says wrongly, never replaces what is known here; a second run changes nothing.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TextIO

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q

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
from station.services import master_data


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
    outcome = ImportOutcome(findings=list(catalogue.findings))
    outcome.rows = dict.fromkeys(catalogue.refused_lines, RowOutcome.REFUSED)
    stations = _Stations(outcome)
    known = {route.code: route for route in Route.objects.select_related("origin", "destination").order_by("pk")}
    for published in catalogue.routes:
        outcome.rows[published.line] = _enter(published, known.get(published.code), stations, outcome)
    outcome.findings.sort(key=lambda finding: finding.line)
    if not commit:
        transaction.set_rollback(True)
    return outcome


def _enter(published: PublishedRoute, known: Route | None, stations: "_Stations", outcome: ImportOutcome) -> RowOutcome:
    try:
        with transaction.atomic():
            origin, destination = stations.of(published.origin), stations.of(published.destination)
            if known is None:
                _create(published, origin, destination)
                return RowOutcome.CREATED
            if {known.origin_id, known.destination_id} != {origin.pk, destination.pk}:
                facts = {"ours": known.name}
                outcome.findings.append(
                    Finding(
                        published.line,
                        "arrival_station",
                        published.destination.name,
                        Reason.ENDS_DIFFER_FROM_OURS,
                        facts,
                    )
                )
            return _update(published, known)
    except ValidationError as error:
        stations.forget_unsaved()
        facts = {"detail": "; ".join(error.messages)}
        outcome.findings.append(Finding(published.line, "route_code", published.code, Reason.NOT_ACCEPTED, facts))
        return RowOutcome.REFUSED


def _create(published: PublishedRoute, origin: Station, destination: Station) -> None:
    route = Route(
        code=published.code, name=published.name, origin=origin, destination=destination,
        **_said(published),
    )  # fmt: skip
    # The catalogue knows no stops: whoever sells on the route enters them.
    master_data.register_route(route, stops=())


def _update(published: PublishedRoute, route: Route) -> RowOutcome:
    """Take over what the row says; its ends and its name stay as they are known here."""
    changes = {name: value for name, value in _said(published).items() if getattr(route, name) != value}
    if not changes:
        return RowOutcome.UNCHANGED
    for name, value in changes.items():
        setattr(route, name, value)
    route.search_key = master_data.route_search_key(route)
    master_data.enter(route)
    return RowOutcome.CHANGED


def _said(published: PublishedRoute) -> dict[str, object]:
    """The columns of Route that the row really says something about."""
    figures = {
        "code_old": published.code_old,
        "kind": published.kind,
        "distance_km": published.distance_km,
        "itinerary": published.itinerary,
        "trips_permitted": published.trips_permitted,
        "trips_operated": published.trips_operated,
        "min_interval_minutes": published.min_interval_minutes,
        "status": published.status,
        "decision_number": published.decision_number,
        "decision_on": published.decision_on,
        "issuing_authority": published.issuing_authority,
    }
    nothing = (None, "", RouteStatus.UNKNOWN)
    return {name: value for name, value in figures.items() if value not in nothing}


class _Stations:
    """The stations known here, by published number and by code; those that are missing are entered."""

    def __init__(self, outcome: ImportOutcome) -> None:
        self._outcome = outcome
        self._known: dict[str, Station] = {}
        rows = Station.objects.filter(~Q(official_code="") | Q(is_ours=False)).order_by("pk")
        for station in rows:
            self._known.setdefault(station.official_code or station.code, station)
            self._known.setdefault(station.code, station)

    def of(self, published: PublishedStation) -> Station:
        station = self._known.get(published.code)
        if station is None:
            station = self._known[published.code] = _register(published)
            self._outcome.new_stations.append(published.code)
        return station

    def forget_unsaved(self) -> None:
        """The row that brought them was rolled back."""
        there = set(Station.objects.values_list("pk", flat=True))
        gone = [code for code, station in self._known.items() if station.pk not in there]
        for code in gone:
            del self._known[code]
        self._outcome.new_stations = [code for code in self._outcome.new_stations if code not in gone]


def _register(published: PublishedStation) -> Station:
    legacy, current = province_names(published.province)
    station = Station(
        code=published.code, official_code=published.ref, name=published.name,
        province_legacy=legacy, province_current=current,
    )  # fmt: skip
    return master_data.register_station(station)
