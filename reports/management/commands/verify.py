"""manage.py verify [--only S1,N1] [--documents] [--json]: exit 1 and one line per breach, or 0 and how many hold."""

import json
import sys
from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError

from reports.selectors.documents import document_faults
from reports.selectors.invariants import Breach, Invariant, breaches, invariants, snapshot
from station import clock


class Command(BaseCommand):
    help = "Check every invariant on one read-only snapshot of the live database."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--only", default="", metavar="S1,N1", help="only these invariants")
        parser.add_argument("--documents", action="store_true", help="also every signed PDF and XML")
        parser.add_argument("--json", action="store_true", help="one JSON object per breach")

    def handle(self, *, only: str, documents: bool, **options: object) -> None:
        wanted = _named(only)
        with snapshot():
            found = [breach for one in wanted for breach in breaches(one, clock.now())]
            faults = list(document_faults(clock.now())) if documents else []
        for breach in found:
            self.stdout.write(_as_json(breach) if options["json"] else str(breach))
        for fault in faults:
            self.stdout.write(json.dumps({"id": "X2", "fault": fault}) if options["json"] else f"X2: {fault}")
        if found or faults:
            sys.exit(1)
        self.stdout.write(f"{len(wanted)} invariants hold." + (" All documents verify." if documents else ""))


def _named(only: str) -> list[Invariant]:
    try:
        return invariants([name.strip().upper() for name in only.split(",") if name.strip()])
    except KeyError as unknown:
        raise CommandError(f"no invariant {unknown}") from unknown


def _as_json(breach: Breach) -> str:
    facts = {"id": breach.invariant.id, "sentence": breach.invariant.sentence, "row": breach.row}
    return json.dumps(facts, ensure_ascii=False, default=str)
