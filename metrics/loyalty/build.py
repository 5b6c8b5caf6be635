"""Everything that is fitted for a strategy, as rows of the release."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from metrics.errors import Refusal, Refused
from metrics.kpis import BY_ID
from metrics.loyalty import behaviour, customers, links, survey, verdicts
from metrics.loyalty.drivers import round3
from metrics.loyalty.evidence import Base, Evidence, Kind, Label, Why, one_reason
from metrics.loyalty.experience import live
from metrics.loyalty.links import Effect
from metrics.loyalty.models import Cut, Fitted, about, fit_panel, rows_of, told
from metrics.loyalty.panel import Panel
from metrics.loyalty.results import TABLES, DrawRow, LabelRow, LinkRow, NoModelRow, table_row
from metrics.loyalty.tested import Cells, moved_both
from metrics.periods import WAVE, months_of
from metrics.sources.read import Read
from metrics.strategy.model import KPI, Strategy

Tables = dict[str, list[tuple[Any, ...]]]
#: Replicates of an effect that a release keeps for the what-if.
KEPT = 200


@dataclass(frozen=True)
class Loyalty:
    """``tables``: rows by table of the release. ``respondents``: (base, outcome) -> rows behind the model of
    everybody; ``no_model``: (base, outcome) -> why there is none; ``left_out``: (base, outcome) -> (incomplete,
    censored)."""

    tables: Tables
    respondents: Mapping[tuple[str, str], int]
    no_model: Mapping[tuple[str, str], str]
    left_out: Mapping[tuple[str, str], tuple[int, int]]


@dataclass
class _Run:
    """A build's loyalty under way: the engine, what is declared, and what has been found so far."""

    engine: Any
    strategy: Strategy
    found: Read
    cells: Cells
    tables: Tables = field(default_factory=lambda: {name: [] for name in TABLES})
    whole: dict[tuple[str, str], Fitted] = field(default_factory=dict)
    no_model: dict[tuple[str, str], str] = field(default_factory=dict)
    left_out: dict[tuple[str, str], tuple[int, int]] = field(default_factory=dict)
    made: customers.Wide | None = None
    panels: dict[str, Panel] = field(default_factory=dict)
    said: dict[str, Panel | Refused] = field(default_factory=dict)
    effects: dict[tuple[str, str], Effect | Refused] = field(default_factory=dict)


def fit_all(engine: Any, strategy: Strategy, found: Read, cells: Cells | None = None) -> Loyalty:
    """All declared models, links and labels of the company whose facts stand in the engine. ``cells``: what is
    published, for links of monthly figures and for actions."""
    run = _Run(engine, strategy, found, cells or {})
    live(engine, strategy)
    _surveys(run)
    _customers(run)
    _links(run)
    _labels(run)
    _draws(run)
    return Loyalty(run.tables, {key: one.model.n for key, one in run.whole.items()}, run.no_model, run.left_out)


def _surveys(run: _Run) -> None:
    """Driver questions against every declared outcome."""
    declared = run.strategy.loyalty.drivers
    for outcome in declared.outcomes if declared else ():
        try:
            panel = _said(run, outcome.kpi)
        except Refusal as no:
            _none(run, Base.SURVEY, outcome.kpi, no.kind)
            continue
        _fit(run, panel)


def _said(run: _Run, outcome: str) -> Panel:
    """The survey panel of an outcome, made once. Raises Refusal as ``survey.panel`` does."""
    if outcome not in run.said:
        try:
            name = f"panel_survey_{len(run.said)}"
            run.said[outcome] = survey.panel(run.engine, run.strategy, run.found, outcome, name)
        except Refusal as no:
            run.said[outcome] = no.kind
    panel = run.said[outcome]
    if isinstance(panel, Refused):
        raise Refusal(panel)
    return panel


def _customers(run: _Run) -> None:
    """What befell customers, and KPIs by stage, against every declared behaviour."""
    loyalty = run.strategy.loyalty
    wanted = [loyalty.outcome, *(o.kpi for o in loyalty.drivers.outcomes)] if loyalty.drivers else [loyalty.outcome]
    outcomes = [k for k in dict.fromkeys(wanted) if k and behaviour.is_behaviour(run.strategy.kpi(k))]
    try:
        run.made = customers.wide(run.engine, run.strategy, run.found) if outcomes else None
    except Refusal as no:
        for outcome in outcomes:
            _none(run, Base.CUSTOMERS, outcome, no.kind)
        return
    for i, outcome in enumerate(outcomes):
        assert run.made is not None
        try:
            panel = customers.panel(run.engine, run.strategy, run.found, run.made, outcome, f"panel_customers_{i}")
        except Refusal as no:
            _none(run, Base.CUSTOMERS, outcome, no.kind)
            continue
        run.panels[outcome] = panel
        if panel.drivers:
            _fit(run, panel)
        else:
            _none(run, Base.CUSTOMERS, outcome, Refused.NO_SIGNAL)
        for stage in customers.stages(run.engine, run.strategy, run.made, panel):
            _fit(run, stage, cuts=False)


def _fit(run: _Run, panel: Panel, cuts: bool = True) -> None:
    key = (panel.base.value, panel.outcome_kpi)
    models = fit_panel(run.engine, run.strategy, panel, cuts)
    made, drivers, none = rows_of(models, panel, len(run.tables["driver_model"]) + 1)
    run.tables["driver_model"] += map(table_row, made)
    run.tables["driver"] += map(table_row, drivers)
    run.tables["no_model"] += map(table_row, none)
    if panel.stage:
        return
    run.left_out[key] = (panel.incomplete, panel.censored)
    for one in models.fitted:
        if one.cut == Cut():
            run.whole[key] = one
    for cut, why in models.refused:
        if cut == Cut():
            run.no_model[key] = why.value


def _none(run: _Run, base: Base, outcome: str, why: Refused) -> None:
    run.tables["no_model"].append(table_row(NoModelRow(base, outcome, "", "", "", WAVE, one_reason(why))))
    run.no_model[base.value, outcome] = why.value


def _effect(run: _Run, kpi: KPI, other: KPI) -> Effect | Refused:
    """The effect of a KPI on another, fitted once."""
    key = (kpi.id, other.id)
    if key not in run.effects:
        monthly = {k.id: _monthly(run, k) for k in (kpi, other)}
        try:
            run.effects[key] = links.between(
                run.engine,
                run.strategy,
                run.found,
                run.made,
                kpi,
                other,
                run.panels,
                lambda outcome: _said(run, outcome),
                monthly,
                KEPT,
            )
        except Refusal as no:
            run.effects[key] = no.kind
    return run.effects[key]


def _monthly(run: _Run, kpi: KPI) -> dict[str, float]:
    """Published monthly totals of a KPI of the whole company."""
    metric = BY_ID[kpi.metric]
    if kpi.scope is not None:
        return {}
    totals = [c for c in run.cells.get(metric.key(kpi.of), ()) if not c.view and len(months_of(c.period)) == 1]
    return {c.period: v for c in totals if (v := metric.value(c.sums)) is not None}


def _sign(kpi: KPI) -> int:
    return 1 if kpi.direction == "up" else -1


def _links(run: _Run) -> None:
    """Every declared link, judged among all of them."""
    declared = [(k, run.strategy.kpi(d.kpi), d.identity) for k in run.strategy.kpis for d in k.drives]
    effects = [Refused.NO_SIGNAL if identity else _effect(run, kpi, other) for kpi, other, identity in declared]
    limit = verdicts.many(e for e in effects if not isinstance(e, Refused))
    for (kpi, other, identity), effect in zip(declared, effects):
        sign = _sign(kpi) * _sign(other)
        moved = not identity and moved_both(run.strategy, kpi, other, sign, run.cells)
        verdict = verdicts.link(effect, sign, limit, identity, moved)
        run.tables["link"].append(table_row(_link_row(run, kpi.id, other.id, verdict.evidence, verdict.why, effect)))


def _link_row(run: _Run, kpi: str, other: str, evidence: Evidence, why: Why, effect: Effect | Refused) -> LinkRow:
    if isinstance(effect, Refused):
        return LinkRow(kpi, other, evidence, why, Base.NONE, *(None,) * 10)
    return LinkRow(
        kpi=kpi,
        drives=other,
        evidence=evidence,
        why=why,
        base=effect.base,
        n=_rows(effect),
        lag_days=effect.lag_days,
        data_to=run.found.as_of,
        effect=effect.effect,
        low=effect.low,
        high=effect.high,
        first_half=effect.halves[0],
        second_half=effect.halves[1],
        segments_same=effect.segments_same,
        reach=_reach(effect),
    )


def _rows(effect: Effect) -> int | None:
    """Rows behind an effect, roughly; months exactly, which say nothing about people."""
    return effect.n if effect.base is Base.MONTHS else told(effect.n)


def _reach(effect: Effect) -> float | None:
    """Its reach, roughly: exact, it would be the rows behind the effect by a published total."""
    return None if effect.reach is None else about(effect.reach)


def _labels(run: _Run) -> None:
    loyalty = run.strategy.loyalty
    if loyalty.outcome is None:
        return
    done = run.strategy.kpi(loyalty.outcome)
    said = run.strategy.kpi(loyalty.stated) if loyalty.stated else None
    rest = []
    for kpi in run.strategy.kpis:
        if behaviour.is_behaviour(kpi) and kpi.metric != "revenue":
            row = LabelRow(kpi.id, Label.OUTCOME, Why.IS_OUTCOME, Base.NONE, *(None,) * 9)
            run.tables["label"].append(table_row(row))
        else:
            rest.append((kpi, *_grounds(run, kpi, done, said)))
    limit = verdicts.many(acted for _, acted, _ in rest if not isinstance(acted, Refused))
    for kpi, acted, spoken in rest:
        moved = moved_both(run.strategy, kpi, done, _sign(kpi), run.cells)
        label, why = verdicts.label(acted, spoken, _sign(kpi), limit, moved)
        a = None if isinstance(acted, Refused) else acted
        s = None if isinstance(spoken, Refused) else spoken
        row = LabelRow(
            kpi=kpi.id,
            label=label,
            why=why,
            base=a.base if a else Base.NONE,
            n=_rows(a) if a else None,
            effect=a.effect if a else None,
            low=a.low if a else None,
            high=a.high if a else None,
            reach=_reach(a) if a else None,
            score_n=_rows(s) if s else None,
            score=s.effect if s else None,
            score_low=s.low if s else None,
            score_high=s.high if s else None,
        )
        run.tables["label"].append(table_row(row))


def _grounds(run: _Run, kpi: KPI, done: KPI, said: KPI | None) -> tuple[Effect | Refused, Effect | Refused]:
    """The effects of a KPI on behaviour and on the score. A driver question stands on the survey's own outcomes: there
    both were asked of, and seen in, the same people."""
    declared = run.strategy.loyalty.drivers
    if links.question_of(run.strategy, kpi) and declared:
        kinds: dict[Kind, KPI] = {}
        for outcome in (run.strategy.kpi(o.kpi) for o in declared.outcomes):
            kind = Kind.BEHAVIOUR if behaviour.is_behaviour(outcome) else Kind.STATED
            if (Base.SURVEY.value, outcome.id) in run.whole:
                kinds.setdefault(kind, outcome)
        done, said = kinds.get(Kind.BEHAVIOUR, done), kinds.get(Kind.STATED, said)
    acted = _effect(run, kpi, done)
    if said is None or said.id == kpi.id:
        return acted, Refused.NO_SIGNAL
    return acted, _effect(run, kpi, said)


def _draws(run: _Run) -> None:
    """Replicates of the effects of links that were fitted, and of the drivers of everybody's models."""
    kept: dict[tuple[str, str, str], Any] = {}
    for (_, outcome), one in sorted(run.whole.items()):
        for row in one.model.rows:
            kept[row.term.driver, row.term.value, outcome] = one.draws(row.term)
    for (kpi, other), effect in run.effects.items():
        if not isinstance(effect, Refused):
            kept[kpi, "", other] = effect.draws
    for (cause, value, outcome), draws in kept.items():
        rows = (DrawRow(cause, value, outcome, i, round3(float(d))) for i, d in enumerate(draws[:KEPT]))
        run.tables["effect_draw"] += map(table_row, rows)
