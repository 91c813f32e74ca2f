"""Import the catalogue of fixed routes that a transport department publishes."""

import csv
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from station.rules.catalogue import Catalogue, Finding, MissingColumns
from station.services.import_sentences import sentence_of
from station.services.imports import ImportOutcome, RowOutcome, import_routes, read_routes_file

_VALUE_WIDTH = 40


class Command(BaseCommand):
    help = (
        "Import a catalogue of fixed routes. A dry run unless --commit. Every doubtful or refused row is reported with "
        "line, column, value and reason; good rows are not lost to bad ones; a second run changes nothing. "
        "Ends with 0 when the file was read, with 1 when it could not be, or with --strict when a row was refused."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="CSV with a header, UTF-8")
        parser.add_argument("--commit", action="store_true", help="write; without it nothing is changed")
        parser.add_argument("--report", type=Path, metavar="FILE.csv", help="write the findings to a file as well")
        parser.add_argument("--strict", action="store_true", help="end with 1 if any row was refused")

    def handle(self, *args: Any, **options: Any) -> None:
        outcome = import_routes(_read(options["file"]), commit=options["commit"])
        for line in _table(outcome):
            self.stdout.write(line)
        for line in _summary(outcome, is_written=options["commit"]):
            self.stdout.write(line)
        if options["report"]:
            _write_report(options["report"], outcome)
        if options["strict"] and outcome.count(RowOutcome.REFUSED):
            raise CommandError(_("Some rows were refused."))


def _read(path: Path) -> Catalogue:
    try:
        return read_routes_file(path)
    except OSError as error:
        raise CommandError(_("%(path)s cannot be read: %(why)s") % {"path": path, "why": error.strerror}) from error
    except UnicodeDecodeError as error:
        raise CommandError(_("%(path)s is not UTF-8 text. Save it as CSV UTF-8.") % {"path": path}) from error
    except MissingColumns as error:
        missing = ", ".join(error.columns)
        raise CommandError(
            _("%(path)s lacks these columns: %(missing)s") % {"path": path, "missing": missing}
        ) from error
    except csv.Error as error:
        raise CommandError(_("%(path)s is no CSV: %(why)s") % {"path": path, "why": error}) from error


def _verdict(finding: Finding) -> str:
    return _("refused") if finding.is_refusal else _("doubtful")


def _cells(finding: Finding) -> tuple[str, ...]:
    return str(finding.line), finding.column, finding.value, _verdict(finding), sentence_of(finding)


def _table(outcome: ImportOutcome) -> list[str]:
    head = (_("line"), _("column"), _("value"), _("verdict"), _("reason"))
    rows = [head, *(_cells(finding) for finding in outcome.findings)]
    rows = [(line, column, _shortened(value), verdict, reason) for line, column, value, verdict, reason in rows]
    widths = [max(len(row[place]) for row in rows) for place in range(len(head) - 1)]
    return [
        "  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[-1]]) for row in rows
    ]


def _shortened(value: str) -> str:
    return value if len(value) <= _VALUE_WIDTH else f"{value[: _VALUE_WIDTH - 1]}…"


def _summary(outcome: ImportOutcome, *, is_written: bool) -> list[str]:
    counts = {
        "rows": len(outcome.rows),
        "created": outcome.count(RowOutcome.CREATED),
        "changed": outcome.count(RowOutcome.CHANGED),
        "unchanged": outcome.count(RowOutcome.UNCHANGED),
        "refused": outcome.count(RowOutcome.REFUSED),
        "doubtful": outcome.doubtful,
        "stations": len(outcome.new_stations),
    }
    lines = [
        _(
            "%(rows)s rows: %(created)s created, %(changed)s changed, %(unchanged)s unchanged, %(refused)s refused; "
            "%(doubtful)s of the used ones doubtful; %(stations)s new stations."
        )
        % counts
    ]
    return lines if is_written else [*lines, _("Dry run: nothing was written. Add --commit to write.")]


def _write_report(path: Path, outcome: ImportOutcome) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["line", "column", "value", "verdict", "reason", "sentence"])
        for finding in outcome.findings:
            line, column, value, verdict, sentence = _cells(finding)
            writer.writerow([line, column, value, verdict, finding.reason.value, sentence])
