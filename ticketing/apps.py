from django.apps import AppConfig


class TicketingConfig(AppConfig):
    name = "ticketing"

    def ready(self) -> None:
        import ticketing.navigation
        import ticketing.selectors.closing  # noqa: F401 -- answers till.may_close
