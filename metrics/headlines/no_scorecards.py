"""The page that says why nobody can look up a person: chance, promises, limits, and what to look at instead."""

from __future__ import annotations

from metrics.answers import Grain, Request, ask
from metrics.chance import Chance, chance
from metrics.errors import Refusal
from metrics.release import Release
from metrics.words import Words

#: Shares of promoters and detractors where the company has no such score of its own.
EXAMPLE = (0.45, 0.21)


def by_chance(release: Release) -> tuple[Chance, bool]:
    """Twenty identical people with this company's own shares of promoters and detractors; False when there is no NPS
    to take them from and an example stands in."""
    strategy = release.strategy
    scores = [k for k in strategy.kpis if k.metric == "nps"]
    scores.sort(key=lambda k: k.id != strategy.loyalty.stated)
    for kpi in scores:
        try:
            rows = ask(release, Request(kpi.id, grain=Grain.ALL)).rows
        except Refusal:
            continue
        sums = dict(rows[0].sums) if rows else {}
        if sums.get("n"):
            return chance(sums["promoters"] / sums["n"], sums["detractors"] / sums["n"]), True
    return chance(*EXAMPLE), False


def chance_title(found: Chance, w: Words) -> str:
    return w("Twenty people who work exactly alike would still be {gap} points apart", gap=w.number(found.gap))


def chance_line(found: Chance, own: bool, w: Words) -> str:
    score = w.signed(found.score, 0)
    if own:
        return w(
            "Simulated: each dot is one of twenty identical people with {answers} answers and our score of {score}",
            answers=found.answers,
            score=score,
        )
    return w(
        "Simulated: each dot is one of twenty identical people with {answers} answers, same true score of {score}",
        answers=found.answers,
        score=score,
    )


def why(release: Release, w: Words) -> list[tuple[str, str]]:
    """Reasons as (heading, text), the company's own words first."""
    own = release.strategy.why_no_scorecards
    reason = (
        own(w.lang)
        if own
        else w(
            "A score that grades people makes two fronts. People then look after the number, "
            "and the number stops being true."
        )
    )
    return [
        (w("Why we decided so"), reason),
        (
            w("What decides a score here"),
            w("The stage, the topic, the wait and the promise made. All four are shown, for the whole company."),
        ),
        (
            w("And for coaching?"),
            w("Listen to calls together, follow one customer through the journey. A conversation needs no ranking."),
        ),
    ]


def promises(release: Release, w: Words) -> list[str]:
    """What holds for every number on every page, with this company's own floors."""
    floors = release.strategy.disclosure
    return [
        w("Every number stands on contacts of at least {staff} members of staff, or of none.", staff=floors.min_staff),
        w(
            "Nobody handled more than {share} of the contacts behind any number.",
            share=w.percent(100 * floors.max_share, 0),
        ),
        w("At least {customers} customers stand behind each number.", customers=floors.min_customers),
        w("What does not reach this is joined with its neighbour for good, or withheld."),
        w("The files that pages read hold no name, no id and no row about anybody."),
        w("No setting changes this, for any role."),
    ]


def limits(w: Words) -> list[str]:
    """What cannot be promised."""
    return [
        w("Whoever holds the company’s raw files can count for themselves."),
        w("Colleagues who pool what they know can guess more than one alone."),
        w("A floor for each number is no proof against every subtraction of one number from another."),
    ]
