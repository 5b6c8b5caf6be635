"""The tree holds every declared link once, runs one way, and says of each link only what is known."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from metrics.charts.tree import picture, stands_of
from metrics.decisions import decisions
from metrics.headlines import tree as texts
from metrics.loyalty.evidence import Evidence
from metrics.release import Release
from metrics.standing import Standing
from metrics.strategy.load import load
from metrics.strategy.model import KPI, Link, Local, Strategy
from metrics.tree import Tree, grow, outcomes
from metrics.words import Words
from tests.charts.sixty import sixty
from tests.invented import invent
from tests.pages.serving import ROOT

PERIOD = "2025-Q4"
NAMES = {s: s.value for s in Standing}


def kpi(id: str, *drives: str, identity: bool = False) -> KPI:
    links = tuple(Link(kpi=d, identity=identity) for d in drives)
    return KPI(id=id, name=Local(en=id, vi=id), metric="csat", direction="up", drives=links)


def strategy_of(*kpis: KPI, outcome: str = "top") -> Strategy:
    shipped = load(ROOT / "strategy.yaml").strategy
    assert shipped is not None
    loyalty = shipped.loyalty.model_copy(update={"outcome": outcome})
    return shipped.model_copy(update={"kpis": kpis, "loyalty": loyalty})


@pytest.fixture(scope="module")
def shipped() -> Strategy:
    found = load(ROOT / "strategy.yaml").strategy
    assert found is not None
    return found


@pytest.fixture(scope="module")
def release(shipped: Strategy, tmp_path_factory: pytest.TempPathFactory) -> Release:
    return Release(invent(shipped, tmp_path_factory.mktemp("tree") / "release.duckdb"))


def test_a_driver_of_two_stands_once_and_keeps_its_other_link() -> None:
    found = grow(strategy_of(kpi("top"), kpi("a", "top"), kpi("b", "a", "top"), kpi("c", "b")), "top")
    at = {b.kpi.id: b for b in found.branches}
    assert [b.kpi.id for b in found.branches] == ["top", "a", "b", "c"]
    assert (at["b"].parent, at["b"].depth, at["b"].also) == ("a", 2, (("top", Evidence.ASSUMED),))
    assert at["c"].depth == 3


def test_every_line_runs_one_way() -> None:
    """A short cut to the outcome does not pull a KPI in front of what it drives."""
    found = grow(strategy_of(kpi("top"), kpi("b", "top", "a"), kpi("a", "top")), "top")
    depth = {b.kpi.id: b.depth for b in found.branches}
    for b in found.branches:
        assert all(depth[k] < b.depth for k, _ in b.also)
        assert b.parent is None or depth[b.parent] == b.depth - 1


def test_a_circle_of_links_is_refused() -> None:
    with pytest.raises(ValueError, match="circle"):
        grow(strategy_of(kpi("top", "b"), kpi("a", "top"), kpi("b", "a")), "top")


def test_a_belief_is_never_shown_as_evidence(shipped: Strategy) -> None:
    found = grow(shipped, "return_90")
    for branch in found.branches[1:]:
        link = next(d for d in branch.kpi.drives if d.kpi == branch.parent)
        assert branch.evidence is (Evidence.IDENTITY if link.identity else Evidence.ASSUMED)


def test_every_kpi_of_the_strategy_hangs_under_some_outcome(shipped: Strategy) -> None:
    tops = outcomes(shipped)
    assert tops[0].id == shipped.loyalty.outcome
    seen = {b.kpi.id for top in tops for b in grow(shipped, top.id).branches}
    assert seen == {k.id for k in shipped.kpis}


def trees_of(strategy: Strategy) -> list[Tree]:
    return [grow(strategy, k.id) for k in outcomes(strategy)]


@pytest.mark.parametrize("lang", ["en", "vi"])
def test_the_picture_is_plain_and_says_every_card_aloud(lang: str, release: Release) -> None:
    w = Words(lang)
    trees = trees_of(release.strategy)
    stands = stands_of(release, trees, PERIOD)
    data = picture(release, trees, stands, PERIOD, NAMES, lambda k: f"kpi?kpi={k}", {"on_time": 1}, w)
    assert json.loads(json.dumps(data, allow_nan=False)) == data
    assert len(json.dumps(data)) < 60_000
    for id, card in data["cards"].items():
        assert card["name"] in card["spoken"] and card["word"] in card["spoken"]
        assert card["none"] or card["value"] in card["spoken"]
        assert len(card["lines"]) == 3 and all(card["lines"].values()), id
    assert data["cards"]["on_time"]["callout"] == 1
    assert data["trees"][0]["legend"] == ["identity", "assumed"]


def test_a_branch_with_something_off_course_is_never_folded_away(release: Release) -> None:
    trees = trees_of(release.strategy)
    stands = stands_of(release, trees, PERIOD)
    data = picture(release, trees, stands, PERIOD, NAMES, str, {}, Words("en"))
    for tree, drawn in zip(trees, data["trees"]):
        for branch in drawn["branches"]:
            below = tree.below(branch["id"])
            off = [b for b in below if stands[b.kpi.id].standing is Standing.OFF]
            assert branch["calm"] == (not off)
            if below and all(stands[b.kpi.id].standing is Standing.ON for b in below):
                assert branch["folded"].endswith("all on course")
            elif below:
                assert "all on course" not in branch["folded"]


def test_a_figure_of_an_earlier_quarter_says_so(release: Release) -> None:
    """Cohorts of the last quarter cannot have returned yet: the card shows the last closed quarter, by name."""
    trees = trees_of(release.strategy)
    stands = stands_of(release, trees, "2026-Q1")
    assert stands["return_90"].period == "2025-Q4"
    data = picture(release, trees, stands, "2026-Q1", NAMES, str, {}, Words("en"))
    assert "Q4 25" in data["cards"]["return_90"]["span"]
    assert "Q4 2025" in data["cards"]["return_90"]["spoken"]
    assert "Q" not in data["cards"]["on_time"]["span"]


@pytest.mark.parametrize("lang", ["en", "vi"])
def test_the_headline_names_places_that_are_off_course(lang: str, release: Release) -> None:
    w = Words(lang)
    tree = grow(release.strategy, "return_90")
    stands = stands_of(release, [tree], PERIOD)
    open_ones = decisions(release, PERIOD)
    named = texts.places(tree, stands, open_ones)
    assert named and all(stands[id].standing is Standing.OFF for id in named)
    said = texts.headline(tree, stands, open_ones, w)
    assert release.strategy.kpi(named[0]).name(lang) in said
    rows = texts.decisions(tree, stands, open_ones, w)
    assert len(rows) <= 3 and rows[0][0] == named[0]


def test_sixty_kpis_grow_into_one_tree(shipped: Strategy, tmp_path: Path) -> None:
    large = sixty(shipped)
    assert len(large.kpis) == 60
    release = Release(invent(large, tmp_path / "release.duckdb"))
    trees = trees_of(release.strategy)
    data = picture(release, trees, stands_of(release, trees, PERIOD), PERIOD, NAMES, str, {}, Words("vi"))
    assert {b["id"] for t in data["trees"] for b in t["branches"]} == {k.id for k in large.kpis}
    assert len(json.dumps(data)) < 140_000
