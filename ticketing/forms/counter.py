"""The one form of the counter: the line, and what is on the screen beside it."""

from dataclasses import fields
from itertools import zip_longest
from typing import Any

from django import forms
from django.http import QueryDict

from fees.enums import Method
from ticketing.errors import NotUnderstood
from ticketing.forms.grammar import Order, parse_cash, parse_order
from ticketing.rules import Buyer
from ticketing.selectors import Listed, Want
from ticketing.services import Passenger


class Words(forms.MultipleChoiceField):
    """Any words: whether the coach has these seats and the operator these groups is the service's business."""

    def valid_value(self, value: str) -> bool:  # noqa: ARG002 -- the signature of Django
        return True


class CounterForm(forms.Form):
    line = forms.CharField(required=False, max_length=200, strip=True)
    received = forms.CharField(required=False, max_length=12)
    to = forms.CharField(required=False, max_length=120)
    departure = forms.IntegerField(required=False, min_value=1)
    from_stop = forms.IntegerField(required=False, min_value=1)
    to_stop = forms.IntegerField(required=False, min_value=1)
    n = forms.IntegerField(required=False, min_value=1, max_value=20)
    seat = Words(required=False)
    group = Words(required=False)
    lap = Words(required=False)
    proposed = forms.CharField(required=False, max_length=200)
    listed = forms.CharField(required=False, max_length=140)
    shown = forms.CharField(required=False, max_length=200, strip=True)
    hold = forms.IntegerField(required=False, min_value=1)
    other_method = forms.ChoiceField(required=False, choices=Method.choices)
    other_amount = forms.CharField(required=False, max_length=12)
    other_reference = forms.CharField(required=False, max_length=50, strip=True)
    buyer_phone = forms.CharField(required=False, max_length=20)
    buyer_name = forms.CharField(required=False, max_length=255)
    buyer_tax_code = forms.CharField(required=False, max_length=20)
    buyer_company = forms.CharField(required=False, max_length=255)
    buyer_address = forms.CharField(required=False, max_length=255)

    def said(self, name: str) -> Any:
        """A field as it came, or nothing when it came broken: a counter never stops at a bad address."""
        self.is_valid()
        return self.cleaned_data.get(name)

    def order(self) -> Order:
        """What the line asks for. Raises NotUnderstood."""
        order = parse_order(self.said("line") or "")
        if order is None:
            raise NotUnderstood(line=self.said("line"))
        return order

    def cash(self) -> int | None:
        """What the customer gave, None for exact cash. Raises NotUnderstood."""
        text = self.said("received") or self.said("line") or ""
        if not text:
            return None
        amount = parse_cash(text)
        if amount is None:
            raise NotUnderstood(line=text)
        return amount

    def laps(self) -> tuple[int, ...]:
        """Children on the lap of each passenger, in the order of the seats."""
        return tuple(int(text) if text.isdecimal() and len(text) == 1 else 0 for text in self.said("lap") or ())

    def passengers(self) -> list[Passenger]:
        """Who sits on the seats that are kept."""
        seats = self.said("seat") or ()
        rows = zip_longest(seats, self.said("group") or (), self.laps(), fillvalue=None)
        return [Passenger(group or "", laps or 0, seat) for seat, group, laps in rows if seat]

    def buyer(self) -> Buyer:
        return Buyer(**{field.name: self.said(f"buyer_{field.name}") or "" for field in fields(Buyer)})

    def passenger_fields(self, **more: str) -> QueryDict:
        """What was said about buyer and passengers, and *more*, for the next screen."""
        said = QueryDict(mutable=True)
        for name, value in {**self.buyer().columns(), **more}.items():
            if value:
                said[name] = value
        for name in ("group", "lap"):
            if any(word not in {"", "0"} for word in self.said(name) or ()):
                said.setlist(name, self.said(name))
        return said

    def other(self) -> tuple[Method, int | None, str] | None:
        """What is not paid in cash: how, how much (None: all of it), under which reference. Raises NotUnderstood."""
        method, text = self.said("other_method"), self.said("other_amount") or ""
        if not method or (not text and not self.said("other_reference") and method == Method.CASH):
            return None
        amount = parse_cash(text) if text else None
        if text and amount is None:
            raise NotUnderstood(line=text)
        return Method(method), amount, self.said("other_reference") or ""

    def _picked(self) -> tuple[str, ...]:
        """Seats the clerk picked by hand; what the screen proposed may still become another seat just as good."""
        seats = tuple(self.said("seat") or ())
        return () if ",".join(seats) == self.said("proposed") else seats

    def want(self, order: Order) -> Want:
        """What is on the screen, changed by *order*: a new place, time or number lets go of the seats shown before."""
        moves = bool(order.favourite or order.place or order.at)
        goes_elsewhere = bool(order.favourite or order.place)
        kept_seats = () if moves or order.count else self._picked()
        return Want(
            to="" if goes_elsewhere else self.said("to") or "",
            departure_id=None if moves else self.said("departure"),
            from_stop_id=None if goes_elsewhere else self.said("from_stop"),
            to_stop_id=None if goes_elsewhere else self.said("to_stop"),
            count=order.count or self.said("n") or 1,
            seats=tuple(order.seats) or kept_seats,
            favourite=order.favourite,
            letters=order.place,
            at=order.at,
            groups=tuple(self.said("group") or ()),
            laps=self.laps(),
            listed=Listed.parse(self.said("listed") or ""),
            is_shown=bool(self.said("line")) and self.said("line") == self.said("shown"),
        )
