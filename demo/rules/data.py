"""The hand-written part of the demonstration: JSON files beside this package."""

import json
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parents[1] / "data"


def load(name: str) -> Any:
    """The contents of demo/data/*name*.json."""
    return json.loads((_FOLDER / f"{name}.json").read_text(encoding="utf-8"))
