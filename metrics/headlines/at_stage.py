"""The loyalty drivers page in sentences where it shows what customers met at one stage: KPIs as one customer met them.

They are said the way round they were fitted (the higher, the more), since one is better high and another better low.
"""

from __future__ import annotations

from collections.abc import Sequence

from metrics.drivers import Driver, Drivers, Meaning, Model
from metrics.headlines.befell import shares_subtitle, shares_title
from metrics.headlines.sentence import lower, number_word, quoted, upper
from metrics.labels import join_names
from metrics.words import Words

__all__ = ["effects_subtitle", "effects_title", "evidence", "headline", "shares_subtitle", "shares_title"]


def headline(found: Drivers, w: Words) -> str:
    """What customers met there and whether they came back, in one sentence."""
    more, fewer = found.of(Meaning.RETURN)[:2], found.of(Meaning.AGAINST)[:2]
    told = []
    if more:
        told.append(w("the higher {names}, the more customers come back", names=_names(more, w)))
    if fewer:
        told.append(w("the higher {names}, the fewer customers come back", names=_names(fewer, w)))
    if not told:
        return w("Nothing that is measured there goes with return for certain.")
    return upper("; ".join(told)) + "."


def evidence(found: Drivers, w: Words) -> str:
    """How many KPIs were looked at, and how much they explain."""
    model = found.behaviour
    if model is None:
        return ""
    share = w.percent(100 * model.r2_drivers)
    if len(found.rows) == 1:
        return w(
            "One KPI there can be told of single customers. It explains {share} of return: the rest has other reasons.",
            share=share,
        )
    return w(
        "{count} KPIs there can be told of single customers. Together they explain {share} of return: the rest has "
        "other reasons.",
        count=upper(number_word(len(found.rows), w)),
        share=share,
    )


def effects_title(found: Drivers, w: Words) -> str:
    """Finding of the effects, for the one with the largest certain share."""
    sure = [d for d in found.rows if d.meaning in (Meaning.RETURN, Meaning.AGAINST)]
    if not sure:
        return w("No effect is certain: every range includes zero")
    best = max(sure, key=lambda d: d.first.share)
    return w(
        "One more on {name} goes with {size} points of return",
        name=quoted(best.cause.name(w.lang)),
        size=w.signed(best.first.effect, 2),
    )


def effects_subtitle(model: Model, w: Words) -> str:
    return w(
        "Percentage points of return within {days} days that go with one more of the KPI, in its unit, the others "
        "equal, with 95% interval. Hollow: nothing certain.",
        days=model.days or 0,
    )


def _names(drivers: Sequence[Driver], w: Words) -> str:
    return join_names([quoted(lower(d.cause.name(w.lang))) for d in drivers], w)
