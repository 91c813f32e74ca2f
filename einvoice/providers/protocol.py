"""What the product asks of a provider, and what it may answer."""

from dataclasses import dataclass
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string

_FAKE = "einvoice.providers.fake.FakeProvider"


@dataclass(frozen=True, slots=True)
class Accepted:
    """The provider has the invoice; sending it again would change nothing."""

    reference: str


@dataclass(frozen=True, slots=True)
class Refused:
    """Final for these bytes; `text` is the provider's own, shown to the accountant."""

    text: str


Outcome = Accepted | Refused


class NoAnswer(Exception):
    """Time-out, broken line, unreadable reply: nobody knows. Ask with `lookup` before anything is sent again."""


class InvoiceProvider(Protocol):
    name: str
    numbers: bool  # the provider gives the number
    signs: bool  # the provider's HSM signs

    def submit(self, *, key: str, xml: bytes) -> Outcome:
        """Hand over signed bytes under an idempotency key. Raises NoAnswer."""
        ...

    def lookup(self, *, key: str) -> Outcome | None:
        """What became of *key*; None when the provider never got it. Never creates anything. Raises NoAnswer."""
        ...


def current() -> InvoiceProvider:
    """The provider this installation uses (`settings.INVOICE_PROVIDER`, a dotted path)."""
    provider: InvoiceProvider = import_string(getattr(settings, "INVOICE_PROVIDER", _FAKE))()
    return provider
