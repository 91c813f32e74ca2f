"""Build the demonstration in an empty database, and play it."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import translation

from demo.errors import HistoryComesFirst, NotADemonstration
from demo.models import Demonstration, PlayedDay
from demo.services import load_bac_giang, load_hoa_binh
from demo.services.hoa_binh import is_loaded
from demo.services.rounds import begin_demonstration, is_demonstration
from station import clock
from station.errors import DomainError

# The catalogue is not ours to hand on: it is used where it lies beside the repository.
CATALOGUE = settings.BASE_DIR.parent / "shared" / "data" / "fixed_routes.csv"


class Command(BaseCommand):
    help = "Builds the demonstration in an empty database and plays it up to now; started again, it goes on."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--catalogue", type=Path, default=CATALOGUE, help="published routes, for Bắc Giang (BX120)")
        parser.add_argument("--later", action="store_true", help="only build: the program play_demo plays")
        parser.add_argument("--days", type=int, default=0, help="so many days before today, not just that of last week")

    def handle(self, *args: Any, **options: Any) -> None:
        if is_loaded():
            self._refuse_others(options["days"])
        else:
            self._build(options["catalogue"], options["days"])
        if not options["later"]:
            call_command("play_demo", "--once", stdout=self.stdout)
            self._summary()

    def _refuse_others(self, days: int) -> None:
        if not is_demonstration(now=clock.now()):
            raise CommandError(in_both_languages(NotADemonstration()))
        if days and Demonstration.objects.get().history_days != days:
            raise CommandError(in_both_languages(HistoryComesFirst()))

    @transaction.atomic
    def _build(self, catalogue: Path, days: int) -> None:
        """All or nothing: what is killed in the middle is begun again."""
        now = clock.now()
        load_hoa_binh(now=now, say=self.stdout.write, prepare=False)
        if catalogue.exists():
            load_bac_giang(catalogue, now=now, say=self.stdout.write, prepare=False)
        else:
            self.stdout.write(f"No catalogue at {catalogue}: Bắc Giang is left out.")
        begin_demonstration(history_days=days, now=now)

    def _summary(self) -> None:
        for played in PlayedDay.objects.select_related("station").order_by("day", "station"):
            refused = ", ".join(f"{code} {number}" for code, number in sorted(played.skipped.items()))
            self.stdout.write(f"{played}: {played.steps_done} steps, refused: {refused or 'none'}")


def in_both_languages(refusal: DomainError) -> str:
    sentences = []
    for language in ("vi", "en"):
        with translation.override(language):
            sentences.append(refusal.message)
    return "\n".join(sentences)
