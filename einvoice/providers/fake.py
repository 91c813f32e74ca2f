"""A provider for demo and tests: keeps what it got in DATA_DIR/provider, outside the database, as a real one would.

It leaves numbering and signing to us, checks both, and answers the same key with the same outcome. A file `mood` in
its folder makes it misbehave: `silent` (takes the invoice, answers nothing), `down` (takes nothing), `refuse`.
"""

import json
import os
import tempfile
from pathlib import Path
from typing import ClassVar

from django.conf import settings

from einvoice.providers.protocol import Accepted, NoAnswer, Outcome, Refused
from einvoice.xml import validate_xml
from einvoice.xmldsig import verify_xml


class FakeProvider:
    name: ClassVar[str] = "fake"
    numbers: ClassVar[bool] = False
    signs: ClassVar[bool] = False

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or settings.DATA_DIR / "provider"

    def submit(self, *, key: str, xml: bytes) -> Outcome:
        mood = self._mood()
        if mood == "down":
            raise NoAnswer("down")
        refusal = None if self._reference(key) else self._refusal(xml, mood)
        if refusal:
            return Refused(refusal)
        self._keep(key, xml)
        if mood == "silent":
            raise NoAnswer("silent")
        return Accepted(reference=self._reference(key))

    def lookup(self, *, key: str) -> Outcome | None:
        if self._mood() == "down":
            raise NoAnswer("down")
        reference = self._reference(key)
        return Accepted(reference=reference) if reference else None

    def _refusal(self, xml: bytes, mood: str) -> str:
        """Why these bytes are not taken; a refusal creates nothing, so the same key may come again."""
        if mood == "refuse":
            return "ERR:30 date before the last issued date"
        if problems := validate_xml(xml):
            return "; ".join(problems)
        return "" if verify_xml(xml).ok else "signature not valid"

    def _mood(self) -> str:
        path = self.folder / "mood"
        return path.read_text().strip() if path.exists() else ""

    def _reference(self, key: str) -> str:
        """The reference given to *key*, empty when it never came."""
        path = self.folder / f"{key}.json"
        return str(json.loads(path.read_text())["reference"]) if path.exists() else ""

    def _keep(self, key: str, xml: bytes) -> None:
        if self._reference(key):
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / f"{key}.xml").write_bytes(xml)
        handle, draft = tempfile.mkstemp(dir=self.folder)
        with os.fdopen(handle, "w") as file:
            json.dump({"reference": f"FAKE-{key[:8].upper()}"}, file)
        # A rename is atomic: a reader finds the whole answer or none.
        Path(draft).replace(self.folder / f"{key}.json")
