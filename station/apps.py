from django.apps import AppConfig


class StationConfig(AppConfig):
    name = "station"
    verbose_name = "Station"

    def ready(self) -> None:
        from station import navigation  # noqa: F401
