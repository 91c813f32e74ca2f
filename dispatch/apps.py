from django.apps import AppConfig

from station.events import subscribe


class DispatchConfig(AppConfig):
    name = "dispatch"

    def ready(self) -> None:
        from dispatch import navigation  # noqa: F401 -- answers shell.navigation

        subscribe("order.signature_requested", "dispatch.advance_document")
