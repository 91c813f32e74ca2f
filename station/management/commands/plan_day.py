"""Make the departures of a day from the slots of a station."""

from datetime import date, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from station import clock
from station.models import Station
from station.services.departures import plan_day


class Command(BaseCommand):
    help = "Make the departures of one day from the registered slots; a second run makes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--station", required=True, help="code, e.g. HB01")
        parser.add_argument("--date", type=date.fromisoformat, help="local day, e.g. 2026-11-22; default tomorrow")

    def handle(self, *args: Any, **options: Any) -> None:
        now = clock.now()
        station = Station.objects.filter(code=options["station"], is_ours=True).order_by("pk").first()
        if station is None:
            raise CommandError(f"No station of ours has the code {options['station']}.")
        day = options["date"] or clock.local_day(now) + timedelta(days=1)
        outcome = plan_day(station=station, day=day, now=now)
        self.stdout.write(f"{station.code} {day}: {outcome.created} created, {outcome.kept} kept")
