from django.apps import AppConfig

from station.events import subscribe


class EinvoiceConfig(AppConfig):
    name = "einvoice"

    def ready(self) -> None:
        subscribe("sale.made", "einvoice.issue_for_sale")
        subscribe("charge.due", "einvoice.issue_for_charge")
