"""The customer panel: what each respondent said of their experience, and what they said or did about coming back.

One row per response that answered every driver question. A behaviour lies strictly after the answer: whoever bought
before and then praised the delivery proves nothing. A response whose window is still open when the data end is left
out, for it could not yet return. The panel lives in memory, is reduced to results by ``drivers.fit`` and forgotten.

It reads ``src_answers`` and ``src_orders`` (see ``metrics.sources``) and who stands behind each answer from
``fact_answers`` and ``fact_staff`` (see ``metrics.build.facts``); all four must stand in the engine.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import ibis
import numpy as np
from numpy.typing import NDArray

from metrics.clearing.evidence import clear, evidence
from metrics.clearing.rule import UNKNOWN, tightened
from metrics.errors import Refusal, Refused
from metrics.kpis import BY_ID
from metrics.loyalty.drivers import DriverModel, Kind, fit, needed
from metrics.loyalty.lmg import Array
from metrics.sources.read import Read
from metrics.strategy.model import KPI, Strategy

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Panel:
    """``x`` (n, p) scores of ``drivers``, ``y`` (n,) the outcome (1 and 0 for a behaviour), ``customer`` (n,) numbers,
    ``rule.UNKNOWN`` where nobody knows whose answer it is. ``incomplete``: responses that left a question out;
    ``unseen``: complete ones of which the data cannot show what they did."""

    outcome: str
    kind: Kind
    drivers: tuple[str, ...]
    x: Array
    y: Array
    customer: Ints
    incomplete: int
    unseen: int


@dataclass(frozen=True)
class Fitted:
    """``models`` in declared order; ``refused``: outcome -> why it has none; ``panels``: outcome -> (respondents,
    incomplete, unseen), for the build's report."""

    models: tuple[DriverModel, ...]
    refused: Mapping[str, Refused]
    panels: Mapping[str, tuple[int, int, int]]


def fit_all(engine: Any, strategy: Strategy, found: Read) -> Fitted:
    """A model for each outcome that ``loyalty.drivers`` declares, or the reason why there is none."""
    models: list[DriverModel] = []
    refused: dict[str, Refused] = {}
    panels: dict[str, tuple[int, int, int]] = {}
    for outcome in strategy.loyalty.drivers.outcomes if strategy.loyalty.drivers else ():
        try:
            p = panel(engine, strategy, found, outcome.kpi)
            panels[outcome.kpi] = (len(p.y), p.incomplete, p.unseen)
            models.append(fit(p.outcome, p.kind, p.drivers, p.x, p.y, p.customer))
        except Refusal as no:
            refused[outcome.kpi] = no.kind
    return Fitted(tuple(models), refused, panels)


def panel(engine: Any, strategy: Strategy, found: Read, outcome: str) -> Panel:
    """The complete cases for one outcome, a KPI of ``repurchase`` or of the score of a question.

    Raises Refusal: SAMPLED for a behaviour when orders are a sample, NO_SIGNAL when the sources hold nothing of it,
    TOO_FEW below max(10 p, 200) respondents, NOT_CLEARED when those do not pass the cell rule or when the KPI is read
    from a part of the company only (a model knows no parts)."""
    kpi = strategy.kpi(outcome)
    if kpi.scope is not None:
        raise Refusal(Refused.NOT_CLEARED)
    question = _question(kpi)
    drivers = tuple(i.question for i in _items(strategy) if i.question != question)
    if not drivers or not engine.has("src_answers"):
        raise Refusal(Refused.NO_SIGNAL)
    asked = drivers if question is None else (*drivers, question)
    said = _responses(engine, asked)
    answered = np.column_stack([said[f"q{i}"] for i in range(len(asked))])
    complete = ~np.isnan(answered).any(axis=1)
    if question is None:
        returned, seen = _returned(engine, found, strategy, asked, int(kpi.of["days"]))
        y, chosen = np.isin(said["response"], returned).astype(float), complete & np.isin(said["response"], seen)
    else:
        y, chosen = answered[:, -1], complete
    if chosen.sum() < needed(len(drivers)):
        raise Refusal(Refused.TOO_FEW if chosen.any() else Refused.NO_SIGNAL)
    _clear(engine, strategy, asked, said["response"][chosen], said["customer"][chosen])
    return Panel(
        outcome=outcome,
        kind=Kind.BEHAVIOUR if question is None else Kind.STATED,
        drivers=drivers,
        x=answered[chosen, : len(drivers)],
        y=y[chosen],
        customer=said["customer"][chosen],
        incomplete=int((~complete).sum()),
        unseen=int((complete & ~chosen).sum()),
    )


def _items(strategy: Strategy) -> tuple[Any, ...]:
    return strategy.loyalty.drivers.items if strategy.loyalty.drivers else ()


def _question(kpi: KPI) -> str | None:
    """The question whose score is the outcome; None for a repurchase."""
    if kpi.metric == "repurchase":
        return None
    if BY_ID[kpi.metric].fact != "answers":
        raise Refusal(Refused.NO_SIGNAL)
    return str(kpi.of["question"])


def _responses(engine: Any, questions: tuple[str, ...]) -> dict[str, Any]:
    """Arrays, one place per response to any of the questions: ``response``, ``customer``, and the scores ``q0``,
    ``q1`` ... (nan: not answered). Of several answers to one question the last in the file counts."""
    a = _answers(engine, questions)
    scores = {f"q{i}": a.score.argmax(a.row, where=a.question == q) for i, q in enumerate(questions)}
    table = engine.query(a.group_by("response").aggregate(customer=a.customer.min(), **scores).order_by("response"))
    if not table.num_rows:
        raise Refusal(Refused.NO_SIGNAL)
    said = {name: table.column(name).to_numpy().astype(float) for name in scores}
    customer = table.column("customer").fill_null(UNKNOWN).to_numpy()
    return {"response": table.column("response").to_numpy(), "customer": customer.astype(np.int64), **said}


def _answers(engine: Any, questions: tuple[str, ...]) -> Any:
    """Scored answers with response and date from the source, customer and staff from the facts."""
    a, f = engine.table("src_answers"), engine.table("fact_answers")
    a = a.filter(a.score.notnull() & a.question.isin(questions))
    a = a.select("row", "response", "question", "score", "answered_at")
    return a.join(f.select("row", "customer", "handled"), "row")


def _returned(engine: Any, found: Read, strategy: Strategy, asked: tuple[str, ...], days: int) -> tuple[Ints, Ints]:
    """(responses whose customer ordered again on a later day within ``days``, responses of which that can be seen)."""
    if "orders" not in found.tables or not found.customer_mapped.get("orders"):
        raise Refusal(Refused.NO_SIGNAL)
    trait = found.trait("orders")
    if trait.sample_of is not None:
        raise Refusal(Refused.SAMPLED)
    a = _answers(engine, asked)
    a = a.filter(a.customer.notnull() & a.answered_at.notnull())
    a = a.group_by("response").aggregate(customer=a.customer.min(), day=a.answered_at.max().date())
    last = found.as_of - timedelta(days=days + strategy.disclosure.closing_days)
    a = a.filter(a.day <= ibis.literal(last))
    if trait.history_from is not None:
        a = a.filter(a.day >= ibis.literal(trait.history_from))
    o = engine.table("src_orders")
    o = o.filter(o.customer.notnull() & ~o.left_out.fill_null(False))
    o = o.select(buyer=o.customer.cast("int64"), bought=o.ordered_at.date())
    j = a.join(o, a.customer == o.buyer)
    gap = j.bought.delta(j.day, unit="day")
    returned = engine.query(j.filter((gap >= 1) & (gap <= days)).select("response").distinct())
    return returned.column("response").to_numpy(), engine.query(a.select("response")).column("response").to_numpy()


def _clear(engine: Any, strategy: Strategy, asked: tuple[str, ...], responses: Ints, customer: Ints) -> None:
    """Raise Refusal(NOT_CLEARED) unless the people behind these responses pass the cell rule. Answers about no contact
    have no staff side."""
    a, lines = _answers(engine, asked), engine.table("fact_staff").rename(line="handled")
    a = a.filter(a.handled.notnull()).select("response", "handled").distinct()
    j = a.left_join(lines, a.handled == lines.line)
    by = engine.query(j.select(response=j.response, staff=j.staff.cast("int64").fill_null(UNKNOWN)).distinct())
    response, staff = by.column("response").to_numpy(), by.column("staff").to_numpy().astype(np.int64)
    inside = np.isin(response, responses)
    one = np.zeros(1)
    behind = evidence(
        sums=np.array([[float(len(responses))]]),
        handled=one + len(np.unique(response[inside])),
        staff=(np.zeros(inside.sum(), np.int64), staff[inside], np.ones(inside.sum())),
        customers=(np.zeros(len(customer), np.int64), customer, np.ones(len(customer))),
    )
    if not clear(behind, tightened(strategy.disclosure), lambda sums: np.zeros(len(sums), bool))[0]:
        raise Refusal(Refused.NOT_CLEARED)
