"""What a driver carries: the orders that name him."""

import pytest
from django.urls import reverse

from tests.factories import UserFactory
from tests.factories_dispatch import drawn, issued

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]


def test_a_driver_comes_home_to_the_orders_that_name_him(client_of):
    order, other = issued(), drawn()
    driver = order.legs.get().departure.driver
    client = client_of(UserFactory(driver=driver))

    home = client.get(reverse("home"))
    page = client.get(home["Location"])

    assert home["Location"] == reverse("dispatch:driver")
    assert page.context["orders"] == [order]
    assert client.get(reverse("dispatch:order_pdf", args=[order.pk])).status_code == 200
    assert client.get(reverse("dispatch:order", args=[other.pk])).status_code == 404


def test_a_driver_whom_no_order_names_is_told_so(client_of):
    driver = issued().legs.get().departure.vehicle.operator.drivers.create(
        full_name="Bùi Văn Mới", birth_on="1990-01-01", id_number="017090000001", licence_class="D",
        licence_regime="since2025", search_key="bui van moi",
    )  # fmt: skip

    page = client_of(UserFactory(driver=driver)).get(reverse("dispatch:driver"))

    assert page.context["orders"] == []
    assert page.status_code == 200
