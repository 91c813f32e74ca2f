from django.apps import AppConfig


class EinvoiceConfig(AppConfig):
    name = "einvoice"
    verbose_name = "E-invoices"

    def ready(self) -> None:
        from django.core.checks import register

        from einvoice import navigation  # noqa: F401 -- answers shell.navigation
        from einvoice.providers.protocol import provider_fits
        from station.events import subscribe

        register(provider_fits)
        subscribe("sale.made", "einvoice.issue_for_sale")
        subscribe("charge.due", "einvoice.issue_for_charge")
