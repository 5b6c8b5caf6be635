"""Two releases held against each other: each test is named after the lie that it prevents.

Expected numbers are counted here from the source files of the demo company with plain SQL, not from the product."""

from __future__ import annotations

import json
from datetime import date

import duckdb
import pytest
from typer.testing import CliRunner

from metrics.__main__ import app
from metrics.headlines.diff import move_lines
from metrics.moves import Bridge, Lack, Move, moves, under
from metrics.release import Release
from metrics.strategy.diff import compare
from metrics.strategy.model import Change, Event, Local, Scope, Strategy
from metrics.words import Words
from tests.diff.conftest import Built

EN = Words("en")


@pytest.fixture(scope="module")
def pair(built: Built) -> tuple[Release, Release]:
    return built.open("old"), built.open("renamed")


def of(found: tuple[Move, ...], id: str) -> Move:
    return next(m for m in found if (m.now or m.was) and id in (m.now and m.now.id, m.was and m.was.id))


def all_moves(
    pair: tuple[Release, Release], after: Strategy | None = None, before: Strategy | None = None
) -> tuple[Move, ...]:
    old, new = pair[0], pair[1]
    old = old.reading(before) if before else old
    new = new.reading(after) if after else new
    return moves(old, new, compare(old.strategy, new.strategy))


def share_within(built: Built, hours: int, first: str, last: str) -> float:
    """Share of tickets of these months with a first reply within so many hours, counted from the file itself."""
    query = f"""
        SELECT 100.0 * count(*) FILTER (first_response - created <= INTERVAL '{hours} hours') / count(*)
        FROM (SELECT created::TIMESTAMP AS created, first_response::TIMESTAMP AS first_response
              FROM read_csv('{built.folder}/tickets.csv')
              WHERE strftime(created::TIMESTAMP, '%Y-%m') BETWEEN '{first}' AND '{last}')
    """
    with duckdb.connect() as connection:
        found = connection.execute(query).fetchall()
    return float(found[0][0])


def test_a_new_definition_is_not_called_progress(pair: tuple[Release, Release], built: Built) -> None:
    """First reply within 2 hours became within 4: a leap of 13 points that no customer noticed."""
    m = of(all_moves(pair), "first_reply_4h")
    assert m.was and m.was.id == "first_reply_2h"
    assert m.before and m.after and m.before.period == "2025-Q4" and m.after.period == "2026-Q1"
    assert m.visible is not None and m.definition is not None and m.reality is not None
    two = share_within(built, 2, "2025-10", "2025-12")
    four = share_within(built, 4, "2025-10", "2025-12")
    later = share_within(built, 4, "2026-01", "2026-03")
    assert m.visible == pytest.approx(later - two, abs=0.15)
    assert m.definition == pytest.approx(four - two, abs=0.15)
    assert m.reality == pytest.approx(later - four, abs=0.15)
    assert m.definition > 5 > abs(m.reality)
    assert m.over is not None and not m.over.sure


def test_the_two_parts_add_up_as_they_are_printed(pair: tuple[Release, Release]) -> None:
    found = all_moves(pair)
    told = [m for m in found if m.visible is not None and m.lack is None]
    assert len(told) >= 6
    for m in told:
        assert m.definition is not None and m.reality is not None and m.visible is not None
        assert m.definition + m.reality == pytest.approx(m.visible, abs=1e-9)
    m = of(found, "first_reply_4h")
    assert m.visible is not None and m.definition is not None and m.reality is not None
    assert abs(round(m.definition, 1) + round(m.reality, 1) - round(m.visible, 1)) <= 0.1 + 1e-9
    text = "\n".join(move_lines(found, "VND", EN))
    assert "by the definition and" in text and "was: First reply within 2 hours" in text


def test_an_unchanged_definition_moves_nothing(pair: tuple[Release, Release]) -> None:
    for m in all_moves(pair):
        if m.bridge is Bridge.SAME:
            assert m.definition == 0 and m.reality == m.visible


def test_rows_that_came_late_are_not_called_a_new_definition(pair: tuple[Release, Release]) -> None:
    """The newer release still holds the old number too: then the definition's part is taken over the same rows."""
    new = pair[1]
    twin = new.strategy.kpi("first_reply_4h").model_copy(update={"of": {"hours": 4}})
    assert under(new, twin, "2025-Q4") is not None
    m = of(all_moves(pair), "first_reply_4h")
    assert m.bridge is Bridge.ACROSS and m.late is not None
    then, now = m.before, under(new, twin, "2025-Q4")
    assert then and now and then.n is not None and now.n is not None and m.late == now.n - then.n


def test_a_metric_no_release_holds_is_not_guessed(pair: tuple[Release, Release]) -> None:
    """The newer strategy asks for 6 hours, which no build has counted."""
    after = _with(pair[1].strategy, "first_reply_4h", of={"hours": 6})
    m = of(all_moves(pair, after), "first_reply_4h")
    assert m.lack is Lack.NO_FIGURE and m.definition is None and m.reality is None and m.visible is None


def test_a_scope_narrowed_to_the_good_stages_is_not_called_progress(pair: tuple[Release, Release]) -> None:
    before = pair[0].strategy
    central = before.kpi("on_time_central")
    assert central.scope is not None
    north = Scope(view=central.scope.view, where={"region": ("north",)})
    after = _with(pair[1].strategy, "on_time_central", scope=north)
    m = of(all_moves(pair, after), "on_time_central")
    assert m.bridge in (Bridge.BOTH_NOW, Bridge.BOTH_THEN) and m.definition is not None and m.reality is not None
    was, now = (
        under(pair[1], central, "2025-Q4"),
        under(pair[1].reading(after), after.kpi("on_time_central"), "2025-Q4"),
    )
    assert was and now and was.value is not None and now.value is not None
    assert m.definition == pytest.approx(now.value - was.value) and m.definition > 5
    assert m.definition + m.reality == pytest.approx(m.visible or 0.0)


@pytest.mark.parametrize("how", ["event", "question", "history"])
def test_what_was_measured_in_another_way_is_not_split(how: str, pair: tuple[Release, Release]) -> None:
    """Nothing was measured both ways, so no part is told: neither zero for the definition nor all for reality."""
    after = pair[1].strategy
    if how == "event":
        new = Event(date=date(2026, 2, 1), name=_local("Asked anew"), kpis=("tnps",), redefines=True)
        after = after.model_copy(update={"events": (*after.events, new)})
    elif how == "history":
        after = _with(after, "tnps", history=(Change(date=date(2026, 2, 1), what=_local("Asked anew")),))
    else:
        asked = tuple(
            q.model_copy(update={"text": _local("Would you?")}) if q.id == "tnps" else q for q in after.questions
        )
        after = after.model_copy(update={"questions": asked})
    m = of(all_moves(pair, after), "tnps")
    assert m.lack is Lack.MEASUREMENT and m.visible is not None and m.definition is None and m.reality is None


def test_the_record_of_a_new_formula_does_not_hide_its_effect(pair: tuple[Release, Release]) -> None:
    """The formula is computed for old periods too, so its own entry in the history is no reason to say nothing."""
    entry = (Change(date=date(2026, 2, 1), what=_local("Four hours instead of two")),)
    after = _with(pair[1].strategy, "first_reply_4h", history=entry)
    assert of(all_moves(pair, after), "first_reply_4h").definition is not None


def test_another_unit_has_no_difference(pair: tuple[Release, Release]) -> None:
    after = _with(pair[1].strategy, "fcr", metric="nps", of={"question": "tnps"})
    assert of(all_moves(pair, after), "fcr").lack is Lack.UNIT


def test_what_came_and_went_is_said(pair: tuple[Release, Release]) -> None:
    after = pair[1].strategy
    kept = tuple(k for k in after.kpis if k.id != "reopened")
    found = all_moves(pair, after.model_copy(update={"kpis": kept}))
    assert of(found, "reopened").lack is Lack.GONE
    old = pair[0].strategy
    fewer = old.model_copy(update={"kpis": tuple(k for k in old.kpis if k.id != "reopened")})
    assert of(all_moves(pair, before=fewer), "reopened").lack is Lack.NEW


def test_the_command_tells_both_effects(built: Built) -> None:
    words = ["diff", "--before", str(built.folder / "old.duckdb"), "--after", str(built.folder / "renamed.duckdb")]
    said = CliRunner().invoke(app, words)
    assert said.exit_code == 0 and "renamed: first_reply_2h → first_reply_4h" in said.output
    assert "by the definition and" in said.output
    found = json.loads(CliRunner().invoke(app, [*words, "--format", "json"]).output)
    mine = next(n for n in found["numbers"] if n["kpi"] == "first_reply_4h")
    assert mine["definition"] + mine["reality"] == pytest.approx(mine["visible"])
    assert found["unrecorded"] == ["first_reply_4h"]
    assert CliRunner().invoke(app, words[:3]).exit_code == 2


def _local(text: str) -> Local:
    return Local(en=text, vi=text)


def _with(strategy: Strategy, id: str, **fields: object) -> Strategy:
    kpis = tuple(k.model_copy(update=fields) if k.id == id else k for k in strategy.kpis)
    return strategy.model_copy(update={"kpis": kpis})
