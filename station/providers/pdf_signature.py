"""PAdES signatures of orders: each one an incremental update into a field that was there from the start."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from textwrap import wrap
from unicodedata import normalize

from asn1crypto import x509 as asn1
from asn1crypto.algos import SignedDigestAlgorithm
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from django.utils import translation
from django.utils.translation import gettext as _
from pyhanko.pdf_utils.layout import AxisAlignment, InnerScaling, Margins, SimpleBoxLayoutRule
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.text import TextBoxStyle
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter, enumerate_sig_fields
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, Signer
from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import PdfSignatureStatus, SignatureCoverageLevel
from pyhanko.stamp import TextStampStyle
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore

from station.clock import local
from station.providers.keys import SigningKey, common_name, subject_id
from station.providers.pdf import DatedWriter
from station.providers.stamp_font import StampFont

# The fields of an order, as outsiders know them (docs/contract).
OPERATOR, DRIVER, STATION, ARRIVAL = FIELDS = ("Operator", "Driver", "Station", "Arrival")
_STAMP_WIDTH = 46  # characters before a name is broken into two lines
_RSA_BYTES = 256


class CannotSign(Exception):
    """The field is missing or already filled, or the document does not allow another signature."""


class UnreadablePdf(ValueError):
    """Not a PDF, or too broken to look for signatures in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureReport:
    """What an independent look at one signature found. Only `ok` decides; the rest says why."""

    field: str
    signer: str
    subject: str
    certificate_serial: str
    signed_at: datetime | None
    intact: bool
    trusted: bool
    coverage: str
    modification: str
    ok: bool


def sign_pdf(
    pdf: bytes,
    *,
    field: str,
    key: SigningKey,
    signer_name: str,
    title: str,
    reason: str,
    at: datetime,
    certify: bool,
) -> bytes:
    """Fill *field* with a visible signature dated *at*.

    The first signature of a document certifies it: from then on only the other fields may be filled.
    """
    meta = PdfSignatureMetadata(
        field_name=field,
        md_algorithm="sha256",
        subfilter=SigSeedSubFilter.PADES,
        name=signer_name,
        reason=reason,
        certify=certify,
        docmdp_permissions=MDPPerm.FILL_FORMS,
    )
    signer = PdfSigner(meta, signer=_KeySigner(key), stamp_style=_stamp_style())
    stamp = _stamp_text(signer_name, title, reason, at)
    try:
        return asyncio.run(_sign(signer, DatedWriter(pdf, at=at), stamp=stamp, at=at))
    except (PdfError, SigningError) as error:
        raise CannotSign(f"{field}: {error}") from error


def check_pdf(pdf: bytes, *, trust: Sequence[x509.Certificate], now: datetime) -> list[SignatureReport]:
    """A report for each signature, in the order they were made; empty when nobody signed."""
    try:
        reader = PdfFileReader(BytesIO(pdf))
        return [_report(signature, trust, now) for signature in reader.embedded_regular_signatures]
    except Exception as error:
        # A damaged or hostile file may break the parser anywhere: to us it is one thing, unreadable.
        raise UnreadablePdf(str(error)) from error


def empty_fields(pdf: bytes) -> list[str]:
    """The signature fields that nobody has filled yet."""
    fields = enumerate_sig_fields(PdfFileReader(BytesIO(pdf)), filled_status=False)
    return [name for name, _value, _reference in fields]


class _KeySigner(Signer):
    """Hands the bytes to sign to our key, wherever that key lives."""

    def __init__(self, key: SigningKey) -> None:
        self._key = key
        super().__init__(
            signing_cert=_asn1(key.certificate),
            cert_registry=SimpleCertificateStore.from_certs([_asn1(issuer) for issuer in key.chain]),
            signature_mechanism=SignedDigestAlgorithm({"algorithm": "sha256_rsa"}),
        )

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:  # noqa: FBT001, FBT002 -- pyHanko's signature
        if digest_algorithm != "sha256":
            raise CannotSign(f"our keys sign SHA-256, not {digest_algorithm}")
        return bytes(_RSA_BYTES) if dry_run else self._key.sign(data)


async def _sign(signer: PdfSigner, writer: DatedWriter, *, stamp: str, at: datetime) -> bytes:
    """`PdfSigner.async_sign_pdf`, with our time instead of the computer's."""
    session = signer.init_signing_session(writer, existing_fields_only=True)
    session.system_time = local(at)
    size = await session.estimate_signature_container_size(None)
    document = session.prepare_tbs_document(
        validation_info=None,
        bytes_reserved=size,
        appearance_text_params={"stamp": stamp},
    )
    output = BytesIO()
    digest, _same = document.digest_tbs_document(output=output)
    signed = await document.perform_signature(
        document_digest=digest.document_digest,
        pdf_cms_signed_attrs=PdfCMSSignedAttributes(signing_time=session.system_time),
    )
    await signed.post_signature_processing(output)
    return output.getvalue()


def _stamp_style() -> TextStampStyle:
    """Small type in a font that has all Vietnamese letters, shrunk when a name is longer than the field."""
    fit = SimpleBoxLayoutRule(
        x_align=AxisAlignment.ALIGN_MIN,
        y_align=AxisAlignment.ALIGN_MID,
        margins=Margins.uniform(4),
        inner_content_scaling=InnerScaling.SHRINK_TO_FIT,
    )
    text = TextBoxStyle(font=StampFont(), font_size=8, leading=11)
    return TextStampStyle(
        border_width=1,
        stamp_text="%(stamp)s",
        text_box_style=text,
        inner_content_layout=fit,
        background=None,
    )


def _stamp_text(signer_name: str, title: str, reason: str, at: datetime) -> str:
    """Orders are Vietnamese papers, whatever language the person at the screen reads."""
    with translation.override("vi"):
        signed_by = _("Signed by: %(name)s") % {"name": signer_name}
        signed_at = _("Signed at: %(time)s") % {"time": local(at).strftime("%d/%m/%Y %H:%M:%S")}
    lines = [*wrap(signed_by, _STAMP_WIDTH), *wrap(title, _STAMP_WIDTH), *wrap(reason, _STAMP_WIDTH), signed_at]
    # Composed letters: the stamp's font has no marks to put together.
    return normalize("NFC", "\n".join(lines))


def _report(signature: EmbeddedPdfSignature, trust: Sequence[x509.Certificate], now: datetime) -> SignatureReport:
    certificate = x509.load_der_x509_certificate(signature.signer_cert.dump())
    context = ValidationContext(trust_roots=[_asn1(root) for root in trust], allow_fetching=False, moment=now)
    try:
        status = validate_pdf_signature(signature, signer_validation_context=context)
    except SignatureValidationError:
        status = None
    level = (status and status.modification_level) or ModificationLevel.OTHER
    coverage = (status and status.coverage) or SignatureCoverageLevel.UNCLEAR
    return SignatureReport(
        field=signature.field_name,
        signer=common_name(certificate),
        subject=subject_id(certificate),
        certificate_serial=format(certificate.serial_number, "x"),
        signed_at=signature.self_reported_timestamp,
        intact=status is not None and status.intact and status.valid,
        trusted=status is not None and status.trusted,
        coverage=coverage.name,
        modification=level.name,
        ok=status is not None and _holds(status),
    )


def _holds(status: PdfSignatureStatus) -> bool:
    """`valid` stays true for a changed document; these three together do not."""
    return bool(
        status.bottom_line
        and status.modification_level is not None
        and status.coverage is not None
        and status.coverage >= SignatureCoverageLevel.ENTIRE_REVISION
        and status.modification_level <= ModificationLevel.FORM_FILLING,
    )


def _asn1(certificate: x509.Certificate) -> asn1.Certificate:
    return asn1.Certificate.load(certificate.public_bytes(Encoding.DER))
