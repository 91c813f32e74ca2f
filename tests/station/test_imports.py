"""The import of a published catalogue: our own sample always, the published one where it is at hand."""

import csv
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils.translation import override

from station.enums import RouteKind, RouteStatus
from station.models import Route, Station
from station.rules.catalogue import COLUMNS, Reason
from station.selectors.routes import routes_matching
from station.services.import_sentences import SENTENCES, sentence_of
from station.services.imports import RowOutcome, import_routes, read_routes_file
from tests.catalogue import SAMPLE, published_file
from tests.factories import FarStationFactory, RouteFactory, StationFactory

pytestmark = pytest.mark.django_db
ALL = (RowOutcome.CREATED, RowOutcome.CHANGED, RowOutcome.UNCHANGED, RowOutcome.REFUSED)


def run(path=SAMPLE, *, commit=True):
    return import_routes(read_routes_file(path), commit=commit)


def counts(outcome):
    return [outcome.count(each) for each in ALL]


def codes(routes):
    return [route.code for route in routes]


def file_with(tmp_path, *rows, header=COLUMNS, encoding="utf-8"):
    path = tmp_path / "routes.csv"
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file).writerows([header, *rows])
    return path


def sample_row(line, **changes):
    with SAMPLE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    return list((dict(zip(rows[0], rows[line - 1], strict=True)) | changes).values())


def test_every_row_of_the_sample_is_created_or_refused():
    outcome = run()

    assert counts(outcome) == [16, 0, 0, 5]
    assert sorted(outcome.rows) == list(range(2, 23))
    assert Route.objects.count() == 16


def test_a_second_run_changes_nothing():
    run()
    before = list(Route.objects.order_by("pk").values()), list(Station.objects.order_by("pk").values())

    outcome = run()

    assert counts(outcome) == [0, 0, 16, 5]
    assert outcome.new_stations == []
    assert (list(Route.objects.order_by("pk").values()), list(Station.objects.order_by("pk").values())) == before


def test_a_dry_run_says_the_same_and_writes_nothing():
    outcome = run(commit=False)

    assert counts(outcome) == [16, 0, 0, 5]
    assert (Route.objects.count(), Station.objects.count()) == (0, 0)


def test_old_and_new_code_find_the_same_route_and_no_other():
    run()

    assert codes(routes_matching("9999.5712.A")) == codes(routes_matching("9025.1226.A")) == ["9025.1226.A"]
    assert codes(routes_matching(" 9999.5712.a ")) == ["9025.1226.A"]


def test_names_are_found_with_and_without_accents_and_in_any_order():
    run()

    found = [codes(routes_matching(words)) for words in ("khe mau", "Khe Mẫu Đồi", "khe 9999.5712")]

    assert found == [["9025.1226.A", "9025.1226.B"]] * 3


def test_a_route_is_stored_with_what_the_row_says():
    run()

    route = Route.objects.select_related("origin", "destination").get(code="9025.1226.B")
    assert (route.kind, route.status, route.distance_km) == (RouteKind.INTER, RouteStatus.OPERATING, 185)
    assert (route.trips_permitted, route.trips_operated, route.min_interval_minutes) == (30, 31, None)
    assert (route.origin.official_code, route.destination.name) == ("BX903", "Khe Mẫu")
    assert (route.destination.province_legacy, route.destination.province_current) == ("Hoà Bình", "Phú Thọ")


def test_a_station_of_ours_is_recognised_by_its_published_number_and_left_alone():
    ours = StationFactory(code="SM01", official_code="BX901", name="Bến xe Suối Mẫu")

    outcome = run()

    ours.refresh_from_db()
    assert (ours.name, ours.is_ours) == ("Bến xe Suối Mẫu", True)
    assert Route.objects.get(code="9001.1120.A").origin_id == ours.pk
    assert "BX901" not in outcome.new_stations


def test_a_value_that_the_file_does_not_know_never_replaces_ours():
    run()
    Route.objects.filter(code="9008.1320.A").update(distance_km=255, duration_minutes=400)

    outcome = run()

    assert counts(outcome) == [0, 0, 16, 5]
    assert Route.objects.get(code="9008.1320.A").distance_km == 255


def test_a_newly_published_value_replaces_the_old_one_and_is_found(tmp_path):
    run()
    path = file_with(tmp_path, sample_row(2, total_trips_per_month="660", route_code_old="9901.7777.A"))

    outcome = run(path)

    route = Route.objects.get(code="9001.1120.A")
    assert counts(outcome) == [0, 1, 0, 0]
    assert (route.trips_permitted, route.code_old) == (660, "9901.7777.A")
    assert codes(routes_matching("9901.7777")) == ["9001.1120.A"]


def test_a_route_known_here_between_other_stations_keeps_its_ends(tmp_path):
    known = RouteFactory(code="9001.1120.A", name="Ở đây", origin=StationFactory(), destination=FarStationFactory())

    outcome = run(file_with(tmp_path, sample_row(2)))

    known.refresh_from_db()
    assert [(each.line, each.reason) for each in outcome.findings] == [(2, Reason.ENDS_DIFFER_FROM_OURS)]
    assert (known.name, known.trips_permitted) == ("Ở đây", 600)


def test_a_row_the_tables_refuse_takes_no_other_with_it(tmp_path):
    too_long = sample_row(2, arrival_station="x" * 300, arrival_station_ref="BX999")

    outcome = run(file_with(tmp_path, too_long, sample_row(4)))

    assert outcome.rows == {2: RowOutcome.REFUSED, 3: RowOutcome.CREATED}
    assert [each.reason for each in outcome.findings if each.is_refusal] == [Reason.NOT_ACCEPTED]
    assert outcome.new_stations == ["BX903", "BX904"]


def test_a_record_over_two_lines_is_reported_on_its_first(tmp_path):
    path = file_with(tmp_path, sample_row(2, itinerary="BX Suối Mẫu -\nBX Chợ Mẫu"), sample_row(18))

    outcome = run(path)

    assert outcome.rows == {2: RowOutcome.CREATED, 4: RowOutcome.REFUSED}


def test_every_reason_has_a_sentence_that_its_facts_fill():
    findings = run().findings

    with override("en"):
        sentences = [sentence_of(finding) for finding in findings]

    assert set(SENTENCES) == set(Reason)
    assert [sentence for sentence in sentences if "%" in sentence] == []


def test_the_command_reports_and_writes_only_when_told(tmp_path, capsys):
    report = tmp_path / "findings.csv"

    with override("en"):
        call_command("import_routes", SAMPLE, report=report)

    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["line", "column", "value", "verdict", "reason"]
    assert lines[-2].startswith("21 rows: 16 created, 0 changed, 0 unchanged, 5 refused; 13 of the used ones doubtful;")
    assert lines[-1] == "Dry run: nothing was written. Add --commit to write."
    assert Route.objects.count() == 0
    with report.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len(lines) - 3
    assert rows[0] == {
        "line": "3", "column": "issuing_authority", "value": "Kiểu lịch:", "verdict": "doubtful",
        "reason": "calendar_label", "sentence": "the label of another field was taken out of the authority's name",
    }  # fmt: skip


def test_the_command_writes_with_commit_and_is_strict_when_asked():
    with override("en"), pytest.raises(CommandError, match="Some rows were refused"):
        call_command("import_routes", SAMPLE, commit=True, strict=True, stdout=StringIO())

    assert Route.objects.count() == 16


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"a,b\n1,2\n", "lacks these columns: route_code, "),
        ("route_code,Tuyến".encode("utf-16"), "is not UTF-8 text"),
        (b"", "lacks these columns"),
        (None, "cannot be read: No such file"),
    ],
)
def test_a_file_that_is_no_catalogue_is_refused_in_one_sentence(tmp_path, content, sentence):
    path = tmp_path / "routes.csv"
    if content is not None:
        path.write_bytes(content)

    with override("en"), pytest.raises(CommandError, match=sentence):
        call_command("import_routes", path)


@pytest.mark.slow
def test_the_published_catalogue_is_imported_once_and_for_all():
    path = published_file()

    first, second = run(path), run(path)

    assert counts(first) == [876, 0, 0, 1]
    assert counts(second) == [0, 0, 876, 1]
    assert Route.objects.count() == 876
    assert codes(routes_matching("2899.5712.A")) == codes(routes_matching("2425.1226.A")) == ["2425.1226.A"]
