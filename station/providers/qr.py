"""QR codes as pictures, and the signed payloads inside them.

A payload is a JWS in compact form (Ed25519), so that a phone without a network, or any JOSE library, checks it with
the keys published at `/.well-known/station-keys.json`.
"""

import binascii
import io
import json
from base64 import b64encode, urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator, Mapping
from hashlib import sha256
from itertools import groupby
from typing import Any

import segno
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.utils.html import format_html

from station.providers.keys import token_key

_QUIET_ZONE = 4  # modules of white that scanners need around the code
_KEY_ID_LENGTH = 8
_LONG = 100
_MASK_OF_LONG = 2  # columns of three: far from the rows that text makes
_TOKEN_LIMIT = 4096  # more characters than any QR code holds
_TOKEN_PARTS = 3


class InvalidToken(ValueError):
    """A payload that this station did not sign, or that was changed since."""


def qr_svg(text: str) -> str:
    """A black-on-white SVG without size or style: a class or the page's CSS decides how large it is."""
    rows = _rows(text)
    return format_html(
        '<svg xmlns="http://www.w3.org/2000/svg" class="qr" role="img" viewBox="0 0 {size} {size}" '
        'shape-rendering="crispEdges"><rect width="{size}" height="{size}" fill="#fff"/>'
        '<path fill="#000" d="{path}"/></svg>',
        size=len(rows),
        path="".join(_path(rows)),
    )


def qr_data_uri(text: str, *, scale: int = 8) -> str:
    """The same code as a `data:image/png` address, the only data address that our PDF renderer accepts."""
    png = io.BytesIO()
    _code(text).save(png, kind="png", scale=scale, border=_QUIET_ZONE)
    return "data:image/png;base64," + b64encode(png.getvalue()).decode()


def sign_payload(payload: Mapping[str, Any]) -> str:
    """Keys sorted, no blanks: the same payload is always the same token."""
    key = token_key()
    head = {"alg": "EdDSA", "kid": _key_id(key.public_key())}
    signed = f"{_encode(_canonical(head))}.{_encode(_canonical(payload))}"
    return f"{signed}.{_encode(key.sign(signed.encode()))}"


def read_payload(token: str) -> dict[str, Any]:
    """What this station signed, or `InvalidToken`."""
    public_key = token_key().public_key()
    parts = token.split(".")
    if len(token) > _TOKEN_LIMIT or len(parts) != _TOKEN_PARTS:
        raise InvalidToken("not a token of this station")
    head, payload, signature = parts
    try:
        public_key.verify(_decode(signature), f"{head}.{payload}".encode())
        read = json.loads(_decode(payload))
        algorithm = json.loads(_decode(head)).get("alg")
    except (InvalidSignature, binascii.Error, ValueError) as error:
        raise InvalidToken("the signature does not fit the payload") from error
    if algorithm != "EdDSA" or not isinstance(read, dict):
        raise InvalidToken("not a token of this station")
    return read


def public_keys() -> dict[str, list[dict[str, str]]]:
    """The JWK set behind `/.well-known/station-keys.json`."""
    key = token_key().public_key()
    jwk = {"kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "use": "sig", "kid": _key_id(key), "x": _x(key)}
    return {"keys": [jwk]}


def _code(text: str) -> segno.QRCode:
    """The best of eight masks for a short text; a long one is spread evenly by any, and trying all takes 30 ms."""
    return segno.make(text, error="m", micro=False, mask=_MASK_OF_LONG if len(text) > _LONG else None)


def _rows(text: str) -> list[tuple[int, ...]]:
    return [tuple(row) for row in _code(text).matrix_iter(border=_QUIET_ZONE)]


def _path(rows: list[tuple[int, ...]]) -> Iterator[str]:
    """One rectangle for each run of dark modules."""
    for y, row in enumerate(rows):
        x = 0
        for dark, run in groupby(row):
            width = len(list(run))
            if dark:
                yield f"M{x} {y}h{width}v1h-{width}z"
            x += width


def _canonical(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def _encode(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    """Strict: one spelling only, so that nobody makes two different tokens of one."""
    data = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if _encode(data) != text:
        raise InvalidToken("not base64url")
    return data


def _x(key: Ed25519PublicKey) -> str:
    return _encode(key.public_bytes(Encoding.Raw, PublicFormat.Raw))


def _key_id(key: Ed25519PublicKey) -> str:
    """The start of the RFC 7638 thumbprint."""
    thumbprint = sha256(_canonical({"crv": "Ed25519", "kty": "OKP", "x": _x(key)})).digest()
    return _encode(thumbprint)[:_KEY_ID_LENGTH]
