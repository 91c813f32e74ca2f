"""Where the published catalogue of routes is: it is not ours to hand on, so tests that need it skip without it."""

import csv
import os
from pathlib import Path

import pytest

from station.rules.catalogue import Catalogue, read_catalogue

ENVIRONMENT = "ROUTES_CATALOGUE"
BESIDE_US = Path(__file__).resolve().parents[2] / "shared/data/fixed_routes.csv"
SAMPLE = Path(__file__).parent / "data/sample_routes.csv"


def published_file() -> Path:
    path = Path(os.environ.get(ENVIRONMENT, BESIDE_US))
    if not path.is_file():
        pytest.skip(f"The catalogue of 877 routes is not ours to publish; {ENVIRONMENT} may name a copy.")
    return path


def read_file(path: Path) -> Catalogue:
    """Without the import, for tests of the rules alone."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file)
        return read_catalogue(next(reader), [(reader.line_num, fields) for fields in reader])
