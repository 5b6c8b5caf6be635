"""The customer panel: what counts as an experience, what as behaviour after it, and who is left out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from metrics.build import facts as fact_tables
from metrics.engines.duckdb import DuckDBEngine
from metrics.errors import Refusal, Refused
from metrics.kpis import METRICS
from metrics.loyalty import customers
from metrics.loyalty.build import fit_all
from metrics.loyalty.evidence import What
from metrics.loyalty.experience import live, measurable, parts
from metrics.loyalty.models import Cut, fit_panel
from metrics.loyalty.results import LabelRow, NoModelRow, of_row
from metrics.sources.read import Read, read
from metrics.strategy.load import load
from metrics.strategy.model import Strategy
from tests.build.small import STRATEGY, Row, write_company

LOYALTY = """
loyalty:
  outcome: back
  stated: happy
  panel: {window_days: 20, lag_days: 0, horizon_days: 30, by: [segment], periods: none, controls: []}
"""
DIMENSIONS = """  - {id: waited, name: Waited, over_hours: 2}
  - {id: promise, name: Promise}
  - {id: complaint, name: Complaint}
"""
TEXT = STRATEGY.replace("  - {id: waited, name: Waited, over_hours: 2}\n", DIMENSIONS).replace(
    "views:", LOYALTY + "views:"
)
FIRST = date(2025, 10, 1)
Load = Callable[..., tuple[DuckDBEngine, Strategy, Read]]


@pytest.fixture
def loaded(tmp_path: Path) -> Iterator[Load]:
    engines: list[DuckDBEngine] = []

    def go(tables: dict[str, list[Row]], text: str = TEXT, **more: Any) -> tuple[DuckDBEngine, Strategy, Read]:
        strategy_path, sources_path = write_company(tmp_path, tables, strategy=text, **more)
        strategy = load(strategy_path).strategy
        assert strategy is not None, [f.what for f in load(strategy_path).errors]
        engine = DuckDBEngine()
        engines.append(engine)
        found = read(sources_path, strategy, engine)
        fact_tables.make(engine, strategy, found.as_of, found.trait("orders").history_from, frozenset({"orders"}))
        live(engine, strategy)
        return engine, strategy, found

    yield go
    for engine in engines:
        engine.close()


def at(day: date, hour: int = 9) -> str:
    return datetime(day.year, day.month, day.day, hour).isoformat(sep=" ")


def company(n: int = 600, seed: int = 1) -> dict[str, list[Row]]:
    """Customer i orders on day i % 60; delivery is late for every fourth, a complaint about it is slow for every
    fifth. Late customers seldom come back, on day 25 after the first order if at all."""
    rng = np.random.default_rng(seed)
    tables: dict[str, list[Row]] = {"customers": [], "orders": [], "contacts": [], "answers": []}
    for i in range(n):
        day, late, complains = FIRST + timedelta(days=i % 60), i % 4 == 0, i % 5 == 0
        who, order = f"KH-{i:05d}", f"DH-{i:05d}"
        tables["customers"].append({"customer": who, "joined": day, "segment": ("household", "business")[i % 3 == 0]})
        came = day + timedelta(days=5 if late else 2)
        tables["orders"].append(
            {
                "order": order, "customer": who, "at": at(day), "channel": "store", "amount": 100_000,
                "promised": day + timedelta(days=2), "delivered": came,
            }
        )  # fmt: skip
        if complains:
            tables["contacts"].append(
                {
                    "contact": f"PH-{i:05d}", "customer": who, "order": order, "at": at(came), "stage": "support",
                    "touchpoint": "hotline_call", "channel": "hotline", "agent": f"Agent {'ABCDEFGH'[i // 5 % 8]}a",
                    "complaint": "yes", "resolved_at": None, "response": at(came, 10),
                    "resolved": at(came + timedelta(days=3)),
                }
            )  # fmt: skip
        if i % 3 == 0:
            tables["answers"].append(
                {"response": f"R{i}", "order": order, "question": "csat", "score": 1 + (i * 7) % 5, "at": at(came, 20),
                 "stage": "support", "customer": who}
            )  # fmt: skip
        if rng.random() < (0.2 if late else 0.5):
            again = {"order": f"DX-{i:05d}", "customer": who, "at": at(day + timedelta(days=25)), "channel": "store"}
            tables["orders"].append({**again, "amount": 50_000})
    for row in tables["contacts"]:
        del row["resolved_at"]
    return tables


def table(engine: DuckDBEngine, name: str) -> dict[int, dict[str, Any]]:
    return {r["customer"]: r for r in engine.query(f'SELECT * FROM "{name}"').to_pylist()}


def test_the_clock_starts_when_the_last_experience_is_over(loaded: Load) -> None:
    """Delivered on time on day 2; late on day 5; a complaint that was settled three days after."""
    engine, strategy, found = loaded(company())
    customers.wide(engine, strategy, found)
    rows = table(engine, customers.WIDE)
    days = {i: (rows[i]["end"] - rows[i]["first_day"]).days for i in (1, 4, 5, 20)}
    assert days == {1: 2, 4: 5, 5: 5, 20: 8}


def test_conditions_befall_whom_they_befell(loaded: Load) -> None:
    engine, strategy, found = loaded(company())
    made = customers.wide(engine, strategy, found)
    assert {(t.what, t.driver, t.value) for t in made.conditions} == {
        (What.CONDITION, "promise", "late"), (What.CONDITION, "complaint", "slow"),
    }  # fmt: skip
    rows = table(engine, customers.WIDE)
    assert all(rows[i]["c_promise_late"] == (i % 4 == 0) for i in range(600))
    assert all(rows[i]["c_complaint_slow"] == (i % 5 == 0) for i in range(600))


def test_behaviour_lies_after_the_experience_and_within_the_days(loaded: Load) -> None:
    """An order on the day the last experience was over, or before it, is no return; after 30 days it is none either."""
    tables = company()
    tables["orders"] = [o for o in tables["orders"] if not str(o["order"]).startswith("DX")]
    for i, gap in ((1, 2), (5, 5), (9, 3), (13, 32), (17, 33)):  # over on days 2, 5, 2, 2, 2
        day = FIRST + timedelta(days=i % 60 + gap)
        tables["orders"].append({"order": f"DX-{i:05d}", "customer": f"KH-{i:05d}", "at": at(day), "amount": 1000})
    engine, strategy, found = loaded(tables)
    made = customers.wide(engine, strategy, found)
    panel = customers.panel(engine, strategy, found, made, "back")
    rows = table(engine, panel.table)
    assert {i: rows[i]["y"] for i in (1, 5, 9, 13, 17)} == {1: 0, 5: 0, 9: 1, 13: 1, 17: 0}
    assert sum(r["y"] for r in rows.values()) == 2


def test_the_declared_lag_is_left_out(loaded: Load) -> None:
    engine, strategy, found = loaded(company(), TEXT.replace("lag_days: 0", "lag_days: 23"))
    made = customers.wide(engine, strategy, found)
    rows = table(engine, customers.panel(engine, strategy, found, made, "back").table)
    late = [r["y"] for i, r in rows.items() if i % 4 == 0 and i % 5]
    timely = [r["y"] for i, r in rows.items() if i % 4 and i % 5]
    assert not sum(timely), "day 25 is 23 days after day 2, and must be more"
    assert not sum(late), "and 20 days after day 5"


def test_whoever_could_not_yet_return_is_left_out_and_counted(loaded: Load) -> None:
    """Window 20, horizon 30, closing days 5: first orders of the last 55 days before the data end are no losses."""
    engine, strategy, found = loaded(company(), as_of="2025-12-31")
    made = customers.wide(engine, strategy, found)
    panel = customers.panel(engine, strategy, found, made, "back")
    rows = table(engine, panel.table)
    last = date(2025, 12, 31) - timedelta(days=55)
    assert max(r["first_day"] for r in rows.values()) == last
    assert panel.censored == sum(FIRST + timedelta(days=i % 60) > last for i in range(600)) and panel.censored > 100


def test_coming_back_early_does_not_change_what_was_met(loaded: Load) -> None:
    """If a window ended at the next order, everybody who complains later would seem to have stayed away for it."""
    tables = company()
    for i in range(0, 600, 5):
        day = FIRST + timedelta(days=i % 60 + 1)
        tables["orders"].append({"order": f"DY-{i:05d}", "customer": f"KH-{i:05d}", "at": at(day), "amount": 1000})
    engine, strategy, found = loaded(tables)
    customers.wide(engine, strategy, found)
    assert sum(r["c_complaint_slow"] for r in table(engine, customers.WIDE).values()) == 120


def test_a_late_delivery_is_found_and_a_complaint_without_effect_is_not(loaded: Load) -> None:
    engine, strategy, found = loaded(company(2400))
    made = customers.wide(engine, strategy, found)
    models = fit_panel(engine, strategy, customers.panel(engine, strategy, found, made, "back"))
    assert [(m.cut.dimension, m.cut.value) for m in models.fitted] == [
        ("", ""), ("segment", "household"), ("segment", "business"),
    ]  # fmt: skip
    whole = models.fitted[0]
    assert whole.cut == Cut() and whole.model.n == 2400
    late, complaint = (next(r for r in whole.model.rows if r.term.value == v) for v in ("late", "slow"))
    assert -36 < late.effect < -24 and late.effect_high < 0
    assert complaint.effect_low < 0 < complaint.effect_high


def test_whoever_did_not_use_a_stage_is_not_in_its_model(loaded: Load) -> None:
    """A third of the customers answered; never pairwise: each of the stage's KPIs stands on the same customers."""
    text = TEXT.replace("    of: {question: csat}\n", "    of: {question: csat}\n    stage: support\n")
    engine, strategy, found = loaded(company(1200), text)
    made = customers.wide(engine, strategy, found)
    whole = customers.panel(engine, strategy, found, made, "back")
    (panel,) = customers.stages(engine, strategy, made, whole)
    models = fit_panel(engine, strategy, panel, cuts=False)
    assert panel.stage == "support" and [t.driver for t in panel.drivers] == ["happy"]
    assert models.fitted[0].model.n == 400


def test_a_part_of_a_kpi_is_no_driver_beside_the_whole(loaded: Load) -> None:
    """A KPI read from one region only said the same as the whole KPI of fewer customers: both were called drivers, each
    with half of the share, and everybody outside the region fell out of the model."""
    whole_kpi = next(p for p in TEXT.split("  - id: ") if p.startswith("happy\n"))
    here = whole_kpi.replace("    of: {question: csat}\n", "    of: {question: csat}\n    stage: support\n")
    part = here.replace("happy\n", "happy_here\n", 1).replace("Happy", "Happy here")
    part = part.rstrip() + "\n    scope: {view: by_channel, where: {channel: [store]}}\n"
    text = TEXT.replace("  - id: " + whole_kpi, "  - id: " + here + "  - id: " + part)
    tables = company(1500)
    for row in tables["orders"][::5]:
        row["channel"] = "hotline"
    engine, strategy, found = loaded(tables, text)
    made = customers.wide(engine, strategy, found)
    assert {t.driver for t in made.kpis} >= {"happy", "happy_here"}
    (panel,) = customers.stages(engine, strategy, made, customers.panel(engine, strategy, found, made, "back"))
    assert [t.driver for t in panel.drivers] == ["happy"]
    assert fit_panel(engine, strategy, panel, cuts=False).fitted[0].model.n == 500


def test_four_members_of_staff_are_no_model(loaded: Load) -> None:
    tables = company(1200)
    for i, row in enumerate(tables["contacts"]):
        row["agent"] = f"Agent {'ABCD'[i % 4]}a"
    engine, strategy, found = loaded(tables)
    made = customers.wide(engine, strategy, found)
    models = fit_panel(engine, strategy, customers.panel(engine, strategy, found, made, "back"))
    assert not models.fitted and {why for _, why in models.refused} == {Refused.NOT_CLEARED}


def test_a_sample_of_orders_gives_no_panel(loaded: Load) -> None:
    engine, strategy, found = loaded(company(), traits="{orders: {no_staff: true, sample_of: orders}}")
    with pytest.raises(Refusal) as no:
        customers.wide(engine, strategy, found)
    assert no.value.kind is Refused.SAMPLED
    tables = fit_all(engine, strategy, found).tables
    assert [of_row(NoModelRow, r).reason for r in tables["no_model"]] == [Refused.SAMPLED]
    assert {of_row(LabelRow, r).label.value for r in tables["label"]} == {"none", "outcome"}


def test_a_kpi_of_a_customer_adds_up_to_the_kpi(loaded: Load) -> None:
    engine, _, _ = loaded(company())
    values = engine.query("SELECT value FROM rows_happy").column("value").to_numpy()
    scores = np.array([1 + (i * 7) % 5 for i in range(0, 600, 3)])
    assert len(values) == 200 and values.mean() * 0.01 == pytest.approx(100 * (scores >= 4).mean())


@pytest.mark.parametrize(
    "metric", [m for m in METRICS if m.fact in ("contacts", "answers", "orders") and not m.per_month]
)
def test_every_share_and_mean_is_linear_in_its_rows(metric: Any) -> None:
    """``parts`` takes a metric apart by its measures; if a formula stops being linear, this says so."""
    names = {
        "nps": ("n", "promoters", "detractors"), "ladder": ("n", "l1", "l2", "l3", "l4", "l5", "l6"),
    }.get(metric.id)  # fmt: skip
    if names is None:
        import ibis

        columns = dict.fromkeys(("score", "first_response_hours", "resolved_hours"), "float64")
        columns |= dict.fromkeys(
            (
                "resolved",
                "reopened",
                "repeated",
                "promise_kept",
                "is_complaint",
                "invited",
                "delivery_kept",
                "install_kept",
            ),
            "boolean",
        )
        columns |= {"promised_month": "date", "install_month": "date"}
        fact = ibis.table(columns | {"question": "string", "month": "date", "invited_to": "array<string>"}, name="t")
        params = {
            p.name: p.default if p.default is not None else {str: "q", int: 2, float: 2.0}[p.type]
            for p in metric.parameters
        }
        names = tuple(metric.measures(fact, params))
    found = parts(metric, names)
    rng = np.random.default_rng(1)
    assert found, "a metric that is told of no row"
    for _ in range(20):
        sums = {name: float(rng.integers(0, 50)) for name in names} | {"n": 60.0}
        assert metric.value(sums) == pytest.approx(sum(found[m] * sums[m] for m in found) / 60, abs=1e-9)


def test_what_is_no_single_customers_is_told_apart() -> None:
    strategy = load(Path(__file__).parents[2] / "strategy.yaml").strategy
    assert strategy is not None
    told = {k.id for k in strategy.kpis if measurable(k)}
    assert {"on_time", "tnps", "csat_support", "fcr", "reopened"} <= told
    assert not told & {"return_90", "retention_3", "new_customers", "online_revenue", "cost_to_serve"}
