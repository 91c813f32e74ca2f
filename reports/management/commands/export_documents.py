"""manage.py export_documents --from DATE --until DATE --to DIR: signed orders and invoices, byte for byte."""

from argparse import ArgumentParser
from datetime import date
from pathlib import Path

from django.core.management.base import BaseCommand

from reports.services.exports import export_documents


class Command(BaseCommand):
    help = "Write the signed dispatch orders and invoices of some days as files."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--from", dest="first", type=date.fromisoformat, required=True, metavar="DATE")
        parser.add_argument("--until", dest="last", type=date.fromisoformat, required=True, metavar="DATE (included)")
        parser.add_argument("--to", dest="folder", type=Path, required=True, metavar="DIR")

    def handle(self, *, first: date, last: date, folder: Path, **_: object) -> None:
        written = export_documents(first=first, last=last, folder=folder)
        self.stdout.write(f"{written.orders} orders and {written.invoices} invoices in {folder}")
