"""Who stays, in sentences: cohorts, the course of retention, how many come back by when."""

from __future__ import annotations

from metrics.change import change
from metrics.headlines.sentence import kept_together
from metrics.value.cohorts import Cohorts, Line
from metrics.words import Words


def course_title(found: Cohorts, w: Words) -> str:
    """The finding of the course: newer customers against those of a year before, at one age."""
    if found.newer is None or found.older is None or found.pair is None or found.age is None:
        whole = dict(found.lines[0].points)
        first = next(iter(whole), None)
        if first is None or whole[first].value is None:
            return w("Too young to tell who stays")
        return w("{share} order again in month {age}", share=w.percent(whole[first].value or 0.0), age=first)
    told = {
        "age": found.age,
        "newer": w.period(found.pair[0]),
        "older": w.period(found.pair[1]),
        "a": w.percent(found.newer.value or 0.0),
        "b": w.percent(found.older.value or 0.0),
    }
    moved = change(found.older, found.newer)
    if moved is None or not moved.sure:
        return w("Customers of {newer} stay neither more nor less for certain than those of {older}", **told)
    if moved.value > 0:
        return w("More of {newer} still order in month {age} than of {older}: {a} against {b}", **told)
    return w("Fewer of {newer} still order in month {age} than of {older}: {a} against {b}", **told)


def course_subtitle(w: Words) -> str:
    return w(
        "Share of new customers who order in each month after the month of their first order, with 95% interval. "
        "Without a contract an order is the sign of staying."
    )


def line_name(line: Line, w: Words) -> str:
    return w.period(line.period) if line.period else w("All cohorts")


def table_title(found: Cohorts, w: Words) -> str:
    first = [(r.period, r.shares[0]) for r in found.rows if r.shares[0].value is not None]
    later = [s for r in found.rows for s in r.shares[11:12] if s.value is not None]
    if not first:
        return w("No cohort is a month old yet")
    mean = sum((s.value or 0.0) * (s.n or 0) for _, s in first) / sum(s.n or 0 for _, s in first)
    if not later:
        return w("{first} of new customers order again in the month after the first order", first=w.percent(mean, 0))
    end = sum((s.value or 0.0) * (s.n or 0) for s in later) / sum(s.n or 0 for s in later)
    return w(
        "{first} of new customers order again in the month after their first order, {last} still in the twelfth",
        first=w.percent(mean, 0),
        last=w.percent(end, 0),
    )


def table_subtitle(w: Words) -> str:
    return w("New customers by the period of their first order: % who ordered in each month after it.")


def returned_title(found: Cohorts, w: Words) -> str:
    if not found.returned:
        return w("No cohort has been watched long enough yet")
    last = found.returned[-1]
    half = next((r for r in found.returned if r.value >= 50), None)
    if half is not None and half is not last:
        return w(
            "Half of new customers have come back within {half} days, {share} within {days}",
            half=half.days,
            share=w.percent(last.value, 0),
            days=last.days,
        )
    return w("{share} of new customers have come back within {days} days", share=w.percent(last.value, 0),
             days=last.days)  # fmt: skip


def returned_subtitle(found: Cohorts, w: Words) -> str:
    text = w(
        "Share of new customers with an order on a later day by this day, with 95% interval; younger cohorts count up "
        "to the day they were watched."
    )
    if found.returned:
        text += " " + w("n = {n} customers.", n=w.number(found.returned[0].n))
    return kept_together(text)
