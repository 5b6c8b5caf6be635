"""From source files to fitted drivers: who is in the panel, what counts as return, and when there is no model."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from ruamel.yaml import YAML

from metrics.build.facts import make
from metrics.engines.duckdb import DuckDBEngine
from metrics.errors import Refusal, Refused
from metrics.loyalty import survey
from metrics.loyalty.build import Loyalty, fit_all
from metrics.loyalty.evidence import Kind
from metrics.loyalty.panel import cleared
from metrics.loyalty.results import DriverRow, ModelRow, NoModelRow, of_row
from metrics.sources.read import Read, read
from metrics.strategy.load import load
from metrics.strategy.model import Strategy

STRATEGY = Strategy.model_validate(
    YAML(typ="safe").load("""
version: 1
used_for: strategy
organisation: {name: Test}
goals: [{id: keep, name: Keep, statement: Keep them, sponsor: Service}]
journey: [{id: buy, name: Buy, customer_goal: Buy, owner: Sales, touchpoints: [{id: shop, name: Shop}]}]
questions:
  - {id: q_time, text: On time?, scale: [1, 10], listens_to: relationship}
  - {id: q_kind, text: Friendly?, scale: [1, 10], listens_to: relationship}
  - {id: q_nps, text: Recommend?, scale: [0, 10], listens_to: relationship}
  - {id: q_desk, text: Helpful?, scale: [1, 10], listens_to: contact}
loyalty:
  drivers:
    items: [{question: q_time, name: On time}, {question: q_kind, name: Friendly}]
    outcomes: [{kpi: again}, {kpi: recommend}]
kpis:
  - {id: again, name: Again, metric: repurchase, of: {days: 90}, direction: up}
  - {id: recommend, name: Recommend, metric: nps, of: {question: q_nps}, direction: up}
""")
)
SURVEY = """
  - file: survey.csv
    tables:
      - table: answers
        columns: {response_id: id, customer_id: customer, answered_at: day}
        items:
          - {column: time, question: q_time, scale: [1, 10]}
          - {column: kind, question: q_kind, scale: [1, 10]}
          - {column: nps, question: q_nps, scale: [0, 10]}
"""
ORDERS = """
  - file: orders.csv
    tables:
      - table: orders
        columns: {order_id: id, customer_id: customer, ordered_at: day, status: status}
"""
DAY = date(2025, 6, 15)
Row = Sequence[object]
Load = Callable[..., tuple[DuckDBEngine, Strategy, Read]]


def text(header: str, rows: Sequence[Row]) -> str:
    return "\n".join([header, *(",".join("" if v is None else str(v) for v in row) for row in rows), ""])


@pytest.fixture
def loaded(tmp_path: Path) -> Iterator[Load]:
    """loaded(survey rows, order rows) -> engine, strategy, what was read; facts are made."""
    engines: list[DuckDBEngine] = []

    def go(survey: Sequence[Row], orders: Sequence[Row] | None = None, traits: str = "", **change: Any) -> Any:
        (tmp_path / "survey.csv").write_text(text("id,customer,day,time,kind,nps", survey), encoding="utf-8")
        files = SURVEY
        if orders is not None:
            (tmp_path / "orders.csv").write_text(text("id,customer,day,status", orders), encoding="utf-8")
            files += ORDERS
        path = tmp_path / "sources.yaml"
        path.write_text(f"as_of: 2026-04-05\nfiles:{files}{traits}", encoding="utf-8")
        strategy = STRATEGY.model_copy(update=change)
        engine = DuckDBEngine()
        engines.append(engine)
        found = read(path, strategy, engine)
        make(engine, strategy, found.as_of, found.trait("orders").history_from, frozenset())
        return engine, strategy, found

    yield go
    for engine in engines:
        engine.close()


def respondents(n: int, seed: int = 1, day: date | None = DAY) -> list[list[Any]]:
    """Customer i answered as response R-i; on-time goes with the recommendation, friendliness does not."""
    rng = np.random.default_rng(seed)
    time, kind = rng.integers(1, 11, (2, n))
    nps = np.clip(time + rng.integers(-2, 3, n), 0, 10)
    return [[f"R-{i:05}", f"KH-{i:05}", day, t, k, s] for i, (t, k, s) in enumerate(zip(time, kind, nps))]


@dataclass(frozen=True)
class Seen:
    """A survey panel with its rows, read back from the engine."""

    kind: Kind
    drivers: tuple[str, ...]
    x: Any
    y: Any
    customer: Any
    incomplete: int
    unseen: int


def panel(engine: DuckDBEngine, strategy: Strategy, found: Read, outcome: str) -> Seen:
    made = survey.panel(engine, strategy, found, outcome)
    cleared(engine, strategy, made.table, made.who)
    table = engine.query(f'SELECT * FROM "{made.table}" ORDER BY "row"')
    x = np.column_stack([table.column(t.column).to_numpy() * t.unit for t in made.drivers])
    y = table.column("y").to_numpy() * (made.outcome.unit / (100 if made.kind is Kind.BEHAVIOUR else 1))
    return Seen(
        made.kind, tuple(t.driver for t in made.drivers), x, y, table.column("customer").to_numpy(),
        made.incomplete, made.censored,
    )  # fmt: skip


def models(loyalty: Loyalty) -> list[tuple[ModelRow, list[DriverRow]]]:
    drivers = [of_row(DriverRow, r) for r in loyalty.tables["driver"]]
    made = [of_row(ModelRow, r) for r in loyalty.tables["driver_model"]]
    return [(m, [d for d in drivers if d.model == m.model]) for m in made]


def outcome_of(p: Seen) -> dict[int, float]:
    return dict(zip(p.customer.tolist(), p.y.tolist()))


def why(loaded_: tuple[DuckDBEngine, Strategy, Read], outcome: str) -> Refused:
    with pytest.raises(Refusal) as no:
        panel(*loaded_, outcome)
    return no.value.kind


def test_return_lies_strictly_after_the_answer(loaded: Load) -> None:
    """Orders before the answer, or on its day, would let praise of a purchase prove loyalty."""
    after = {0: -30, 1: 0, 2: 1, 3: 90, 4: 91}
    orders = [[f"D-{i}", f"KH-{i:05}", DAY + timedelta(days=gap), "done"] for i, gap in after.items()]
    orders += [["D-5", "KH-00005", DAY + timedelta(days=5), "cancelled"], ["D-6", "KH-99999", DAY, "done"]]
    p = panel(*loaded(respondents(220), orders, "traits: {orders: {leave_out_status: [cancelled]}}"), "again")
    found = outcome_of(p)
    assert [found[i] for i in range(6)] == [0, 0, 1, 1, 0, 0] and sum(found.values()) == 2
    assert (p.kind, p.drivers, len(p.y), p.incomplete, p.unseen) == (Kind.BEHAVIOUR, ("q_time", "q_kind"), 220, 0, 0)


def test_whoever_could_not_yet_return_is_no_loss(loaded: Load) -> None:
    """As of 5 April with 5 closing days: 90 days after 31 December have passed, after 1 January they have not."""
    rows = respondents(230)
    for row, day in zip(rows, [date(2025, 12, 31)] * 5 + [date(2026, 1, 1)] * 5 + [None] * 5):
        row[2] = day
    p = panel(*loaded(rows, [["D-1", "KH-00001", DAY, "done"]]), "again")
    assert (len(p.y), p.unseen) == (220, 10) and set(range(5)) <= set(p.customer.tolist())


def test_before_the_history_begins_nobody_can_be_seen_to_return(loaded: Load) -> None:
    rows = respondents(230)
    for row in rows[:20]:
        row[2] = date(2025, 3, 31)
    orders = [["D-1", "KH-00001", DAY, "done"]]
    p = panel(*loaded(rows, orders, "traits: {orders: {history_from: 2025-04-01}}"), "again")
    assert (len(p.y), p.unseen) == (210, 20)


def test_a_question_left_out_leaves_out_the_response(loaded: Load) -> None:
    rows = respondents(230)
    rows[0][3], rows[1][5] = None, None
    p = panel(*loaded(rows), "recommend")
    assert (p.kind, len(p.y), p.incomplete, p.unseen) == (Kind.STATED, 228, 2, 0)
    assert p.x[0].tolist() == rows[2][3:5] and p.y[0] == rows[2][5]


def test_an_outcome_is_not_its_own_driver(loaded: Load) -> None:
    drivers = YAML(typ="safe").load(
        "items: [{question: q_nps, name: Recommend}, {question: q_time, name: On time}]\noutcomes: [{kpi: recommend}]"
    )
    loyalty = STRATEGY.loyalty.model_validate({"drivers": drivers})
    assert panel(*loaded(respondents(220), loyalty=loyalty), "recommend").drivers == ("q_time",)


def test_models_of_both_outcomes(loaded: Load) -> None:
    rows = respondents(600)
    orders = [[f"D-{r[0]}", r[1], DAY + timedelta(days=20), "done"] for i, r in enumerate(rows) if r[3] + i % 7 > 9]
    found = fit_all(*loaded(rows, orders))
    assert not [key for key in found.no_model if key[0] == "survey"]
    assert found.left_out == {("survey", "again"): (0, 0), ("survey", "recommend"): (0, 0)}
    (again, drivers), (recommend, stated) = models(found)
    assert (again.outcome, again.kind, recommend.kind) == ("again", Kind.BEHAVIOUR, Kind.STATED)
    assert [d.driver for d in drivers] == [d.driver for d in stated] == ["q_time", "q_kind"]
    assert 4 < drivers[0].effect < 15 and 0.8 < stated[0].effect < 1


def test_an_undated_survey_has_no_behaviour(loaded: Load) -> None:
    found = fit_all(*loaded(respondents(300, day=None), [["D-1", "KH-00001", DAY, "done"]]))
    assert [m.outcome for m, _ in models(found)] == ["recommend"]
    assert found.no_model["survey", "again"] == "no_signal"
    assert of_row(NoModelRow, found.tables["no_model"][0]).reason is Refused.NO_SIGNAL


def test_a_sample_of_orders_cannot_tell_return(loaded: Load) -> None:
    orders = [["D-1", "KH-00001", DAY, "done"]]
    assert why(loaded(respondents(300), orders, "traits: {orders: {sample_of: orders}}"), "again") is Refused.SAMPLED


def test_no_orders_no_return(loaded: Load) -> None:
    assert why(loaded(respondents(300)), "again") is Refused.NO_SIGNAL


def test_too_few(loaded: Load) -> None:
    assert why(loaded(respondents(199)), "recommend") is Refused.TOO_FEW


@pytest.mark.parametrize(("of_one", "refused"), [(150, False), (151, True)])
def test_one_customer_is_not_the_company(loaded: Load, of_one: int, refused: bool) -> None:
    rows = respondents(300)
    for row in rows[:of_one]:
        row[1] = "KH-BIG"
    if refused:
        assert why(loaded(rows), "recommend") is Refused.NOT_CLEARED
    else:
        assert len(panel(*loaded(rows), "recommend").y) == 300


def test_a_model_knows_no_parts_of_the_company(loaded: Load) -> None:
    scope = {"view": "by_channel", "where": {"channel": ["store"]}}
    kpis = [k.model_copy(update={"scope": scope}) if k.id == "recommend" else k for k in STRATEGY.kpis]
    assert why(loaded(respondents(300), kpis=tuple(kpis)), "recommend") is Refused.NOT_CLEARED


@pytest.mark.parametrize(("staff", "refused"), [(4, True), (5, False)])
def test_answers_about_contacts_are_held_against_their_staff(tmp_path: Path, staff: int, refused: bool) -> None:
    """A driver asked about a contact says something of who handled it: with four of them, no model."""
    items = {"items": [{"question": "q_desk", "name": "Desk"}], "outcomes": [{"kpi": "recommend"}]}
    strategy = STRATEGY.model_copy(update={"loyalty": STRATEGY.loyalty.model_validate({"drivers": items})})
    rows = respondents(300)
    desk = [[r[0], r[1], r[2], f"T-{i:04}", r[3], r[5]] for i, r in enumerate(rows)]
    contacts = [[f"T-{i:04}", r[1], r[2], f"NV-{i % staff:02}"] for i, r in enumerate(rows)]
    (tmp_path / "desk.csv").write_text(text("id,customer,day,ticket,desk,nps", desk), encoding="utf-8")
    (tmp_path / "tickets.csv").write_text(text("ticket,customer,day,agent", contacts), encoding="utf-8")
    (tmp_path / "sources.yaml").write_text(
        """as_of: 2026-04-05
files:
  - file: desk.csv
    tables:
      - table: answers
        columns: {response_id: id, contact_id: ticket, customer_id: customer, answered_at: day}
        items: [{column: desk, question: q_desk, scale: [1, 10]}, {column: nps, question: q_nps, scale: [0, 10]}]
  - file: tickets.csv
    tables:
      - table: contacts
        columns: {contact_id: ticket, customer_id: customer, opened: day, staff: agent}
""",
        encoding="utf-8",
    )
    with DuckDBEngine() as engine:
        found = read(tmp_path / "sources.yaml", strategy, engine)
        make(engine, strategy, found.as_of, None, frozenset())
        if refused:
            assert why((engine, strategy, found), "recommend") is Refused.NOT_CLEARED
        else:
            assert len(panel(engine, strategy, found, "recommend").y) == 300


@pytest.mark.real
@pytest.mark.usefixtures("shared")
def test_airline_from_its_file() -> None:
    """EXPECTED.json, through the example's own strategy and sources: one undated wave, a score and no behaviour."""
    folder = Path(__file__).parents[2] / "examples" / "airline"
    strategy = load(folder / "strategy.yaml").strategy
    assert strategy is not None
    with DuckDBEngine() as engine:
        found = read(folder / "sources.yaml", strategy, engine)
        make(engine, strategy, found.as_of, None, frozenset())
        fitted = fit_all(engine, strategy, found)
    ((model, drivers),) = models(fitted)
    expected = {"crew": 22.1, "meal": 20.98, "cabin": 20.52, "departure": 17.84, "checkin": 9.81, "booking": 8.75}
    assert [d.driver for d in drivers] == [f"q_{name}" for name in expected]
    assert [d.share for d in drivers] == pytest.approx(list(expected.values()), abs=0.06)
    assert (model.kind, model.n, model.r2) == (Kind.STATED, 10_000, 0.694)
    assert set(fitted.respondents.values()) == {9720}, "the build counts exactly, a release roughly"
