"""What may be said of a link and of a KPI, given its figures; months that say little; actions that tested something."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest

from metrics.errors import Refusal, Refused
from metrics.loyalty.evidence import Base, Evidence, Label, Why
from metrics.loyalty.links import Effect, over_months
from metrics.loyalty.tested import Cell, difference, moved_both
from metrics.loyalty.verdicts import Verdict, label, link, many
from metrics.strategy.model import Strategy
from tests.conftest import AUDIT


def effect(value: float, error: float, **change: Any) -> Effect:
    draws = value + error * np.random.default_rng(0).normal(size=400)
    made = Effect(
        base=Base.CUSTOMERS, n=1000, lag_days=0, effect=value, low=value - 1.96 * error, high=value + 1.96 * error,
        halves=(value, value), segments_same=True, leak=False, part=(0.02, 0.05), reach=1.0, draws=draws,
    )  # fmt: skip
    return replace(made, **change)


SURE = effect(1.0, 0.1)
LINKS = [
    (SURE, 1, Evidence.OBSERVED, Why.EFFECT),
    (SURE, -1, Evidence.CONTRADICTED, Why.AGAINST),
    (effect(-1.0, 0.1), -1, Evidence.OBSERVED, Why.EFFECT),
    (effect(0.1, 0.1), 1, Evidence.UNCLEAR, Why.INCLUDES_ZERO),
    (effect(1.0, 0.1, halves=(2.0, -0.1)), 1, Evidence.UNCLEAR, Why.UNSTABLE),
    (effect(1.0, 0.1, segments_same=False), 1, Evidence.UNCLEAR, Why.UNSTABLE),
    (effect(1.0, 0.1, segments_same=None), 1, Evidence.OBSERVED, Why.EFFECT),
    (effect(1.0, 0.1, leak=True), 1, Evidence.UNCLEAR, Why.LEAK),
    (effect(1.0, 0.1, base=Base.MONTHS, n=22), 1, Evidence.UNCLEAR, Why.TOO_FEW),
    (effect(1.0, 0.1, base=Base.MONTHS, n=36), 1, Evidence.OBSERVED, Why.EFFECT),
    (effect(1.0, 0.49), 1, Evidence.UNCLEAR, Why.ONE_OF_MANY),
    (Refused.TOO_FEW, 1, Evidence.UNCLEAR, Why.NOT_CLEARED),
    (Refused.NO_SIGNAL, 1, Evidence.ASSUMED, Why.NOT_MEASURED),
    (Refused.NOT_CLEARED, 1, Evidence.UNCLEAR, Why.NOT_CLEARED),
]  # fmt: skip


@pytest.mark.parametrize(("found", "sign", "evidence", "why"), LINKS)
def test_evidence_of_a_link(found: Any, sign: int, evidence: Evidence, why: Why) -> None:
    assert link(found, sign, limit=0.02) == Verdict(evidence, why)


def test_arithmetic_and_a_test_come_before_what_was_seen() -> None:
    assert link(effect(-1.0, 0.1), 1, 0.05, identity=True).evidence is Evidence.IDENTITY
    assert link(effect(0.1, 0.1), 1, 0.05, tested=True) == Verdict(Evidence.TESTED, Why.TESTED)


def test_every_class_of_evidence_can_be_reached() -> None:
    reached = {evidence for _, _, evidence, _ in LINKS} | {Evidence.IDENTITY, Evidence.TESTED}
    assert reached == set(Evidence)


def test_one_of_twenty_links_is_found_by_chance_and_not_believed() -> None:
    """Twenty links without any effect: 95 % intervals alone would call one of them observed in most companies."""
    rng = np.random.default_rng(1)
    alone = together = 0
    rounds = 400 if AUDIT else 100
    for _ in range(rounds):
        effects = [effect(float(z), 1.0) for z in rng.normal(size=20)]
        limit = many(effects)
        alone += any(e.sure for e in effects)
        together += any(link(e, 1, limit).evidence in (Evidence.OBSERVED, Evidence.CONTRADICTED) for e in effects)
    assert alone > 0.5 * rounds and together <= 0.1 * rounds


def test_many_keeps_what_is_surely_there() -> None:
    effects = [effect(1.0, 0.1), effect(1.0, 0.2), *(effect(0.5, 1.0) for _ in range(18))]
    limit = many(effects)
    assert [link(e, 1, limit).evidence for e in effects[:3]] == [Evidence.OBSERVED, Evidence.OBSERVED, Evidence.UNCLEAR]
    assert many([]) == 0.0


NOTHING = effect(0.1, 0.1, part=(0.0, 0.01))
LABELS = [
    (SURE, Refused.NO_SIGNAL, 1, Label.RETURN, Why.EFFECT),
    (effect(-1.0, 0.1), Refused.NO_SIGNAL, -1, Label.RETURN, Why.EFFECT),
    (SURE, Refused.NO_SIGNAL, -1, Label.CONTRADICTED, Why.AGAINST),
    (NOTHING, effect(1.0, 0.1, part=(0.1, 0.2)), 1, Label.SCORE_ONLY, Why.INCLUDES_ZERO),
    (NOTHING, effect(1.0, 0.1, part=(0.005, 0.2)), 1, Label.NONE, Why.INCLUDES_ZERO),
    (NOTHING, effect(-1.0, 0.1, part=(0.1, 0.2)), 1, Label.NONE, Why.INCLUDES_ZERO),
    (NOTHING, effect(1.0, 0.1, part=(0.1, 0.2), leak=True), 1, Label.NONE, Why.INCLUDES_ZERO),
    (NOTHING, Refused.TOO_FEW, 1, Label.NONE, Why.INCLUDES_ZERO),
    (effect(1.0, 0.1, leak=True), SURE, 1, Label.NONE, Why.LEAK),
    (effect(1.0, 0.1, halves=(-1.0, 2.0)), SURE, 1, Label.NONE, Why.UNSTABLE),
    (Refused.TOO_FEW, SURE, 1, Label.NONE, Why.NOT_CLEARED),
    (Refused.NO_SIGNAL, SURE, 1, Label.NONE, Why.NOT_MEASURED),
]


@pytest.mark.parametrize(("acted", "spoken", "sign", "expected", "why"), LABELS)
def test_label_of_a_kpi(acted: Any, spoken: Any, sign: int, expected: Label, why: Why) -> None:
    assert label(acted, spoken, sign, limit=0.05) == (expected, why)


def test_only_a_test_may_say_drives() -> None:
    assert label(NOTHING, Refused.NO_SIGNAL, 1, 0.05, tested=True) == (Label.RETURN, Why.TESTED)
    assert all(why is not Why.TESTED for *_, why in LABELS)


# --- months


def strategy(**more: Any) -> Strategy:
    kpis = [
        {"id": "on_time", "name": "On time", "metric": "on_time", "direction": "up"},
        {"id": "back", "name": "Back", "metric": "repurchase", "of": {"days": 90}, "direction": "up"},
    ]
    return Strategy.model_validate(
        {
            "version": 1, "used_for": "strategy", "organisation": {"name": "Small"},
            "goals": [{"id": "keep", "name": "Keep", "statement": "Keep", "sponsor": "Board"}],
            "journey": [{"id": "use", "name": "Use", "customer_goal": "Use", "owner": "Sales"}], "kpis": kpis, **more,
        }
    )  # fmt: skip


def months(values: Any) -> dict[str, float]:
    return {f"{2020 + i // 12}-{i % 12 + 1:02d}": float(v) for i, v in enumerate(values)}


def test_a_common_trend_is_no_link() -> None:
    """Followers grow, so do customers: the levels go together perfectly, the changes do not."""
    rng = np.random.default_rng(2)
    trend = np.arange(48) * 5.0
    one, two = months(trend + rng.normal(size=48)), months(trend + rng.normal(size=48))
    found = over_months(strategy(), one, two, 200)
    assert found.low < 0.2 and found.n == 46 and found.base is Base.MONTHS


def test_a_change_that_is_followed_a_month_later_is_seen() -> None:
    rng = np.random.default_rng(3)
    moved = np.cumsum(rng.normal(size=48))
    later = 2 * np.concatenate([[0], moved[:-1]]) + 0.3 * rng.normal(size=48)
    found = over_months(strategy(), months(moved), months(later), 200)
    assert found.low < 2 < found.high and found.low > 1 and found.lag_days == 30
    assert found.halves[0] > 0 and found.halves[1] > 0


def test_a_year_of_months_is_too_few() -> None:
    values = months(np.random.default_rng(4).normal(size=13))
    with pytest.raises(Refusal) as no:
        over_months(strategy(), values, values, 200)
    assert no.value.kind is Refused.TOO_FEW


def test_a_gap_in_the_months_is_no_change() -> None:
    values = months(np.random.default_rng(5).normal(size=48))
    holed = {m: v for m, v in values.items() if m != "2022-01"}
    assert over_months(strategy(), holed, values, 200).n == 44


# --- actions

ACTION = {
    "id": "carrier", "name": "New carrier", "kpi": "on_time", "start": "2025-04-01",
    "scope": {"view": "by_region", "where": {"region": ["central"]}},
}  # fmt: skip
QUARTERS = ("2024-Q3", "2024-Q4", "2025-Q1", "2025-Q2", "2025-Q3")


def cells(central: Any, others: Any, n: int = 4000) -> list[Cell]:
    measured = {"n": float(n)}
    return [
        Cell(
            "by_region", quarter, {"region": values}, measured | {"kept": n * share / 100, "returned": n * share / 100}
        )
        for values, shares in ((("central",), central), (("north", "south"), others))
        for quarter, share in zip(QUARTERS, shares)
    ]


def test_a_tested_link_moved_both_against_the_comparison() -> None:
    made = strategy(actions=[ACTION])
    on_time, back = made.kpis
    published = {
        "on_time(promise=delivery)": cells((80, 80, 80, 88, 88), (80, 80, 80, 80, 80)),
        "repurchase(days=90)": cells((35, 35, 35, 39, 39), (35, 35, 35, 35, 35)),
    }
    moved = difference(on_time, made.actions[0], published)
    assert moved is not None and moved.sure and moved.value == pytest.approx(8)
    assert moved_both(made, on_time, back, 1, published) and not moved_both(made, on_time, back, -1, published)
    assert not moved_both(made, back, on_time, 1, published), "the action was on the other"


def test_what_rises_everywhere_was_not_the_action() -> None:
    made = strategy(actions=[ACTION])
    published = {"on_time(promise=delivery)": cells((80, 80, 80, 88, 88), (80, 80, 80, 88, 88))}
    found = difference(made.kpis[0], made.actions[0], published)
    assert found is not None and not found.sure and found.low < 0 < found.high


def test_two_places_that_already_went_different_ways_test_nothing() -> None:
    made = strategy(actions=[ACTION])
    published = {"on_time(promise=delivery)": cells((70, 78, 80, 88, 90), (80, 80, 80, 80, 80))}
    found = difference(made.kpis[0], made.actions[0], published)
    assert found is not None and found.low > 0 and not found.placebo and not found.sure


@pytest.mark.parametrize("scope", [None, {"view": "by_region", "where": {"region": ["nowhere"]}}])
def test_without_a_comparison_nothing_is_tested(scope: Any) -> None:
    made = strategy(actions=[{**ACTION, "scope": scope}])
    published = {"on_time(promise=delivery)": cells((80, 80, 80, 88, 88), (80, 80, 80, 80, 80))}
    assert difference(made.kpis[0], made.actions[0], published) is None


def test_a_cell_on_both_sides_tells_neither() -> None:
    made = strategy(actions=[ACTION])
    mixed = [replace(c, dims={"region": ("central", "north")}) for c in cells((80,) * 5, (80,) * 5)]
    assert difference(made.kpis[0], made.actions[0], {"on_time(promise=delivery)": mixed}) is None


def test_an_action_that_has_just_begun_is_not_judged() -> None:
    made = strategy(actions=[{**ACTION, "start": date(2025, 9, 1)}])
    published = {"on_time(promise=delivery)": cells((80, 80, 80, 80, 88), (80,) * 5)}
    assert difference(made.kpis[0], made.actions[0], published) is None
