"""What an order says, taken down when it is drawn up: later changes of master data do not reach it."""

from datetime import datetime

from dispatch.models import DispatchOrder
from station import clock
from station.models import Departure, Driver


def contents_of(departure: Departure, order: DispatchOrder, now: datetime) -> dict[str, object]:
    """Every box of the paper form (TT 12/2020 PL 6) that is filled before the run."""
    route, vehicle = departure.route, departure.vehicle
    if vehicle is None or departure.driver is None:
        raise ValueError("an order needs a vehicle and a driver")
    return {
        "number": order.number,
        "source": order.source,
        "paper_number": order.paper_number,
        "form_version": order.form_version,
        "operator": {
            "name": departure.operator.name,
            "tax_code": departure.operator.tax_code,
            "phone": departure.operator.phone,
        },
        "issued": {"place": departure.station.province_legacy, "on": f"{clock.local_day(now):%Y-%m-%d}"},
        "valid": {"from": f"{order.valid_from:%Y-%m-%d}", "until": f"{order.valid_until:%Y-%m-%d}"},
        "drivers": [_driver(driver) for driver in (departure.driver, departure.second_driver) if driver],
        "vehicle": {
            "plate": vehicle.plate,
            "seats": vehicle.fee_seats,
            "beds": vehicle.fee_beds,
            "type": departure.seat_map.name if departure.seat_map else vehicle.get_kind_display(),
        },
        "route": {
            "code": route.code,
            "code_old": route.code_old,
            "name": route.name,
            "kind": route.kind,
            "origin": route.origin.name,
            "destination": route.destination.name,
            "itinerary": route.itinerary,
        },
        "legs": [
            {
                "direction": departure.direction,
                "from": departure.station.name,
                "planned_at": clock.local(departure.planned_at).isoformat(),
            }
        ],
    }


def _driver(driver: Driver) -> dict[str, str]:
    return {"name": driver.full_name, "licence_class": driver.licence_class}
