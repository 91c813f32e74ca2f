"""PAdES signatures of orders: each one an incremental update into a field that was there from the start."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from textwrap import wrap
from unicodedata import normalize

from asn1crypto.algos import SignedDigestAlgorithm
from cryptography import x509
from django.utils import translation
from django.utils.translation import gettext as _
from pyhanko.pdf_utils.content import ResourceType
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.layout import BoxConstraints
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import BasePdfFileWriter
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter, enumerate_sig_fields
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, Signer
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import PdfSignatureStatus, SignatureCoverageLevel
from pyhanko.stamp.base import BaseStamp, BaseStampStyle
from pyhanko_certvalidator import ValidationContext

from station.clock import local
from station.providers.keys import SigningKey, common_name, subject_id
from station.providers.pades import detached_signature, parsed, size_of_signature
from station.providers.pdf_writer import DatedWriter
from station.providers.typeface import typeface

# The fields of an order, as outsiders know them (docs/contract).
OPERATOR, DRIVER, STATION, ARRIVAL = FIELDS = ("Operator", "Driver", "Station", "Arrival")
_STAMP_WIDTH = 46  # characters before a name is broken into two lines
_STAMP_SIZE, _STAMP_LEADING, _STAMP_MARGIN = 8, 11, 4  # points


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
    signer = PdfSigner(meta, signer=_CertificateOnly(key.certificate), stamp_style=_STAMP_STYLE)
    stamp = _stamp_text(signer_name, title, reason, at)
    try:
        return _sign(signer, DatedWriter(pdf, at=at), key=key, stamp=stamp, at=at)
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


class _CertificateOnly(Signer):
    """Says who signs. The signature itself is made by `pades`, not here."""

    def __init__(self, certificate: x509.Certificate) -> None:
        super().__init__(
            signing_cert=parsed(certificate),
            signature_mechanism=SignedDigestAlgorithm({"algorithm": "sha256_rsa"}),
        )

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:  # noqa: FBT001, FBT002 -- pyHanko's signature
        raise NotImplementedError("never asked: the signature is made by station.providers.pades")


def _sign(signer: PdfSigner, writer: DatedWriter, *, key: SigningKey, stamp: str, at: datetime) -> bytes:
    """`PdfSigner.sign_pdf`, with our time instead of the computer's and our CMS."""
    session = signer.init_signing_session(writer, existing_fields_only=True)
    session.system_time = local(at)
    document = session.prepare_tbs_document(
        validation_info=None,
        bytes_reserved=2 * size_of_signature(key),
        appearance_text_params={"stamp": stamp},
    )
    output = BytesIO()
    digest, _same = document.digest_tbs_document(output=output)
    digest.fill_with_cms(output, detached_signature(digest.document_digest, key=key))
    return output.getvalue()


@dataclass(frozen=True)
class _StampStyle(BaseStampStyle):
    """Small type in a font that has all Vietnamese letters, shrunk when a name is longer than the field."""

    def create_stamp(self, writer: BasePdfFileWriter, box: BoxConstraints, text_params: dict[str, str]) -> "_Stamp":
        return _Stamp(writer, self, box, text_params["stamp"])


class _Stamp(BaseStamp):
    def __init__(self, writer: BasePdfFileWriter, style: _StampStyle, box: BoxConstraints, text: str) -> None:
        super().__init__(writer=writer, style=style, box=box)
        self._text, self._document = text, writer

    def _render_inner_content(self) -> list[bytes]:
        plex = typeface("plex-regular.ttf")
        words = [plex.word(line) for line in self._text.splitlines()]
        self.set_resource(ResourceType.FONT, pdf_name("/F"), plex.embed(self._document, words))
        width = max(word.width for word in words) * _STAMP_SIZE / 1000
        height = len(words) * _STAMP_LEADING
        free_width, free_height = self.box.width - 2 * _STAMP_MARGIN, self.box.height - 2 * _STAMP_MARGIN
        scale = min(1.0, free_width / width, free_height / height)
        top = (self.box.height + height * scale) / 2 - _STAMP_SIZE * scale
        return [
            b"BT /F %.3f Tf %.3f TL" % (_STAMP_SIZE * scale, _STAMP_LEADING * scale),
            b"%.3f %.3f Td" % (_STAMP_MARGIN, top),
            b" T* ".join(word.shown for word in words),
            b"ET",
        ]


_STAMP_STYLE = _StampStyle(border_width=1)


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
    context = ValidationContext(trust_roots=[parsed(root) for root in trust], allow_fetching=False, moment=now)
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
