"""The catalogue of fixed routes that a transport department publishes, dirt included (columns: `cells.COLUMNS`)."""

from station.rules.catalogue.cells import COLUMNS, province_names
from station.rules.catalogue.findings import REFUSALS, Finding, Reason
from station.rules.catalogue.reading import Catalogue, MissingColumns, PublishedRoute, read_catalogue
from station.rules.catalogue.stations import PublishedStation, station_code

__all__ = [
    "COLUMNS",
    "REFUSALS",
    "Catalogue",
    "Finding",
    "MissingColumns",
    "PublishedRoute",
    "PublishedStation",
    "Reason",
    "province_names",
    "read_catalogue",
    "station_code",
]
