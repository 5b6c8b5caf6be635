"""One refusal for what is unknown, undeclared and not cleared; a state nobody knows is a refusal, never a number."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from shutil import copy
from typing import Any

import duckdb
import pytest
from typer.testing import CliRunner

from metrics.__main__ import app
from metrics.answers import Answer, Grain, Request, Row, Status, ask, block_periods
from metrics.closeup import closeup
from metrics.commands.terminal import refuse
from metrics.drivers import drivers
from metrics.errors import Refusal, Refused, refused
from metrics.exports.json_answer import answer_object
from metrics.exports.table import Table, of_answers, release_mark
from metrics.refusals import REASONS, WAYS_OUT, reason, way_out
from metrics.release import Release
from metrics.standing import Standing, stand
from metrics.strategy.load import load
from metrics.strategy.model import Strategy
from metrics.tally import counted
from metrics.words import Words
from pages.parts import cards
from tests.invented import invent

ROOT = Path(__file__).parent.parent
RUN = CliRunner()
EN, VI = Words("en"), Words("vi")
UNKNOWN: tuple[Any, ...] = ("persn", "", None, "PERSON", 7, object())


@pytest.fixture(scope="module")
def strategy() -> Strategy:
    found = load(ROOT / "strategy.yaml").strategy
    assert found is not None
    return found


@pytest.fixture(scope="module")
def invented(strategy: Strategy, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release in which by_product is declared and nothing of it is cleared, nor segment 'business' in any view."""
    path = invent(strategy, tmp_path_factory.mktemp("refusals") / "release.duckdb")
    with duckdb.connect(str(path)) as file:
        file.execute("DELETE FROM number WHERE view = 'by_product'")
        file.execute("DELETE FROM number WHERE cell IN (SELECT cell FROM cell WHERE value = 'business')")
        file.execute("DELETE FROM number WHERE metric = 'fcr'")
        file.execute("INSERT INTO refused VALUES ('fcr', 'not_cleared')")
    return path


@pytest.fixture(scope="module")
def release(invented: Path) -> Iterator[Release]:
    found = Release(invented)
    yield found
    found.close()


#: What is asked, and which of unknown, undeclared and uncleared it is.
ALIKE = {
    "an unknown KPI": Request("no_such_kpi"),
    "a KPI that is not cleared": Request("fcr"),
    "an unknown dimension": Request("tnps", by=("moon",)),
    "a dimension no view declares so": Request("tnps", by=("channel", "stage")),
    "a view that is not cleared": Request("tnps", by=("product",)),
    "an unknown value": Request("tnps", by=("segment",), within=(("segment", "Nguyen Van A"),)),
    "a value that is not cleared": Request("tnps", by=("segment",), within=(("segment", "business"),)),
    "a filter beside the cut": Request("tnps", by=("channel",), within=(("segment", "household"),)),
}


@pytest.mark.parametrize("request_", ALIKE.values(), ids=ALIKE)
def test_unknown_undeclared_and_uncleared_are_one_refusal(release: Release, request_: Request) -> None:
    with pytest.raises(Refusal) as caught:
        ask(release, request_)
    assert caught.value.kind is Refused.NOT_CLEARED
    assert caught.value.args == ("not_cleared",) and vars(caught.value) == {"kind": Refused.NOT_CLEARED}


def test_the_value_that_is_cleared_is_answered(release: Release) -> None:
    """Otherwise the test above could not fail."""
    assert ask(release, Request("tnps", by=("segment",), within=(("segment", "household"),))).rows
    assert ask(release, Request("tnps", by=("channel",))).rows


@pytest.mark.parametrize("ask_for", [stand, block_periods, lambda r, k: closeup(r, k, "2025-Q4")])
def test_nothing_else_tells_an_unknown_kpi_apart(release: Release, ask_for: Any) -> None:
    with pytest.raises(Refusal) as caught:
        ask_for(release, "no_such_kpi")
    assert caught.value.kind is Refused.NOT_CLEARED


def cli(path: Path, *words: str) -> tuple[int, str]:
    result = RUN.invoke(app, [*words, "--release", str(path)])
    return result.exit_code, result.output


def test_the_command_line_says_one_thing_for_all_of_them(invented: Path) -> None:
    asked = [
        cli(invented, "show", "no_such_kpi"),
        cli(invented, "show", "tnsp"),
        cli(invented, "show", "Nguyễn Văn A"),
        cli(invented, "show", "fcr"),
        cli(invented, "show", "tnps", "--by", "moon"),
        cli(invented, "show", "tnps", "--by", "product"),
        cli(invented, "show", "tnps", "--by", "channel,stage"),
        cli(invented, "drivers", "--outcome", "no_such_kpi"),
        cli(invented, "drivers", "--outcome", "tnps"),
    ]
    assert len(set(asked)) == 1 and asked[0][0] == 3
    assert reason(Refused.NOT_CLEARED, EN) in asked[0][1] and "tnps, rnps" in asked[0][1]
    assert cli(invented, "show", "tnps", "--by", "channel")[0] == 0


def test_a_person_asked_for_on_the_command_line_is_one_text(invented: Path) -> None:
    asked = [
        cli(invented, "show", "tnps", "--by", "agent"),
        cli(invented, "show", "tnps", "--by", "channel,đội"),
        cli(invented, "show", "agent_score"),
        cli(invented, "show", "no_such_kpi", "--by", "team"),
        cli(invented, "show", "tnps", "--agent", "NV-001"),
        cli(invented, "show", "tnps", "supervisor"),
        cli(invented, "drivers", "--outcome", "team_lead"),
    ]
    assert set(asked) == {(3, f"{reason(Refused.PERSON, EN)}\n{way_out(Refused.PERSON, EN)}\n")}
    assert cli(invented, "show", "friendly_staff")[0] == 0, "a KPI of the strategy asks for nobody"


@pytest.mark.parametrize(
    "words",
    [
        ("show", "tnps", "Zyxwlan"),
        ("show", "tnps", "--zyxwlan", "1"),
        ("show", "tnps", "--grain", "Zyxwlan"),
        ("show", "tnps", "--from", "Zyxwlan"),
        ("show", "tnps", "--format", "Zyxwlan"),
        ("show", "Zyxwlan"),
        ("show", "tnps", "--by", "Zyxwlan"),
        ("drivers", "--outcome", "Zyxwlan"),
        ("drivers", "Zyxwlan"),
        ("check", "--as-of", "Zyxwlan"),
        ("Zyxwlan",),
        ("--zyxwlan",),
    ],
)
def test_what_was_typed_is_never_repeated(invented: Path, words: tuple[str, ...]) -> None:
    result = RUN.invoke(app, [*words, "--release", str(invented)] if words[0] in ("show", "drivers") else [*words])
    assert result.exit_code in (2, 3)
    assert "zyxwlan" not in (result.output + result.stderr).casefold()


def test_refusals_of_the_command_line_are_counted(invented: Path, tmp_path: Path) -> None:
    mine = tmp_path / "release.duckdb"
    copy(invented, mine)
    for words in (("show", "x"), ("show", "tnps", "--by", "agent"), ("show", "tnps", "--team", "3"), ("show", "tnps")):
        cli(mine, *words)
    found = counted(mine)
    assert found is not None and {k: n for k, n in found.items() if n} == {Refused.NOT_CLEARED: 1, Refused.PERSON: 2}


# ── A state that nobody knows ────────────────────────────────────────────────────────────────────────────────


def test_every_kind_has_its_texts_in_both_languages() -> None:
    assert set(REASONS) == set(WAYS_OUT) == set(Refused)
    for kind in Refused:
        assert reason(kind, EN) != reason(kind, VI) and way_out(kind, EN) != way_out(kind, VI)


@pytest.mark.parametrize("state", UNKNOWN)
def test_an_unknown_kind_is_not_cleared(state: Any) -> None:
    assert Refusal(state).kind is Refused.NOT_CLEARED
    assert refused(state) is Refused.NOT_CLEARED
    for w in (EN, VI):
        assert reason(state, w) == reason(Refused.NOT_CLEARED, w) and way_out(state, w) == way_out(
            Refused.NOT_CLEARED, w
        )
        assert cards.refusal(state, w) == cards.refusal(Refused.NOT_CLEARED, w)


@pytest.mark.parametrize("state", UNKNOWN)
def test_an_unknown_kind_ends_a_command_like_any_refusal(state: Any, tmp_path: Path, capsys: Any) -> None:
    with pytest.raises(BaseException) as caught:
        refuse(state, tmp_path / "release.duckdb")
    assert getattr(caught.value, "exit_code", None) == 3
    assert capsys.readouterr().err.startswith(reason(Refused.NOT_CLEARED, EN))


def test_an_unknown_reason_in_a_release_is_not_cleared(invented: Path, tmp_path: Path) -> None:
    path = tmp_path / "release.duckdb"
    copy(invented, path)
    with duckdb.connect(str(path)) as file:
        file.execute("UPDATE refused SET reason = 'allowed'")
        file.execute("INSERT INTO refused VALUES ('return_180', 'fine')")
        file.execute("DELETE FROM driver_model")
    found = Release(path)
    assert set(found.refused.values()) == {Refused.NOT_CLEARED}
    with pytest.raises(Refusal, match="not_cleared"):
        ask(found, Request("fcr"))
    at = stand(found, "fcr")
    assert at.standing is Standing.WITHHELD and at.row is None and at.refused is Refused.NOT_CLEARED
    told = drivers(found)
    assert told is not None and {k.id: r for k, r in told.refused}["return_180"] is Refused.NOT_CLEARED
    found.close()


@pytest.mark.parametrize("state", ["false ", "FALSE", "no", "", "published", None])
def test_an_unknown_draft_flag_is_a_draft(invented: Path, tmp_path: Path, state: str | None) -> None:
    path = tmp_path / "release.duckdb"
    copy(invented, path)
    with duckdb.connect(str(path)) as file:
        file.execute("UPDATE meta SET value = ? WHERE key = 'draft'", [state])
    found = Release(path)
    assert found.draft is True and ask(found, Request("tnps")).draft is True
    found.close()


def test_a_release_without_a_draft_flag_is_a_draft_and_one_that_says_false_is_none(
    invented: Path, tmp_path: Path
) -> None:
    path = tmp_path / "release.duckdb"
    for sql, draft in (
        ("UPDATE meta SET value = 'false' WHERE key = 'draft'", False),
        ("DELETE FROM meta WHERE key = 'draft'", True),
    ):
        copy(invented, path)
        with duckdb.connect(str(path)) as file:
            file.execute(sql)
        found = Release(path)
        assert found.draft is draft
        found.close()


@pytest.mark.parametrize("state", ["no", "", None, 0, 1])
def test_an_unknown_draft_flag_of_an_answer_marks_every_export(release: Release, state: Any) -> None:
    """0 and an empty text are false in Python: a draft would go out as published."""
    answer = replace(ask(release, Request("tnps")), draft=state)
    assert answer.draft is True and answer_object(answer)["draft"] is True
    table = of_answers([answer], release.strategy, EN)
    assert table.draft is True and {row[-1] for row in table.rows} == {"Draft, not published"}
    assert Table("t", "T", (), (), "2026-04-05", state).draft is True
    assert release_mark(state, EN) == "Draft, not published"


@pytest.mark.parametrize("state", ["firm", "withheld", "", None, 3])
def test_an_unknown_status_is_withheld_with_its_number(release: Release, state: Any) -> None:
    row = replace(ask(release, Request("tnps")).rows[0], status=state)
    assert (row.status, row.value, row.low, row.high, row.n, row.sums) == (Status.WITHHELD, None, None, None, None, ())
    table = of_answers([replace(ask(release, Request("tnps")), rows=(row,))], release.strategy, EN)
    assert "withheld" in table.rows[0] and not any(isinstance(cell, float) for cell in table.rows[0])


def test_a_withheld_row_holds_no_number() -> None:
    """Named after the lie: a row marked withheld whose number went into the download."""
    row = Row("2025-Q4", (), 71.0, 60.0, 80.0, 400, Status.WITHHELD, False, (("n", 400.0),))
    assert row.value is None and row.n is None and row.sums == ()


@pytest.mark.parametrize("state", ["all", "week", None, 1])
def test_an_unknown_grain_is_refused(release: Release, state: Any) -> None:
    with pytest.raises(Refusal, match="not_cleared"):
        ask(release, Request("tnps", grain=state))
    assert isinstance(ask(release, Request("tnps", grain=Grain.ALL)), Answer)
