"""Sales that wait for the bank."""

from django.db import models

from fees.models import TransferRequest
from station.models import Departure, RouteStop
from ticketing.models.tickets import Sale


class WaitingSale(models.Model):
    """What will be sold once the money is there: the same seats, between the same stops, to the same person."""

    request = models.OneToOneField(TransferRequest, on_delete=models.PROTECT, related_name="waiting_sale")
    departure = models.ForeignKey(Departure, on_delete=models.PROTECT, related_name="waiting_sales")
    from_stop = models.ForeignKey(RouteStop, on_delete=models.PROTECT, related_name="+")
    to_stop = models.ForeignKey(RouteStop, on_delete=models.PROTECT, related_name="+")
    seats = models.JSONField(help_text="labels")
    passengers = models.JSONField(default=list, help_text="seat, group and children on the lap; empty: full fare")
    parts = models.JSONField(default=list, help_text="what is paid otherwise: method, amount, reference of each")
    buyer_name = models.CharField(max_length=255, blank=True)
    buyer_phone = models.CharField(max_length=20, blank=True)
    sale = models.OneToOneField(Sale, null=True, on_delete=models.PROTECT, related_name="waited_for")

    def __str__(self) -> str:
        return f"{self.request} {self.departure}"
