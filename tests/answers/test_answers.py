"""Answers: the same number whichever way it is asked, and nothing that no declared view holds."""

from __future__ import annotations

from pathlib import Path

import pytest
from ruamel.yaml import YAML

from metrics.answers import Grain, Request, Status, ask, block_periods, views_of
from metrics.errors import Refusal, Refused
from metrics.release import Release
from metrics.standing import Standing, default_period, figure, path, periods, stand
from metrics.strategy.model import Strategy
from tests.conftest import Demo
from tests.invented import MONTHS, invent

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Release:
    strategy = Strategy.model_validate(YAML(typ="safe").load((ROOT / "strategy.yaml").read_text(encoding="utf-8")))
    return Release(invent(strategy, tmp_path_factory.mktemp("release") / "release.duckdb"))


def sums(row: object) -> dict[str, float]:
    return dict(row.sums)  # type: ignore[attr-defined]


def test_months_blocks_and_the_whole_add_up(release: Release) -> None:
    months = ask(release, Request("tnps")).rows
    blocks = ask(release, Request("tnps", blocks=True)).rows
    whole = ask(release, Request("tnps", grain=Grain.ALL)).rows
    assert [r.period for r in months] == MONTHS
    assert len(blocks) == 8 and len(whole) == 1 and whole[0].period == "all"
    for rows in (months, blocks):
        assert sum(r.n or 0 for r in rows) == whole[0].n
    promoters = sum(sums(r)["promoters"] for r in months)
    detractors = sum(sums(r)["detractors"] for r in months)
    assert whole[0].value == pytest.approx(100 * (promoters - detractors) / (whole[0].n or 1))


def test_only_whole_years_are_called_years(release: Release) -> None:
    assert [r.period for r in ask(release, Request("tnps", grain=Grain.YEAR)).rows] == ["2025"]


def test_months_that_cut_a_quarter_are_added_from_months(release: Release) -> None:
    row = ask(release, Request("tnps", start="2025-02", end="2025-07", grain=Grain.ALL)).rows[0]
    months = ask(release, Request("tnps", start="2025-02", end="2025-07")).rows
    assert len(months) == 6 and row.n == sum(m.n or 0 for m in months)


def test_a_view_gives_disjoint_rows_that_cover_the_total(release: Release) -> None:
    answer = ask(release, Request("ticket_csat", by=("channel",), grain=Grain.ALL))
    groups = [r.values("channel") for r in answer.rows]
    assert ("website", "facebook") in groups and ("facebook",) not in groups
    assert len({v for g in groups for v in g}) == sum(len(g) for g in groups)
    assert answer.coverage is not None and 0 < answer.coverage <= 1
    assert next(r for r in answer.rows if "facebook" in r.values("channel")).pooled


def test_prefixes_only(release: Release) -> None:
    stage = ask(release, Request("repeat_contact", by=("stage",), grain=Grain.ALL))
    both = ask(release, Request("repeat_contact", by=("stage", "channel"), grain=Grain.ALL))
    assert sum(r.n or 0 for r in stage.rows) == sum(r.n or 0 for r in both.rows)
    for wrong in [("channel", "stage"), ("stage", "topic"), ("nonsense",), ("stage", "stage"), ("",)]:
        with pytest.raises(Refusal) as caught:
            ask(release, Request("repeat_contact", by=wrong))
        assert caught.value.kind is Refused.NOT_CLEARED


@pytest.mark.parametrize(
    "word", ["agent", "staff", "Agent_ID", "team", "supervisor", "shift", "nhân viên", "nhan_vien"]
)
def test_people_are_refused_before_anything_else_is_looked_at(release: Release, word: str) -> None:
    for kpi in ("tnps", "no_such_kpi"):
        for request in (
            Request(kpi, by=(word,)),
            Request(kpi, by=("channel", word)),
            Request(kpi, within=((word, "x"),)),
        ):
            with pytest.raises(Refusal) as caught:
                ask(release, request)
            assert caught.value.kind is Refused.PERSON


def test_a_scope_is_read_from_its_cells(release: Release) -> None:
    scoped = ask(release, Request("csat_support", grain=Grain.ALL)).rows[0]
    scope = release.strategy.kpi("csat_support").scope
    assert scope is not None
    key = "csat(question=csat)"
    expected = sum(
        values["n"]
        for _, cell, values in release.numbers(key, scope.view, 1)
        if dict(release.cells[cell].dims)["stage"] == ("support",)
    )
    assert scoped.n == expected
    assert views_of(release, "csat_support")[0][1] == ("channel",)


def test_a_filter_to_one_value(release: Release) -> None:
    rows = ask(
        release, Request("ticket_csat", by=("segment",), within=(("segment", "household"),), grain=Grain.ALL)
    ).rows
    assert [r.values("segment") for r in rows] == [("household",)]


def test_small_n_is_indicative(release: Release) -> None:
    for row in ask(release, Request("ticket_csat", by=("stage", "channel"))).rows:
        assert row.status is (Status.FIRM if (row.n or 0) >= 30 else Status.INDICATIVE)


def test_unknown_kpi(release: Release) -> None:
    with pytest.raises(Refusal) as caught:
        ask(release, Request("no_such_kpi"))
    assert caught.value.kind is Refused.NOT_CLEARED


def test_a_censored_quarter_is_no_drop(release: Release) -> None:
    """The last cohort has not had its 90 days: it has no figure, and the default period stops before it."""
    assert block_periods(release, "return_90")[-1] == "2025-12"
    assert figure(release, "return_90", "2026-Q1") is None
    assert default_period(release) == "2025-Q4"
    assert periods(release)[-1] == "2026-Q1"
    at = stand(release, "return_90", "2026-Q1")
    assert at.row is None and at.standing is Standing.UNSURE


def test_standing_holds_the_interval_against_the_path(release: Release) -> None:
    for kpi in release.strategy.kpis:
        at = stand(release, kpi.id)
        if at.row is None or at.row.value is None or at.target is None:
            continue
        low = at.row.low if at.row.low is not None else at.row.value
        high = at.row.high if at.row.high is not None else at.row.value
        good = low >= at.target if kpi.direction == "up" else high <= at.target
        bad = high < at.target if kpi.direction == "up" else low > at.target
        if bad:
            assert at.standing is Standing.OFF
        elif good:
            wanted = Standing.NO_HANDLE if not kpi.levers else Standing.WATCH if at.doubt else Standing.ON
            assert at.standing is wanted
        else:
            assert at.standing is Standing.UNSURE


def test_the_path_runs_straight_between_dated_targets(release: Release) -> None:
    kpi = next(k for k in release.strategy.kpis if len(k.targets) > 1)
    first, second = sorted(kpi.targets, key=lambda t: t.by)[:2]
    middle = first.by + (second.by - first.by) / 2
    assert path(kpi, middle) == pytest.approx(
        (first.value + second.value) / 2, abs=abs(second.value - first.value) / 50
    )
    assert path(kpi, first.by) == first.value


def test_a_quarter_is_not_held_against_a_months_target(release: Release) -> None:
    """Named after the lie: 1,177 new customers in a quarter stood above a target of 450 a month."""
    months = ask(release, Request("new_customers", start="2025-10", end="2025-12")).rows
    quarter = figure(release, "new_customers", "2025-Q4")
    assert quarter is not None and quarter.value is not None and quarter.low is not None and quarter.high is not None
    assert quarter.value == pytest.approx(sum(r.value or 0 for r in months) / 3)
    assert quarter.low < quarter.value < quarter.high
    assert quarter.n == sum(r.n or 0 for r in months)


def test_a_view_that_ends_early_offers_no_cut_that_would_be_refused(demo: Demo) -> None:
    """A question about the whole relation is told by region and not by channel: no page may offer the second."""
    release = Release(demo.release)
    offered = {view.id: dims for view, dims in views_of(release, "rnps")}
    assert offered["by_region"] == ("region",) and views_of(release, "tnps")[0][1] == ("stage", "channel")
    for kpi in release.strategy.kpis:
        for _, dims in views_of(release, kpi.id):
            assert ask(release, Request(kpi.id, by=dims)).rows
    release.close()
