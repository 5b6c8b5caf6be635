"""What a KPI carries and what it has to do with coming back, in sentences. Below a tested link it "goes with"."""

from __future__ import annotations

from metrics.drivers import Carried, Horizons
from metrics.headlines.driver_more import between
from metrics.headlines.kpi_labels import label_name, why_text
from metrics.headlines.sentence import kept_together, quoted, upper
from metrics.kpis import BY_ID
from metrics.kpis.metric import Unit
from metrics.labels import about_text, join_names
from metrics.loyalty.evidence import Base, Evidence, Label
from metrics.strategy.model import KPI, Strategy
from metrics.words import Words


def linked(found: Carried, kpi: KPI, strategy: Strategy, w: Words) -> str:
    """What the KPI is declared to carry, each link with what the data say of it; empty where nothing is declared."""
    known = {row.drives: row.evidence for row in found.links}
    by: dict[Evidence, list[str]] = {}
    for d in kpi.drives:
        evidence = known.get(d.kpi, Evidence.IDENTITY if d.identity else Evidence.ASSUMED)
        by.setdefault(evidence, []).append(quoted(strategy.kpi(d.kpi).name(w.lang)))
    said = {
        Evidence.IDENTITY: w("It is part of {kpis} by arithmetic."),
        Evidence.TESTED: w("An action has shown that it moves {kpis}."),
        Evidence.OBSERVED: w("It goes with {kpis}, as the data show; no action has tested that yet."),
        Evidence.UNCLEAR: w("It is believed to go with {kpis}; the data cannot say so."),
        Evidence.CONTRADICTED: w("It was believed to go with {kpis}; the data say otherwise."),
        Evidence.ASSUMED: w("It is believed to go with {kpis}; no data say so yet."),
    }
    return " ".join(said[e].format(kpis=join_names(by[e], w)) for e in Evidence if e in by)


def loyalty(found: Carried, kpi: KPI, w: Words) -> tuple[str, str] | None:
    """The label of the KPI as (heading, text): effect with interval and n, then the reason; None without a label."""
    row = found.label
    if row is None:
        return None
    parts = []
    if row.effect is not None and row.low is not None and row.high is not None and found.outcome is not None:
        parts.append(_effect(found, kpi, row.effect, row.low, row.high, w))
    if row.label is Label.SCORE_ONLY and row.score is not None and row.score_low is not None:
        span = between(row.score_low, row.score_high or row.score, 2, w)
        parts.append(w("On the score it does count: {size} ({span}).", size=w.signed(row.score, 2), span=span))
    parts.append(upper(why_text(row.why, w)) + ".")
    if found.horizons:
        parts.append(two_horizons(found.horizons, w))
    return label_name(row, w), kept_together(" ".join(parts))


def _effect(found: Carried, kpi: KPI, effect: float, low: float, high: float, w: Words) -> str:
    """The effect of the KPI on the behaviour, the better way round."""
    row, outcome = found.label, found.outcome
    assert row is not None and outcome is not None
    down = kpi.direction == "down"
    if down:
        effect, low, high = -effect, -high, -low
    told = {
        "size": w.signed(effect, 2),
        "span": between(low, high, 2, w),
        "outcome": _outcome(outcome, w),
        "n": w.number(row.n or 0) if row.base is Base.MONTHS else about_text(row.n or 0, w),
    }
    if row.base is Base.MONTHS:
        if down:
            return w("From month to month one less goes with {size} of {outcome} ({span}); n = {n} months.", **told)
        return w("From month to month one more goes with {size} of {outcome} ({span}); n = {n} months.", **told)
    if BY_ID[kpi.metric].unit_of(kpi.of) not in (Unit.PERCENT, Unit.POINTS, Unit.SCORE):
        if down:
            return w("One unit less goes with {size} points of {outcome} ({span}); n = {n} customers.", **told)
        return w("One unit more goes with {size} points of {outcome} ({span}); n = {n} customers.", **told)
    if down:
        return w("One point less goes with {size} points of {outcome} ({span}); n = {n} customers.", **told)
    return w("One point more goes with {size} points of {outcome} ({span}); n = {n} customers.", **told)


def _outcome(outcome: KPI, w: Words) -> str:
    if outcome.metric == "repurchase":
        return w("return within {days} days", days=int(outcome.of["days"]))
    return quoted(outcome.name(w.lang))


def two_horizons(h: Horizons, w: Words) -> str:
    """Why label and link give two answers, in words of time: nobody has to know a horizon."""
    told = {"kpi": quoted(h.kpi.name(w.lang)), "label": h.label_days, "link": h.link_days}
    if h.goes:
        return w(
            "{kpi} goes with return within {label} days. Its declared link looks at {link} days only, and there it is "
            "not certain. Two lengths of time, two answers: both can be true.",
            **told,
        )
    return w(
        "{kpi} goes with return within {link} days, as its declared link says. Within {label} days that is not "
        "certain. Two lengths of time, two answers: both can be true.",
        **told,
    )
