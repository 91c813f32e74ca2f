"""What the schema cannot see: sums, words, rates, and symbols that fit the template and the year."""

import re
from collections.abc import Callable, Iterator
from decimal import Decimal

from einvoice.rules.document import InvoiceDocument, Line, LineKind, TaxGroup, rate_value, totals_of
from station.money import in_words, round_half_up

SYMBOL = re.compile(r"[CK][0-9]{2}[TDLMNBGHXF][A-Z]{2}")
TAX_CODE = re.compile(r"[0-9]{10}(-[0-9]{3})?|[0-9]{12}")
LAST_NUMBER = 99_999_999
# TT 91/2026 PL I: which templates a kind letter goes with.
TEMPLATES_OF = {
    "T": "1278",
    "D": "1345",
    "L": "12",
    "M": "12",
    "N": "6",
    "B": "6",
    "G": "5",
    "H": "5",
    "X": "7",
    "F": "18",
}
_TOLERANCE = 1  # đồng, per line: what rounding may move
_TICKET = "5"


def problems(document: InvoiceDocument) -> list[str]:
    """One sentence per fault, empty for a sound document. Run it before the schema and before signing."""
    return [fault for check in _CHECKS for fault in check(document)]


def _symbol(document: InvoiceDocument) -> Iterator[str]:
    if not SYMBOL.fullmatch(document.symbol):
        yield f"symbol {document.symbol!r} is not one of the tax office's"
    elif document.template not in TEMPLATES_OF[document.letter]:
        yield f"letter {document.letter} does not go with template {document.template}"
    elif document.symbol[1:3] != f"{document.issued_on:%y}":
        yield f"symbol {document.symbol} is not of the year {document.issued_on.year}"
    if not 1 <= document.number <= LAST_NUMBER:
        yield f"number {document.number} is outside 1 … {LAST_NUMBER}"


def _parties(document: InvoiceDocument) -> Iterator[str]:
    shown = {"seller": document.seller, "trustee": document.trustee}
    for role, party in shown.items():
        if party and not (party.name and party.address):
            yield f"{role} lacks name or address"
        if party and not TAX_CODE.fullmatch(party.tax_code):
            yield f"{role} tax code {party.tax_code!r} is not one"
    buyer = document.buyer
    if buyer and buyer.tax_code and not (TAX_CODE.fullmatch(buyer.tax_code) and buyer.name and buyer.address):
        yield "a buyer with a tax code needs a right one, name and address"
    if document.trustee and document.trustee.tax_code == document.seller.tax_code:
        yield "the seller cannot be its own trustee"


def _lines(document: InvoiceDocument) -> Iterator[str]:
    for place, line in enumerate(document.lines, start=1):
        yield from (f"line {place}: {fault}" for fault in _line(line, taxed=document.shows_tax))
    if not any(line.amount is not None for line in document.lines):
        yield "no line has an amount"
    if document.template == _TICKET and not any(line.transport for line in document.lines):
        yield "a passenger ticket shows plate and journey"


def _line(line: Line, *, taxed: bool) -> Iterator[str]:
    if line.kind == LineKind.NOTE:
        if line.amount is not None:
            yield "a note has no amount"
        return
    if line.amount is None:
        yield "no amount"
    elif line.quantity is not None and line.unit_price is not None:
        product = round_half_up(line.quantity * line.unit_price) - line.discount
        if abs(product - line.amount) > _TOLERANCE:
            yield f"quantity times price is {product}, not {line.amount}"
    if bool(line.rate) != taxed:
        yield "a rate stands on VAT invoices and only there"
    if (line.kind == LineKind.SPECIAL) != (line.transport is not None):
        yield "transport is special goods and says plate and journey"
    if line.transport and not (line.transport.origin and line.transport.destination):
        yield "a journey has two ends"


def _sums(document: InvoiceDocument) -> Iterator[str]:
    stated, counted = document.totals, totals_of(document.lines)
    if stated.net != counted.net:
        yield f"lines add up to {counted.net}, net says {stated.net}"
    if stated.net + stated.tax != stated.gross:
        yield f"{stated.net} and {stated.tax} of tax are not {stated.gross}"
    if (sum(g.net for g in stated.groups), sum(g.tax for g in stated.groups)) != (stated.net, stated.tax):
        yield "the rates do not add up to the totals"
    if [(g.rate, g.net) for g in stated.groups] != [(g.rate, g.net) for g in counted.groups]:
        yield "the rates are not those of the lines"
    for group in stated.groups:
        count = sum(line.rate == group.rate for line in document.lines)
        yield from _tax(group, tolerance=_TOLERANCE * max(1, count))


def _tax(group: TaxGroup, *, tolerance: int) -> Iterator[str]:
    expected = group.net * (rate_value(group.rate) or Decimal(0))
    if abs(group.tax - expected) > tolerance:
        yield f"tax at {group.rate} on {group.net} is not {group.tax}"


def _words(document: InvoiceDocument) -> Iterator[str]:
    """Both spellings of a lone unit and of four after tens are right Vietnamese."""
    right = {in_words(document.totals.gross), in_words(document.totals.gross, odd="linh")}
    right |= {words.replace("mươi tư", "mươi bốn") for words in right}
    if document.words not in right:
        yield f"{document.words!r} is not {document.totals.gross}"


_CHECKS: tuple[Callable[[InvoiceDocument], Iterator[str]], ...] = (_symbol, _parties, _lines, _sums, _words)
