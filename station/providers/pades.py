"""The CMS inside a PAdES signature (ETSI EN 319 142-1, level B-B), put together from what is the same for a key.

pyHanko builds the same bytes in twenty milliseconds, twice; here only the digest and the signature are new.
"""

from functools import lru_cache
from hashlib import sha256

from asn1crypto import cms, tsp
from asn1crypto import x509 as asn1
from asn1crypto.algos import DigestAlgorithm, SignedDigestAlgorithm
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from station.providers.keys import SigningKey

_SEQUENCE, _SET, _OCTETS = 0x30, 0x31, 0x04
_TAGGED_0 = 0xA0  # [0], of constructed contents
_VERSION_1 = bytes.fromhex("020101")
_SHORT = 0x80  # lengths below it are one byte
_RSA_SHA256 = SignedDigestAlgorithm({"algorithm": "sha256_rsa"}).dump()
_SHA256 = DigestAlgorithm({"algorithm": "sha256"}).dump()
_SIGNED_DATA, _DATA = (cms.ContentType(name).dump() for name in ("signed_data", "data"))
_CONTENT_TYPE = cms.CMSAttribute({"type": "content_type", "values": ["data"]}).dump()
_LARGEST_DIGEST = bytes(32)
_RSA_BYTES = 256


def detached_signature(digest: bytes, *, key: SigningKey) -> bytes:
    """A CMS over the document whose SHA-256 is *digest*, with the certificates that verify it."""
    attributes = _attributes(digest, key.certificate)
    return _signed_data(key, attributes, key.sign(_der(_SET, attributes)))


def size_of_signature(key: SigningKey) -> int:
    """How many bytes `detached_signature` will give."""
    key_bytes = (getattr(key.certificate.public_key(), "key_size", 8 * _RSA_BYTES) + 7) // 8
    return len(_signed_data(key, _attributes(_LARGEST_DIGEST, key.certificate), bytes(key_bytes)))


@lru_cache(maxsize=500)
def parsed(certificate: x509.Certificate) -> asn1.Certificate:
    """The certificate as pyHanko knows it."""
    return asn1.Certificate.load(certificate.public_bytes(Encoding.DER))


def _attributes(digest: bytes, certificate: x509.Certificate) -> bytes:
    """What is signed: content type, digest, and which certificate it was (no time: that stands in the PDF)."""
    message_digest = cms.CMSAttribute({"type": "message_digest", "values": [digest]}).dump()
    return _set_of(_CONTENT_TYPE, message_digest, _which_certificate(certificate))


def _signed_data(key: SigningKey, attributes: bytes, signature: bytes) -> bytes:
    signer = _der(
        _SEQUENCE,
        _VERSION_1, _issuer_and_serial(key.certificate), _SHA256, _der(_TAGGED_0, attributes), _RSA_SHA256,
        _der(_OCTETS, signature),
    )  # fmt: skip
    certificates = _set_of(*(parsed(one).dump() for one in (key.certificate, *key.chain)))
    data = _der(
        _SEQUENCE,
        _VERSION_1, _der(_SET, _SHA256), _der(_SEQUENCE, _DATA), _der(_TAGGED_0, certificates), _der(_SET, signer),
    )  # fmt: skip
    return _der(_SEQUENCE, _SIGNED_DATA, _der(_TAGGED_0, data))


@lru_cache(maxsize=500)
def _which_certificate(certificate: x509.Certificate) -> bytes:
    """ESS signing-certificate-v2; SHA-256 is its default and left out."""
    der = parsed(certificate).dump()
    chosen = tsp.SigningCertificateV2({"certs": [tsp.ESSCertIDv2({"cert_hash": sha256(der).digest()})]})
    attribute: bytes = cms.CMSAttribute({"type": "signing_certificate_v2", "values": [chosen]}).dump()
    return attribute


@lru_cache(maxsize=500)
def _issuer_and_serial(certificate: x509.Certificate) -> bytes:
    known = parsed(certificate)
    identifier = {"issuer": known.issuer, "serial_number": known.serial_number}
    der: bytes = cms.IssuerAndSerialNumber(identifier).dump()
    return der


def _set_of(*parts: bytes) -> bytes:
    """The contents of a SET OF in DER: in the order of their bytes."""
    return b"".join(sorted(parts))


def _der(tag: int, *parts: bytes) -> bytes:
    contents = b"".join(parts)
    length = len(contents)
    if length < _SHORT:
        return bytes([tag, length]) + contents
    size = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes([tag, _SHORT | len(size)]) + size + contents
