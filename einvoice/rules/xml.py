"""An invoice document as the tax format's XML, and the check of it against our schemas."""

import threading
from collections.abc import Iterable
from decimal import Decimal
from importlib.resources import files
from typing import Any, cast
from unicodedata import normalize

from lxml import etree

from einvoice.rules import (
    CONSUMER,
    Extra,
    InvoiceDocument,
    Line,
    LineKind,
    Party,
    Related,
    Totals,
    Transport,
    lookup_code,
)

_DECLARATION = b"<?xml version='1.0' encoding='UTF-8'?>\n"
_TRANSPORT_GOODS = "2"  # LHHDTrung
_CASH_REGISTER = "M"
_CURRENCY = "VND"
_of_this_thread = threading.local()


class BadXml(ValueError):
    """Not XML, or XML of a kind (DOCTYPE, entities) that an invoice never is."""


def build_xml(document: InvoiceDocument) -> bytes:
    """The unsigned invoice, on one line: whitespace between tags would be signed too."""
    root = etree.Element("HDon")
    body = etree.SubElement(root, "DLHDon", Id=document.element_id)
    _general(etree.SubElement(body, "TTChung"), document)
    content = etree.SubElement(body, "NDHDon")
    _seller(etree.SubElement(content, "NBan"), document.seller)
    _buyer(etree.SubElement(content, "NMua"), document.buyer or Party(name=CONSUMER))
    lines = etree.SubElement(content, "DSHHDVu")
    for place, line in enumerate(document.lines, start=1):
        _line(etree.SubElement(lines, "HHDVu"), place, line)
    _totals(etree.SubElement(content, "TToan"), document.totals, document)
    if document.with_lookup_code:
        _put(root, "DLQRCode", lookup_code(document))
    if document.authority_code:
        etree.SubElement(root, "MCCQT", Id=f"{document.element_id}-MCCQT").text = document.authority_code
    return _DECLARATION + etree.tostring(root, encoding="UTF-8", xml_declaration=False)


def validate_xml(xml: bytes, *, strict: bool = True) -> list[str]:
    """What the schema says against *xml*: strict for what we write, lax for what others wrote."""
    schema = _schema("hdon.xsd" if strict else "hdon-lax.xsd")
    try:
        tree = parse_xml(xml)
    except BadXml as error:
        return [str(error)]
    if schema.validate(tree):
        return []
    return [f"line {fault.line}: {fault.message}" for fault in cast(Iterable[Any], schema.error_log)]


def parse_xml(xml: bytes) -> etree._Element:
    """The tree of an invoice from anywhere: no entities, no DOCTYPE, nothing fetched."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(xml, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise BadXml(f"not XML: {error}") from error
    docinfo: Any = root.getroottree().docinfo  # its stub lacks the one attribute that matters
    if docinfo.doctype:
        raise BadXml("an invoice has no DOCTYPE")
    return root


def _general(parent: etree._Element, document: InvoiceDocument) -> None:
    _put(parent, "PBan", document.format_version)
    _put(parent, "THDon", document.title)
    _put(parent, "KHMSHDon", document.template)
    _put(parent, "KHHDon", document.symbol)
    _put(parent, "SHDon", document.number)
    _put(parent, "NLap", document.issued_on.isoformat())
    if document.template == "1" and document.letter != _CASH_REGISTER:
        _put(parent, "HDCTTChinh", 0)
    _put(parent, "DVTTe", _CURRENCY)
    _put(parent, "HTTToan", document.payment_method)
    _put(parent, "MSTTCGP", document.solution_provider)
    if document.trustee:
        _put(parent, "MSTDVNUNLHDon", document.trustee.tax_code)
        _put(parent, "TDVNUNLHDon", document.trustee.name)
        _put(parent, "DCDVNUNLHDon", document.trustee.address)
    if document.related:
        _related(etree.SubElement(parent, "TTHDLQuan"), document.related)
    _extras(parent, document.extras)


def _related(parent: etree._Element, related: Related) -> None:
    _put(parent, "TCHDon", related.nature)
    _put(parent, "LHDCLQuan", related.regime)
    _put(parent, "KHMSHDCLQuan", related.template)
    _put(parent, "KHHDCLQuan", related.symbol)
    _put(parent, "SHDCLQuan", related.number)
    _put(parent, "NLHDCLQuan", related.issued_on.isoformat())
    _put(parent, "LDDCTThe", related.reason)
    _put(parent, "GChu", related.note)


def _seller(parent: etree._Element, party: Party) -> None:
    _put(parent, "Ten", party.name)
    _put(parent, "MST", party.tax_code)
    _put(parent, "DChi", party.address)
    _put(parent, "SDThoai", party.phone)
    _put(parent, "DCTDTu", party.email)
    _put(parent, "STKNHang", party.bank_account)
    _put(parent, "TNHang", party.bank_name)


def _buyer(parent: etree._Element, party: Party) -> None:
    _put(parent, "Ten", party.name)
    _put(parent, "MST", party.tax_code)
    _put(parent, "DChi", party.address)
    _put(parent, "MKHang", party.customer_code)
    _put(parent, "SDThoai", party.phone)
    _put(parent, "CCCDan", party.personal_id)
    _put(parent, "DCTDTu", party.email)
    _put(parent, "HVTNMHang", party.contact)
    _put(parent, "STKNHang", party.bank_account)
    _put(parent, "TNHang", party.bank_name)


def _line(parent: etree._Element, place: int, line: Line) -> None:
    _put(parent, "TChat", line.kind)
    _put(parent, "STT", place)
    _put(parent, "MHHDVu", line.code)
    _put(parent, "THHDVu", line.name)
    _put(parent, "DVTinh", line.unit)
    _put(parent, "SLuong", line.quantity)
    _put(parent, "DGia", line.unit_price)
    _put(parent, "STCKhau", line.discount or None)
    if line.kind != LineKind.NOTE:
        _put(parent, "ThTien", line.amount)
        _put(parent, "TSuat", line.rate)
    if line.transport:
        _transport(etree.SubElement(parent, "TTHHDTrung"), line.transport)
    _extras(parent, line.extras)


def _transport(parent: etree._Element, transport: Transport) -> None:
    facts = {
        "BKSPTVChuyen": transport.plate,
        "DDi": transport.origin,
        "DDen": transport.destination,
    }
    for name, value in facts.items():
        if not value:
            continue
        field = etree.SubElement(parent, "TTin")
        _put(field, "LHHDTrung", _TRANSPORT_GOODS)
        _put(field, "TTruong", name)
        _put(field, "DLieu", value)


def _totals(parent: etree._Element, totals: Totals, document: InvoiceDocument) -> None:
    if document.shows_tax:
        rates = etree.SubElement(parent, "THTTLTSuat")
        for group in totals.groups:
            field = etree.SubElement(rates, "LTSuat")
            _put(field, "TSuat", group.rate)
            _put(field, "ThTien", group.net)
            _put(field, "TThue", group.tax)
        _put(parent, "TgTCThue", totals.net)
        _put(parent, "TgTThue", totals.tax)
    _put(parent, "TgTTTBSo", totals.gross)
    _put(parent, "TgTTTBChu", document.words)


def _extras(parent: etree._Element, extras: Iterable[Extra]) -> None:
    if not extras:
        return
    block = etree.SubElement(parent, "TTKhac")
    for extra in extras:
        field = etree.SubElement(block, "TTin")
        _put(field, "TTruong", extra.name)
        _put(field, "KDLieu", extra.kind)
        _put(field, "DLieu", extra.value)


def _put(parent: etree._Element, tag: str, value: str | int | Decimal | None) -> None:
    """Empty optional tags are left out; letters are composed; numbers have a point and no grouping."""
    if value is None or value == "":
        return
    text = f"{value.normalize():f}" if isinstance(value, Decimal) else normalize("NFC", str(value))
    etree.SubElement(parent, tag).text = text


def _schema(name: str) -> etree.XMLSchema:
    """Parsed once per thread: a schema keeps the log of its last run inside."""
    schemas: dict[str, etree.XMLSchema] = _of_this_thread.__dict__.setdefault("schemas", {})
    if name not in schemas:
        schemas[name] = etree.XMLSchema(etree.fromstring((files("einvoice") / "schemas" / name).read_bytes()))
    return schemas[name]
