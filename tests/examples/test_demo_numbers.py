"""Every KPI of the demo against pandas: whole by month, and the cells of its first-level views by block."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pandas as pd
import pytest
from typer.testing import CliRunner

from metrics.__main__ import app
from metrics.answers import Request, ask, views_of
from metrics.exports.json_answer import answer_object
from metrics.periods import months_of
from metrics.release import Release
from tests.conftest import Demo
from tests.counted import Counted, kpis, tables

#: Monthly facts make many cells; these KPIs stand for their kind.
CUT = ("return_90", "tnps", "rnps", "on_time_other", "fcr", "complaints_24h", "ticket_csat", "response_rate")


@pytest.fixture(scope="module")
def counted(demo: Demo) -> dict[str, Counted]:
    return kpis(tables(demo.folder))


@pytest.fixture(scope="module")
def release(demo: Demo) -> Iterator[Release]:
    found = Release(demo.release)
    yield found
    found.close()


def held(found: dict[str, Any], kpi: Counted) -> int:
    """Each row of an answer against the rows it says it is about; how many there were."""
    by_month = dict(tuple(kpi.rows.groupby("ym")))
    for row in found["rows"]:
        months = months_of(row["period"])
        assert all(kpi.closed(m) for m in months), row["period"]
        rows = pd.concat([by_month[m] for m in months if m in by_month])
        for dimension, values in row["dims"].items():
            rows = rows[rows[dimension].isin(values)]
        assert row["n"] == len(rows), (row["period"], row["dims"])
        assert row["value"] == pytest.approx(kpi.value(rows), rel=1e-9, abs=1e-9), (row["period"], row["dims"])
    return len(found["rows"])


def test_every_kpi_is_counted(release: Release, counted: dict[str, Counted]) -> None:
    assert {k.id for k in release.strategy.kpis} == set(counted)


def test_a_month_is_the_sum_of_its_rows(release: Release, counted: dict[str, Counted]) -> None:
    """All KPIs, and no closed month is missing, no open one told."""
    for id, kpi in counted.items():
        found = answer_object(ask(release, Request(id)))
        assert held(found, kpi)
        if release.strategy.kpi(id).scope is None:
            assert [r["period"] for r in found["rows"]] == sorted(m for m in set(kpi.rows["ym"]) if kpi.closed(m)), id


@pytest.mark.parametrize("id", CUT)
def test_a_cell_is_the_sum_of_its_rows(release: Release, counted: dict[str, Counted], id: str) -> None:
    cells = 0
    for _, dimensions in views_of(release, id):
        cells += held(answer_object(ask(release, Request(id, by=dimensions[:1]))), counted[id])
    assert cells > 7


def test_the_command_line_prints_these_numbers(demo: Demo, counted: dict[str, Counted]) -> None:
    for id, by in (("fcr", "topic"), ("online_revenue", ""), ("csat_support", "channel")):
        words = ["show", id, "--by", by, "--format", "json", "--release", str(demo.release)]
        assert held(json.loads(CliRunner().invoke(app, words).stdout), counted[id])
