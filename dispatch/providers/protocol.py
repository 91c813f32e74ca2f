"""What the product asks of the Road Administration's gateway, and what that may answer.

The administration sets structure, format and protocol (TT 12/2020 Đ.52(2)); its document is not public. A gateway for
it is a class of this shape, named in `settings.ROAD_ADMINISTRATION`.
"""

from dataclasses import dataclass
from typing import ClassVar, Protocol

from django.conf import settings
from django.utils.module_loading import import_string

_FAKE = "dispatch.providers.fake.FakeRoadAdministration"


@dataclass(frozen=True, slots=True)
class Received:
    """The administration has the record; sending it again would change nothing. `code` is its receipt, ≤ 50 signs."""

    code: str


@dataclass(frozen=True, slots=True)
class Rejected:
    """Final for these bytes: nothing was kept. `text` is the administration's own, with its code."""

    text: str


Outcome = Received | Rejected


class RoadAdministration(Protocol):
    name: ClassVar[str]

    def submit(self, *, key: str, payload: bytes, prev: str, digest: str) -> Outcome:
        """Hand over a record under an idempotency key: the same key and bytes are answered with the same receipt.

        *prev* and *digest* are the chain's hashes, in hex. Answers within ten seconds, or raises NoAnswer.
        """
        ...


def current() -> RoadAdministration:
    """The gateway of this installation."""
    gateway: RoadAdministration = import_string(getattr(settings, "ROAD_ADMINISTRATION", _FAKE))()
    return gateway
