from django.urls import URLPattern, path

from demo.views import roles, tour

app_name = "demo"
urlpatterns: list[URLPattern] = [
    # Before the home of the product: who is nobody yet comes to the role chooser.
    path("", roles.front_door, name="front_door"),
    path("demo/", roles.roles, name="roles"),
    path("demo/enter/", roles.enter, name="enter"),
    path("demo/phone/", roles.phone, name="phone"),
    path("demo/orders/<int:order_id>/", roles.document, name="document"),
    path("demo/strip/", tour.strip, name="strip"),
    path("demo/tour/", tour.open_step, name="open_step"),
    path("demo/tour/stop/", tour.stop, name="stop_tour"),
]
