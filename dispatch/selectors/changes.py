"""What a departure can be changed to."""

from django.db.models import QuerySet

from station.models import Departure, Driver, Vehicle
from station.selectors.departures import LIVE


def other_coaches(departure: Departure) -> tuple[QuerySet[Vehicle], QuerySet[Driver]]:
    """Coaches and drivers of its operator that could run it; the coach that runs it is none of them."""
    coaches = Vehicle.objects.filter(operator=departure.operator_id, is_active=True, seat_map__isnull=False)
    drivers = Driver.objects.filter(operator=departure.operator_id, is_active=True)
    fitting = coaches.exclude(pk=departure.vehicle_id or 0).select_related("seat_map")
    return fitting.order_by("plate", "pk"), drivers.order_by("full_name", "pk")


def merge_targets(departure: Departure) -> QuerySet[Departure]:
    """Departures of the same day, operator, route and direction that are still to leave and not confirmed."""
    rows = Departure.objects.filter(
        station=departure.station_id, operator=departure.operator_id, route=departure.route_id,
        direction=departure.direction, service_on=departure.service_on, state__in=LIVE, exit_confirmed_at=None,
    )  # fmt: skip
    return rows.exclude(pk=departure.pk).select_related("route").order_by("planned_at", "pk")
