"""The same steps over HTTP, as the users of a running copy would take them: what is read stands in its database.

As in `performing`, what somebody did already (planted, or a visitor at a screen) is left as it is.
"""

import time
from base64 import b64encode
from collections.abc import Mapping
from datetime import timedelta

from demo.providers.running_copy import Answer, RunningCopy
from demo.rules.script import Step
from demo.services.performing import Performer, notes_of, photo, received_for, stop_at
from dispatch.enums import OrderState
from dispatch.models import DispatchOrder
from dispatch.selectors import live_leg, places_of
from fees.enums import ChargeState
from fees.models import Charge
from fees.selectors import drawer_balance
from station.enums import TillState
from station.models import Counter, Station, Till, YardVisit
from ticketing.models import Ticket

# How long the worker may take to put a signature into an order before its confirmation is asked for all the same.
_SIGNED_WITHIN = timedelta(minutes=1).total_seconds()
_LOOK_EVERY = timedelta(milliseconds=200).total_seconds()


class Refused(Exception):
    """The running copy said no."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(f"{answer.status} {answer.body}")
        self.answer = answer


class Visitor(Performer):
    """The people of one station at their machines."""

    def __init__(self, station: Station, copy: RunningCopy) -> None:
        super().__init__(station)
        self._copy = copy

    def _post(self, path: str, who: str, step: Step, **body: object) -> Mapping[str, object]:
        """A write at this station."""
        return self._send(f"{path}?station={self.station.code}", who, step, **body)

    def _send(self, path: str, who: str, step: Step, **body: object) -> Mapping[str, object]:
        answer = self._copy.post(path, who, body, key=f"day-{step.at:%Y%m%d}-{step.key}")
        if not answer.is_done:
            raise Refused(answer)
        return answer.body

    # Shifts and tills

    def _open_shift(self, step: Step) -> None:
        if not self._shifts(step).exists():
            self._post("shifts/", step.who, step)

    def _close_shift(self, step: Step) -> None:
        shift = self._shifts(step).first()
        if shift is not None and shift.closed_at is None:
            self._post(f"shifts/{shift.pk}/close/", step.who, step, note=step.facts["note"])

    def _open_till(self, step: Step) -> None:
        if Till.objects.filter(clerk__username=step.who, shift__in=self._shifts(step)).exists():
            return
        codes = Counter.objects.filter(station=self.station).order_by("code").values_list("code", flat=True)
        place = int(step.facts["counter"])
        counter = codes[place] if place >= 0 else None
        self._post("tills/", step.who, step, counter=counter, opening_float=step.facts["float"])

    def _close_till(self, step: Step) -> None:
        tills = Till.objects.filter(clerk__username=step.who, shift__in=self._shifts(step), state=TillState.OPEN)
        if till := tills.order_by("pk").first():
            notes = notes_of(drawer_balance(till) - int(step.facts["short"]))
            counts = [{"denomination": note, "quantity": number} for note, number in notes.items()]
            self._post(f"tills/{till.pk}/close/", step.who, step, counts=counts, reason=step.facts["reason"])

    # Tickets

    def _sell(self, step: Step) -> None:
        departure, facts = self._departure(step), step.facts
        to_stop = stop_at(departure, int(facts["to_stop"]))
        self._post(
            "sales/", self._till_of(step).clerk.username, step, departure=departure.pk, count=facts["count"],
            to_stop=to_stop, method=facts["method"], received=received_for(departure, step, to_stop),
            reference=facts["reference"], buyer={"name": facts["buyer"], "phone": facts["phone"]},
        )  # fmt: skip

    # The coach

    def _sign(self, step: Step) -> None:
        drafts = DispatchOrder.objects.filter(legs__departure=step.departure, state=OrderState.DRAFT)
        if order := drafts.order_by("pk").first():
            self._send(f"orders/{order.pk}/sign/", step.who, step)  # an operator works at no station

    def _enter(self, step: Step) -> None:
        if not YardVisit.objects.filter(departure=step.departure).exists():
            self._pass(step, "in")

    def _check(self, step: Step) -> None:
        facts, sheet = step.facts, {}
        if self._visit(step).inspections.exists():
            return
        if facts["paper"] and live_leg(self._departure(step)) is None:
            scan = b64encode(photo()).decode() if facts["photo"] else ""
            sheet = {"paper_number": facts["paper"], "valid_from": facts["first"], "valid_until": facts["last"]}
            sheet |= {"scan": scan} if scan else {}
        self._post(f"departures/{step.departure}/check/", step.who, step, **sheet)

    def _pay(self, step: Step) -> None:
        charges = Charge.objects.filter(departure=step.departure, state=ChargeState.DUE)
        if charge := charges.order_by("pk").first():
            clerk, facts = self._till_of(step).clerk.username, step.facts
            self._post(f"charges/{charge.pk}/pay/", clerk, step, method=facts["method"], reference=facts["reference"])

    def _confirm(self, step: Step) -> None:
        leg = live_leg(self._departure(step))
        if leg and leg.confirmed_at:
            return
        self._await_the_worker(step)
        sold = Ticket.objects.filter(departure=step.departure).count()
        passengers = min(max(int(step.facts["passengers"]), sold), places_of(self._departure(step)))
        self._post(f"departures/{step.departure}/confirm/", step.who, step, passengers=passengers)

    def _let_out(self, step: Step) -> None:
        self._pass(step, "out")

    def _leave_empty(self, step: Step) -> None:
        self._pass(step, "out", empty=True)

    def _pass(self, step: Step, direction: str, **more: object) -> None:
        vehicle = self._departure(step).vehicle
        brought = int(step.facts.get("passengers", -1))
        self._post(
            "gate/events/", step.who, step, station=self.station.code, direction=direction,
            plate=vehicle.plate if vehicle else "", passengers=None if brought < 0 else brought, **more,
        )  # fmt: skip

    def _await_the_worker(self, step: Step) -> None:
        until = time.monotonic() + _SIGNED_WITHIN
        signing = DispatchOrder.objects.filter(legs__departure=step.departure, state=OrderState.SIGNING)
        while signing.exists() and time.monotonic() < until:
            time.sleep(_LOOK_EVERY)
