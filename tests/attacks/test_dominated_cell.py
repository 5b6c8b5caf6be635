"""P5: a cell that passes ten customers and five staff, and of which one customer makes 71 %. It stands nowhere alone,
not even in a strategy that cuts by city so that the cell exists."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest

from metrics.build import build
from metrics.release import Release
from tests.attacks.captured import Said, released
from tests.attacks.conftest import Tell
from tests.attacks.oracles import fold
from tests.attacks.standing import broken, customers_broken, faults, staff_broken
from tests.attacks.worlds import RESOLVED, strategy_text
from tests.conftest import Demo

pytestmark = pytest.mark.xdist_group("dominated cell")
CELL = {"segment": "small_business", "region": "da_nang", "channel": "hotline"}
SOURCES = """as_of: 2026-04-05
files:
  - file: customers.csv
    tables: [{table: customers, columns: {customer_id: customer_id, segment: segment, region: place}}]
    not_staff: [city]
  - file: tickets.csv
    tables:
      - table: contacts
        columns: {contact_id: ticket_id, opened: created, customer_id: customer_id, channel: channel,
          resolved_at: resolved, is_complaint: is_complaint, staff: agent_id}
    workforce: [team_id]
"""


@pytest.fixture(scope="module")
def complaints(demo: Demo) -> pd.DataFrame:
    """Complaints of 2025 by segment, city and channel, with who handled them."""
    customers = pd.read_csv(demo.folder / "customers.csv").set_index("customer_id")
    rows = pd.read_csv(demo.folder / "tickets.csv", low_memory=False)
    rows = rows[(rows["is_complaint"] == 1) & rows["created"].str.startswith("2025")].copy()
    rows["month"] = rows["created"].str[:7]
    rows["segment"] = rows["customer_id"].map(customers["segment"]).fillna("other")
    rows["region"] = rows["customer_id"].map(customers["city"]).map(_slug, na_action="ignore").fillna("other")
    rows["who"] = [frozenset({a if isinstance(a, str) else "?"}) for a in rows["agent_id"]]
    rows["customer"] = rows["customer_id"]
    return rows


def _slug(city: str) -> str:
    return re.sub(r"[^a-z]+", "_", fold(city)).strip("_")


@pytest.fixture(scope="module")
def numbers(demo: Demo, complaints: pd.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> list[Said]:
    """What is published of complaints along segment > city > channel."""
    folder = tmp_path_factory.mktemp("dominated")
    customers = pd.read_csv(demo.folder / "customers.csv")
    customers.assign(place=customers["city"].map(_slug)).to_csv(folder / "customers.csv", index=False)
    tickets = pd.read_csv(demo.folder / "tickets.csv", low_memory=False, dtype=str)
    keep = ["ticket_id", "created", "customer_id", "channel", "resolved", "is_complaint", "agent_id", "team_id"]
    tickets[tickets["created"].str.startswith("2025")][keep].to_csv(folder / "tickets.csv", index=False)
    values = {
        "stage": ("support",),
        "channel": ("store", "hotline", "zalo", "website", "facebook"),
        "segment": ("household", "young", "small_business"),
        "region": tuple(sorted(customers["city"].map(_slug).unique())),
    }
    text = strategy_text((("segment", "region", "channel"),), values)
    (folder / "strategy.yaml").write_text(text, encoding="utf-8")
    (folder / "sources.yaml").write_text(SOURCES, encoding="utf-8")
    build(folder / "strategy.yaml", folder / "sources.yaml", folder / "release.duckdb")
    release = Release(folder / "release.duckdb")
    found = [s for s in released(release) if s.metric == RESOLVED]
    release.close()
    return found


def inside(rows: pd.DataFrame, **cut: str) -> pd.DataFrame:
    chosen = rows["month"].isin(("2025-07", "2025-08", "2025-09"))
    for dimension, value in cut.items():
        chosen &= rows[dimension] == value
    return rows[chosen]


def test_the_cell_passes_everything_but_dominance(complaints: pd.DataFrame) -> None:
    cell = inside(complaints, **CELL)
    assert (len(cell), cell["customer"].nunique()) == (128, 14)
    assert cell["customer"].value_counts().max() == 91
    assert staff_broken(cell["who"]) is None
    assert customers_broken(cell["customer"]) == "one customer has 91 of 128 rows"


def test_the_dominated_cell_stands_nowhere_alone(numbers: list[Said], complaints: pd.DataFrame, tell: Tell) -> None:
    quarter = [s for s in numbers if s.period == "2025-Q3"]
    assert [s for s in quarter if len(s.dims) == 3], "the path is cut to its end somewhere"
    holding = [s for s in quarter if all(CELL[d] in values for d, values in s.dims)]
    assert {len(s.dims) for s in holding} == {0, 1, 2, 3}
    for said in holding:
        rows = inside(complaints)
        for dimension, values in said.dims:
            rows = rows[rows[dimension].isin(values)]
        assert len(rows) == said.sums["n"] and broken(rows) is None, said
    alone = tuple((d, (v,)) for d, v in CELL.items())
    assert alone not in {s.dims for s in quarter}
    assert not [s for s in holding if s.sums["n"] == 128]
    tell(dominated_cells=1, numbers_looked_at=len(quarter))


def test_no_number_is_dominated_by_a_customer(numbers: list[Said], complaints: pd.DataFrame) -> None:
    assert len(numbers) > 30
    assert faults(numbers, complaints, {RESOLVED: np.ones(len(complaints), bool)}) == []
