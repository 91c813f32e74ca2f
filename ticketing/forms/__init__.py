"""What a clerk types and picks at the counter."""

from ticketing.forms.counter import CounterForm

__all__ = ["CounterForm"]
