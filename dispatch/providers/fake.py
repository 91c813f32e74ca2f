"""A Road Administration for demo and tests, in DATA_DIR/road_administration.

Its moods: `down` (takes nothing), `silent` (takes the record, answers nothing), `refuse` (rejects with a code). It
rejects what lacks a field of the law or does not hash as it says, and answers a key that comes again as the first time.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar

from django.conf import settings

from dispatch.providers.protocol import Outcome, Received, Rejected
from station import clock
from station.providers.outside import NoAnswer, StandIn

# TT 12/2020 Đ.51(4) as amended: station, operator, drivers, vehicle, route, time, passengers.
_FIELDS = {
    "station": ("name", "code"),
    "operator": ("name", "tax_code"),
    "vehicle": ("plate",),
    "route": ("code", "origin", "destination"),
}
_OF_A_DRIVER = ("full_name", "licence_class", "licence_no")


class FakeRoadAdministration:
    name: ClassVar[str] = "fake"

    def __init__(self, folder: Path | None = None) -> None:
        self.files = StandIn(folder or Path(settings.DATA_DIR) / "road_administration")

    def submit(self, *, key: str, payload: bytes, prev: str, digest: str) -> Outcome:
        files = self.files
        if files.mood == "down":
            raise NoAnswer("the administration is down")
        said = json.loads(payload)
        if files.take(_silence(said["vehicle"]["plate"], said["planned_at"])):
            raise NoAnswer("no answer within ten seconds")
        if (known := files.read(f"{key}.json")) and known.encode() != payload:
            return Rejected("E09 another record under this key")
        if not known:
            if refusal := files.take(f"{key}.refuse") or self._refusal(payload, prev, digest):
                return Rejected(refusal)
            files.put(f"{key}.json", payload)
        files.note_arrival(key)
        if files.mood == "silent":
            raise NoAnswer("the administration took it and said nothing")
        return Received(f"CDBVN-{key[:8].upper()}")

    def say_nothing_once(self, *, plate: str, planned_at: datetime) -> None:
        """The record of that run is not heard; sent again, it is taken."""
        self.files.put(_silence(plate, clock.local(planned_at).isoformat(timespec="seconds")), b"1")

    def refuse_once(self, *, key: str, text: str) -> None:
        """The next record under *key* is rejected with *text*; sent again, it is taken."""
        self.files.put(f"{key}.refuse", text.encode())

    def _refusal(self, payload: bytes, prev: str, digest: str) -> str:
        if self.files.mood == "refuse":
            return "E12 tuyến không có trong danh mục"
        if hashlib.sha256(bytes.fromhex(prev) + payload).hexdigest() != digest:
            return "E02 the hash is another"
        missing = _missing(json.loads(payload))
        return f"E01 missing: {', '.join(missing)}" if missing else ""


def _silence(plate: str, planned_at: str) -> str:
    return f"{plate} {planned_at}.silent"


def _missing(said: Mapping[str, Any]) -> list[str]:
    missing = [f"{group}.{name}" for group, names in _FIELDS.items() for name in names if not said[group][name]]
    drivers = said["drivers"] or [{}]
    missing += [f"driver.{name}" for driver in drivers for name in _OF_A_DRIVER if not driver.get(name)]
    return missing + [name for name in ("departed_at", "passengers") if said[name] is None]
