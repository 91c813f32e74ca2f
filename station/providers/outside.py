"""What providers of outside systems have in common, and what their stand-ins for demo and tests are made of."""

import secrets
from pathlib import Path


class NoAnswer(Exception):
    """Time-out, broken line, unreadable reply: nobody knows whether it arrived."""


class StandIn:
    """Keeps what it got in a folder, outside the database, as a real system would. A file `mood` there makes it
    misbehave; each arrival is a line of `received.log`, so that a test can tell «sent twice»."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def mood(self) -> str:
        return self.read("mood").strip()

    def read(self, name: str) -> str:
        path = self.folder / name
        return path.read_text() if path.exists() else ""

    def take(self, name: str) -> str:
        """Read it once."""
        text = self.read(name)
        (self.folder / name).unlink(missing_ok=True)
        return text

    def put(self, name: str, content: bytes) -> None:
        """A rename is atomic: a reader finds the whole file or none, whenever we are killed."""
        self.folder.mkdir(parents=True, exist_ok=True)
        draft = self.folder / f".{name}.{secrets.token_hex(4)}"
        draft.write_bytes(content)
        draft.replace(self.folder / name)

    def note_arrival(self, key: str) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "received.log").open("a") as log:
            log.write(f"{key}\n")
