"""Sales and charges that are due for an invoice, invoices issued by the service, and the fake provider's books."""

from collections import Counter
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.conf import settings

from einvoice import services
from einvoice.models import Invoice
from fees.models import Charge, VatRate
from station.models import OutboxMessage, Station
from tests.factories import NOW, ContractFactory, StationFactory
from tests.factories_fees import ChargeableDepartureFactory, charge, pay, till_of
from tests.factories_ticketing import priced_departure, sell
from ticketing.models import Sale

TEN_PERCENT_FROM = date(2027, 1, 1)
# One name, one signing key: making a key takes longer than most tests.
LEGAL_NAME = "Công ty Bến xe Thử nghiệm"


def vat_of_transport() -> None:
    """8 % until the end of 2026, 10 % after it."""
    if not VatRate.objects.filter(code="transport").exists():
        eight, ten = Decimal("0.08"), Decimal("0.10")
        VatRate.objects.create(code="transport", rate=eight, valid_from=date(2026, 1, 1), valid_until=TEN_PERCENT_FROM)
        VatRate.objects.create(code="transport", rate=ten, valid_from=TEN_PERCENT_FROM)


def sale_due(*labels: str, departure: Any = None, now: datetime = NOW, **facts: Any) -> Sale:
    """A sale for an operator who has the station issue its tickets."""
    vat_of_transport()
    departure = departure or priced_departure(route__origin__legal_name=LEGAL_NAME)
    if not departure.operator.contracts.exists():
        ContractFactory(station=departure.station, operator=departure.operator)
    return sell(departure, *(labels or ("A1",)), now=now, **facts)


def outlet(**facts: Any) -> Station:
    """A station of ours that can price and sign."""
    return StationFactory(station_class=4, legal_name=LEGAL_NAME, **facts)


def charge_due(*, station: Station | None = None, paid: bool = True, now: datetime = NOW, **facts: Any) -> Charge:
    """The in/out charge of a departure, paid in cash unless told otherwise."""
    station = station or outlet()
    opened = charge(ChargeableDepartureFactory(route__origin=station, **facts), now=now)
    if not paid:
        return opened
    till = station.tills.order_by("pk").first() or till_of(station, now=now)
    return pay(opened, till, now=now)


def invoice_of_sale(*labels: str, now: datetime = NOW, **facts: Any) -> Invoice:
    invoice = services.issue_for_sale(sale_id=sale_due(*labels, now=now, **facts).pk, message_id=None, now=now)
    assert invoice is not None
    return invoice


def invoice_of_charge(*, now: datetime = NOW, **facts: Any) -> Invoice:
    invoice = services.issue_for_charge(charge_id=charge_due(now=now, **facts).pk, message_id=None, now=now)
    assert invoice is not None
    return invoice


class ProviderBooks:
    """What stands in the folder of the fake provider, and the mood it is in."""

    def __init__(self) -> None:
        self.folder = Path(settings.DATA_DIR) / "provider"

    def mood(self, word: str) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "mood").write_text(word)

    def kept(self) -> set[str]:
        """Keys of the invoices it holds."""
        return {path.stem for path in self.folder.glob("*.xml")}

    def arrivals(self) -> Counter[str]:
        """How often each key was sent."""
        log = self.folder / "received.log"
        return Counter(log.read_text().split()) if log.exists() else Counter()

    def bytes_of(self, invoice: Invoice) -> bytes:
        return (self.folder / f"{invoice.key}.xml").read_bytes()


def message_of(task: str) -> OutboxMessage:
    """The one message of *task*."""
    return OutboxMessage.objects.get(task=task)
