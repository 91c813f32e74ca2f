"""The gate: coaches in and out."""

from datetime import datetime

from django.db import IntegrityError, transaction

from station.clock import local
from station.enums import ExitKind, VisitState
from station.errors import AlreadyInYard, NoSuchPlate, NotInYard, StaleState
from station.models import Departure, Station, User, Vehicle, YardVisit
from station.models.journal import record
from station.models.locks import lock
from station.rules import plates
from station.selectors import departures as selectors
from station.services import outbox
from station.services.departures import mark_departed, tell_boards


@transaction.atomic
def record_entry(*, station: Station, plate: str, passengers_in: int | None, by: User, now: datetime) -> YardVisit:
    """A coach came in: its nearest live departure of the day is found; a coach nobody knows comes in without one.

    Raises NoSuchPlate, AlreadyInYard.
    """
    stored = plates.normalise(plate)
    if not plates.is_plate(stored):
        raise NoSuchPlate(plate=plate)  # needs no lock: the shape of what was typed
    vehicle = Vehicle.objects.filter(plate=stored, is_active=True).order_by("pk").first()
    departure = _locked_departure(vehicle, station, now)
    if inside := _open_visit(stored):
        raise _already_in(inside)
    visit = YardVisit(
        station=station, plate=stored, vehicle=vehicle, departure=departure, passengers_in=passengers_in,
        entered_at=now, entered_by=by,
    )  # fmt: skip
    _write(visit)
    facts = {"plate": stored, "departure": departure.pk if departure else None, "passengers": passengers_in}
    record(action="visit_in_yard", obj=visit.journal_name, station_id=station.pk, by=by, now=now, facts=facts)
    _tell(station, now)
    return visit


def _locked_departure(vehicle: Vehicle | None, station: Station, now: datetime) -> Departure | None:
    """The departure the coach came for, unless another coach already stands in the yard for it."""
    found = selectors.next_departure_of(vehicle, station, now) if vehicle else None
    if found is None:
        return None
    departure = lock(Departure.objects.filter(pk=found.pk)).get()
    served = YardVisit.objects.filter(departure=departure, state=VisitState.IN_YARD).exists()
    return departure if departure.is_live and not served else None


def _open_visit(plate: str) -> YardVisit | None:
    return YardVisit.objects.filter(plate=plate, state=VisitState.IN_YARD).order_by("pk").first()


def _already_in(visit: YardVisit) -> AlreadyInYard:
    return AlreadyInYard(plate=plates.display(visit.plate), entered=f"{local(visit.entered_at):%H:%M %d/%m}")


def _write(visit: YardVisit) -> None:
    try:
        with transaction.atomic():
            visit.save()
    except IntegrityError as error:
        if inside := _open_visit(visit.plate):
            raise _already_in(inside) from error
        raise


@transaction.atomic
def record_exit(
    *, visit_id: int, departure_id: int | None, kind: ExitKind, departed: bool, by: User, now: datetime
) -> YardVisit:
    """A coach went out, on its departure (*departed*) or not.

    Whether it may is decided above, in dispatch, and for the departure *departure_id* (None: it serves none); only
    dispatch calls this with *departed*. Raises NotInYard, or StaleState when the coach serves another one meanwhile.
    """
    departures = Departure.objects.select_related("station")
    departure = lock(departures.filter(pk=departure_id)).first() if departure_id else None
    visit = lock(YardVisit.objects.select_related("station").filter(pk=visit_id)).get()
    if visit.state != VisitState.IN_YARD:
        raise NotInYard(plate=plates.display(visit.plate))
    if visit.departure_id != departure_id:
        raise StaleState(what=plates.display(visit.plate))
    if departed and departure:
        mark_departed(departure, by=by, now=now)
    visit.become(VisitState.LEFT, by=by, now=now, reason=kind, left_at=now, left_by=by, exit_kind=kind)
    _tell(visit.station, now)
    return visit


def _tell(station: Station, now: datetime) -> None:
    tell_boards([station], now=now)
    outbox.push(f"gate-{station.code}", now=now)
