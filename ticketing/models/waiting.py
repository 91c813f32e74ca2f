"""Sales that wait for the bank."""

from django.db import models

from fees.models import TransferRequest
from station.models import Departure, RouteStop
from ticketing.models.buyers import WithBuyer, a_company_is_whole
from ticketing.models.tickets import Sale


class WaitingSale(WithBuyer):
    """What will be sold once the money is there: the same seats, between the same stops, to the same person."""

    request = models.OneToOneField(TransferRequest, on_delete=models.PROTECT, related_name="waiting_sale")
    departure = models.ForeignKey(Departure, on_delete=models.PROTECT, related_name="waiting_sales")
    from_stop = models.ForeignKey(RouteStop, on_delete=models.PROTECT, related_name="+")
    to_stop = models.ForeignKey(RouteStop, on_delete=models.PROTECT, related_name="+")
    seats = models.JSONField(help_text="labels")
    passengers = models.JSONField(default=list, help_text="seat, group and children on the lap; empty: full fare")
    parts = models.JSONField(default=list, help_text="what is paid otherwise: method, amount, reference of each")
    sale = models.OneToOneField(Sale, null=True, on_delete=models.PROTECT, related_name="waited_for")

    class Meta:
        constraints = [a_company_is_whole("a_waiting_sale_names_a_company_whole")]

    def __str__(self) -> str:
        return f"{self.request} {self.departure}"
