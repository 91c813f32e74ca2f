"""Fill an empty database with the demonstration."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from demo.services import load_bac_giang, load_hoa_binh, prepare_ahead
from demo.services.hoa_binh import is_loaded
from station import clock

# The catalogue is not ours to hand on: it is used where it lies beside the repository.
CATALOGUE = settings.BASE_DIR.parent / "shared" / "data" / "fixed_routes.csv"


class Command(BaseCommand):
    help = "Fills an empty database with the demonstration; elsewhere only today and tomorrow are prepared."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--catalogue", type=Path, default=CATALOGUE, help="published routes, for Bắc Giang (BX120)")

    def handle(self, *args: Any, **options: Any) -> None:
        now = clock.now()
        if is_loaded():
            prepare_ahead(now=now)
            self.stdout.write("The database has stations already: only their next departures were prepared.")
            return
        load_hoa_binh(now=now, say=self.stdout.write)
        if options["catalogue"].exists():
            load_bac_giang(options["catalogue"], now=now, say=self.stdout.write)
        else:
            self.stdout.write(f"No catalogue at {options['catalogue']}: Bắc Giang is left out.")
