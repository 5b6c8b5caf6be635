"""The survey panel: what each respondent said of their experience, and what they said or did about coming back.

One row per response that answered every driver question. A behaviour lies strictly after the answer: whoever bought
before and then praised the delivery proves nothing. A response whose window is still open when the data end is left
out, for it could not yet return.

It reads ``src_answers`` and ``src_orders`` (see ``metrics.sources``) and who stands behind each answer from
``fact_answers`` and ``fact_staff`` (see ``metrics.build.facts``); all four must stand in the engine.
"""

from __future__ import annotations

from typing import Any

from metrics.errors import Refusal, Refused
from metrics.loyalty import behaviour
from metrics.loyalty.drivers import Term, needed
from metrics.loyalty.evidence import Base, Kind, What
from metrics.loyalty.panel import Panel, asked, dimensions, period, staff_behind, stored, whole_numbers
from metrics.loyalty.resample import resampling
from metrics.sources.read import Read
from metrics.strategy.model import Strategy

#: Dimensions that an answer carries.
KNOWN = ("segment", "region", "channel", "product")
#: Numbers of customers whom nobody knows start here (see metrics.build.facts.ground).
UNNAMED = 2**33


def panel(engine: Any, strategy: Strategy, found: Read, outcome: str, name: str = "panel_survey") -> Panel:
    """The complete cases for one outcome, a KPI of a behaviour or of the score of a question, as table ``name``.

    Raises Refusal: SAMPLED for a behaviour when orders are a sample, NO_SIGNAL when the sources hold nothing of it,
    TOO_FEW below max(10 p, 200) respondents, NOT_CLEARED when the KPI is read from a part of the company only (a model
    knows no parts)."""
    kpi = strategy.kpi(outcome)
    if kpi.scope is not None:
        raise Refusal(Refused.NOT_CLEARED)
    question = None if behaviour.is_behaviour(kpi) else behaviour.scored(kpi)
    declared = strategy.loyalty.drivers.items if strategy.loyalty.drivers else ()
    drivers = tuple(i.question for i in declared if i.question != question)
    if not drivers or not engine.has("src_answers"):
        raise Refusal(Refused.NO_SIGNAL)
    constant = tuple(q for q in asked(strategy) if q != question and q not in drivers)
    questions = (*drivers, *constant, *(() if question is None else (question,)))
    said = _responses(engine, strategy, questions)
    columns = [f"q{i}" for i in range(len(questions))]
    count = engine.query(said.aggregate(n=said.count())).column("n")[0].as_py()
    whole = said.filter([said[c].notnull() for c in columns])
    complete = engine.query(whole.aggregate(n=whole.count())).column("n")[0].as_py()
    units = whole_numbers(engine, whole, columns)
    rows = whole.mutate(**{c: stored(whole[c], units[c]) for c in columns})
    if question is None:
        known = rows.filter(rows.customer < UNNAMED, rows.day.notnull()).select("customer", "day", key=rows["row"])
        y = behaviour.after(engine, strategy, found, known, kpi)
        rows = rows.join(y.rename(y_key="key"), rows["row"] == y.key)
        end, kind = behaviour.term(kpi), Kind.BEHAVIOUR
    else:
        rows = rows.mutate(y=rows[columns[-1]])
        end, kind = Term("y", units[columns[-1]]), Kind.STATED
    places = [d for d in dimensions(strategy) if d in KNOWN]
    engine.create(name, rows.select("row", "customer", "block", "period", *places, *columns, "y"))
    made = engine.table(name)
    n = engine.query(made.aggregate(n=made.count())).column("n")[0].as_py()
    if n < needed(len(drivers)):
        raise Refusal(Refused.TOO_FEW if n else Refused.NO_SIGNAL)
    a = _answers(engine, questions)
    staff_behind(engine, f"{name}_who", engine.sql(a.select("handled", row=a.response)))
    terms = [Term(c, units[c], What.QUESTION, q) for c, q in zip(columns, questions)]
    return Panel(
        base=Base.SURVEY,
        outcome_kpi=outcome,
        kind=kind,
        table=name,
        who=f"{name}_who",
        drivers=tuple(terms[: len(drivers)]),
        outcome=end,
        controls=tuple(d for d in places if d in strategy.loyalty.panel.controls),
        asked=tuple(terms[len(drivers) : len(drivers) + len(constant)]),
        incomplete=count - complete,
        censored=complete - n,
        drawn=resampling(engine),
        decided={t.column: (f"{name}_who",) for t in terms},
    )


def _responses(engine: Any, strategy: Strategy, questions: tuple[str, ...]) -> Any:
    """One row per response to any of the questions: ``row``, ``customer``, ``block``, ``day``, ``period``, places of
    dimensions, and the scores ``q0``, ``q1`` ... (null: not answered). Of several answers to one question the last in
    the file counts."""
    a = _answers(engine, questions)
    scores = {f"q{i}": a.score.argmax(a.row, where=a.question == q) for i, q in enumerate(questions)}
    places = {d: a[d].min().cast("int64") for d in dimensions(strategy) if d in KNOWN}
    t = a.group_by("response").aggregate(customer=a.customer.min(), day=a.answered_at.max().date(), **places, **scores)
    grain = strategy.loyalty.panel.periods
    return t.mutate(row=t.response, block=resampling(engine).block(t.customer), period=period(t.day, grain))


def _answers(engine: Any, questions: tuple[str, ...]) -> Any:
    """Scored answers with response and date from the source, customer, staff and dimensions from the facts."""
    a, f = engine.table("src_answers"), engine.table("fact_answers")
    a = a.filter(a.score.notnull() & a.question.isin(questions))
    a = a.select("row", "response", "question", "score", "answered_at")
    return a.join(f.select("row", "customer", "handled", *KNOWN), "row")
