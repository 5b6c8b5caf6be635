"""The loyalty drivers page in sentences, built from the results. Below a tested link the words are "goes with"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from metrics.answers import Row
from metrics.drivers import Driver, Drivers, Meaning, Model, Next
from metrics.errors import Refused
from metrics.headlines.sentence import kept_together, lower, number_word, quoted, upper
from metrics.kpis.metric import Unit
from metrics.labels import about_text, change_text, join_names, value_parts
from metrics.words import DASH, Words


def headline(found: Drivers, w: Words) -> str:
    """The page's question answered in one sentence: what makes customers come back?"""
    leading = _leading(found)
    hollow = lower(_name(found.hollow, w)) if found.hollow else ""
    if found.behaviour is None:
        if not leading:
            return w("No experience goes with the score for certain.")
        if len(leading) == 1:
            return w("{name} goes with the score most; return was not measured.", name=_names(leading, w))
        return w("{names} go with the score most; return was not measured.", names=_names(leading, w))
    if not leading:
        if hollow:
            return w("What goes with return we cannot tell yet; {hollow} moves the score.", hollow=hollow)
        return w("We cannot tell yet what goes with return: every range includes nothing.")
    if hollow and len(leading) == 1:
        return w(
            "{name} goes with return most; {hollow} moves the score, not the return.",
            name=_names(leading, w),
            hollow=hollow,
        )
    if hollow:
        return w(
            "{names} go with return most; {hollow} moves the score, not the return.",
            names=_names(leading, w),
            hollow=hollow,
        )
    if len(leading) == 1:
        return w("{name} goes with return most.", name=_names(leading, w))
    return w("{names} go with return most.", names=_names(leading, w))


def evidence(found: Drivers, w: Words) -> str:
    """One to three sentences under the headline."""
    count = len(found.rows)
    with_return = found.of(Meaning.RETURN)
    parts: list[str] = []
    if found.behaviour is None:
        parts.append(
            w(
                "{count} experiences were held against what customers say, none against what they do.",
                count=upper(number_word(count, w)),
            )
        )
        parts.append(w("Read this page as the way to a better score. Whether anyone comes back for it is open."))
        return " ".join(parts)
    if with_return:
        parts.append(
            w(
                "Of {count} experiences, {some} go with customers coming back: {names}.",
                count=number_word(count, w),
                some=number_word(len(with_return), w),
                names=lower(_names(with_return, w)),
            )
        )
    hollow = found.hollow
    if hollow:
        said, done = _ranks(found, hollow)
        first_and_last = w("{name} comes first for the score and last for coming back.", name=_name(hollow, w))
        parts.append(
            first_and_last
            if (said, done) == (1, count)
            else w(
                "{name} stands at place {said} of {count} for the score and at place {done} for coming back.",
                name=_name(hollow, w),
                said=said,
                done=done,
                count=count,
            )
        )
        parts.append(w("Keep it; do not expect it to bring people back."))
    against = found.of(Meaning.AGAINST)
    if against:
        parts.append(w("{names}: this goes with leaving, against what was believed.", names=_names(against, w)))
    return " ".join(parts)


def decisions(steps: Sequence[Next], as_of: str, lang: str, w: Words) -> list[tuple[str, str]]:
    """What to decide, and who by when. A driver is believed until an action has tested it, so the last is a test."""
    today = date.fromisoformat(as_of)
    rows: list[tuple[str, str]] = []
    for step in steps:
        at = step.at
        if at and at.kpi.reading:
            owner = at.kpi.owner(lang) if at.kpi.owner else ""
            day = w.day(today + timedelta(at.kpi.reading.within_days))
            rows.append((at.kpi.reading.low(lang), w("{owner} · by {day}", owner=owner, day=day)))
    if steps:
        owner = steps[0].stage.owner(lang) if steps[0].stage else ""
        what = w("Test it: change {name} in one place first, keep another as it is.", name=_quoted(steps[0].driver, w))
        rows.append((what, owner))
    return rows[:3]


def shares_title(found: Drivers, w: Words) -> str:
    """Finding of the shares: what the first tier carries together, and what the hollow driver carries."""
    tiers = found.tiers()
    if not tiers:
        return w("Nothing could be ranked")
    first = tiers[0][1]
    share = w.percent(sum(d.first.share for d in first), 0)
    if len(tiers) == 1:
        return w("All {count} experiences share one tier: none stands apart", count=number_word(len(first), w))
    if len(first) > 3:
        names = w("{count} experiences of the first tier", count=upper(number_word(len(first), w)))
    else:
        names = _names(first, w)
    if found.behaviour is None:
        return w("{names}: {share} of what we can explain of the score", names=names, share=share)
    if found.hollow and found.hollow.behaviour and found.hollow not in first:
        return w(
            "{names}: {share} of what we can explain of return; {hollow}: {other}",
            names=names,
            share=share,
            hollow=lower(_name(found.hollow, w)),
            other=w.percent(found.hollow.behaviour.share, 0),
        )
    return w("{names}: {share} of what we can explain of return", names=names, share=share)


def shares_subtitle(found: Drivers, w: Words) -> str:
    text = w("Share of explained variation (LMG), bar with 95% interval.")
    model = found.behaviour or found.stated
    if model is None:
        return text
    if model.days:
        text += " " + w(
            "n = {n} customers asked, their orders read for {days} days after.",
            n=about_text(model.n, w),
            days=model.days,
        )
    else:
        text += " " + w("n = {n} customers asked.", n=about_text(model.n, w))
    return kept_together(text)


def open_part(model: Model, w: Words) -> str:
    """What the drivers leave unexplained; never rounded up to everything."""
    left = 100 - 100 * model.r2_drivers
    return w.percent(left, 1 if left > 99 else 0)


def fit(model: Model, w: Words) -> str:
    """R² 0.17 (0.14–0.20), n = 2,400; three decimals where two would say nothing."""
    digits = 3 if model.r2 < 0.05 else 2
    low, high = w.number(model.r2_low, digits), w.number(model.r2_high, digits)
    figures = f"{w.number(model.r2, digits)} ({low}{DASH}{high})"
    return kept_together(f"R² {figures} · n = {about_text(model.n, w)}")


def tier_name(number: int, drivers: Sequence[Driver], w: Words) -> str:
    if len(drivers) == 1:
        return w("Tier {number}", number=number)
    return w("Tier {number}: a tie, order not certain", number=number)


def meaning_name(meaning: Meaning, w: Words) -> str:
    words = {
        Meaning.RETURN: w("Goes with return"),
        Meaning.AGAINST: w("Goes with leaving"),
        Meaning.SCORE_ONLY: w("Moves the score only"),
        Meaning.UNSURE: w("Not sure yet"),
        Meaning.NONE: w("No evidence"),
        Meaning.SCORE: w("Goes with the score"),
    }
    return words[meaning]


def effects_title(found: Drivers, w: Words) -> str:
    """Finding of the effects, for the strongest certain one."""
    sure = [d for d in found.rows if d.first.above_zero]
    model = found.behaviour or found.stated
    if not sure or model is None:
        return w("No effect is certain: every range includes zero")
    best = max(sure, key=lambda d: d.first.effect)
    size = effect_text(best.first.effect, model, w)
    if model is found.behaviour:
        return w("One point better on {name} goes with {size} of return", name=_quoted(best, w), size=size)
    return w("One point better on {name} goes with {size} of the score", name=_quoted(best, w), size=size)


def effects_subtitle(model: Model, w: Words) -> str:
    if model.days:
        return w(
            "Percentage points of return within {days} days that go with one scale point better, the others equal, "
            "with 95% interval. Hollow: nothing certain.",
            days=model.days,
        )
    return w(
        "Points of the answer that go with one scale point better, the others equal, with 95% interval. "
        "Hollow: nothing certain."
    )


def effect_text(effect: float, model: Model, w: Words) -> str:
    """+4.1 percentage points of a yes/no outcome, +0.31 points of a score."""
    if model.unit is Unit.PERCENT:
        return change_text(effect, Unit.PERCENT, w)
    return w("{change} points", change=w.signed(effect, 2))


def today_lines(figures: Mapping[str, tuple[Row, Unit, int | None]], w: Words) -> dict[str, str]:
    """How well a driver is done now, in words: today 6.2 of 10."""
    lines = {}
    for question, (row, unit, top) in figures.items():
        value, small = value_parts(row, unit, w, top)
        lines[question] = w("today {value}", value=value + small)
    return lines


def sure(found: Drivers, w: Words) -> str:
    """ "How sure", in plain words."""
    tiers = found.tiers()
    parts: list[str] = []
    if tiers and len(tiers[0][1]) > 1:
        parts.append(
            w(
                "The first {count} cannot be told apart: which of them leads is not certain.",
                count=number_word(len(tiers[0][1]), w),
            )
        )
    elif tiers:
        parts.append(w("{name} stands alone in the first tier.", name=_name(tiers[0][1][0], w)))
    unsure = found.of(Meaning.UNSURE)
    if unsure and found.behaviour:
        names = _names(unsure, w)
        parts.append(w("{names}: the range holds nothing as well as something that would matter.", names=names))
    return " ".join(parts)


def said_and_done(found: Drivers, w: Words) -> str:
    """ "What people say and do": where score and behaviour part, and where they agree."""
    if found.behaviour is None:
        return w(
            "Only the score was held against these experiences. A score is what people say; these data do not hold "
            "what they did."
        )
    if found.stated is None:
        return w("Only behaviour was modelled here; there was no score to set beside it.")
    hollow = found.hollow
    if hollow and hollow.behaviour and hollow.stated:
        return w(
            "In the score, {name} carries {said}; in coming back {done}. We go by behaviour.",
            name=_quoted(hollow, w),
            said=w.percent(hollow.stated.share, 0),
            done=w.percent(hollow.behaviour.share, 0),
        )
    return w("Nothing here moves the score alone: no share in the score lies certainly above the share in return.")


def cannot_tell(found: Drivers, w: Words) -> str:
    """ "What this cannot tell"."""
    model = found.behaviour or found.stated
    if model is None:
        return ""
    count, share = number_word(len(found.rows), w), open_part(model, w)
    if model is found.behaviour:
        first = w("{share} of return is explained by none of these {count} experiences.", share=share, count=count)
    else:
        first = w("{share} of the score is explained by none of these {count} experiences.", share=share, count=count)
    if model is found.behaviour:
        last = w("What goes with return need not bring it about; an action with a comparison can test that.")
    else:
        last = w("What goes with a score need not bring it about, and a score is not a return.")
    return " ".join([first, w("Only customers who answered are in it."), last])


def refused(found: Drivers, w: Words) -> tuple[str, str]:
    """Title and text of the calm card when no outcome could be modelled."""
    reasons = {reason for _, reason in found.refused}
    if reasons & {Refused.TOO_FEW, Refused.NOT_CLEARED} or not reasons:
        return (
            w("Too few for a ranking, or not cleared."),
            w(
                "A ranking of {count} experiences takes {needed} customers who answered, and enough people behind "
                "them. Below that the order would be chance.",
                count=found.items,
                needed=w.number(found.needed),
            ),
        )
    if Refused.SAMPLED in reasons:
        return (
            w("Return cannot be told from these orders."),
            w("The source holds a sample of orders, so a missing second order says nothing."),
        )
    return w("There is no outcome to hold these experiences against."), w(
        "The sources hold no answers or no orders for it."
    )


def _leading(found: Drivers) -> tuple[Driver, ...]:
    """Drivers of the first tier for which something certain can be said, else the first such driver of all."""
    want = Meaning.RETURN if found.behaviour else Meaning.SCORE
    certain = found.of(want)
    if not certain:
        return ()
    tier = min(d.first.tier for d in certain)
    return tuple(d for d in certain if d.first.tier == tier)[:3]


def _ranks(found: Drivers, driver: Driver) -> tuple[int, int]:
    said = sorted((d.stated.share for d in found.rows if d.stated), reverse=True)
    done = sorted((d.behaviour.share for d in found.rows if d.behaviour), reverse=True)
    own_said = driver.stated.share if driver.stated else 0.0
    own_done = driver.behaviour.share if driver.behaviour else 0.0
    return said.index(own_said) + 1, done.index(own_done) + 1


def _name(driver: Driver, w: Words) -> str:
    return driver.cause.name(w.lang)


def _names(drivers: Sequence[Driver], w: Words) -> str:
    names = [_name(d, w) for d in drivers]
    return join_names([names[0], *(lower(n) for n in names[1:])], w)


def _quoted(driver: Driver, w: Words) -> str:
    return quoted(_name(driver, w))
