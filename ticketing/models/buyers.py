"""Who paid: kept with a sale, and with one that waits for the bank."""

from django.db import models
from django.db.models import Q

from ticketing.rules import Buyer


class WithBuyer(models.Model):
    """All of it is optional; a company gives tax code, name and address (NĐ 254/2026 Đ.10: buyer on an invoice)."""

    buyer_name = models.CharField(max_length=255, blank=True)
    buyer_phone = models.CharField(max_length=20, blank=True)
    buyer_tax_code = models.CharField(max_length=14, blank=True)
    buyer_company = models.CharField(max_length=255, blank=True)
    buyer_address = models.CharField(max_length=255, blank=True)

    class Meta:
        abstract = True

    @property
    def buyer(self) -> Buyer:
        return Buyer(
            self.buyer_name, self.buyer_phone, self.buyer_tax_code, self.buyer_company, self.buyer_address
        )  # fmt: skip


def a_company_is_whole(name: str) -> models.CheckConstraint:
    nothing = Q(buyer_tax_code="", buyer_company="", buyer_address="")
    return models.CheckConstraint(
        name=name, condition=nothing | ~Q(buyer_tax_code="") & ~Q(buyer_company="") & ~Q(buyer_address="")
    )
