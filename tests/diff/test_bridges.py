"""Which number a change is split at, over releases with invented figures: each way, and when there is none."""

from __future__ import annotations

from pathlib import Path

import pytest

from metrics.moves import Bridge, Lack, Move, moves
from metrics.release import Release
from metrics.strategy.diff import compare
from metrics.strategy.load import check_text
from metrics.strategy.model import KPI, Strategy
from tests.diff.conftest import TEXT, few
from tests.invented import MONTHS, invent

BEFORE = [m for m in MONTHS if m < "2026-01"]
AFTER = [m for m in MONTHS if m >= "2026-01"]


@pytest.fixture(scope="module")
def strategy() -> Strategy:
    loaded = check_text(few(TEXT).encode(), "strategy.yaml")
    assert loaded.strategy is not None, [f.what for f in loaded.errors]
    return loaded.strategy


def hours(strategy: Strategy, count: int, *more: KPI) -> Strategy:
    """The strategy with first reply within so many hours, and other KPIs."""
    kpis = tuple(
        k.model_copy(update={"of": {"hours": count}}) if k.id == "first_reply_2h" else k for k in strategy.kpis
    )
    return strategy.model_copy(update={"kpis": (*kpis, *more)})


def twin(strategy: Strategy, count: int) -> KPI:
    return strategy.kpi("first_reply_2h").model_copy(update={"id": "twin", "of": {"hours": count}})


def told(
    folder: Path, before: Strategy, after: Strategy, months: tuple[list[str], list[str]], id: str = "first_reply_2h"
) -> tuple[Move, Release, Release]:
    releases = [
        Release(invent(s, folder / f"{i}.duckdb", seed=i, months=m))
        for i, (s, m) in enumerate(zip((before, after), months))
    ]
    found = moves(releases[0], releases[1], compare(before, after))
    return next(m for m in found if m.now and m.now.id == id), releases[0], releases[1]


@pytest.mark.parametrize(
    ("old_holds", "new_holds", "months", "bridge"),
    [
        (False, True, (BEFORE, MONTHS), Bridge.BOTH_NOW),
        (True, False, (BEFORE, AFTER), Bridge.BOTH_THEN),
        (False, False, (BEFORE, MONTHS), Bridge.ACROSS),
        (False, True, (BEFORE, AFTER), Bridge.LATER),
        (False, False, (BEFORE, AFTER), None),
    ],
)
def test_the_best_bridge_there_is_is_taken(
    old_holds: bool,
    new_holds: bool,
    months: tuple[list[str], list[str]],
    bridge: Bridge | None,
    strategy: Strategy,
    tmp_path: Path,
) -> None:
    before = hours(strategy, 2, *([twin(strategy, 4)] if old_holds else []))
    after = hours(strategy, 4, *([twin(strategy, 2)] if new_holds else []))
    m, _, _ = told(tmp_path, before, after, months)
    assert m.bridge is bridge
    if bridge is None:
        assert m.lack is Lack.NO_BRIDGE and m.definition is None and m.reality is None and m.visible is not None
        return
    assert m.definition is not None and m.reality is not None and m.visible is not None
    assert m.definition + m.reality == pytest.approx(m.visible, abs=1e-9)
    assert m.before and m.before.period == "2025-Q4" and m.after and m.after.period == "2026-Q1"


def test_the_parts_are_those_of_the_same_rows(strategy: Strategy, tmp_path: Path) -> None:
    """Both definitions in the newer release: the definition's part is their difference there, nothing else."""
    from metrics.standing import figure

    before, after = hours(strategy, 2), hours(strategy, 4, twin(strategy, 2))
    m, _, new = told(tmp_path, before, after, (BEFORE, MONTHS))
    four, two = figure(new, "first_reply_2h", "2025-Q4"), figure(new, "twin", "2025-Q4")
    assert four and two and four.value is not None and two.value is not None
    assert m.definition == pytest.approx(four.value - two.value)


def test_a_group_that_was_pooled_since_is_not_compared_with_itself(strategy: Strategy, tmp_path: Path) -> None:
    """Central stood alone, and now stands with the North: the two figures are not about the same customers."""
    region = next(d for d in strategy.dimensions if d.id == "region")
    pooled = tuple(v.model_copy(update={"pool_with": "north"}) if v.id == "central" else v for v in region.values)
    dimensions = tuple(d.model_copy(update={"values": pooled}) if d.id == "region" else d for d in strategy.dimensions)
    after = strategy.model_copy(update={"dimensions": dimensions})
    m, _, _ = told(tmp_path, strategy, after, (BEFORE, MONTHS), "on_time_central")
    assert m.lack is Lack.GROUP and m.definition is None and m.reality is None
