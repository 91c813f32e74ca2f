"""What issuing asks before it takes a number."""

from einvoice.enums import InvoiceKind
from einvoice.models import Invoice, Series
from station.models import Station


def original_of_sale(sale_id: int) -> Invoice | None:
    return Invoice.objects.filter(sale_id=sale_id, kind=InvoiceKind.ORIGINAL).order_by("pk").first()


def original_of_charge(charge_id: int) -> Invoice | None:
    return Invoice.objects.filter(charge_id=charge_id, kind=InvoiceKind.ORIGINAL).order_by("pk").first()


def outlet_letters(station: Station) -> tuple[str, frozenset[str]]:
    """The two letters *station* ends its symbols with ("" when it has none yet), and those of all other stations."""
    symbols = Series.objects.order_by("pk").values_list("station_id", "symbol").distinct()
    letters = [(station_id, symbol[-2:]) for station_id, symbol in symbols]
    own = next((pair for station_id, pair in letters if station_id == station.pk), "")
    return own, frozenset(pair for station_id, pair in letters if station_id != station.pk)


def outlet_position(station: Station) -> int:
    """How many of our stations are older."""
    return Station.objects.filter(is_ours=True, pk__lt=station.pk).count()
