"""Whatever happens in whatever order, the ledger, the drawers and the closings tell the same story."""

from collections import Counter

import pytest
from django.db import connection, transaction
from django.db.models import Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fees import selectors, services
from fees.enums import Account, ChargeState, Method, MoveKind, PaymentKind
from fees.models import Charge, Payment, Posting, TillClosing
from station.enums import Role, RouteKind, TillState
from station.models import Till
from tests.factories import NOW, StationFactory, VehicleFactory, staff_of
from tests.factories_fees import ChargeableDepartureFactory, TariffFactory, charge, notes, open_shift, pay, till_of

FLOATS = st.integers(0, 2_000).map(lambda thousands: thousands * 1_000)
STEPS = st.one_of(
    st.tuples(st.just("open"), FLOATS),
    st.tuples(st.just("charge"), st.integers(1, 60)),
    st.tuples(st.just("pay"), st.sampled_from(Method.values)),
    st.tuples(st.just("move"), st.tuples(st.sampled_from([*MoveKind]), st.integers(1, 900))),
    st.tuples(st.just("close"), st.integers(-3, 3)),
)


class Play:
    """One station, driven by steps; what it should come to is kept beside it in plain numbers."""

    def __init__(self) -> None:
        self.station = StationFactory(station_class=4)
        open_shift(self.station)
        TariffFactory(route_kind=RouteKind.INTRA, unit_price=1_317)
        self.drawers: Counter[int] = Counter()
        self.tills: list[Till] = []
        self.due: list[Charge] = []
        self.closed = 0
        self.charged = self.paid = self.over = self.out = 0

    def open(self, opening_float):
        till = till_of(self.station, opening_float=opening_float)
        self.tills.append(till)
        self.drawers[till.pk] = opening_float

    def charge(self, seats):
        route = {"route__origin": self.station, "route__kind": RouteKind.INTRA}
        due = charge(ChargeableDepartureFactory(**route, vehicle=VehicleFactory(fee_seats=seats)))
        self.due.append(due)
        self.charged += due.gross

    def pay(self, method):
        if self.tills and self.due:
            till, due = self.tills[-1], self.due.pop(0)
            payment = pay(due, till, method=method, reference="R1").payment
            self.paid += due.gross
            self.drawers[till.pk] += payment.to_pay if method == Method.CASH else 0

    def move(self, what):
        """Out of the last till that opened: also more than its drawer holds by the books."""
        kind, amount = what[0], what[1] * 1_000
        if kind == MoveKind.HAND_OVER:
            self._hand_over(amount)
        elif self.tills:
            till, other = self.tills[-1], staff_of(self.station, Role.SHIFT_LEAD)
            cash = services.Cash(kind, amount, "?")
            services.move_cash(till_id=till.pk, cash=cash, other=other, by=till.clerk, now=NOW)
            self.drawers[till.pk] += amount if kind == MoveKind.IN else -amount
            self.out += amount if kind == MoveKind.OUT else 0

    def _hand_over(self, amount):
        if len(self.tills) > 1:
            giver, taker = self.tills[-1], self.tills[0]
            offered = services.hand_over(
                till_id=giver.pk, to_till_id=taker.pk, amount=amount, reason="", by=giver.clerk, now=NOW
            )
            services.take_over(move_id=offered.pk, by=taker.clerk, now=NOW)
            self.drawers[giver.pk] -= amount
            self.drawers[taker.pk] += amount

    def close(self, thousands_off):
        if self.tills:
            till = self.tills.pop(0)
            counted = max(0, self.drawers[till.pk] + thousands_off * 1_000)
            self.over += counted - self.drawers.pop(till.pk)
            services.close_till(till_id=till.pk, counts=notes(counted), reason="?", by=till.clerk, now=NOW)
            self.closed += 1


def balance(account):
    return Posting.objects.filter(account=account).aggregate(sum=Sum("amount", default=0))["sum"]


def check(play):
    assert Posting.objects.aggregate(sum=Sum("amount", default=0))["sum"] == 0
    assert {till.pk: selectors.drawer_balance(till) for till in play.tills} == dict(play.drawers)
    assert balance(Account.OWED_BY_OPERATOR) == play.charged - play.paid
    assert balance(Account.REVENUE) + balance(Account.VAT) == -play.charged
    assert balance(Account.OVER_SHORT) == -play.over
    assert (balance(Account.ADVANCE), balance(Account.TRANSIT)) == (play.out, 0)
    assert Charge.objects.filter(state=ChargeState.DUE).count() == len(play.due)
    fees = Payment.objects.filter(kind=PaymentKind.FEE).aggregate(sum=Sum("amount", default=0))["sum"]
    assert fees == play.paid
    closings = list(TillClosing.objects.order_by("number"))
    assert [row.number for row in closings] == list(range(1, play.closed + 1))
    totals = [0, *[row.grand_total_after for row in closings]]
    assert [row.grand_total_before for row in closings] == totals[:-1]
    assert all(row.till.state == TillState.CLOSED for row in closings)


@pytest.mark.django_db
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(STEPS, max_size=12))
def test_the_ledger_and_the_totals_agree_after_any_sequence(steps):
    with transaction.atomic():
        play = Play()
        for verb, argument in steps:
            getattr(play, verb)(argument)
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        check(play)
        transaction.set_rollback(True)
