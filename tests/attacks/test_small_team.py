"""P4: Facebook's team of three has no number of its own, and none can be had by adding and subtracting numbers.

Everything published of a metric in a block is a row of a matrix over the finest groups of rows that can be told apart.
A group of rows has a number of its own exactly where its indicator lies in the row space of that matrix. Rows that
nobody handled may be known to anybody, so their columns count for nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, combinations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from metrics.answers import Grain, Request, ask, views_of
from metrics.build import make_facts
from metrics.build.blocks import blocks
from metrics.build.facts import DIMENSIONS
from metrics.build.facts.values import names
from metrics.build.gather import gather_metric, instances
from metrics.build.pooling import pools_of
from metrics.build.publish import Pools, draft, numbers_of
from metrics.clearing.rule import Floors
from metrics.demo import generate
from metrics.engines.duckdb import DuckDBEngine
from metrics.periods import months_of
from metrics.release import Release
from metrics.sources.read import read
from metrics.strategy.load import load
from metrics.strategy.model import View
from tests.conftest import ROOT, Demo
from tests.counted import Tables, tables

CHANNELS = ("store", "hotline", "zalo", "website", "facebook")
Dims = tuple[tuple[str, tuple[str, ...]], ...]
Cells = list[tuple[str, Dims]]
"""(period, dims) of what is published; () is the whole."""


def universes(t: Tables) -> dict[str, pd.DataFrame]:
    """Rows behind each metric of the contacts family."""
    c = t.contacts
    found = {"complaint_rate": c, "reopened": c, "replied_within(hours=2)": c}
    found |= {m: c[c["customer_id"].notna()] for m in ("fcr", "repeat_contact")}
    found["resolved_within(hours=24)"] = c[c["is_complaint"] == 1]
    found["csat(question=ticket_csat)"] = c[c["csat"].notna()]
    for metric, question in (("nps", "tnps"), ("csat", "csat"), ("ces", "ces"), ("ladder", "service_level")):
        found[f"{metric}(question={question})"] = t.answers[t.answers["question"] == question]
    found["response_rate(question=tnps)"] = t.invitations[t.invitations["question"] == "tnps"]
    return found


@dataclass(frozen=True)
class Told:
    """``matrix``: rows × published numbers; ``rows``: what they are about."""

    rows: pd.DataFrame
    matrix: np.ndarray

    def space(self) -> tuple[np.ndarray, np.ndarray]:
        """Groups of handled rows that no number tells apart: an orthonormal basis of the row space over them, and the
        group of each handled row."""
        handled = self.rows["who"].notna().to_numpy()
        inside = self.matrix[handled]
        packed = np.packbits(inside, axis=1)
        keys = packed.view(f"V{packed.shape[1]}").ravel()  # one value a row: many times faster than by columns
        _, first, group = np.unique(keys, return_index=True, return_inverse=True)
        over = inside[first].T.astype(float)
        size, turn = np.linalg.eigh(over @ over.T)  # far fewer numbers than groups
        real = size > 1e-10 * size[-1]
        return (turn[:, real] / np.sqrt(size[real])).T @ over, group

    def gives(self, wanted: np.ndarray, space: tuple[np.ndarray, np.ndarray]) -> bool:
        """Whether some sum and difference of the numbers is about exactly these rows (of those handled)."""
        basis, group = space
        handled = wanted[self.rows["who"].notna().to_numpy()]
        inside = np.bincount(group, handled) / np.bincount(group)
        if not ((inside == 0) | (inside == 1)).all():
            return False
        return bool(np.linalg.norm(inside - basis.T @ (basis @ inside)) < 1e-5 * np.linalg.norm(inside))

    def small_teams(self) -> list[tuple[str, ...]]:
        """Sets of channels that fewer than five known staff handled."""
        staff = self.rows[self.rows["who"] != "?"].groupby("channel")["who"].agg(set).to_dict()
        sets = chain.from_iterable(combinations(CHANNELS, k) for k in range(1, len(CHANNELS)))
        counts = {s: len(set().union(*(staff.get(c, set()) - {np.nan} for c in s))) for s in sets}
        return [s for s, n in counts.items() if 0 < n < 5]


def told(rows: pd.DataFrame, block: str, cells: Cells) -> Told:
    rows = rows[rows["ym"].isin(months_of(block))]
    has = {
        (dimension, value): (rows[dimension] == value).to_numpy(bool)
        for dimension, value in {(d, v) for _, dims in cells for d, values in dims for v in values}
    } | {("ym", month): (rows["ym"] == month).to_numpy(bool) for month in months_of(block)}
    columns = []
    for period, dims in cells:
        if set(months_of(period)) <= set(months_of(block)):
            cuts = (("ym", months_of(period)), *dims)
            columns.append(np.all([np.any([has[d, v] for v in values], axis=0) for d, values in cuts], axis=0))
    return Told(rows, np.array(columns).T)


def given(universe: Mapping[str, pd.DataFrame], cells: Mapping[str, Cells]) -> tuple[list[str], int]:
    """Small teams that have a number of their own, and how many were looked for."""
    found, looked = [], 0
    for metric, rows in universe.items():
        for block in sorted({p for p, _ in cells[metric] if "Q" in p}):
            said = told(rows, block, cells[metric])
            space = said.space()
            for team in said.small_teams():
                looked += 1
                if said.gives(said.rows["channel"].isin(team).to_numpy(), space):
                    found.append(f"{metric} {block} {'+'.join(team)}")
    return found, looked


@pytest.fixture(scope="module")
def release(demo: Demo) -> Iterator[Release]:
    found = Release(demo.release)
    yield found
    found.close()


@pytest.fixture(scope="module")
def universe(demo: Demo) -> dict[str, pd.DataFrame]:
    return universes(tables(demo.folder))


def published(release: Release, metric: str) -> Cells:
    kinds = release._rows("SELECT DISTINCT view, depth FROM number WHERE metric = ? ORDER BY ALL", metric)
    return [(p, release.cells[c].dims) for view, depth in kinds for p, c, _ in release.numbers(metric, view, depth)]


def test_no_sum_or_difference_of_numbers_is_a_small_teams(release: Release, universe: dict[str, pd.DataFrame]) -> None:
    found, looked = given(universe, {m: published(release, m) for m in universe})
    assert looked >= 80, "Facebook in every block of every metric"
    assert found == []


def test_metrics_together_do_not_give_what_none_gives(release: Release, universe: dict[str, pd.DataFrame]) -> None:
    """Counts of contacts over several metrics: all, of known customers, complaints, rated."""
    block, contacts = "2025-Q3", universe["complaint_rate"]
    columns, rows = [], contacts[contacts["ym"].isin(months_of(block))]
    for metric in ("complaint_rate", "fcr", "resolved_within(hours=24)", "csat(question=ticket_csat)"):
        said = told(universe[metric], block, published(release, metric))
        whole = np.zeros((len(rows), said.matrix.shape[1]), bool)
        whole[rows.index.get_indexer(said.rows.index)] = said.matrix
        columns.append(whole)
    said = Told(rows, np.hstack(columns))
    space = said.space()
    assert said.small_teams() == [("facebook",)]
    assert not said.gives((rows["channel"] == "facebook").to_numpy(), space)
    assert said.gives(rows["channel"].isin(("website", "facebook")).to_numpy(), space), "the pool has its number"


@pytest.mark.parametrize("grain", list(Grain))
def test_longer_periods_keep_the_pool(release: Release, grain: Grain) -> None:
    """Every KPI, every view, every level."""
    seen = 0
    for kpi in release.strategy.kpis:
        for _, dimensions in views_of(release, kpi.id):
            for depth in range(1, len(dimensions) + 1):
                for row in ask(release, Request(kpi.id, by=dimensions[:depth], grain=grain)).rows:
                    values = row.values("channel")
                    if kpi.id != "online_revenue":
                        assert ("facebook" in values) == ("website" in values), (kpi.id, row.period, row.dims)
                    seen += bool(values)
    assert seen > 100


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("small")
    generate(made, scale=0.3)
    return made


@pytest.fixture(scope="module")
def small(folder: Path) -> dict[str, pd.DataFrame]:
    return {"complaint_rate": tables(folder).contacts}


@pytest.fixture(scope="module")
def attempts(folder: Path) -> dict[str, Cells]:
    """What would be said of complaints if the build were right, let Facebook stand alone, or gave it another partner
    in one view."""
    strategy = load(ROOT / "strategy.yaml").strategy
    assert strategy is not None
    instance = next(i for i in instances(strategy) if i.key == "complaint_rate")
    cut = tuple(d for d in DIMENSIONS["contacts"] if any(d in v.dimensions for v in strategy.views))
    with DuckDBEngine() as engine:
        found = read(folder / "sources.yaml", strategy, engine, lambda file: None)
        facts = make_facts(engine, strategy, found)
        gathered = gather_metric(engine, strategy, instance, cut)
        right = pools_of(engine, strategy, facts, cut, found.as_of, Floors())
    place = {value: i for i, value in enumerate(names(strategy, "channel"))}
    alone = {**right, "channel": tuple((i,) for i in place.values())}
    pair = tuple(sorted((place["zalo"], place["facebook"])))
    others = tuple((i,) for value, i in place.items() if value not in ("zalo", "facebook"))
    partner = {**right, "channel": tuple(sorted((pair, *others)))}
    loose = replace(Floors(), min_staff=3, max_share=0.6, max_two=1.0)
    closed = blocks(gathered.month, "quarter", found.as_of, 5, instance.metric, instance.params)

    def said(views: Sequence[View], pools: Pools, floors: Floors) -> Cells:
        made = draft(0, instance, gathered, closed, "quarter", views, pools, floors)
        spelled = {d: names(strategy, d) for v in strategy.views for d in v.dimensions}
        found = (n for period, trees in made.trees.items() for tree in trees for n in numbers_of(tree, period, spelled))
        return [(n.period, n.dims) for n in found]

    one = [v for v in strategy.views if v.id == "by_region"]
    return {
        "right": said(strategy.views, right, Floors()),
        "alone": said(strategy.views, alone, loose),
        "another partner": said(strategy.views, right, Floors()) + said(one, partner, Floors()),
    }


@pytest.mark.parametrize("fault", ["alone", "another partner"])
def test_a_planted_fault_is_found(small: dict[str, pd.DataFrame], attempts: dict[str, Cells], fault: str) -> None:
    """The proof above can fail. Another partner in one view: each cell passes the rule by itself, and still
    Facebook's number is the difference of two."""
    assert given(small, {"complaint_rate": attempts["right"]})[0] == []
    found, _ = given(small, {"complaint_rate": attempts[fault]})
    assert len(found) >= 4 and all(x.endswith("facebook") for x in found)
