"""What a counter sells most."""

import pghistory
from django.db import models
from django.db.models import Q

from station.models import Counter

MOST_FAVOURITES = 9


@pghistory.track()
class Favourite(models.Model):
    """The place behind one digit of a counter's keyboard; the default is chosen when nothing was typed."""

    counter = models.ForeignKey(Counter, on_delete=models.PROTECT, related_name="favourites")
    number = models.PositiveSmallIntegerField()
    key = models.CharField(max_length=120, help_text="search key of the place")
    name = models.CharField(max_length=100)
    is_default = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="one_place_per_digit_of_a_counter", fields=["counter", "number"]),
            models.UniqueConstraint(name="a_place_has_one_digit_at_a_counter", fields=["counter", "key"]),
            models.UniqueConstraint(
                name="one_default_place_per_counter", fields=["counter"], condition=Q(is_default=True)
            ),
            models.CheckConstraint(
                name="a_favourite_is_a_digit", condition=Q(number__gte=1) & Q(number__lte=MOST_FAVOURITES)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"
