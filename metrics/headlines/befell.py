"""The loyalty drivers page in sentences where it shows what befell customers: things that happened, either way."""

from __future__ import annotations

from collections.abc import Sequence

from metrics.drivers import Driver, Drivers, Meaning, Model
from metrics.headlines.drivers import effect_text, open_part
from metrics.headlines.sentence import kept_together, number_word, quoted, upper
from metrics.labels import about_text, join_names
from metrics.loyalty.evidence import What
from metrics.words import Words


def headline(found: Drivers, w: Words) -> str:
    """What befell customers, and whether they came back, in one sentence: the first tier that holds something sure."""
    fewer, more = _first(found)
    if fewer and more:
        return w("{bad}: fewer customers come back. {good}: more do.", bad=_names(fewer, w), good=_names(more, w))
    if fewer:
        return w("{bad}: fewer customers come back.", bad=_names(fewer, w))
    if more:
        return w("{good}: more customers come back.", good=_names(more, w))
    return w("Nothing that befell customers goes with return for certain.")


def evidence(found: Drivers, w: Words) -> str:
    """One to three sentences under the headline."""
    model = found.behaviour
    if model is None:
        return ""
    sure = len(found.of(Meaning.RETURN)) + len(found.of(Meaning.AGAINST))
    count = number_word(len(found.rows), w)
    parts = [
        w("Of {count} things that befall customers, one goes with return or with leaving for certain.", count=count)
        if sure == 1
        else w(
            "Of {count} things that befall customers, {some} go with return or with leaving for certain.",
            count=count,
            some=number_word(sure, w),
        ),
        w(
            "Together they explain {share} of return: most of it has other reasons.",
            share=w.percent(100 * model.r2_drivers),
        )
        if model.r2_drivers < 0.5
        else "",
    ]
    return " ".join(p for p in parts if p)


def shares_title(found: Drivers, w: Words) -> str:
    """Finding of the shares: what the first tier carries together."""
    tiers = found.tiers()
    if not tiers:
        return w("Nothing could be ranked")
    first = tiers[0][1]
    if len(tiers) == 1:
        return w("All {count} share one tier: none stands apart", count=number_word(len(first), w))
    if len(first) > 3:
        told = {"count": upper(number_word(len(first), w)), "all": number_word(len(found.rows), w)}
        return w("{count} of {all} share the first tier: which of them leads is not certain", **told)
    share = w.percent(sum(d.first.share for d in first), 0)
    names = upper(_names(first, w))
    return w("{names}: {share} of what we can explain of return", names=names, share=share)


def shares_subtitle(found: Drivers, w: Words) -> str:
    text = w("Share of explained variation (LMG), bar with 95% interval.")
    m = found.behaviour
    if m is not None and m.days:
        text += " " + w(
            "n = {n} customers, their orders read for {days} days after.", n=about_text(m.n, w), days=m.days
        )
    return kept_together(text)


def effects_title(found: Drivers, w: Words) -> str:
    """Finding of the effects, for the strongest certain one, whichever way it goes."""
    sure = [d for d in found.rows if d.meaning in (Meaning.RETURN, Meaning.AGAINST)]
    model = found.behaviour
    if not sure or model is None:
        return w("No effect is certain: every range includes zero")
    best = max(sure, key=lambda d: abs(d.first.effect))
    size = effect_text(best.first.effect, model, w)
    return w("{name} goes with {size} of return", name=quoted(best.cause.name(w.lang)), size=size)


def effects_subtitle(model: Model, w: Words) -> str:
    return w(
        "Percentage points of return within {days} days that go with having met it, the others equal, with 95% "
        "interval. Hollow: nothing certain.",
        days=model.days or 0,
    )


def cannot_tell(found: Drivers, w: Words) -> str:
    """ "What this cannot tell"."""
    model = found.behaviour
    if model is None:
        return ""
    return " ".join(
        [
            w("{share} of return is explained by none of these.", share=open_part(model, w)),
            w("What befell too few, or is not cleared, is not among them."),
            w("What goes with return need not bring it about; an action with a comparison can test that."),
        ]
    )


def _first(found: Drivers) -> tuple[list[Driver], list[Driver]]:
    """Certain drivers of the first tier that has one: with fewer coming back, with more. What the company did (an
    action) is no thing that befell anyone and stays out of the head line."""
    told = [d for d in found.rows if d.cause.what is not What.ACTION]
    sure = [d for d in told if d.meaning in (Meaning.RETURN, Meaning.AGAINST)]
    tier = min((d.first.tier for d in sure), default=0)
    kept = [d for d in sure if d.first.tier == tier]
    return [d for d in kept if d.meaning is Meaning.AGAINST][:2], [d for d in kept if d.meaning is Meaning.RETURN][:2]


def _names(drivers: Sequence[Driver], w: Words) -> str:
    return join_names([quoted(d.cause.name(w.lang)) for d in drivers], w)
