"""What issuing asks before it takes a number."""

from django.db.models import QuerySet

from einvoice.enums import InvoiceKind
from einvoice.models import Invoice, Series
from station.models import Station
from station.models.written_once import asked_often
from ticketing.models import Sale, SalePart, Ticket


def sale_to_invoice(sale_id: int) -> Sale:
    """With what its document says of it: departure, coach and payment."""
    [sale] = _sales(sale_id)
    return sale


@asked_often
def _sales(sale_id: int) -> QuerySet[Sale]:
    rows = Sale.objects.filter(pk=sale_id).select_related("departure__vehicle", "departure__route", "payment")
    return rows.only(
        "station_id", "buyer_name", "buyer_tax_code", "buyer_company", "buyer_address", "lookup_code", "sold_at",
        "payment__method", "departure__operator_id", "departure__vehicle__plate", "departure__route__kind",
    )  # fmt: skip


@asked_often
def parts_to_invoice(sale_id: int) -> QuerySet[SalePart]:
    """What was paid otherwise than by the first payment of a sale."""
    return SalePart.objects.filter(sale=sale_id).select_related("payment").order_by("pk")


@asked_often
def tickets_to_invoice(sale_id: int) -> QuerySet[Ticket]:
    """In the order of their seats."""
    return Ticket.objects.filter(sale=sale_id).only("code", "seat_label", "fare", "printed").order_by("seat")


def original_of_sale(sale_id: int) -> Invoice | None:
    return next(iter(_originals_of_sale(sale_id)), None)


@asked_often
def _originals_of_sale(sale_id: int) -> QuerySet[Invoice]:
    return Invoice.objects.filter(sale_id=sale_id, kind=InvoiceKind.ORIGINAL).order_by("pk")[:1]


def original_of_charge(charge_id: int) -> Invoice | None:
    return next(iter(_originals_of_charge(charge_id)), None)


@asked_often
def _originals_of_charge(charge_id: int) -> QuerySet[Invoice]:
    return Invoice.objects.filter(charge_id=charge_id, kind=InvoiceKind.ORIGINAL).order_by("pk")[:1]


def outlet_letters(station: Station) -> tuple[str, frozenset[str]]:
    """The two letters *station* ends its symbols with ("" when it has none yet), and those of all other stations."""
    symbols = Series.objects.order_by("pk").values_list("station_id", "symbol").distinct()
    letters = [(station_id, symbol[-2:]) for station_id, symbol in symbols]
    own = next((pair for station_id, pair in letters if station_id == station.pk), "")
    return own, frozenset(pair for station_id, pair in letters if station_id != station.pk)


def outlet_position(station: Station) -> int:
    """How many of our stations are older."""
    return Station.objects.filter(is_ours=True, pk__lt=station.pk).count()
