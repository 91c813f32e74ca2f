"""A demo certificate authority in DATA_DIR/keys, made on first use. Its signatures verify but bind nobody."""

import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Literal

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey, generate_private_key
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from django.conf import settings

from station.providers.keys import Abilities, SigningKey, subject_id

# The demo's clock may be set to any day, so its certificates hold for all of them.
_VALID_FROM = datetime(2020, 1, 1, tzinfo=UTC)
_VALID_UNTIL = datetime(2050, 1, 1, tzinfo=UTC)
_RSA_BITS = 2048
_CN_LIMIT = 64  # X.520 upper bound, enforced by verifiers


@dataclass(frozen=True, slots=True)
class LocalKey:
    """A key of the demo store, in this process's memory."""

    certificate: x509.Certificate
    chain: tuple[x509.Certificate, ...]
    private_key: RSAPrivateKey

    @property
    def subject(self) -> str:
        return subject_id(self.certificate)

    def sign(self, data: bytes) -> bytes:
        return self.private_key.sign(data, PKCS1v15(), hashes.SHA256())


class DemoKeyStore:
    """A certificate authority in a directory, one file per key, safe when several processes start at once.

    A key is written beside its final name and linked there in one step; whoever comes second reads the first one's.
    """

    abilities = Abilities(unattended=True, creates=True, lawful=False)

    def __init__(self, directory: Path | None = None) -> None:
        self.directory = directory or Path(settings.DATA_DIR) / "keys"

    def organisation_key(self, *, tax_code: str, name: str) -> SigningKey:
        return _load_subject(self.directory, "MST", tax_code, name)

    def person_key(self, *, personal_id: str, name: str) -> SigningKey:
        return _load_subject(self.directory, "CCCD", personal_id, name)

    def ca_certificate(self) -> x509.Certificate:
        return _load_ca(self.directory).certificate

    def token_key(self) -> Ed25519PrivateKey:
        return _load_token_key(self.directory)


@cache
def _load_subject(directory: Path, kind: Literal["MST", "CCCD"], number: str, name: str) -> LocalKey:
    if not number or not number.replace("-", "").isalnum():
        raise ValueError(f"A key needs the subject's {kind}, not {number!r}")
    # A corrected name is a new certificate for the same number; the old one stays for what it signed.
    mark = sha256(name.encode()).hexdigest()[:8]
    path = directory / f"{kind.lower()}-{number}-{mark}.pem"
    ca = _load_ca(directory)

    def issue() -> bytes:
        key = generate_private_key(public_exponent=65537, key_size=_RSA_BITS)
        return _key_pem(key) + _end_certificate(ca, key.public_key(), f"{kind}:{number}", name)

    private_key, certificate = _split(_read_or_create(path, issue))
    return LocalKey(certificate=certificate, chain=(ca.certificate,), private_key=private_key)


@cache
def _load_ca(directory: Path) -> LocalKey:
    """The authority; its key and certificate are one file so that they can never be of two different makings."""
    private_key, certificate = _split(_read_or_create(directory / "ca-key.pem", _new_ca))
    public = directory / "ca.pem"
    _read_or_create(public, lambda: certificate.public_bytes(Encoding.PEM), mode=0o644)
    return LocalKey(certificate=certificate, chain=(), private_key=private_key)


@cache
def _load_token_key(directory: Path) -> Ed25519PrivateKey:
    pem = _read_or_create(directory / "tokens.pem", lambda: _key_pem(Ed25519PrivateKey.generate()))
    key = load_pem_private_key(pem, password=None)
    if not isinstance(key, Ed25519PrivateKey):
        raise TypeError("tokens.pem does not hold an Ed25519 key")
    return key


def _read_or_create(path: Path, make: Callable[[], bytes], *, mode: int = 0o600) -> bytes:
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(make())
                file.flush()
                os.fsync(file.fileno())
            _link(draft, path)
        finally:
            draft.unlink(missing_ok=True)
    return path.read_bytes()


def _link(draft: Path, path: Path) -> None:
    """Give the finished file its name, unless another process was faster: then that one's counts."""
    try:
        os.link(draft, path)
    except FileExistsError:
        return


def _key_pem(key: RSAPrivateKey | Ed25519PrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _split(pem: bytes) -> tuple[RSAPrivateKey, x509.Certificate]:
    key = load_pem_private_key(pem, password=None)
    if not isinstance(key, RSAPrivateKey):
        raise TypeError("The demo store signs with RSA")
    return key, x509.load_pem_x509_certificate(pem)


def _new_ca() -> bytes:
    key = generate_private_key(public_exponent=65537, key_size=_RSA_BITS)
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "VN"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Station demo"),
            x509.NameAttribute(NameOID.COMMON_NAME, f"Station demo CA {secrets.token_hex(3)}"),
        ],
    )
    builder = (
        _builder(name, name, key.public_key(), key.public_key())
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(certificates=True), critical=True)
    )
    return _key_pem(key) + builder.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM)


def _end_certificate(ca: LocalKey, public_key: RSAPublicKey, uid: str, name: str) -> bytes:
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "VN"),
            x509.NameAttribute(NameOID.COMMON_NAME, name[:_CN_LIMIT]),
            x509.NameAttribute(NameOID.USER_ID, uid),
        ],
    )
    ca_key = ca.private_key
    builder = (
        _builder(subject, ca.certificate.subject, public_key, ca_key.public_key())
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), critical=False)
    )
    return builder.sign(ca_key, hashes.SHA256()).public_bytes(Encoding.PEM)


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    public_key: RSAPublicKey,
    issuer_key: RSAPublicKey,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(_VALID_FROM)
        .not_valid_after(_VALID_UNTIL)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key), critical=False)
    )


def _usage(*, certificates: bool) -> x509.KeyUsage:
    """An authority signs certificates; everybody else signs documents and cannot deny it."""
    return x509.KeyUsage(
        digital_signature=not certificates,
        content_commitment=not certificates,
        key_cert_sign=certificates,
        crl_sign=certificates,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
