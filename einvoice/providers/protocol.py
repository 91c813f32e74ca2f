"""What the product asks of a provider, and what it may answer."""

from dataclasses import dataclass
from typing import ClassVar, Protocol

from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string

_FAKE = "einvoice.providers.fake.FakeProvider"


@dataclass(frozen=True, slots=True)
class Accepted:
    """The provider has the invoice; sending it again would change nothing."""

    reference: str


@dataclass(frozen=True, slots=True)
class Refused:
    """Final for these bytes: the provider keeps nothing. `text` is its own, shown to the accountant."""

    text: str


Outcome = Accepted | Refused


class InvoiceProvider(Protocol):
    name: ClassVar[str]
    numbers: ClassVar[bool]  # the provider gives the number
    signs: ClassVar[bool]  # the provider's HSM signs

    def submit(self, *, key: str, xml: bytes) -> Outcome:
        """Hand over signed bytes under an idempotency key.

        Raises NoAnswer: ask with `lookup` before anything is sent again.
        """
        ...

    def lookup(self, *, key: str) -> Accepted | None:
        """What the provider holds under *key*; None when it never came or was refused. Never creates anything.

        Raises NoAnswer.
        """
        ...


def current() -> InvoiceProvider:
    """The provider of this installation (`settings.INVOICE_PROVIDER`, a dotted path); refused when it does not fit."""
    provider: InvoiceProvider = import_string(_chosen())()
    if fault := _misfit(provider):
        raise ImproperlyConfigured(fault)
    return provider


def provider_fits(**_: object) -> list[CheckMessage]:
    """System check: no program starts with a provider whose way of issuing this version does not have."""
    try:
        provider = import_string(_chosen())
    except ImportError as error:
        return [Error(f"INVOICE_PROVIDER cannot be loaded: {error}", id="einvoice.E001")]
    fault = _misfit(provider)
    return [Error(fault, id="einvoice.E002")] if fault else []


def _chosen() -> str:
    return str(getattr(settings, "INVOICE_PROVIDER", _FAKE))


def _misfit(provider: InvoiceProvider) -> str:
    """Only the way «number and sign here» exists: silently doing both twice would make two invoices of one."""
    tasks = [word for word, takes in (("numbers", provider.numbers), ("signs", provider.signs)) if takes]
    if not tasks:
        return ""
    words = " and ".join(tasks)
    return (
        f"The invoice provider «{provider.name}» {words} invoices itself, but this version numbers and signs them: "
        "choose another in INVOICE_PROVIDER."
    )
