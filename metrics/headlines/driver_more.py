"""More of the loyalty drivers page in sentences: the two ends of a scale, segments side by side, and how far to
trust a model. Below a tested link the words are "goes with"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from metrics.drivers import EVERYBODY, Cause, Compared, Driver, Drivers, Estimate, Interval, Model, Part, Point
from metrics.errors import Refused
from metrics.headlines.sentence import kept_together, lower, number_word, quoted, upper
from metrics.kpis.metric import Unit
from metrics.labels import about_text, join_names
from metrics.loyalty.evidence import Method, Shape
from metrics.words import DASH, Words


def among(finding: str, part: Part, name: str, w: Words) -> str:
    """A finding with whom it is of; as it is where it is of everybody."""
    if part == EVERYBODY:
        return finding
    if part.period:
        return w("In {period}, {finding}", period=lower(name), finding=lower(finding))
    return w("Among {whom}, {finding}", whom=lower(name), finding=lower(finding))


def no_model_of(name: str, why: Refused | None, needed: int, w: Words) -> str:
    """Why a part has no model of its own, and what is shown instead."""
    if why in (Refused.TOO_FEW, Refused.NOT_CLEARED):
        return w(
            "{whom}: too few for a model of their own (it takes {needed}), or not cleared; this page shows all "
            "customers.",
            whom=name,
            needed=w.number(needed),
        )
    return w("{whom}: there is no model of their own, so this page shows all customers.", whom=name)


def shape_name(shape: Shape, w: Words) -> str:
    """What a shape is called."""
    return {
        Shape.MUST_HAVE: w("Must-have"),
        Shape.LINEAR: w("Both ends alike"),
        Shape.DELIGHTER: w("Delighter"),
    }.get(shape, w("Not sure yet"))


def shape_line(e: Estimate, w: Words) -> str:
    """What the shape of a driver means. It compares how steep the two ends are, so an end is called empty only where
    its own interval says so."""
    if e.shape is Shape.MUST_HAVE:
        if e.reward and e.reward.low > 0:
            return w("A point counts more at the poor end.")
        return w("A point counts at the poor end; very good goes with no more for certain.")
    if e.shape is Shape.DELIGHTER:
        if e.penalty and e.penalty.high < 0:
            return w("A point counts more at the very good end.")
        return w("A point counts at the very good end; poor goes with no less for certain.")
    if e.shape is Shape.LINEAR:
        return w("A point counts alike at both ends, as far as can be told.")
    return w("Too little to tell its shape.")


def ends_title(rows: Sequence[Driver], w: Words) -> str:
    """Finding of the two ends: must-haves first, then delighters, then what counts both ways."""
    by = {s: [d for d in rows if d.first.shape is s and not d.first.leak] for s in Shape}
    if by[Shape.MUST_HAVE] and by[Shape.DELIGHTER]:
        return w(
            "{must}: must not be poor. {delight}: counts most when very good.",
            must=_quoted(by[Shape.MUST_HAVE], w),
            delight=_quoted(by[Shape.DELIGHTER], w),
        )
    if by[Shape.MUST_HAVE]:
        return w(
            "{must}: a must-have, counting more when poor than when very good", must=_quoted(by[Shape.MUST_HAVE], w)
        )
    if by[Shape.DELIGHTER]:
        return w("{delight}: a delighter, counting more when very good", delight=_quoted(by[Shape.DELIGHTER], w))
    if by[Shape.LINEAR]:
        return w("{names}: poor and very good count alike", names=_quoted(by[Shape.LINEAR], w))
    return w("No end of a scale tells a shape for certain")


def ends_subtitle(model: Model, w: Words) -> str:
    if model.days:
        return w(
            "Percentage points of return within {days} days against a middling answer, the others equal, with 95% "
            "interval. Circle: lowest answers. Square: highest answers.",
            days=model.days,
        )
    return w(
        "Points of the answer against a middling answer, the others equal, with 95% interval. Circle: lowest answers. "
        "Square: highest answers."
    )


def end_text(end: Interval | None, model: Model, w: Words) -> str:
    """−14.3 (−19.2 to −9.4)."""
    if end is None:
        return w("too rare")
    digits = 1 if model.unit is Unit.PERCENT else 2
    return kept_together(f"{w.signed(end.value, digits)} ({between(end.low, end.high, digits, w)})")


def between(low: float, high: float, digits: int, w: Words) -> str:
    """An interval: 2.1–3.4; with words where a minus sign would run into the dash."""
    if low < 0 or high < 0:
        return w("{low} to {high}", low=w.number(low, digits), high=w.number(high, digits))
    return w.span(low, high, digits)


def map_missing(found: Drivers, points: Sequence[Point], w: Words) -> str:
    """Drivers that no KPI measures have no performance: they are named, not drawn as zero."""
    there = {p.driver.cause for p in points}
    names = [lower(d.cause.name(w.lang)) for d in found.rows if d.cause not in there]
    if not names:
        return ""
    return w("Not on the map, since no KPI measures them: {names}.", names=join_names(names, w))


def compared_title(rows: Sequence[Compared], names: Mapping[str, str], w: Words) -> str:
    """A sign that differs is the finding; without one it is said that none does for certain."""
    split = [c for c in rows if c.sign_differs]
    if not split:
        return w("No driver goes with more return in one and with less in another for certain")
    one = split[0]
    up = [lower(names[n]) for n, e in one.by if e.above_zero]
    down = [lower(names[n]) for n, e in one.by if e.below_zero]
    return w(
        "{name} goes with more among {up} and with less among {down}: one rule for all would be wrong",
        name=quoted(one.cause.name(w.lang)),
        up=join_names(up, w),
        down=join_names(down, w),
    )


def compared_subtitle(model: Model, w: Words) -> str:
    if model.days:
        return w(
            "Points of return within {days} days, with 95% interval; in grey where it includes zero.", days=model.days
        )
    return w("Points of the answer, with 95% interval; in grey where it includes zero.")


def cell_text(e: Estimate, model: Model, w: Words) -> str:
    """An effect with its interval. An effect of exactly nothing, for certain, is a thing that nobody there met."""
    if not e.varied:
        return w("nobody met it")
    digits = 1 if model.unit is Unit.PERCENT else 2
    return f"{w.signed(e.effect, digits)} ({between(e.effect_low, e.effect_high, digits, w)})"


def left_out(names: Sequence[str], w: Words) -> str:
    """Segments without a model of their own."""
    return (
        w("No model of its own: {names} (too few customers, or not cleared).", names=join_names(names, w))
        if names
        else ""
    )


def stability(model: Model, found: Drivers, w: Words) -> str:
    """How well the order holds when customers are split in two at random, and whose sign turns over."""
    agree = w.number(model.halves, 2)
    if model.halves >= 0.7:
        first = w(
            "Split at random, both halves of the customers give nearly the same order ({agree} of 1).", agree=agree
        )
    elif model.halves >= 0.3:
        first = w(
            "Split at random, the halves of the customers agree on the order in part only ({agree} of 1).", agree=agree
        )
    else:
        first = w(
            "Split at random, the halves of the customers do not agree on the order ({agree} of 1): it is no base.",
            agree=agree,
        )
    turned = [d for d in found.rows if not d.first.same_halves]
    second = (
        w("The effect changes its sign between halves for {names}.", names=_quoted(turned, w))
        if turned
        else w("No effect changes its sign between halves.")
    )
    return f"{first} {second}"


def alike(groups: Sequence[Sequence[Cause]], found: Drivers, w: Words) -> str:
    """Collinearity in plain words."""
    if not groups:
        worst = max((d.first.vif for d in found.rows), default=1.0)
        return w(
            "No two of them say nearly the same (variance inflation at most {vif}; above 5 they are read as one).",
            vif=w.number(worst, 1),
        )
    told = []
    for group in groups:
        names = join_names([quoted(c.name(w.lang)) for c in group], w)
        share = next((d.first.together for d in found.rows if d.cause in group and d.first.together), None)
        said = w("{names} say nearly the same (variance inflation above 5): read them as one.", names=names)
        if share:
            span = w.span(share.low, share.high, 0)
            said += " " + w("Together: {share} ({span}).", share=w.percent(share.value, 0), span=span)
        told.append(said)
    return " ".join(told)


def leaks(found: Drivers, w: Words) -> str:
    """What nearly determines the outcome is a warning and no winner; empty without any."""
    names = found.leaking
    if not names:
        return ""
    return w(
        "{names}: nearly determines the outcome. One is probably recorded from the other; this is a warning, not a "
        "finding.",
        names=_quoted(names, w),
    )


def who(model: Model, w: Words) -> str:
    """n, incomplete, censored, and where the intervals come from."""
    parts = [
        w("n = {n} rows of {customers} customers.", n=about_text(model.n, w), customers=about_text(model.customers, w))
    ]
    parts.append(
        w("Left out, since something was missing: {count}.", count=_few(model.incomplete, w)),
    )
    if model.days:
        parts.append(
            w("Left out, since {days} days had not passed: {count}.", days=model.days, count=_few(model.censored, w))
        )
    if model.r2_controls >= 0.0005:
        share = w.percent(100 * model.r2_controls)
        parts.append(
            w("Declared controls alone explain {share} of the outcome; they are taken out first.", share=share)
        )
    parts.append(
        w("Intervals by drawing customers again and again.")
        if model.method is Method.BOOTSTRAP
        else w("Intervals by leaving out one block of customers at a time.")
    )
    return kept_together(" ".join(parts))


def ends_said(driver: Driver, model: Model, w: Words) -> str:
    """The row of the two ends as a screen reader says it."""
    e = driver.first
    return w(
        "{name}: {shape}. Poor: {poor}. Very good: {good}.",
        name=driver.cause.name(w.lang),
        shape=lower(shape_name(e.shape, w)),
        poor=end_text(e.penalty, model, w),
        good=end_text(e.reward, model, w),
    )


def _few(count: int | None, w: Words) -> str:
    return f"1{DASH}9" if count is None else about_text(count, w) if count else w.number(0)


def _quoted(drivers: Sequence[Driver], w: Words) -> str:
    names = [quoted(d.cause.name(w.lang)) for d in drivers]
    if len(names) > 3:
        return w("{count} of them", count=upper(number_word(len(names), w)))
    return join_names(names, w)
