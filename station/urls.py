from django.urls import URLPattern, path

from station.views import places

app_name = "station"
urlpatterns: list[URLPattern] = [
    path("place/", places.choose_station, name="choose_station"),
]
