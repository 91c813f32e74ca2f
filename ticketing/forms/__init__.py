"""What a clerk types and picks at the counter."""

from ticketing.forms.bank import BankLineForm, PayBackForm, SendBackForm
from ticketing.forms.counter import CounterForm

__all__ = ["BankLineForm", "CounterForm", "PayBackForm", "SendBackForm"]
