from django.apps import AppConfig

from station.events import subscribe


class DispatchConfig(AppConfig):
    name = "dispatch"

    def ready(self) -> None:
        subscribe("order.signature_requested", "dispatch.advance_document")
