"""Setting the digits of a counter."""

from collections.abc import Mapping

from django.db import transaction

from station.models import Counter
from station.models.locks import lock
from ticketing.errors import PlaceTwice
from ticketing.models import Favourite


@transaction.atomic
def set_favourites(*, counter_id: int, places: Mapping[int, tuple[str, str]], default: int | None) -> list[Favourite]:
    """The whole keyboard of a counter: digit → (search key, name); *default* is one of them. Raises PlaceTwice."""
    counter = lock(Counter.objects.filter(pk=counter_id)).get()
    keys = [key for key, _name in places.values()]
    if twice := [name for key, name in places.values() if keys.count(key) > 1]:
        raise PlaceTwice(place=twice[0])
    Favourite.objects.filter(counter=counter).delete()
    return Favourite.objects.bulk_create(
        Favourite(counter=counter, number=number, key=key, name=name, is_default=number == default)
        for number, (key, name) in sorted(places.items())
    )
