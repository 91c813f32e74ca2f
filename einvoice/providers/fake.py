"""A provider for demo and tests: keeps what it got in DATA_DIR/provider, outside the database, as a real one would.

It leaves numbering and signing to us, checks both, and answers the same key with the same outcome. A file `mood` in
its folder makes it misbehave: `silent` (takes the invoice, answers nothing), `down` (takes nothing), `refuse`; and
`refuse_once` makes it refuse one key the first time.
Whatever it took, or was sent though it had it, is a line of `received.log`: so a test can tell «sent twice».
"""

import json
import secrets
from pathlib import Path
from typing import ClassVar

from django.conf import settings

from einvoice.providers.protocol import Accepted, NoAnswer, Outcome, Refused
from einvoice.providers.xmldsig import verify_xml
from einvoice.rules.xml import validate_xml


class FakeProvider:
    name: ClassVar[str] = "fake"
    numbers: ClassVar[bool] = False
    signs: ClassVar[bool] = False

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or Path(settings.DATA_DIR) / "provider"

    def submit(self, *, key: str, xml: bytes) -> Outcome:
        mood = self._mood()
        if mood == "down":
            raise NoAnswer("the provider is down")
        if not self._reference(key):
            if refusal := self._refusal_once(key) or self._refusal(xml, mood):
                return Refused(refusal)
            self._keep(key, xml)
        self._note_arrival(key)
        if mood == "silent":
            raise NoAnswer("the provider took it and said nothing")
        return Accepted(reference=self._reference(key))

    def refuse_once(self, *, key: str, text: str) -> None:
        """The next invoice under *key* is refused with *text*; sent again, it is taken."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self._put(f"{key}.refuse", text.encode())

    def lookup(self, *, key: str) -> Accepted | None:
        if self._mood() == "down":
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

    def _refusal_once(self, key: str) -> str:
        path = self.folder / f"{key}.refuse"
        if not path.exists():
            return ""
        text = path.read_text()
        path.unlink()
        return text

    def _mood(self) -> str:
        path = self.folder / "mood"
        return path.read_text().strip() if path.exists() else ""

    def _reference(self, key: str) -> str:
        """The reference given to *key*, empty when it never came."""
        path = self.folder / f"{key}.json"
        return str(json.loads(path.read_text())["reference"]) if path.exists() else ""

    def _note_arrival(self, key: str) -> None:
        with (self.folder / "received.log").open("a") as log:
            log.write(f"{key}\n")

    def _keep(self, key: str, xml: bytes) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self._put(f"{key}.xml", xml)
        self._put(f"{key}.json", json.dumps({"reference": f"FAKE-{key[:8].upper()}"}).encode())

    def _put(self, name: str, content: bytes) -> None:
        """A rename is atomic: a reader finds the whole file or none, whenever we are killed."""
        draft = self.folder / f".{name}.{secrets.token_hex(4)}"
        draft.write_bytes(content)
        draft.replace(self.folder / name)
