"""A provider for demo and tests: keeps what it got in DATA_DIR/provider, outside the database, as a real one would.

It leaves numbering and signing to us, checks both, and answers the same key with the same outcome. A file `mood` in
its folder makes it misbehave: `silent` (takes the invoice, answers nothing), `down` (takes nothing), `refuse`; and
`refuse_once` makes it refuse one key the first time.
Whatever it took, or was sent though it had it, is a line of `received.log`: so a test can tell «sent twice».
"""

import json
from pathlib import Path
from typing import ClassVar

from django.conf import settings

from einvoice.providers.protocol import Accepted, Outcome, Refused
from einvoice.providers.xmldsig import verify_xml
from einvoice.rules.xml import validate_xml
from station.providers.outside import NoAnswer, StandIn


class FakeProvider:
    name: ClassVar[str] = "fake"
    numbers: ClassVar[bool] = False
    signs: ClassVar[bool] = False

    def __init__(self, folder: Path | None = None) -> None:
        self.files = StandIn(folder or Path(settings.DATA_DIR) / "provider")

    def submit(self, *, key: str, xml: bytes) -> Outcome:
        mood = self.files.mood
        if mood == "down":
            raise NoAnswer("the provider is down")
        if not self._reference(key):
            if refusal := self.files.take(f"{key}.refuse") or self._refusal(xml, mood):
                return Refused(refusal)
            self._keep(key, xml)
        self.files.note_arrival(key)
        if mood == "silent":
            raise NoAnswer("the provider took it and said nothing")
        return Accepted(reference=self._reference(key))

    def refuse_once(self, *, key: str, text: str) -> None:
        """The next invoice under *key* is refused with *text*; sent again, it is taken."""
        self.files.put(f"{key}.refuse", text.encode())

    def lookup(self, *, key: str) -> Accepted | None:
        if self.files.mood == "down":
            raise NoAnswer("the provider is down")
        reference = self._reference(key)
        return Accepted(reference=reference) if reference else None

    def _refusal(self, xml: bytes, mood: str) -> str:
        """Why these bytes are not taken; a refusal creates nothing, so the same key may come again."""
        if mood == "refuse":
            return "ERR:30 date before the last issued date"
        if problems := validate_xml(xml):
            return "; ".join(problems)
        return "; ".join(verify_xml(xml).faults)

    def _reference(self, key: str) -> str:
        """The reference given to *key*, empty when it never came."""
        known = self.files.read(f"{key}.json")
        return str(json.loads(known)["reference"]) if known else ""

    def _keep(self, key: str, xml: bytes) -> None:
        self.files.put(f"{key}.xml", xml)
        self.files.put(f"{key}.json", json.dumps({"reference": f"FAKE-{key[:8].upper()}"}).encode())
