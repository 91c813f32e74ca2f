"""Keys and certificates behind one small protocol.

A signing key never shows its private half to callers, only `sign`, so that an HSM or a remote signing service can
take the demo store's place (`settings.KEY_STORE`, a dotted path to a class of the same shape).
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.x509.oid import NameOID
from django.conf import settings
from django.utils.module_loading import import_string

_DEMO_STORE = "station.providers.demo_keys.DemoKeyStore"


class SigningKey(Protocol):
    """One subject's RSA key and certificate; signs PKCS#1 v1.5 with SHA-256."""

    @property
    def certificate(self) -> x509.Certificate: ...

    @property
    def chain(self) -> tuple[x509.Certificate, ...]:
        """The issuers, nearest first, the root last."""
        ...

    @property
    def subject(self) -> str:
        """Who holds the key, as `MST:<tax code>` or `CCCD:<number>`."""
        ...

    def sign(self, data: bytes) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Abilities:
    """What a store declares it can do."""

    unattended: bool  # signs without a person touching a phone or a token
    creates: bool  # makes a key for a subject it has not seen
    lawful: bool  # certificates of a licensed authority; signatures bind in law


class KeyStore(Protocol):
    abilities: Abilities

    def organisation_key(self, *, tax_code: str, name: str) -> SigningKey: ...

    def person_key(self, *, personal_id: str, name: str) -> SigningKey: ...

    def ca_certificate(self) -> x509.Certificate: ...

    def token_key(self) -> Ed25519PrivateKey: ...


def key_store() -> KeyStore:
    """The store this installation uses."""
    store: KeyStore = import_string(getattr(settings, "KEY_STORE", _DEMO_STORE))()
    return store


def organisation_key(*, tax_code: str, name: str) -> SigningKey:
    return key_store().organisation_key(tax_code=tax_code, name=name)


def person_key(*, personal_id: str, name: str) -> SigningKey:
    return key_store().person_key(personal_id=personal_id, name=name)


def ca_certificate() -> x509.Certificate:
    return key_store().ca_certificate()


def token_key() -> Ed25519PrivateKey:
    return key_store().token_key()


def subject_id(certificate: x509.Certificate) -> str:
    """The UID of the subject, `MST:…` or `CCCD:…`; empty when it has none."""
    values = certificate.subject.get_attributes_for_oid(NameOID.USER_ID)
    return str(values[0].value) if values else ""


def common_name(certificate: x509.Certificate) -> str:
    values = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(values[0].value) if values else ""


def is_issued_by(certificate: x509.Certificate, issuer: x509.Certificate, *, at: datetime) -> bool:
    """*issuer* signed *certificate*, and both were in force *at* that moment."""
    try:
        certificate.verify_directly_issued_by(issuer)
    except (InvalidSignature, TypeError, ValueError):
        return False
    return all(c.not_valid_before_utc <= at <= c.not_valid_after_utc for c in (certificate, issuer))
