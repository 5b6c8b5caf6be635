"""The journey page in sentences, built from the map."""

from __future__ import annotations

from collections.abc import Sequence

from metrics.answers import Answer, Row
from metrics.change import change
from metrics.decisions import Decision
from metrics.headlines.covers import WHOLE, left_out, share_text
from metrics.headlines.sentence import lower, number_word, upper
from metrics.journey.map import Gap, Harm, Journey, StageSight
from metrics.journey.stage import Detail, Pair, Topic, level_shares
from metrics.labels import join_names, row_text, span_text, value_text, values_name
from metrics.periods import months_of
from metrics.standing import Standing
from metrics.strategy.model import Stage, Strategy
from metrics.words import Words

#: Complaints without a stage are worth a word from this share on.
UNFILED = 2.0
ASKED = 30
"""Answers from which a finding is drawn."""


def headline(whole: Journey, w: Words) -> str:
    """What happens at the stages, in one sentence: the blind spot first, then what is furthest off, then silence."""
    blind = whole.blind
    if blind and blind.harm:
        name = lower(blind.stage.name(w.lang))
        parts = _in_words(blind.harm, w)
        if parts:
            return w("Customers meet silence at {stage}: {parts}, and nobody asks.", stage=name, parts=", ".join(parts))
        return w("Customers meet silence at {stage}, and nobody asks.", stage=name)
    off = whole.off
    if off:
        names = [lower(s.stage.name(w.lang)) for s in off[:3]]
        if len(off) > 3:
            more = number_word(len(off) - 3, w)
            return w("Off course: {stages}, and {count} more.", stages=", ".join(names), count=more)
        return w("Off course: {stages}.", stages=join_names(names, w))
    silent = [s for s in whole.stages if s.gap is Gap.UNASKED]
    if silent:
        return w(
            "At {silent} of {all} stages nobody asks; the others keep to their targets.",
            silent=len(silent),
            all=len(whole.stages),
        )
    unsure = [s for s in whole.stages if s.at and s.row is not None and s.at.target is None]
    if unsure or not any(s.row for s in whole.stages):
        return w("The stages are measured, but not all have a target yet.")
    return w("Every stage that is measured keeps to its target or may do so.")


def evidence(whole: Journey, strategy: Strategy, w: Words) -> str:
    """One to three sentences: the harm in numbers, then the stages off course."""
    parts: list[str] = []
    blind = whole.blind
    if blind and blind.harm:
        parts += _harm(blind, strategy, w)
    off = [s for s in whole.off if s is not blind]
    if off:
        named = [_against_target(s, w) for s in off[:3]]
        parts.append(w("Below target: {stages}.", stages="; ".join(named)))
    elif any(s.row for s in whole.stages):
        parts.append(w("No other stage is certainly off its target.") if blind else "")
    return " ".join(p for p in parts if p)


def decisions(whole: Journey, open_ones: Sequence[Decision], w: Words) -> list[tuple[str, str]]:
    """At most three: to ask at the blind spot, to file its complaints, then what was agreed for stages off course."""
    rows: list[tuple[str, str]] = []
    blind = whole.blind
    for decision in open_ones:
        if blind and decision.stage and decision.stage.id == blind.stage.id:
            name = lower(blind.stage.name(w.lang))
            rows.append((w("Ask one question right after {stage}.", stage=name), _who(decision, w)))
            if whole.unfiled and whole.unfiled >= UNFILED and blind.harm and blind.harm.complaints:
                rows.append(
                    (
                        w("File complaints about {stage} under their own stage.", stage=name),
                        blind.stage.owner(w.lang),
                    )
                )
    for decision in open_ones:
        if decision.text and decision.stand and decision.stand.kpi.stage:
            rows.append((decision.text(w.lang), _who(decision, w)))
    return rows[:3]


def stage_headline(found: Detail, w: Words) -> str:
    """One stage opened, in one sentence: how many of its measures are off course."""
    name = found.sight.stage.name(w.lang)
    if found.sight.gap is Gap.ABSENT:
        return w("{stage}: customers are here, and we are not.", stage=name)
    off = sum(s.standing is Standing.OFF for s in found.stands)
    if not found.stands and not found.others:
        return w("{stage}: nothing is measured here.", stage=name)
    if off == 1 and len(found.stands) == 1:
        return w("{stage}: its one measure is off course.", stage=name)
    if off == 1:
        return w("{stage}: one of {all} measures is off course.", stage=name, all=len(found.stands))
    if off:
        return w("{stage}: {off} of {all} measures are off course.", stage=name, off=off, all=len(found.stands))
    if found.sight.gap in (Gap.UNASKED, Gap.BLIND):
        return w("{stage}: no measure is off course, and nobody asks.", stage=name)
    return w("{stage}: no measure is off course.", stage=name)


def stage_evidence(found: Detail, strategy: Strategy, w: Words) -> str:
    """What the customer wants here, and what silence costs."""
    stage = found.sight.stage
    parts = [w("What customers want here: {goal}.", goal=lower(stage.customer_goal(w.lang)).rstrip("."))]
    if found.sight.harm:
        parts += _harm(found.sight, strategy, w)
    return " ".join(parts)


def map_title(whole: Journey, w: Words) -> str:
    """Finding of the map: how many stages are listened to, and what is silent."""
    if len(whole.stages) == 1:
        return w("The journey has one stage so far")
    absent = sum(s.gap is Gap.ABSENT for s in whole.stages)
    silent = number_word(len(whole.stages) - len(whole.heard) - absent, w)
    count, heard = upper(number_word(len(whole.stages), w)), number_word(len(whole.heard), w)
    if whole.blind:
        return w(
            "{count} stages in the customer’s order: {heard} are listened to, one is a blind spot",
            count=count,
            heard=heard,
        )
    if len(whole.heard) + absent < len(whole.stages):
        return w(
            "{count} stages in the customer’s order: {heard} are listened to, {silent} are silent",
            count=count,
            heard=heard,
            silent=silent,
        )
    if absent:
        return w(
            "{count} stages in the customer’s order: at {absent} the company is absent",
            count=count,
            absent=number_word(absent, w),
        )
    return w("{count} stages in the customer’s order, all listened to", count=count)


def coverage(whole: Journey, w: Words) -> list[str]:
    """What the map does not show, one sentence each."""
    parts: list[str] = []
    if whole.coverage is not None:
        share = share_text(whole.coverage, w)
        if whole.coverage >= WHOLE:
            parts.append(w("This map covers all contacts that have a stage."))
        else:
            parts.append(w("This map covers {share} of contacts; the rest count in wider totals.", share=share))
    if whole.unfiled is not None and whole.unfiled >= UNFILED:
        parts.append(w("{share} of complaints fit no stage.", share=w.percent(whole.unfiled, 0)))
    return parts


def levels_title(rows: Sequence[tuple[Stage, Row | None]], w: Words) -> str:
    """Finding of the six levels: the stage where most get what they expected, or less."""
    shares = [(sum(level_shares(r)[:3]), s) for s, r in rows if r and r.n and r.n >= ASKED]
    if not shares:
        return w("Too few answers to tell the six levels apart")
    share, stage = max(shares, key=lambda pair: pair[0])
    tenths = round(share / 10)
    return w(
        "{stage}: {some} in ten get what they expected, or less", stage=stage.name(w.lang), some=number_word(tenths, w)
    )


def levels_cover(
    rows: Sequence[tuple[Stage, Row | None]], answers: Sequence[Answer], strategy: Strategy, w: Words
) -> str:
    """Share of answers that the six levels are drawn of: stages that stand only together with others are not drawn."""
    stages = {s.id for s in strategy.journey}
    drawn = float(sum(r.n or 0 for _, r in rows if r))
    parts = ((a.coverage, sum(r.n or 0 for r in a.rows if not stages <= set(r.values("stage")))) for a in answers)
    whole = sum(n / coverage for coverage, n in parts if coverage)
    return left_out(min(1.0, drawn / whole), "answers", w) if whole else ""


def level_names(w: Words) -> tuple[str, ...]:
    return (w("terrible"), w("basic"), w("as expected"), w("as wished"), w("surprising"), w("unbelievable"))


def pair_title(first: Answer, second: Answer, names: tuple[str, str], w: Words) -> str:
    """Finding of two measures side by side: which of them moved for certain within the last four quarters."""
    one, two = _moved(first), _moved(second)
    a, b = names[0], lower(names[1])
    if one < 0 and two < 0:
        return w("{first} and {second} both fell in a year", first=a, second=b)
    if one > 0 and two > 0:
        return w("{first} and {second} both rose in a year", first=a, second=b)
    if one < 0:
        return w("{first} fell in a year; {second} has not followed for certain", first=a, second=b)
    if one > 0:
        return w("{first} rose in a year; {second} has not followed for certain", first=a, second=b)
    if two < 0:
        return w("{second} fell in a year, while {first} did not move for certain", first=lower(a), second=names[1])
    if two > 0:
        return w("{second} rose in a year, while {first} did not move for certain", first=lower(a), second=names[1])
    return w("Neither {first} nor {second} moved for certain in a year", first=lower(a), second=b)


def pair_subtitle(found: Pair, w: Words) -> str:
    """Stage, unit, and what a point stands for when the two have periods of different length."""
    stage = found.stage.name(w.lang)
    lengths = {len(months_of(r.period)) for a in (found.done, found.felt) for r in a.rows}
    if len(lengths) == 1:
        return w("{stage}, % with 95% interval", stage=stage)
    return w("{stage}, % with 95% interval; months beside quarters, each in the middle of its period", stage=stage)


def stage_line(found: Detail, w: Words) -> str:
    """Owner, volume and touchpoints of a stage."""
    stage = found.sight.stage
    parts = [w("Owner: {owner}", owner=stage.owner(w.lang))]
    if found.sight.volume is not None:
        parts.append(volume_text(found.sight, w))
    if stage.touchpoints:
        parts.append(", ".join(t.name(w.lang) for t in stage.touchpoints))
    return " · ".join(parts)


def topics_title(parts: Sequence[Topic], strategy: Strategy, w: Words) -> str:
    if not parts:
        return w("Complaints have no topic here")
    names = [_topic(p.values, strategy, w) for p in parts[:2]]
    share = w.percent(sum(p.share for p in parts[:2]), 0)
    return w("{topics}: {share} of complaints", topics=join_names([names[0], *map(lower, names[1:])], w), share=share)


def volume_text(sight: StageSight, w: Words) -> str:
    """1,565 orders; an en dash where nothing counts the stage."""
    if sight.volume is None or sight.volume_of is None:
        return "–"
    count = w.number(sight.volume)
    words = {
        "orders": w("{count} orders", count=count),
        "contacts": w("{count} contacts", count=count),
        "answers": w("{count} answers", count=count),
        "invitations": w("{count} invited", count=count),
        "cohorts": w("{count} customers", count=count),
        "series": count,
    }
    return words[sight.volume_of]


def harm_lines(harm: Harm, w: Words) -> list[str]:
    """Volume and complaints of a silent stage, one line each."""
    lines: list[str] = []
    if harm.need is not None:
        share = w.percent(harm.need, 0)
        of_all = (
            w("{share} of orders", share=share)
            if harm.need_of == "orders"
            else w("{share} of first orders", share=share)
        )
        lines.append(of_all)
    if harm.complaints is not None:
        lines.append(w("{share} of complaints", share=w.percent(harm.complaints, 0)))
    return lines


def _in_words(harm: Harm, w: Words) -> list[str]:
    parts: list[str] = []
    if harm.need is not None and (k := _one_in(harm.need)):
        one_in = number_word(k, w)
        if harm.need_of == "orders":
            parts.append(w("one order in {number}", number=one_in))
        else:
            parts.append(w("one first order in {number}", number=one_in))
    if harm.complaints is not None and (k := _one_in(harm.complaints)):
        parts.append(w("one complaint in {number}", number=number_word(k, w)))
    return parts


def _one_in(share: float) -> int | None:
    """The k of "one in k" nearest to a share of 0 to 100, from two to ten; None where no such k is near."""
    if share <= 0:
        return None
    k = round(100 / share)
    return k if 2 <= k <= 10 and abs(100 / k - share) <= 0.15 * share else None


def _harm(blind: StageSight, strategy: Strategy, w: Words) -> list[str]:
    harm = blind.harm
    parts: list[str] = []
    if harm is None:
        return parts
    lines = harm_lines(harm, w)
    name = lower(blind.stage.name(w.lang))
    if lines:
        parts.append(w("{shares} are about {stage}.", shares=join_names(lines, w), stage=name))
    if harm.kept and harm.late and harm.kept.value is not None and harm.late.value is not None:
        message = w(
            "When it came late, {late} come back; on the day, {kept}.",
            late=w.percent(harm.late.value, 0),
            kept=w.percent(harm.kept.value, 0),
        )
        moved = change(harm.kept, harm.late)
        parts.append(message if moved and moved.sure else message + " " + w("The ranges overlap."))
    return parts


def _against_target(sight: StageSight, w: Words) -> str:
    at = sight.at
    if at is None or at.row is None or at.target is None or sight.unit is None:
        return lower(sight.stage.name(w.lang))
    span = span_text(at.row.low, at.row.high, sight.unit, w)
    if at.period and not sight.own_period:
        span = f"{span}, {w.period(at.period)}" if span else w.period(at.period)
    return w(
        "{stage} {value} ({span}) against {target}",
        stage=lower(sight.stage.name(w.lang)),
        value=row_text(at.row, sight.unit, w),
        span=span,
        target=value_text(at.target, sight.unit, w),
    )


def _moved(answer: Answer) -> int:
    """-1, 0 or 1: whether the last row differs for certain from the row a year before it."""
    rows = [r for r in answer.rows if r.value is not None]
    if len(rows) < 2:
        return 0
    last = rows[-1]
    before = next((r for r in rows if r.period == f"{int(last.period[:4]) - 1}{last.period[4:]}"), None)
    moved = change(before, last) if before else None
    if moved is None or not moved.sure:
        return 0
    return 1 if moved.value > 0 else -1


def _topic(values: tuple[str, ...], strategy: Strategy, w: Words) -> str:
    return values_name(strategy, "topic", values, w)


def _who(decision: Decision, w: Words) -> str:
    owner = decision.owner(w.lang) if decision.owner else ""
    return w("{owner} · by {day}", owner=owner, day=w.day(decision.by))
