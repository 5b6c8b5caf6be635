"""A what-if in sentences: what goes with a move, how sure, and on what. Below a tested link nothing is promised."""

from __future__ import annotations

from metrics.charts.tree import evidence_words
from metrics.drivers import Choice, Interval, WhatIf
from metrics.headlines.driver_more import between
from metrics.headlines.sentence import kept_together, lower, quoted
from metrics.kpis import BY_ID
from metrics.kpis.metric import Unit
from metrics.labels import about_text, money_span, money_text, value_text
from metrics.loyalty.evidence import Evidence
from metrics.words import NBSP, Words

SURE = (Evidence.IDENTITY, Evidence.TESTED, Evidence.OBSERVED)


def promised(found: WhatIf) -> bool:
    """Whether customers and money may be told: something certain, on links that stand."""
    return not found.nothing and found.choice.evidence in SURE


def title(found: WhatIf, w: Words) -> str:
    """What goes with the move, or that nothing can be promised of it."""
    c = found.choice
    name, to = quoted(c.kpi.name(w.lang)), figure(found.to, c.unit, w)
    if found.change.low == found.change.high == 0:
        return w("{name} stays where it is", name=name)
    if found.nothing:
        return w("{name} at {to}: nothing to gain that could be promised", name=name, to=to)
    if c.evidence is Evidence.CONTRADICTED:
        return w("{name} at {to}: the data say otherwise than was believed", name=name, to=to)
    if c.evidence not in SURE:
        return w("{name} at {to}: the link is unclear, so nothing is promised", name=name, to=to)
    verb = c.evidence is Evidence.TESTED
    if found.money:
        people = found.money.customers
        count, span = count_text(abs(people.value), w), _span(people, w)
        if people.value >= 0:
            if verb:
                return w(
                    "{name} at {to} brings {count} more customers a month back ({span})",
                    name=name,
                    to=to,
                    count=count,
                    span=span,
                )
            return w(
                "{name} at {to} goes with {count} more customers a month coming back ({span})",
                name=name,
                to=to,
                count=count,
                span=span,
            )
        return w(
            "{name} at {to} goes with {count} fewer customers a month coming back ({span})",
            name=name,
            to=to,
            count=count,
            span=span,
        )
    return w(
        "{name} at {to} goes with {change} of {outcome}",
        name=name,
        to=to,
        change=change_of(found.change, c, w),
        outcome=lower(c.outcome.name(w.lang)),
    )


def subtitle(c: Choice, w: Words) -> str:
    """The range a move may stay in, and where the KPI stands now."""
    span = between(c.low, c.high, 2 if c.high - c.low < 2 else 1, w) + ("%" if c.unit is Unit.PERCENT else "")
    return w(
        "Only within what a segment or a month has reached: {span}. Now {now} ({period}).",
        span=span,
        now=figure(c.now.value or 0.0, c.unit, w),
        period=w.period(c.now.period),
    )


def steps(found: WhatIf, w: Words) -> list[tuple[str, str, str]]:
    """The chain as (what, figure, range or reason): the move, each outcome on the way, customers and money a month."""
    c = found.choice
    move = f"{figure(c.now.value or 0.0, c.unit, w)} → {figure(found.to, c.unit, w)}"
    rows = [(c.kpi.name(w.lang), move, w("the move"))]
    rows += [
        (s.to.name(w.lang), w("on the way"), w("{effect} for one more", effect=_number(s.effect.value, w)))
        for s in c.chain[:-1]
    ]
    reached = w("among the customers it reaches")
    change = found.change
    rows.append((c.outcome.name(w.lang), change_of(change, c, w), f"{_ends(change, w)} · {reached}"))
    if found.whole is not None and (c.reach or 0.0) < 0.995:
        rows.append((w("The whole company"), change_of(found.whole, c, w), _ends(found.whole, w)))
    if promised(found) and found.money is not None:
        m = found.money
        rows.append((w("Customers a month"), signed_count(m.customers.value, w), _span(m.customers, w)))
        told = ("+" if m.amount.value > 0 else "") + money_text(m.amount.value, w, m.currency)
        rows.append((w("Revenue a month"), told, money_span(m.amount.low, m.amount.high, m.amount.value, w)))
    return rows


def trust(found: WhatIf, w: Words) -> str:
    """The weakest evidence of the chain, its n, and what is not said and why."""
    c = found.choice
    word, means = evidence_words(w)[c.evidence]
    if c.evidence is Evidence.OBSERVED:
        parts = [w("Weakest link: {word}.", word=lower(word))]
    else:
        parts = [w("Weakest link: {word} ({means}).", word=lower(word), means=means)]
    if c.evidence is Evidence.OBSERVED:
        parts.append(w("It goes with return; no action has tested it yet."))
    if c.n:
        parts.append(w("n = {n}.", n=about_text(c.n, w)))
    if found.change.low == found.change.high == 0:
        pass
    elif found.nothing:
        parts.append(w("The range holds zero, whatever its share: no customers and no money are reckoned from it."))
    elif c.evidence not in SURE:
        parts.append(w("No customers and no money are reckoned from it."))
    elif found.whole is None:
        parts.append(w("How many customers it reaches is not known: no figure for the company and no money."))
    elif found.money is not None:
        if (c.reach or 0.0) < 0.995:
            parts.append(w("Whom it reaches is told roughly: the share of each link is a seventh off at most."))
        parts.append(w("One order each is counted, at the mean of an order. Ranges from one joint bootstrap."))
    return kept_together(" ".join(parts))


def figure(value: float, unit: Unit, w: Words) -> str:
    """A figure of the KPI that is moved; scores with two decimals, since they move little."""
    return value_text(value, unit, w, digits=2 if unit is Unit.SCORE else 1)


def change_of(change: Interval, c: Choice, w: Words) -> str:
    """+0.6 points of the outcome."""
    percent = BY_ID[c.outcome.metric].unit_of(c.outcome.of) is Unit.PERCENT
    figure_text = w.signed(change.value, 1 if abs(change.value) >= 1 else 2)
    return w("{change} points", change=figure_text) if percent else figure_text


def count_text(value: float, w: Words) -> str:
    """Customers: one decimal below ten."""
    return w.number(value, 1 if value < 10 else 0)


def signed_count(value: float, w: Words) -> str:
    return w.signed(value, 1 if abs(value) < 10 else 0)


def _span(people: Interval, w: Words) -> str:
    low, high = sorted((abs(people.low), abs(people.high))) if people.value < 0 else (people.low, people.high)
    return between(low, high, 1 if max(abs(low), abs(high)) < 10 else 0, w).replace(" ", NBSP)


def _ends(e: Interval, w: Words) -> str:
    return between(e.low, e.high, 1 if max(abs(e.low), abs(e.high)) >= 1 else 2, w)


def _number(value: float, w: Words) -> str:
    return w.signed(value, 2)
