"""The look-up text of an invoice's QR code (QĐ 1450 PL XIII): EMV tag, length, value, and a checksum."""

from binascii import crc_hqx

from einvoice.rules.document import InvoiceDocument

_NETWORK = "A000000775"
_START = 0xFFFF
_LONGEST = 99


def lookup_code(document: InvoiceDocument) -> str:
    """Look-up only, no payment part. The checksum is computed; many programs print the example's instead."""
    invoice = (
        _field("00", _NETWORK)
        + _field("01", document.seller.tax_code.replace("-", ""))
        + _field("02", document.template)
        + _field("03", document.symbol)
        + _field("04", str(document.number))
        + _field("05", f"{document.issued_on:%Y%m%d}")
        + _field("06", str(document.totals.gross))
    )
    text = _field("00", "01") + _field("99", invoice) + "6304"
    return text + checksum(text)


def checksum(text: str) -> str:
    """CRC-16/CCITT-FALSE, four upper-case hexadecimal digits."""
    return f"{crc_hqx(text.encode(), _START):04X}"


def _field(tag: str, value: str) -> str:
    if len(value) > _LONGEST:
        raise ValueError(f"{tag} is longer than two digits can say")
    return f"{tag}{len(value):02}{value}"
