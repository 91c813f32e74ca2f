"""What the station agrees with an operator: dated, and the departures that are planned already follow."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from station.clock import local_day
from station.enums import PaymentCycle, RouteKind, TicketIssuer
from station.errors import ContractInTheWay
from station.models import Contract, Departure, Operator, Route, Station, User
from station.models.journal import record
from station.models.locks import lock
from station.selectors.departures import LIVE
from station.services.departures import plan_ahead, tell_boards


@dataclass(frozen=True, slots=True)
class Terms:
    """What stands in a contract; `sells_tickets`: the station sells the operator's tickets."""

    number: str
    valid_from: date
    valid_until: date | None
    sells_tickets: bool
    ticket_issuer: TicketIssuer = TicketIssuer.STATION_DELEGATED
    payment_cycle: PaymentCycle = PaymentCycle.TRIP


@transaction.atomic
def agree_contract(*, station: Station, operator: Operator, terms: Terms, by: User | None, now: datetime) -> Contract:
    """From *terms*.valid_from on this contract counts; the one before it ends on that day, and goes on when a shorter
    one is over.

    Departures already planned for its days are sold, or not sold any more, as it says; tickets that are sold stay.
    Raises ContractInTheWay.
    """
    list(lock(Operator.objects.filter(pk=operator.pk)))
    known = Contract.objects.filter(station=station, operator=operator)
    later = known.filter(valid_from__gte=terms.valid_from).order_by("valid_from")
    if terms.valid_until is not None:
        later = later.filter(valid_from__lt=terms.valid_until)
    if other := later.first():
        raise ContractInTheWay(number=other.number, day=f"{other.valid_from:%d/%m/%Y}")
    for before in known.filter(valid_from__lt=terms.valid_from).order_by("pk"):
        if before.valid_until is None or before.valid_until > terms.valid_from:
            _interrupt(before, terms)
    contract = Contract.objects.create(
        station=station, operator=operator, number=terms.number, valid_from=terms.valid_from,
        valid_until=terms.valid_until, payment_cycle=terms.payment_cycle, sells_tickets=terms.sells_tickets,
        ticket_issuer=terms.ticket_issuer,
    )  # fmt: skip
    changed = _open_sale(contract, now)
    facts = {"contract": contract.number, "sells_tickets": contract.sells_tickets, "departures": changed}
    record(
        action="contract_agreed", obj=f"operator:{operator.pk}", station_id=station.pk, by=by, now=now, facts=facts
    )  # fmt: skip
    tell_boards([station], now=now)
    return contract


def _interrupt(before: Contract, terms: Terms) -> None:
    """*before* ends where *terms* begin; what is left of it behind them counts again."""
    ends = before.valid_until
    before.valid_until = terms.valid_from
    before.save(update_fields=["valid_until"])
    if terms.valid_until is not None and (ends is None or ends > terms.valid_until):
        before.pk, before.valid_from, before.valid_until = None, terms.valid_until, ends
        before.save()


def _open_sale(contract: Contract, now: datetime) -> int:
    """The departures planned for its days are sold as *contract* says; how many that changes."""
    rows = Departure.objects.filter(
        station_id=contract.station_id, operator_id=contract.operator_id, state__in=LIVE,
        service_on__gte=max(contract.valid_from, local_day(now)), is_on_sale=not contract.sells_tickets,
    ).exclude(route__kind=RouteKind.BUS)  # fmt: skip
    if contract.valid_until is not None:
        rows = rows.filter(service_on__lt=contract.valid_until)
    locked = [departure.pk for departure in lock(rows)]
    return Departure.objects.filter(pk__in=locked).update(is_on_sale=contract.sells_tickets)


@transaction.atomic
def choose_sale_rules(*, station: Station) -> Station:
    """When this station stops selling, and whether it waits for the order; its history keeps who chose."""
    station.save(update_fields=["sale_closes", "sale_closes_minutes", "sale_needs_order", "delay_refund_minutes"])
    return station


def sell_ahead(*, route: Route, days: int | None, now: datetime) -> Route:
    """Sell *route* from *days* before each departure on (None: with the day plan); what is sold now is planned now."""
    route.sale_days_ahead = days
    route.save(update_fields=["sale_days_ahead"])
    plan_ahead(now=now)
    return route
