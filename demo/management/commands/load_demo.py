"""Fill an empty database with the demonstration."""

from typing import Any

from django.core.management.base import BaseCommand

from demo.services import load_hoa_binh
from demo.services.hoa_binh import is_loaded
from station import clock


class Command(BaseCommand):
    help = "Fills an empty database with the demonstration stations; a database that has stations is left alone."

    def handle(self, **options: Any) -> None:
        if is_loaded():
            self.stdout.write("The database has stations already: nothing was changed.")
            return
        load_hoa_binh(now=clock.now(), say=self.stdout.write)
