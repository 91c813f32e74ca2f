"""`make check` itself: it says what failed, and fails with it."""

import re
import sys

from runtime import check


def test_a_failed_check_is_told_with_its_words_and_fails_the_whole(monkeypatch, capsys):
    good = check.Check("good", [sys.executable, "-c", "print('unread')"], {})
    bad = check.Check("bad", [sys.executable, "-c", "raise SystemExit('three things are wrong')"], {})
    monkeypatch.setattr(check, "all_checks", lambda: [good, bad])

    code = check.main([])

    said = capsys.readouterr().out
    assert code == 1
    assert re.sub(r" +[\d.]+ s", "", said).splitlines()[:-1] in (
        ["ok     good", "FAILED bad", "    three things are wrong"],
        ["FAILED bad", "    three things are wrong", "ok     good"],
    )
    assert said.splitlines()[-1].startswith("1 failed, ")


def test_only_the_named_checks_run(monkeypatch, capsys):
    bad = check.Check("bad", [sys.executable, "-c", "raise SystemExit(1)"], {})
    good = check.Check("good", [sys.executable, "-c", ""], {})
    monkeypatch.setattr(check, "all_checks", lambda: [good, bad])

    assert check.main(["good"]) == 0
    assert check.main(["better"]) == 2
    assert capsys.readouterr().out.splitlines()[-1] == "No such check: better. There are: good, bad."


def test_checks_do_not_see_the_copy_that_runs_here(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgres://live")
    monkeypatch.setenv("DEMO", "1")

    seen = check.environment({"TLS": "1"}, "scratch")

    assert (seen["DATABASE_URL"], seen.get("DEMO"), seen["DATA_DIR"], seen["TLS"]) == (
        check.NOWHERE["DATABASE_URL"],
        None,
        "scratch",
        "1",
    )
