"""Models of a part of the customers: each declared one can be looked at, and is never passed off as everybody's."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from metrics.drivers import EVERYBODY, Meaning, Part, befell, drivers, no_models, outcomes, part_name, parts, today
from metrics.errors import Refused
from metrics.exports.table import of_drivers
from metrics.headlines import at_stage, driver_more
from metrics.loyalty.evidence import Base, Kind, Method, Shape, What
from metrics.loyalty.results import DriverRow, ModelRow, NoModelRow, table_row
from metrics.release import FORMAT, Release, write
from metrics.strategy.model import Strategy
from metrics.words import Words

EN, VI = Words("en"), Words("vi")
YOUNG = Part(segment=("segment", "young"))
OLD = Part(segment=("segment", "old"))
FIRST_HALF = Part(period="2025-H1")
DELIVERY = Part(stage="delivery")

STRATEGY = Strategy.model_validate(
    {
        "version": 1,
        "used_for": "strategy",
        "organisation": {"name": "Small"},
        "goals": [{"id": "keep", "name": "Keep", "statement": "Keep", "sponsor": "Board"}],
        "journey": [
            {"id": "delivery", "name": {"en": "Delivery", "vi": "Giao hàng"}, "customer_goal": "Get", "owner": "Ops"}
        ],
        "dimensions": [
            {
                "id": "segment",
                "name": {"en": "Segment", "vi": "Nhóm khách"},
                "values": [
                    {"id": "young", "name": {"en": "Young people", "vi": "Người trẻ"}},
                    {"id": "old", "name": {"en": "Old people", "vi": "Người già"}},
                ],
            }
        ],
        "views": [{"id": "by_segment", "dimensions": ["segment"], "question": "Who?", "priority": 1}],
        "questions": [{"id": q, "text": q, "scale": [1, 10]} for q in ("price", "speed", "rec")],
        "kpis": [
            {"direction": "up", "goal": "keep", **k}
            for k in (
                {"id": "back", "name": "Back", "metric": "repurchase", "of": {"days": 90}},
                {"id": "back_later", "name": "Back later", "metric": "repurchase", "of": {"days": 180}},
                {"id": "rec", "name": "Recommend", "metric": "nps", "of": {"question": "rec"}},
                {"id": "price_fair", "name": "Fair", "metric": "score_mean", "of": {"question": "price"}},
                {"id": "kept", "name": "Kept", "metric": "on_time", "of": {"promise": "delivery"}, "stage": "delivery"},
            )
        ],
        "loyalty": {
            "outcome": "back",
            "stated": "rec",
            "drivers": {
                "items": [{"question": q, "name": q.capitalize()} for q in ("price", "speed")],
                "outcomes": [{"kpi": "back_later"}, {"kpi": "rec"}],
            },
            "panel": {
                "window_days": 30,
                "lag_days": 0,
                "horizon_days": 90,
                "by": ["segment"],
                "periods": "half",
                "controls": [],
            },
        },
    }
)

#: (base, outcome, part) -> driver -> share, effect, effect low, effect high
MODELS: dict[tuple[Base, str, Part], dict[str, tuple[float, float, float, float]]] = {
    (Base.SURVEY, "back_later", EVERYBODY): {"speed": (70, 5.0, 4.0, 6.0), "price": (30, 2.0, 1.0, 3.0)},
    (Base.SURVEY, "back_later", YOUNG): {"price": (80, 7.0, 5.0, 9.0), "speed": (20, 1.0, -1.0, 3.0)},
    (Base.SURVEY, "back_later", FIRST_HALF): {"speed": (60, 4.0, 3.0, 5.0), "price": (40, 3.0, 1.0, 5.0)},
    (Base.SURVEY, "rec", EVERYBODY): {"price": (60, 0.5, 0.4, 0.6), "speed": (40, 0.3, 0.2, 0.4)},
    (Base.SURVEY, "rec", YOUNG): {"price": (50, 0.5, 0.4, 0.6), "speed": (50, 0.5, 0.4, 0.6)},
    (Base.SURVEY, "rec", OLD): {"price": (60, 0.5, 0.4, 0.6), "speed": (40, 0.3, 0.2, 0.4)},
    (Base.CUSTOMERS, "back", EVERYBODY): {"late": (100, -8.0, -12.0, -4.0)},
    (Base.CUSTOMERS, "back_later", EVERYBODY): {"late": (100, -9.0, -14.0, -4.0)},
    (Base.CUSTOMERS, "back", DELIVERY): {"kept": (100, 0.08, 0.04, 0.12)},
}


def model(number: int, base: Base, outcome: str, part: Part) -> ModelRow:
    dimension, value = part.segment or ("", "")
    kind = Kind.STATED if outcome == "rec" else Kind.BEHAVIOUR
    return ModelRow(
        *(number, base, outcome, kind, part.stage or "", dimension, value, part.period or "all", 500 + number, 500),
        *(0.1, 0.08, 0.12, 0.0, Method.BOOTSTRAP, 0.9, 0, 0),
    )


def driver(number: int, name: str, figures: tuple[float, float, float, float]) -> DriverRow:
    what = {"late": What.CONDITION, "kept": What.KPI}.get(name, What.QUESTION)
    share, effect, low, high = figures
    return DriverRow(
        model=number, what=what, driver="promise" if name == "late" else name, value="late" if name == "late" else "",
        share=float(share), low=share - 9.0, high=min(share + 9.0, 100.0), tier=1, rank_low=1, rank_high=2,
        effect=effect, effect_low=low, effect_high=high, vif=1.2, cluster=0, cluster_share=None, cluster_low=None,
        cluster_high=None, same_halves=True, leak=False, shape=Shape.UNCLEAR, penalty=None, penalty_low=None,
        penalty_high=None, reward=None, reward_low=None, reward_high=None,
    )  # fmt: skip


@pytest.fixture
def release(tmp_path: Path) -> Release:
    numbers: list[tuple[Any, ...]] = []
    for view, cell, total in (("", 0, 660.0), ("by_segment", 1, 720.0), ("by_segment", 2, 600.0)):
        sums = {"n": 100.0, "total": total, "squares": 5400.0}
        numbers += [("score_mean(question=price)", view, int(bool(view)), "2025-Q4", cell, m, v, True)
                    for m, v in sums.items()]  # fmt: skip
    keys = list(MODELS)
    tables: dict[str, list[tuple[Any, ...]]] = {
        "meta": [("as_of", "2026-04-05"), ("draft", "false"), ("format", FORMAT)],
        "strategy": [(STRATEGY.model_dump_json(),)],
        "number": numbers,
        "cell": [(1, "by_segment", 0, "segment", "young"), (2, "by_segment", 0, "segment", "old")],
        "driver_model": [table_row(model(i, *key)) for i, key in enumerate(keys)],
        "driver": [table_row(driver(i, n, f)) for i, key in enumerate(keys) for n, f in MODELS[key].items()],
        "no_model": [
            table_row(NoModelRow(Base.SURVEY, "back_later", "", "segment", "old", "all", Refused.TOO_FEW)),
        ],
    }
    write(tmp_path / "r.duckdb", tables)
    return Release(tmp_path / "r.duckdb")


def test_every_fitted_model_can_be_chosen(release: Release) -> None:
    """Over all outcomes and parts that the page offers, each model of the release is reached, and no other."""
    reached: set[int] = set()
    for kind in Kind:
        for outcome in outcomes(release, Base.SURVEY, kind):
            for part in (EVERYBODY, *parts(release, Base.SURVEY, outcome.id)):
                given = {"outcome": outcome.id} if kind is Kind.BEHAVIOUR else {"score": outcome.id}
                found = drivers(release, part, **given)
                reached |= {m.number for m in (found.behaviour, found.stated) if m} if found else set()
    for outcome in outcomes(release, Base.CUSTOMERS, Kind.BEHAVIOUR):
        for part in (EVERYBODY, *parts(release, Base.CUSTOMERS, outcome.id)):
            found = befell(release, part, outcome.id)
            assert found is not None and found.behaviour is not None
            assert (found.behaviour.part, found.behaviour.kpi.id) == (part, outcome.id)
            reached.add(found.behaviour.number)
    hollow = list(MODELS).index((Base.SURVEY, "rec", OLD))  # its return was not modelled, so nothing is ordered by it
    assert reached == set(range(len(MODELS))) - {hollow}
    assert [k.id for k in outcomes(release, Base.CUSTOMERS, Kind.BEHAVIOUR)] == ["back", "back_later"]


def test_a_segment_has_its_own_order(release: Release) -> None:
    whole, young = drivers(release), drivers(release, YOUNG)
    assert whole is not None and young is not None
    assert [d.cause.id for d in whole.rows] == ["speed", "price"]
    assert [d.cause.id for d in young.rows] == ["price", "speed"]
    assert young.behaviour is not None and young.behaviour.part == YOUNG
    first = driver_more.among("Price goes with return most.", YOUNG, part_name(YOUNG, STRATEGY, EN), EN)
    assert first == "Among young people, price goes with return most."
    assert driver_more.among("Price goes.", EVERYBODY, "All customers", EN) == "Price goes."
    half = driver_more.among("Giá đi cùng.", FIRST_HALF, part_name(FIRST_HALF, STRATEGY, VI), VI)
    assert half == "Trong nửa 1 năm 2025, giá đi cùng."


def test_a_segment_without_a_model_of_return_is_not_shown_by_its_score(release: Release) -> None:
    """The score of old people was modelled, their return was not: a page ordered by return has nothing to say of
    them, and says why."""
    assert drivers(release, OLD) is None
    assert befell(release, YOUNG) is None
    why = no_models(release, Base.SURVEY, OLD)
    assert why == {"back_later": Refused.TOO_FEW} and no_models(release, Base.SURVEY) == {}
    said = driver_more.no_model_of("Old people", why["back_later"], 200, EN)
    assert said.startswith("Old people: too few for a model of their own (it takes 200)")
    assert "this page shows all customers" in driver_more.no_model_of("Old people", None, 200, EN)


def test_how_well_it_is_done_is_told_of_the_same_customers(release: Release) -> None:
    """Beside a segment's model stands the segment's figure, not the company's."""
    figures = {}
    for part in (EVERYBODY, YOUNG):
        found = drivers(release, part)
        assert found is not None
        figures[part] = today(release, found)["price"][0].value
    assert figures == {EVERYBODY: 6.6, YOUNG: 7.2}


def test_a_table_says_whom_it_is_of(release: Release) -> None:
    """A downloaded line of a segment never reads as the company's."""
    whole = of_drivers(release, ("back_later", "rec"), EN)
    young = of_drivers(release, ("back_later", "rec"), EN, Base.SURVEY, YOUNG)
    at = [c.name for c in whole.columns].index("Filters")
    assert {row[at] for row in whole.rows} == {"All customers"} and {row[at] for row in young.rows} == {"Young people"}
    assert young.name != whole.name and "young" in young.name


@pytest.mark.parametrize("w", [EN, VI])
def test_a_stage_is_told_the_way_round_it_was_fitted(release: Release, w: Words) -> None:
    found = befell(release, DELIVERY)
    assert found is not None and found.behaviour is not None
    finding = driver_more.among(at_stage.headline(found, w), DELIVERY, part_name(DELIVERY, STRATEGY, w), w)
    if w is EN:
        assert finding == "Among customers who used “Delivery”, the higher “kept”, the more customers come back."
        assert at_stage.effects_title(found, w) == "One more on “Kept” goes with +0.08 points of return"
        assert at_stage.evidence(found, w).startswith("One KPI there can be told of single customers")
    else:
        assert finding == "Với khách đã qua khâu “Giao hàng”, “kept” càng cao thì càng nhiều khách quay lại."


def test_a_stage_that_shows_nothing_says_so(release: Release) -> None:
    found = befell(release, DELIVERY)
    assert found is not None
    (row,) = found.rows
    e = replace(row.first, effect_low=-0.1)
    nothing = replace(found, rows=(replace(row, behaviour=e, meaning=Meaning.NONE),))
    assert at_stage.headline(nothing, EN) == "Nothing that is measured there goes with return for certain."
    assert at_stage.effects_title(nothing, EN) == "No effect is certain: every range includes zero"
    less = replace(found, rows=(replace(row, meaning=Meaning.AGAINST),))
    assert at_stage.headline(less, EN) == "The higher “kept”, the fewer customers come back."
