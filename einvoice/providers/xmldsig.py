"""The seller's XMLDSig signature as the tax format wants it, made and checked without signxml.

lxml writes a wrong canonical form for an element that inherits a default namespace, so every part is parsed anew
on its own before it is canonicalised; xmlsec and the tax office agree with that form.
"""

import binascii
from base64 import b64decode, b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from hashlib import sha256

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree

from einvoice.rules.xml import BadXml, parse_xml
from station.clock import STATION_TIME, local
from station.providers.keys import SigningKey, common_name, is_issued_by, subject_id

DSIG = "http://www.w3.org/2000/09/xmldsig#"
_C14N = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
_RSA_SHA256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
_SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256"
_ENVELOPED = f"{DSIG}enveloped-signature"
_END = b"</HDon>"
_NS = {"ds": DSIG}
_REFERENCES = 2


class CannotSign(ValueError):
    """Not an unsigned invoice."""


class Fault(ValueError):
    """One thing that is wrong with a signature."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureReport:
    """What an independent look at the seller's signature found. Only `ok` decides; `faults` say why not."""

    signer: str
    subject: str
    signed_at: datetime | None
    faults: tuple[str, ...]

    @property
    def ok(self) -> bool:
        return not self.faults


def sign_xml(xml: bytes, *, key: SigningKey, at: datetime) -> bytes:
    """*xml* with the seller's (or trustee's) signature appended; every byte before it stays as it was."""
    root = parse_xml(xml)
    body = root.find("DLHDon")
    if root.tag != "HDon" or body is None or not body.get("Id") or root.find("DSCKS") is not None or root.nsmap:
        raise CannotSign("this is not an unsigned invoice")
    if not xml.endswith(_END):
        raise CannotSign("something follows the invoice")
    body_digest = _digest(canonical(body))
    mark = sha256(f"{body_digest}{at.isoformat()}{key.subject}".encode()).hexdigest()[:32]
    signature_id, object_id = f"NBan-{mark}", f"Obj-{mark}"
    properties = _properties(signature_id, local(at).strftime("%Y-%m-%dT%H:%M:%S"))
    signed_object = f'<Object xmlns="{DSIG}" Id="{object_id}">{properties}</Object>'
    info = _signed_info(body.get("Id", ""), body_digest, object_id, _digest(signed_object.encode()))
    value = b64encode(key.sign(info.encode())).decode()
    signature = (
        f'<DSCKS><NBan><Signature xmlns="{DSIG}" Id="{signature_id}">'
        f"{_inside(info)}<SignatureValue>{value}</SignatureValue>{_key_info(key.certificate)}"
        f"{_inside(signed_object)}</Signature></NBan></DSCKS>"
    )
    return xml.removesuffix(_END) + signature.encode() + _END


def verify_xml(xml: bytes, *, trust: Sequence[x509.Certificate] = ()) -> SignatureReport:
    """Look at the seller's signature of *xml*; with *trust*, its certificate must be issued by one of those."""
    try:
        root = parse_xml(xml)
        signature = _only(root.findall("DSCKS/NBan/ds:Signature", _NS), "signature of the seller")
        certificate = _certificate(signature)
        signed_at = _signed_at(signature)
    except (BadXml, Fault) as error:
        return SignatureReport(signer="", subject="", signed_at=None, faults=(str(error),))
    faults: list[str] = []
    for check in (_check_plainness, _check_methods, _check_references, _check_value):
        try:
            check(root, signature)
        except Fault as error:
            faults.append(str(error))
    faults += _party_faults(root, certificate)
    if trust and not any(is_issued_by(certificate, issuer, at=signed_at) for issuer in trust):
        faults.append("the certificate is not issued by a trusted authority, or not for that day")
    return SignatureReport(
        signer=common_name(certificate),
        subject=subject_id(certificate),
        signed_at=signed_at,
        faults=tuple(faults),
    )


def canonical(element: etree._Element) -> bytes:
    """Inclusive C14N 1.0 of one element, as it would be in a document of its own."""
    alone = etree.fromstring(etree.tostring(element, with_tail=False))
    return etree.tostring(alone, method="c14n", with_comments=False)


def _signed_info(body_id: str, body_digest: str, object_id: str, object_digest: str) -> str:
    """Written in canonical form at once, so that nothing has to be canonicalised to sign it."""
    method = f'<DigestMethod Algorithm="{_SHA256}"></DigestMethod>'
    transforms = f'<Transforms><Transform Algorithm="{_ENVELOPED}"></Transform></Transforms>'
    return (
        f'<SignedInfo xmlns="{DSIG}">'
        f'<CanonicalizationMethod Algorithm="{_C14N}"></CanonicalizationMethod>'
        f'<SignatureMethod Algorithm="{_RSA_SHA256}"></SignatureMethod>'
        f'<Reference URI="#{body_id}">{transforms}{method}<DigestValue>{body_digest}</DigestValue></Reference>'
        f'<Reference URI="#{object_id}">{method}<DigestValue>{object_digest}</DigestValue></Reference>'
        "</SignedInfo>"
    )


def _properties(signature_id: str, signing_time: str) -> str:
    """Without a namespace inside, as in the files that the tax office accepts."""
    return (
        f'<SignatureProperties xmlns=""><SignatureProperty Target="#{signature_id}">'
        f"<SigningTime>{signing_time}</SigningTime></SignatureProperty></SignatureProperties>"
    )


@lru_cache(maxsize=100)
def _key_info(certificate: x509.Certificate) -> str:
    der = b64encode(certificate.public_bytes(Encoding.DER)).decode()
    name = certificate.subject.rfc4514_string()
    escaped = name.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return (
        f"<KeyInfo><X509Data><X509SubjectName>{escaped}</X509SubjectName>"
        f"<X509Certificate>{der}</X509Certificate></X509Data></KeyInfo>"
    )


def _inside(fragment: str) -> str:
    """The same element inside the Signature, where the namespace is already said."""
    return fragment.replace(f' xmlns="{DSIG}"', "", 1)


def _digest(data: bytes) -> str:
    return b64encode(sha256(data).digest()).decode()


def _check_plainness(root: etree._Element, _signature: etree._Element) -> None:
    """A comment is not signed, yet cuts the text that a program reads in two."""
    if next(root.iter(etree.Comment, etree.ProcessingInstruction), None) is not None:
        raise Fault("a comment inside the invoice")


def _check_methods(_root: etree._Element, signature: etree._Element) -> None:
    expected = {
        "ds:SignedInfo/ds:CanonicalizationMethod": _C14N,
        "ds:SignedInfo/ds:SignatureMethod": _RSA_SHA256,
    }
    for path, algorithm in expected.items():
        method = _only(signature.findall(path, _NS), path)
        if method.get("Algorithm") != algorithm or len(method):
            raise Fault(f"{path} is not {algorithm}")


def _check_references(root: etree._Element, signature: etree._Element) -> None:
    """Exactly the invoice's data and the signing time are signed, each found by an Id that occurs once."""
    body = _only(root.findall("DLHDon"), "DLHDon")
    stamp = _only(signature.findall("ds:Object", _NS), "Object")
    references = signature.findall("ds:SignedInfo/ds:Reference", _NS)
    if len(references) != _REFERENCES:
        raise Fault("not exactly the invoice and the signing time are signed")
    for reference, target, transforms in zip(references, (body, stamp), ([_ENVELOPED], []), strict=True):
        _check_reference(root, reference, target, transforms)


def _check_reference(
    root: etree._Element,
    reference: etree._Element,
    target: etree._Element,
    transforms: list[str],
) -> None:
    name = target.get("Id")
    if not name or reference.get("URI") != f"#{name}":
        raise Fault(f"a reference does not point at {etree.QName(target).localname}")
    if sum(element.get("Id") == name for element in root.iter("*")) != 1:
        raise Fault(f"the Id {name} occurs twice")
    if [step.get("Algorithm") for step in reference.iterfind("ds:Transforms/ds:Transform", _NS)] != transforms:
        raise Fault("unexpected transforms")
    method = _only(reference.findall("ds:DigestMethod", _NS), "DigestMethod")
    value = _only(reference.findall("ds:DigestValue", _NS), "DigestValue")
    if method.get("Algorithm") != _SHA256 or (value.text or "").strip() != _digest(canonical(target)):
        raise Fault(f"{etree.QName(target).localname} was changed after signing")


def _check_value(_root: etree._Element, signature: etree._Element) -> None:
    public_key = _certificate(signature).public_key()
    if not isinstance(public_key, RSAPublicKey):
        raise Fault("not an RSA certificate")
    info = _only(signature.findall("ds:SignedInfo", _NS), "SignedInfo")
    value = _base64(_only(signature.findall("ds:SignatureValue", _NS), "SignatureValue"))
    try:
        public_key.verify(value, canonical(info), PKCS1v15(), hashes.SHA256())
    except InvalidSignature as error:
        raise Fault("the signature is not of this certificate") from error


def _party_faults(root: etree._Element, certificate: x509.Certificate) -> list[str]:
    """The seller signs, or the trustee where one issues for the seller."""
    trustee = root.findtext("DLHDon/TTChung/MSTDVNUNLHDon")
    named = trustee or root.findtext("DLHDon/NDHDon/NBan/MST")
    if subject_id(certificate) == f"MST:{named}":
        return []
    return [f"{subject_id(certificate) or 'nobody'} signed, not MST:{named}"]


def _certificate(signature: etree._Element) -> x509.Certificate:
    element = _only(signature.findall("ds:KeyInfo/ds:X509Data/ds:X509Certificate", _NS), "X509Certificate")
    try:
        return x509.load_der_x509_certificate(_base64(element))
    except ValueError as error:
        raise Fault("the certificate cannot be read") from error


def _signed_at(signature: etree._Element) -> datetime:
    path = "ds:Object/SignatureProperties/SignatureProperty/SigningTime"
    text = _only(signature.findall(path, _NS), "SigningTime").text or ""
    try:
        return datetime.fromisoformat(text).replace(tzinfo=STATION_TIME)
    except ValueError as error:
        raise Fault("SigningTime is not a time") from error


def _base64(element: etree._Element) -> bytes:
    try:
        return b64decode("".join((element.text or "").split()), validate=True)
    except binascii.Error as error:
        raise Fault(f"{etree.QName(element).localname} is not base64") from error


def _only(found: list[etree._Element], what: str) -> etree._Element:
    if len(found) != 1:
        raise Fault(f"{len(found)} × {what} instead of one")
    return found[0]
