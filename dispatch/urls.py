from django.urls import URLPattern, path

from dispatch.views import public

app_name = "dispatch"
urlpatterns: list[URLPattern] = [
    path("verify/<str:token>/", public.verify, name="verify"),
    path(".well-known/station-keys.json", public.station_keys, name="station_keys"),
]
