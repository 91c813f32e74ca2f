"""Who buys, checked before anything is sold: what is wrong on an invoice cannot be mended on it."""

from dataclasses import replace

from station.rules.tax_codes import is_tax_code, tidy_tax_code
from ticketing.errors import CompanyIncomplete, TaxCodeWrong
from ticketing.rules import Buyer


def checked_buyer(buyer: Buyer) -> Buyer:
    """*buyer*, their tax code as the tax office writes it. Raises CompanyIncomplete, TaxCodeWrong."""
    if not buyer.is_company:
        return buyer
    tidy = replace(
        buyer, tax_code=tidy_tax_code(buyer.tax_code), company=buyer.company.strip(), address=buyer.address.strip()
    )
    if not (tidy.tax_code and tidy.company and tidy.address):
        raise CompanyIncomplete
    if not is_tax_code(tidy.tax_code):
        raise TaxCodeWrong(tax_code=tidy.tax_code)
    return tidy
