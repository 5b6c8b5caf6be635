"""The page that says why nobody can look up a person: chance, promises, limits, and what was refused."""

from __future__ import annotations

from dataclasses import dataclass

from metrics.answers import Grain, Request, ask
from metrics.chance import ANSWERS, PEOPLE, Chance, chance, gap
from metrics.errors import Refusal, Refused
from metrics.release import Release
from metrics.strategy.model import Disclosure, Strategy
from metrics.tally import MONTHS, counted
from metrics.words import Words

#: Shares of promoters and detractors where the company has no such score of its own.
EXAMPLE = (0.45, 0.21)
#: Fewer answers each than this draw no picture.
FEWEST = 5
#: A reader asks at once whether more answers would help.
MANY = 100


@dataclass(frozen=True)
class Picture:
    """Twenty imagined people. ``own``: the shares are this company's; ``n`` answers of ``period``, the company's own,
    would give each of them ``chance.answers`` (None: assumed). ``many``: the gap with ``MANY`` answers each. How many
    people really work here is in none of it: twenty is a number for the picture."""

    chance: Chance
    own: bool
    n: int | None
    period: str | None
    many: int


def by_chance(release: Release) -> Picture:
    """Twenty identical people with this company's own shares of promoters and detractors, who share its own answers of
    one month (a longer period where a month has too few), at most twenty each; an example without such a score."""
    for kpi in _scores(release.strategy):
        try:
            whole = ask(release, Request(kpi, grain=Grain.ALL))
            by_month, by_block = ask(release, Request(kpi)), ask(release, Request(kpi, blocks=True))
        except Refusal:
            continue
        sums = dict(whole.rows[0].sums) if whole.rows else {}
        if not sums.get("n"):
            continue
        shares = sums["promoters"] / sums["n"], sums["detractors"] / sums["n"]
        rows = (by_month.last, by_block.last, whole.last)
        basis = next((r for r in rows if r and r.n and r.n // PEOPLE >= FEWEST), None)
        many = gap(*shares, PEOPLE, MANY)
        if basis is None or basis.n is None:
            return Picture(chance(*shares), True, None, None, many)
        each = min(ANSWERS, basis.n // PEOPLE)
        return Picture(chance(*shares, PEOPLE, each), True, basis.n, basis.period, many)
    return Picture(chance(*EXAMPLE), False, None, None, gap(*EXAMPLE, PEOPLE, MANY))


def _scores(strategy: Strategy) -> list[str]:
    """KPIs of the company's NPS, those asked after a contact first: it is these that people are graded by."""
    order = ("contact", "order", "relationship")
    asked = {q.id: order.index(q.listens_to) for q in strategy.questions}
    found = [k for k in strategy.kpis if k.metric == "nps" and not k.scope]
    return [k.id for k in sorted(found, key=lambda k: asked.get(str(k.of.get("question")), len(order)))]


def chance_title(found: Picture, w: Words) -> str:
    return w("Twenty people who work exactly alike would still be {gap} points apart", gap=w.number(found.chance.gap))


def chance_line(found: Picture, w: Words) -> str:
    told = {"answers": found.chance.answers, "score": w.signed(found.chance.score, 0)}
    if found.own:
        return w(
            "Simulated: each dot is one of twenty identical people with {answers} answers and our score of {score}",
            **told,
        )
    return w(
        "Simulated: each dot is one of twenty identical people with {answers} answers, same true score of {score}",
        **told,
    )


def chance_notes(found: Picture, w: Words) -> list[str]:
    """Where the number of answers comes from, what more of them would change, and what is not in the picture."""
    notes = []
    if found.n is not None and found.period is not None:
        told = {"n": w.number(found.n), "period": w.period(found.period)}
        if found.n // PEOPLE <= ANSWERS:
            text = w(
                "Our {n} answers ({period}), shared by twenty people, give {each} each.",
                each=found.chance.answers,
                **told,
            )
        else:
            text = w(
                "Our {n} answers ({period}) are enough to give twenty people {each} each, as drawn.",
                each=found.chance.answers,
                **told,
            )
        notes.append(text)
    notes.append(w("With {many} answers each they would still be {gap} points apart.", many=MANY, gap=found.many))
    notes.append(w("Twenty is a number for the picture; how many people work here is not told."))
    return notes


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
    """What holds for every number on every page, with this company's own floors where it tightened them."""
    floors = release.strategy.disclosure
    staff = [
        w(
            "No number, and no sum or difference of numbers, depends only on contacts that fewer than {staff} members "
            "of staff handled, however many are put together; the same for orders.",
            staff=Disclosure().min_staff,
        ),
        w("Where such numbers are added and subtracted, nobody handled more than half of what is left."),
        w(
            "Each number by itself stands on at least {staff} members of staff, or on none; one of them handled at "
            "most {share} of it, two at most {two}.",
            staff=floors.min_staff,
            share=w.percent(100 * floors.max_share, 0),
            two=w.percent(100 * floors.max_two, 0),
        ),
    ]
    nobody = w("The sources name no staff at all, so rules about staff had nothing to look at.")
    return [
        *(staff if release.staffed else [nobody]),
        w(
            "At least {customers} customers stand behind each number, none of them with more than {share}.",
            customers=floors.min_customers,
            share=w.percent(100 * floors.max_customer_share, 0),
        ),
        w("What does not reach this is joined with its neighbour for good, or withheld."),
        w("The files that pages read hold no name, no id and no row about anybody."),
        w("No role and no setting of the dashboard changes this."),
    ]


def limits(w: Words) -> list[str]:
    """What cannot be promised."""
    return [
        w("Whoever holds the company’s raw files can count for themselves."),
        w("Colleagues who pool what they know can guess more than one alone."),
        w(
            "Who knows how many contacts each colleague handled can estimate from many numbers. How many are published "
            "is limited, so the estimate stays coarse; it is not impossible."
        ),
        w("Whoever declares in the sources that nobody is staff, or one person under several names, is not found out."),
        w("A team of five or more under another name is a group like any other."),
        w("Where everybody in a group had the same result, it is each one’s own; such groups are joined, not hidden."),
        w("Two installations over the same data can be held against each other."),
        w(
            "The floor of customers holds for each number, not for every subtraction; "
            "a customer nobody knows counts as one."
        ),
        w(
            "What models find (drivers) is no sum, so the proof does not reach it, nor contacts and orders together, "
            "nor orders by two kinds of month (ordered, promised); each model rests on 200 customers or more."
        ),
        w("It is not differential privacy: no noise is added to any number."),
    ]


def refusals(release: Release, w: Words) -> tuple[str, list[tuple[str, str]]]:
    """What was refused in the last twelve months: a sentence, and (how often, what) by kind. Without counts the
    sentence says so."""
    found = counted(release.path)
    if found is None:
        return w("Refusals are not counted here: nothing can be written beside the release."), []
    names = {
        Refused.PERSON: w("a result by person, team or shift"),
        Refused.NOT_CLEARED: w("something not declared, or not cleared"),
        Refused.SAMPLED: w("return from a sample of orders"),
        Refused.TOO_FEW: w("a ranking of drivers from too few answers"),
        Refused.NO_SIGNAL: w("a KPI without a signal"),
    }
    always = (Refused.PERSON, Refused.NOT_CLEARED)
    rows = [(w.number(found[kind]), name) for kind, name in names.items() if found[kind] or kind in always]
    return w("Counted by kind and month. Who asked, and for whom, is not kept."), rows


def refusals_title(w: Words) -> str:
    return w("Asked and refused in the last {months} months", months=MONTHS)
