"""What-ifs: chains with joint intervals, no extrapolation, no money from shares, nothing promised where nothing is."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from metrics.drivers.quantity import Effect, Share, chained
from metrics.drivers.whatif import choice, choices, named, what_if
from metrics.errors import Refusal, Refused
from metrics.loyalty.evidence import Base, Evidence, Label, Why
from metrics.loyalty.results import DrawRow, LabelRow, LinkRow, table_row
from metrics.release import FORMAT, Release, write
from metrics.strategy.model import Strategy

KPIS: list[dict[str, Any]] = [
    {"id": "back", "name": "Back", "metric": "repurchase", "of": {"days": 90}},
    {"id": "on_time", "name": "On time", "metric": "on_time", "of": {"promise": "delivery"}, "stage": "delivery",
     "levers": [{"id": "carrier", "kind": "policy", "name": "Carrier"}],
     "drives": [{"kpi": "back", "reason": "Late"}]},
    {"id": "central", "name": "Central", "metric": "on_time", "of": {"promise": "delivery"},
     "scope": {"view": "by_region", "where": {"region": ["central"]}},
     "drives": [{"kpi": "on_time", "identity": True}]},
    {"id": "called", "name": "Called", "metric": "replied_within", "of": {"hours": 2},
     "drives": [{"kpi": "solved", "reason": "Quick"}]},
    {"id": "solved", "name": "Solved", "metric": "fcr", "drives": [{"kpi": "back", "reason": "Twice"}]},
    {"id": "friendly", "name": "Friendly", "metric": "score_mean", "of": {"question": "friendly"}},
    {"id": "cost", "name": "Cost", "metric": "series", "of": {"name": "cost", "unit": "money"}, "direction": "down"},
]  # fmt: skip
#: (cause, outcome) -> effect, low, high, evidence, reach
LINKS = {
    ("on_time", "back"): (0.08, 0.04, 0.12, Evidence.OBSERVED, 0.75),
    ("called", "solved"): (0.50, 0.40, 0.60, Evidence.OBSERVED, 1.0),
    ("solved", "back"): (0.10, -0.02, 0.22, Evidence.UNCLEAR, 0.4),
}


def strategy() -> Strategy:
    return Strategy.model_validate(
        {
            "version": 1,
            "used_for": "strategy",
            "organisation": {"name": "Small"},
            "goals": [{"id": "keep", "name": "Keep", "statement": "Keep", "sponsor": "Board"}],
            "journey": [{"id": "delivery", "name": "Delivery", "customer_goal": "Get", "owner": "Logistics"}],
            "questions": [{"id": "friendly", "text": "Friendly?", "scale": [1, 10]}],
            "dimensions": [
                {"id": "region", "name": "Region", "values": [{"id": v, "name": v} for v in ("north", "central")]}
            ],
            "views": [{"id": "by_region", "dimensions": ["region"], "question": "Where?"}],
            "kpis": [{"direction": "up", "goal": "keep", **k} for k in KPIS],
            "loyalty": {"outcome": "back"},
        }
    )


def draws(cause: str, outcome: str, value: float, low: float, high: float) -> list[tuple[Any, ...]]:
    rng = np.random.default_rng(len(cause) + 10 * len(outcome))
    spread = (high - low) / 3.92
    return [table_row(DrawRow(cause, "", outcome, i, value + spread * z)) for i, z in enumerate(rng.normal(size=200))]


@pytest.fixture
def release(tmp_path: Path) -> Release:
    numbers: list[tuple[Any, ...]] = []

    def add(metric: str, month: str, sums: dict[str, float], view: str = "", cell: int = 0) -> None:
        numbers.extend((metric, view, 1 if view else 0, month, cell, m, v, True) for m, v in sums.items())

    for month, kept in (("2025-10", 780.0), ("2025-11", 860.0), ("2025-12", 800.0)):
        add("on_time(promise=delivery)", month, {"n": 1000.0, "kept": kept})
        add("replied_within(hours=2)", month, {"n": 1000.0, "within": 700.0 + kept / 10})
        add("fcr", month, {"n": 1000.0, "resolved": 600.0 + kept / 10})
        add("score_mean(question=friendly)", month, {"n": 100.0, "total": 800 + kept / 20, "squares": 7200 + kept})
        add("repurchase(days=90)", month, {"n": 400.0, "returned": 150.0})
        add("revenue", month, {"n": 2000.0, "total": 2000 * 500_000.0, "squares": 2000 * 3e11})
    for cell, kept in ((1, 900.0), (2, 700.0)):
        add(
            "on_time(promise=delivery)",
            "2025-Q4",
            {"n": 2400.0 if cell == 1 else 600.0, "kept": kept * (2.4 if cell == 1 else 0.6)},
            "by_region",
            cell,
        )
    add("on_time(promise=delivery)", "2025-Q4", {"n": 3000.0, "kept": 2440.0})
    told = [LinkRow(a, b, e, Why.EFFECT, Base.CUSTOMERS, 1000, 0, None, v, low, high, v, v, True, reach)
            for (a, b), (v, low, high, e, reach) in LINKS.items()]  # fmt: skip
    told.append(LinkRow("central", "on_time", Evidence.IDENTITY, Why.ARITHMETIC, Base.NONE, *(None,) * 10))
    friendly = LabelRow(
        "friendly", Label.SCORE_ONLY, Why.INCLUDES_ZERO, Base.SURVEY, 2400, -0.3, -2.2, 1.6, 1.0, 2400, 0.5, 0.4, 0.6
    )
    kept = [d for (a, b), (v, low, high, *_) in LINKS.items() for d in draws(a, b, v, low, high)]
    tables: dict[str, list[tuple[Any, ...]]] = {
        "meta": [("as_of", "2026-04-05"), ("draft", "false"), ("format", FORMAT)],
        "strategy": [(strategy().model_dump_json(),)],
        "number": numbers,
        "cell": [(1, "by_region", 0, "region", "north"), (2, "by_region", 0, "region", "central")],
        "link": [table_row(row) for row in told],
        "label": [table_row(friendly)],
        "effect_draw": kept + draws("friendly", "back", -0.3, -2.2, 1.6),
    }
    write(tmp_path / "r.duckdb", tables)
    return Release(tmp_path / "r.duckdb")


def why(release: Release, kpi: str, to: float) -> Refused:
    with pytest.raises(Refusal) as no:
        what_if(release, kpi, to)
    return no.value.kind


def test_a_share_is_no_effect() -> None:
    """The largest share of a model moves nothing by itself: the program refuses it, and so does mypy."""
    share = Share(36.0, 28.0, 44.0)
    with pytest.raises(TypeError, match="share"):
        chained((share,))  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="share"):
        chained((Effect(1.0, 0.5, 1.5, (1.0,)), share))  # type: ignore[arg-type]


def test_a_chain_is_joint_not_a_product_of_ends() -> None:
    """Two effects estimated from the same customers move together: their product is less sure than independent ones
    say, and never as wide as the product of their ends."""
    rng = np.random.default_rng(1)
    luck = rng.normal(size=1000)
    one = Effect(1.0, 0.6, 1.4, tuple(1 + 0.2 * luck))
    same, other = (Effect(1.0, 0.6, 1.4, tuple(1 + 0.2 * z)) for z in (luck, rng.normal(size=1000)))
    joint, apart = chained((one, same)), chained((one, other))
    assert joint.value == apart.value == 1.0
    assert joint.high - joint.low > 1.2 * (apart.high - apart.low)
    assert apart.low > 0.36 and apart.high < 1.96


def test_a_move_within_reach(release: Release) -> None:
    found = what_if(release, "on_time", 85.0)
    at = found.choice
    assert (at.low, at.high) == (pytest.approx(70), pytest.approx(90)), "months 78 to 86, regions 70 and 90"
    move = 85.0 - (at.now.value or 0)
    assert found.change.value == pytest.approx(0.08 * move)
    assert (found.change.low, found.change.high) == pytest.approx((0.04 * move, 0.12 * move))
    assert found.whole is not None and found.whole.value == pytest.approx(0.75 * found.change.value)
    assert (at.evidence, at.n, found.nothing) == (Evidence.OBSERVED, 1000, False)
    people = 400 * found.whole.value / 100
    assert found.money is not None
    assert found.money.customers.value == pytest.approx(people)
    assert found.money.amount.value == pytest.approx(people * 500_000)
    assert found.money.amount.low <= found.money.customers.low * 500_000 <= found.money.amount.value


@pytest.mark.parametrize("to", [69.9, 90.1, 100.0, 1e9])
def test_where_nobody_has_been_nothing_is_said(release: Release, to: float) -> None:
    assert why(release, "on_time", to) is Refused.OUTSIDE


def test_a_fall_is_told_as_a_loss(release: Release) -> None:
    found = what_if(release, "on_time", 75.0)
    assert found.change.high < 0 and found.money is not None and found.money.amount.high < 0


def test_a_chain_is_as_strong_as_its_weakest_link(release: Release) -> None:
    at = choice(release, "called")
    assert [s.to.id for s in at.chain] == ["solved", "back"] and at.outcome.id == "back"
    assert (at.evidence, at.reach) == (Evidence.UNCLEAR, pytest.approx(0.4))
    found = what_if(release, "called", at.high)
    assert found.change.value == pytest.approx(0.05 * (at.high - (at.now.value or 0)))
    assert found.nothing and found.money is None


def test_a_part_moves_the_whole_by_its_share_of_the_rows(release: Release) -> None:
    at = choice(release, "central")
    assert [(s.to.id, s.evidence) for s in at.chain] == [("on_time", Evidence.IDENTITY), ("back", Evidence.OBSERVED)]
    assert at.reach == pytest.approx(0.75 * 600 / 3000) and at.evidence is Evidence.OBSERVED


def test_a_driver_without_effect_promises_nothing_whatever_its_share(release: Release) -> None:
    at = choice(release, "friendly")
    for to in (at.low, at.high):
        if to != at.now.value:
            found = what_if(release, "friendly", to)
            assert found.nothing and found.money is None and found.change.low < 0 < found.change.high


def test_what_leads_nowhere_cannot_be_moved(release: Release) -> None:
    assert why(release, "cost", 1.0) is Refused.NO_SIGNAL
    assert why(release, "back", 40.0) is Refused.NO_SIGNAL
    with pytest.raises(KeyError):
        what_if(release, "agent", 1.0)
    assert {c.kpi.id for c in choices(release)} == {"on_time", "central", "called", "solved", "friendly"}


def test_a_lever_a_stage_and_a_question_name_their_kpi(release: Release) -> None:
    for id, kpi in (("carrier", "on_time"), ("delivery", "on_time"), ("friendly", "friendly"), ("on_time", "on_time")):
        assert [k.id for k in named(release, id)] == [kpi]
    assert named(release, "agent") == ()


def test_unknown_reach_gives_no_money(release: Release) -> None:
    at = choice(release, "on_time")
    assert replace(at, chain=(replace(at.chain[0], reach=None),)).reach is None
