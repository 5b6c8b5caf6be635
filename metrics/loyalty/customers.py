"""The customer panel: what happened to a customer around the first order, and what they did after it.

One row per customer whose first order ever is in the data: the rows behind the KPIs of return, so that both say the
same. Experiences are those about that order, and contacts about no order, that began and were over within the
declared window; the order's own delivery and installation however long they took. The clock of the behaviour starts
for each customer on the day the last of them was over plus the declared lag: nothing that is counted as an experience
can lie after the behaviour. Whether a customer came back early decides nothing about what is counted as an
experience: a window cut at the next order would make every complaint look like a reason to leave, since who comes
back at once has no time to complain.

A customer whose window and horizon do not both lie before the end of the data is left out and counted.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import ibis

from metrics.errors import Refusal, Refused
from metrics.kpis import BY_ID
from metrics.loyalty import behaviour
from metrics.loyalty.drivers import Term, needed
from metrics.loyalty.evidence import Base, Kind, What
from metrics.loyalty.experience import HUNDREDTH, measurable, name_of
from metrics.loyalty.panel import Panel, dimensions, period, staff_behind
from metrics.loyalty.resample import resampling
from metrics.loyalty.sides import Decided
from metrics.sources.read import Read
from metrics.strategy.model import CONDITION_VALUES, KPI, Action, Strategy

WIDE, WHO, FIRST, LINES, CONTACTS = "panel_wide", "panel_who", "panel_first", "panel_lines", "panel_contacts"
#: Staff of the first order.
SOLD = "panel_sold"
#: Dimensions that a first order carries.
KNOWN = ("segment", "region", "channel", "product", "language")
PROMISE, INSTALLATION = "promise", "installation"
#: Conditions that can befall a first order, each with the values that are no trouble.
CALM = {PROMISE: ("kept",), INSTALLATION: ("kept",), "complaint": ("none",), "waited": ("within",)}
#: Customers a condition must have befallen, and been spared, to be held against an outcome.
RARE = 30


@dataclass(frozen=True)
class Wide:
    """The panel without an outcome, table ``panel_wide``: conditions that befell some and spared others, KPIs that the
    sources tell of single customers, actions that some met; each as a column. ``customers`` in it; ``decided``: who
    decided each column."""

    conditions: tuple[Term, ...]
    kpis: tuple[Term, ...]
    actions: tuple[Term, ...]
    customers: int
    decided: Decided


def wide(engine: Any, strategy: Strategy, found: Read) -> Wide:
    """Make the panel of a company whose facts stand in the engine (``experience.live`` first).

    Raises Refusal: NO_SIGNAL without orders of known customers, SAMPLED where they are a sample."""
    behaviour.orders_of(engine, found)
    window = strategy.loyalty.panel.window_days
    engine.create(FIRST, _first(engine, strategy))
    _contacts(engine, window)
    told = [Term(f"k{i}", HUNDREDTH, What.KPI, k.id) for i, k in enumerate(k for k in strategy.kpis if measurable(k))]
    for term in told:
        engine.create(term.column, _within(name_of(strategy.kpi(term.driver)), window, "a.value"))
    conditions, actions = _conditions(strategy), tuple(_exposures(strategy))
    decided = _decided(engine, told, conditions, actions)
    _join(engine, strategy, told, conditions, actions)
    counted = _counts(engine, WIDE, [*(c for c, _ in conditions), *(a for a, _ in actions)])
    size = counted.pop("")
    varied = {name for name, n in counted.items() if RARE <= n <= size - RARE}
    known = _known(engine, WIDE, told)
    return Wide(
        conditions=tuple(c for c, _ in conditions if c.column in varied),
        kpis=tuple(term for term in told if known[term.column] >= needed(1)),
        actions=tuple(a for a, _ in actions if a.column in varied),
        customers=size,
        decided=decided,
    )


def _decided(
    engine: Any, told: list[Term], conditions: list[tuple[Term, int]], actions: tuple[tuple[Term, Action], ...]
) -> Decided:
    """Tables (row, staff) of who decided each column, and these by column: the first order's staff and those of the
    contacts that say how the complaint or the wait of a customer was, of the rows that a KPI was told from, of
    everything where an action was met."""
    own = f'SELECT f.customer AS "row", a.handled FROM lived_orders AS a JOIN {FIRST} AS f ON a."row" = f."order"'
    staff_behind(engine, SOLD, own)
    decided: dict[str, tuple[str, ...]] = {t.column: (WHO,) for t, _ in actions}
    for dimension in {t.driver for t, _ in conditions}:
        by: tuple[str, ...]
        if dimension in (PROMISE, INSTALLATION):
            by = (SOLD,)
        else:
            place = f"CASE WHEN {dimension} < {len(CONDITION_VALUES[dimension])} THEN {dimension} ELSE 0 END"
            worst = f"SELECT customer, handled, {place} AS met, max({place}) OVER (PARTITION BY customer) AS worst"
            lines = f'SELECT customer AS "row", handled FROM ({worst} FROM {CONTACTS}) AS c WHERE met = worst'
            staff_behind(engine, f"panel_by_{dimension}", lines)
            by = (f"panel_by_{dimension}", SOLD)
        decided |= {t.column: by for t, _ in conditions if t.driver == dimension}
    for t in told:
        staff_behind(engine, f"panel_by_{t.column}", f'SELECT customer AS "row", handled FROM {t.column}')
        decided[t.column] = (f"panel_by_{t.column}", SOLD)
    return decided


def _join(
    engine: Any,
    strategy: Strategy,
    told: list[Term],
    conditions: list[tuple[Term, int]],
    actions: tuple[tuple[Term, Action], ...],
) -> None:
    """Tables ``panel_wide``, one row per customer, and ``panel_who``, the staff behind it."""
    lines = [f"SELECT customer, known, handled FROM {t}" for t in (CONTACTS, *(t.column for t in told))]
    own = "SELECT a.customer, greatest(a.known, a.fitted) AS known, a.handled FROM lived_orders AS a"
    lines.append(f'{own} JOIN {FIRST} AS f ON a."row" = f."order"')
    engine.create(LINES, " UNION ALL ".join(lines))
    worst = len(CONDITION_VALUES["complaint"])
    over = f"SELECT customer, CAST(max(known) AS DATE) AS over FROM {LINES} GROUP BY customer"
    met = (
        f"SELECT customer, max(CASE WHEN complaint < {worst} THEN complaint END) AS complaint,"
        f" max(CASE WHEN waited < {len(CONDITION_VALUES['waited'])} THEN waited END) AS waited"
        f" FROM {CONTACTS} GROUP BY customer"
    )
    values = " UNION ALL ".join(f"SELECT customer, {i} AS k, value FROM {t.column}" for i, t in enumerate(told))
    picked = "".join(
        f", CAST(round(avg(CASE WHEN k = {i} THEN value END)) AS BIGINT) AS {t.column}" for i, t in enumerate(told)
    )
    means = (
        f"SELECT customer{picked} FROM ({values}) AS v GROUP BY customer" if told else f"SELECT customer FROM {FIRST}"
    )
    columns = "".join(f", means.{t.column}" for t in told)
    at = {"promise": "f.promise", "installation": "f.installation"}
    at |= {d: f"coalesce(met.{d}, 0)" for d in ("complaint", "waited")}
    flags = [(t.column, f"{at[t.driver]} = {place}") for t, place in conditions]
    flags += [(t.column, _met(strategy, action)) for t, action in actions]
    columns += "".join(f", CASE WHEN {test} THEN 1 ELSE 0 END AS {name}" for name, test in flags)
    engine.create(
        WIDE,
        f'SELECT f.*, greatest(coalesce(over.over, f.first_day), f.first_day) AS "end"{columns} FROM {FIRST} AS f'
        f" LEFT JOIN ({over}) AS over ON over.customer = f.customer LEFT JOIN ({met}) AS met"
        f" ON met.customer = f.customer LEFT JOIN ({means}) AS means ON means.customer = f.customer",
    )
    staff_behind(engine, WHO, f'SELECT customer AS "row", handled FROM {LINES}')
    for name in (LINES, CONTACTS, *(t.column for t in told)):
        engine.drop(name)


def panel(
    engine: Any, strategy: Strategy, found: Read, made: Wide, outcome: str, name: str = "panel_customers"
) -> Panel:
    """The panel for one behaviour, as a table in the engine; its drivers are the conditions that befell customers.

    Raises Refusal: NO_SIGNAL for what is no behaviour or where nothing befell anybody, TOO_FEW."""
    kpi = strategy.kpi(outcome)
    if kpi.scope is not None:
        raise Refusal(Refused.NOT_CLEARED)
    if not behaviour.is_behaviour(kpi):
        raise Refusal(Refused.NO_SIGNAL)
    t = engine.table(WIDE)
    t = t.filter(t.first_day <= ibis.literal(_last_first_day(strategy, found.as_of, kpi)))
    y = behaviour.after(engine, strategy, found, t.select("customer", key=t.customer, day=t.end), kpi)
    j = t.join(y, t.customer == y.key)
    engine.create(name, j.drop("key").mutate(row=j.customer))
    rows = engine.table(name)
    n = engine.query(rows.aggregate(n=rows.count())).column("n")[0].as_py()
    if n < needed(1):
        raise Refusal(Refused.TOO_FEW if n else Refused.NO_SIGNAL)
    scoped = {d for a in strategy.actions for d in (a.scope.where if a.scope else {}) if made.actions}
    controls = [d for d in dimensions(strategy) if d in strategy.loyalty.panel.controls or d in scoped]
    return Panel(
        base=Base.CUSTOMERS,
        outcome_kpi=outcome,
        kind=Kind.BEHAVIOUR,
        table=name,
        who=WHO,
        drivers=(*made.conditions, *made.actions),
        outcome=behaviour.term(kpi),
        controls=tuple(d for d in controls if d in KNOWN),
        asked=(),
        incomplete=0,
        censored=made.customers - n,
        drawn=resampling(engine),
        decided=made.decided,
    )


def stages(engine: Any, strategy: Strategy, made: Wide, whole: Panel) -> Iterator[Panel]:
    """A panel for each stage at which KPIs are told of single customers: of those who used it. KPIs join in the order
    of how many customers they are told of, as long as half of the first's customers, and enough, have them all. A KPI
    that is read from a part of another one there stays out: it says the same of fewer customers."""
    by_stage: dict[str, list[Term]] = {}
    there = [strategy.kpi(term.driver) for term in made.kpis]
    wholes = {(k.stage, BY_ID[k.metric].key(k.of)) for k in there if k.scope is None}
    for term, kpi in zip(made.kpis, there):
        part = kpi.scope is not None and (kpi.stage, BY_ID[kpi.metric].key(kpi.of)) in wholes
        if kpi.stage and not part:
            by_stage.setdefault(kpi.stage, []).append(term)
    for stage in (s.id for s in strategy.journey if s.id in by_stage):
        known = _known(engine, whole.table, by_stage[stage])
        chosen: list[Term] = []
        complete = most = 0
        for term in sorted(by_stage[stage], key=lambda t: (-known[t.column], t.column)):
            tried = [*chosen, term]
            test = " AND ".join(f"{t.column} IS NOT NULL" for t in tried)
            n = engine.query(f"SELECT count(*) AS n FROM {whole.table} WHERE {test}").column("n")[0].as_py()
            most = most or n
            if n >= needed(len(tried) + len(whole.controls)) and 2 * n >= most:
                chosen, complete = tried, n
        if chosen:
            yield replace(whole, drivers=tuple(chosen), stage=stage, incomplete=most - complete)


def _last_first_day(strategy: Strategy, as_of: date, kpi: KPI) -> date:
    """The last day of a first order whose window, lag and horizon all lie in the data."""
    p = strategy.loyalty.panel
    ahead = behaviour.days_of(strategy, kpi) if kpi.metric != "retention" else 31 * (int(kpi.of["age"]) + 1)
    return as_of - timedelta(days=p.window_days + p.lag_days + ahead + strategy.disclosure.closing_days)


def _first(engine: Any, strategy: Strategy) -> Any:
    """One row per customer of a cohort: the first order, its day, the declared dimensions, block and period."""
    c, o = engine.table("fact_cohorts"), engine.table("known_orders")
    o = o.select(o_row=o["row"], first_day=o.ordered_at.date())
    j = c.join(o, c["row"] == o.o_row)
    held = [d for d in KNOWN if d in c.columns]
    grain = strategy.loyalty.panel.periods
    return j.select(
        "customer",
        "promise",
        "installation",
        "first_day",
        *[j[d].cast("int64").name(d) for d in held],
        order=j.o_row,
        block=resampling(engine).block(j.customer.cast("int64")),
        period=period(j.first_day, grain),
    )


def _within(table: str, window: int, columns: str) -> str:
    """Rows about the first order, or about no order, that began and were known within the window."""
    began, over = (f"CAST(a.{t} AS DATE)" for t in ("began", "known"))
    return (
        f"SELECT a.customer, a.known, a.handled, {columns} FROM {table} AS a JOIN {FIRST} AS f"
        f' ON a.customer = f.customer WHERE (a.about IS NULL OR a.about = f."order") AND {began} >= f.first_day'
        f" AND {over} <= f.first_day + INTERVAL '{window}' DAY"
    )


def _contacts(engine: Any, window: int) -> None:
    """Table ``panel_contacts``: contacts in the window, with how a complaint went and whether the customer waited.
    Where the sources link contacts to orders, a complaint counts if it is about the first order, as in the cohorts."""
    contacts = "(SELECT *, order_row AS about FROM lived_contacts)"
    linked = engine.query("SELECT count(order_row) AS n FROM lived_contacts").column("n")[0].as_py()
    none = CONDITION_VALUES["complaint"].index("none")
    mine = f'CASE WHEN a.about = f."order" THEN a.complaint ELSE {none} END' if linked else "a.complaint"
    engine.create(CONTACTS, _within(contacts, window, f"{mine} AS complaint, a.waited"))


def _conditions(strategy: Strategy) -> list[tuple[Term, int]]:
    """Every condition with the place of its value."""
    declared = {d.id for d in strategy.dimensions}
    found = []
    for dimension, calm in CALM.items():
        if dimension in declared:
            for place, value in enumerate(CONDITION_VALUES[dimension]):
                if value not in calm:
                    found.append((Term(f"c_{dimension}_{value}", 1.0, What.CONDITION, dimension, value), place))
    return found


def _exposures(strategy: Strategy) -> Iterator[tuple[Term, Action]]:
    """Actions that only some customers could meet: with a scope that a first order can tell."""
    for action in strategy.actions:
        if action.scope and set(action.scope.where) <= set(KNOWN):
            yield Term(f"a_{action.id}", 1.0, What.ACTION, action.id), action


def _met(strategy: Strategy, action: Action) -> str:
    """Whether a customer's first order fell to an action."""
    tests = [f"f.first_day >= DATE '{action.start.isoformat()}'"]
    for dimension, values in (action.scope.where if action.scope else {}).items():
        places = [str(i) for i, (v, _) in enumerate(strategy.values(dimension)) if v in values]
        tests.append(f"f.{dimension} IN ({', '.join(places)})")
    return " AND ".join(tests)


def _counts(engine: Any, table: str, terms: list[Term]) -> dict[str, int]:
    """Customers whom each condition befell; '' counts all."""
    flags = "".join(f", sum({t.column}) AS {t.column}" for t in terms)
    row = engine.query(f"SELECT count(*) AS size{flags} FROM {table}").to_pylist()[0]
    return {"": int(row.pop("size")), **{name: int(n or 0) for name, n in row.items()}}


def _known(engine: Any, table: str, terms: list[Term]) -> dict[str, int]:
    """Customers of whom each KPI is told."""
    if not terms:
        return {}
    counts = ", ".join(f"count({t.column}) AS {t.column}" for t in terms)
    return {name: int(n) for name, n in engine.query(f"SELECT {counts} FROM {table}").to_pylist()[0].items()}
