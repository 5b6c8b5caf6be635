"""The value page in sentences. Money has the digits its interval carries; below a test nothing "brings" return."""

from __future__ import annotations

from datetime import date, timedelta

from metrics.errors import Refused
from metrics.headlines.sentence import kept_together, quoted
from metrics.labels import about_text, money_span, money_text, value_name
from metrics.loyalty.value.told import Estimate, Method
from metrics.refusals import reason, way_out
from metrics.release import Release
from metrics.standing import Standing, stand
from metrics.value import Value
from metrics.value.growth import Growth
from metrics.value.worth import Worth
from metrics.words import Words


def currency(release: Release) -> str:
    return release.strategy.organisation.currency


def ranged(e: Estimate, w: Words, cur: str) -> str:
    """₫1.18 million (1.15–1.22)."""
    return f"{money_text(e.value, w, cur)} ({money_span(e.low, e.high, e.value, w)})"


def span_of(months: int, w: Words) -> str:
    """3 years, or 20 months."""
    if months % 12:
        return w("{n} months", n=months)
    return w("a year") if months == 12 else w("{n} years", n=months // 12)


def headline(found: Value, release: Release, w: Words) -> str:
    """What a point of retention is worth here, in one sentence."""
    at, cur = found.worth, currency(release)
    if at is None or (at.worth is None and not at.seen):
        return w("What a point of retention is worth here cannot be told yet.")
    if at.point_year is None:
        so_far = money_text(at.worth.value if at.worth else at.seen[-1].value, w, cur)
        return w("A new customer brings {money}; what a point of retention is worth cannot be told yet.", money=so_far)
    told = {"money": money_text(at.point_year.value, w, cur)}
    if at.method is Method.SBG:
        return w("One point more of retention is worth about {money} a year here.", **told)
    if at.kpi is not None and at.kpi.of.get("days"):
        return w("One point more of {kpi} is worth about {money} a year here.", kpi=quoted(at.kpi.name(w.lang)), **told)
    return w("One point more of customers who come back is worth about {money} a year here.", **told)


def evidence(found: Value, release: Release, w: Words) -> str:
    """One to three sentences under the headline."""
    at, cur = found.worth, currency(release)
    parts: list[str] = []
    if at and at.point_year and at.new:
        span = money_span(at.point_year.low, at.point_year.high, at.point_year.value, w)
        if at.returner:
            parts.append(
                w(
                    "Range {span}: {new} new customers a year, and one who comes back within {days} days brings "
                    "{more} more in {time} than one who does not.",
                    span=span,
                    new=w.number(at.new),
                    days=at.days,
                    more=money_text(at.returner.value, w, cur),
                    time=span_of(at.over, w),
                )
            )
        else:
            parts.append(w("Range {span}: {new} new customers a year.", span=span, new=w.number(at.new)))
    if at and at.worth and at.cost:
        parts.append(
            w(
                "A new customer brings {worth} in {time}; winning one costs {cost}.",
                worth=money_text(at.worth.value, w, cur),
                time=span_of(at.months, w),
                cost=w.money(at.cost, cur),
            )
        )
    if found.growth:
        parts.append(_kept(found.growth, w))
    if at and at.in_revenue:
        parts.append(w("All of it is revenue: the strategy declares no margin."))
    return " ".join(parts)


def _kept(g: Growth, w: Words) -> str:
    kept = w.number(g.kept.value)
    if g.earned is None:
        return w("Of every 100 of last year’s revenue, earlier customers brought {kept} again this year.", kept=kept)
    return w(
        "Of every 100 of last year’s revenue, earlier customers brought {kept} again this year; customers whom others "
        "sent added {earned}.",
        kept=kept,
        earned=w.number(g.earned.value),
    )


def decisions(found: Value, release: Release, w: Words) -> list[tuple[str, str]]:
    """What to decide, by whom and when: the agreed answer where the outcome is off course, and what it may cost."""
    at = found.worth
    if at is None or at.kpi is None:
        return []
    today = date.fromisoformat(release.as_of)
    owner = at.kpi.owner(w.lang) if at.kpi.owner else ""
    rows: list[tuple[str, str]] = []
    reading = at.kpi.reading
    if reading and stand(release, at.kpi.id).standing is Standing.OFF:
        day = w.day(today + timedelta(reading.within_days))
        rows.append((reading.low(w.lang), w("{owner} · by {day}", owner=owner, day=day)))
    if at.returner and at.returner.low > 0:
        most = money_text(at.returner.low, w, currency(release))
        rows.append(
            (
                w("Try a way to bring first buyers back on a part of them; each one more may cost up to {most}.",
                  most=most),
                owner,
            )
        )  # fmt: skip
    if at.worth and at.cost and at.worth.high < at.cost:
        rows.append((w("Winning costs more than a customer brings: stop what costs most."), owner))
    return rows[:3]


def steps(at: Worth, release: Release, w: Words) -> list[tuple[str, str]]:
    """How the worth of a point comes about: (what, figure with its range)."""
    cur = currency(release)
    rows: list[tuple[str, str]] = []
    if at.new is None or at.five is None:
        return rows
    rows.append((w("New customers of the last year"), w.number(at.new)))
    rows.append((w("One point of them"), w("{n} customers", n=w.number(at.new / 100))))
    if at.returner:
        rows.append(
            (
                w("One who comes back within {days} days brings, beyond one who does not", days=at.days),
                ranged(at.returner, w, cur),
            )
        )
    if at.point_year and at.five_year:
        rows.append((w("One point a year"), ranged(at.point_year, w, cur)))
        rows.append((w("Five points a year"), ranged(at.five_year, w, cur)))
    return rows


def steps_title(at: Worth, release: Release, w: Words) -> str:
    if at.five_year is None:
        return w("Five points of retention: not to be told yet")
    return w("Five points more are worth {money} a year", money=money_text(at.five_year.value, w, currency(release)))


def steps_subtitle(at: Worth, w: Words) -> str:
    return w(
        "{money} of the new customers of one year, counted over {time}, with 95% interval.",
        money=_kind(at, w),
        time=span_of(at.over, w),
    )


def _kind(at: Worth, w: Words) -> str:
    return w("Revenue") if at.in_revenue else w("Margin")


def curve_title(at: Worth, release: Release, w: Words) -> str:
    cur = currency(release)
    if at.worth is None:
        return w("What a new customer has brought so far")
    told = {"worth": money_text(at.worth.value, w, cur), "time": span_of(at.months, w)}
    if at.cost is None or at.payback is None:
        return w("A new customer brings {worth} in {time}", **told)
    months = at.payback[0]
    if months is None:
        return w("A new customer brings {worth} in {time}, less than winning one costs", **told)
    if months < 2:
        return w("The first order pays back what winning cost; in {time} a customer brings {worth}", **told)
    return w(
        "Winning is paid back after {months} months; in {time} a customer brings {worth}",
        months=w.number(months),
        **told,
    )


def curve_subtitle(at: Worth, w: Words) -> str:
    told = {"money": _kind(at, w), "n": about_text(at.n, w)}
    if at.method is Method.COHORTS:
        text = w("{money} a new customer has brought by month, as cohorts were seen. n = {n} customers.", **told)
    else:
        text = w(
            "{money} a new customer brings by month after the first order, as modelled, with 95% interval; dots: what "
            "cohorts have brought. n = {n} customers.",
            **told,
        )
    return kept_together(text)


def winning_title(at: Worth, release: Release, w: Words) -> str:
    cur = currency(release)
    if at.cost is None:
        return w("What winning a customer costs is not declared")
    if at.returner is None or at.worth is None:
        return w("Winning a customer costs {cost}", cost=w.money(at.cost, cur))
    if at.returner.low > at.cost:
        return w("Bringing one first buyer back may cost more than winning a new one, and still pay")
    if at.returner.high < at.cost:
        return w("Bringing one first buyer back brings less than winning a new one costs")
    return w("Whether keeping may cost as much as winning cannot be told: the range holds both")


def winning_subtitle(at: Worth, w: Words) -> str:
    told = {"money": _kind(at, w), "time": span_of(at.months, w)}
    if at.returner is not None and at.over != at.months:
        return w(
            "{money} per customer over {time}, for who comes back over {over}, with 95% interval, beside the declared "
            "cost of winning one.",
            over=span_of(at.over, w),
            **told,
        )
    return w(
        "{money} per customer over {time}, with 95% interval, beside the declared cost of winning one.",
        **told,
    )


def growth_title(g: Growth, w: Words) -> str:
    kept = w.percent(g.kept.value, 0)
    if g.rate is None:
        return w("Earlier customers bring {kept} of last year’s revenue again", kept=kept)
    rate = w.signed(g.rate.value, 0) + "%"
    if g.rate.high is not None and g.rate.high < 0:
        return w("Earned growth is {rate}: without buying customers, revenue would shrink", rate=rate)
    if g.rate.low is not None and g.rate.low > 0:
        return w("Earned growth is {rate}: customers and those they send grow revenue by themselves", rate=rate)
    return w("Earned growth is {rate}: whether it lies above zero is not certain", rate=rate)


def growth_subtitle(g: Growth, w: Words) -> str:
    return w(
        "Revenue of {first}–{last} in percent of the year before, with 95% interval.",
        first=w.period(g.quarters[4]),
        last=w.period(g.quarters[-1]),
    )


def growth_formula(g: Growth, w: Words) -> str:
    """58.0 + 4.0 − 100 = −38.0."""
    if g.rate is None or g.earned is None:
        return ""
    figures = f"{w.number(g.kept.value, 1)} + {w.number(g.earned.value, 1)} − 100 = {w.number(g.rate.value, 1)}"
    ends = ""
    if g.rate.low is not None and g.rate.high is not None:
        ends = f" ({w.span(g.rate.low, g.rate.high)})"
    return w("Earned growth rate: kept + earned − 100 = {figures}%", figures=figures) + ends


def referral_title(found: Value, w: Words) -> str:
    at = found.referral
    if at is None or at.year.value is None:
        return w("Who was sent by others is not known")
    return w("{share} of the new customers of the last year were sent by others", share=w.percent(at.year.value))


def referral_subtitle(found: Value, w: Words) -> str:
    at = found.referral
    if at is None or at.year.low is None or at.year.high is None or at.year.n is None:
        return ""
    span = w.span(at.year.low, at.year.high)
    text = w(
        "Share of new customers by the quarter of their first order, with 95% interval. Last year {span}, n = {n}.",
        span=span,
        n=w.number(at.year.n),
    )
    return kept_together(text)


def notes(found: Value, release: Release, w: Words) -> list[tuple[str, str]]:
    """How it was reckoned, how sure it is, and what it cannot tell."""
    at = found.worth
    rows: list[tuple[str, str]] = []
    if at is not None:
        rows.append((w("How it was reckoned"), how(at, release, w)))
    rows.append((w("How sure"), _sure(found, w)))
    rows.append(
        (
            w("What this cannot tell"),
            w(
                "Who comes back differs from who does not in more than the coming back, so this is what a point would "
                "be worth if those won over were like those who return today: read it as the most. What brings people "
                "back, only an action with a comparison can tell."
            ),
        )
    )
    return rows


def how(at: Worth, release: Release, w: Words) -> str:
    """The method and why it was used, in plain words."""
    discount = w.number(release.strategy.loyalty.value.discount_rate)
    later = w("Money counts {rate}% less for each year it comes later.", rate=discount)
    if at.method is Method.BGNBD:
        text = w(
            "Nobody signs a contract here, so staying is read from the orders of {n} customers: BG/NBD for how often "
            "and how long they order, gamma-gamma for what they spend.",
            n=about_text(at.n, w),
        )
        if at.foreseen is not None:
            text += " " + w(
                "Tried on months it had not seen, it foresaw {share} of the orders that came.",
                share=w.percent(at.foreseen, 0),
            )
        return f"{text} {_as_seen(at, w)} {later}"
    if at.method is Method.SBG:
        text = w(
            "Customers sign here, so staying is read from who is still there each month: shifted-beta-geometric, from "
            "{n} customers.",
            n=about_text(at.n, w),
        )
        return f"{text} {later}"
    return f"{_why_counted(at, w)} {_as_seen(at, w)} {later}"


def _as_seen(at: Worth, w: Words) -> str:
    return w(
        "What those who come back bring beyond the others is counted as seen over {time}, from customers watched that "
        "long.",
        time=span_of(at.over, w),
    )


def _why_counted(at: Worth, w: Words) -> str:
    why = {
        "too_few": w("Too few customers for a model,"),
        "too_short": w("Customers have not been watched long enough for a model,"),
        "missed": w("A model missed the orders of months it had not seen by more than 15%,"),
        "tied": w("Who orders often also spends otherwise, which the model does not allow,"),
        "pauses": w("Customers pause and come back, so a contract model does not fit,"),
        "unfit": w("No model fits these orders,"),
    }.get(at.why.value, w("No model fits these orders,"))
    return why + " " + w("so it is counted what cohorts have brought so far and nothing beyond.")


def _sure(found: Value, w: Words) -> str:
    parts = [
        w("Ranges cover chance: which customers happened to be seen. They do not cover a future unlike the past."),
        w("A cohort that could not yet return is left out, not counted as gone."),
    ]
    if found.pooled:
        parts.append(w("The chosen segment does not stand alone everywhere, so all customers are shown."))
    return " ".join(parts)


def refused(found: Value, w: Words) -> tuple[str, str]:
    """Title and text of the calm card when there is nothing to tell."""
    if found.undeclared:
        return (
            w("The strategy names no return to put a value on."),
            w("Name a KPI of buying again or staying in the strategy file, under loyalty, outcome."),
        )
    kind = found.refused or Refused.NO_SIGNAL
    if kind is Refused.NO_SIGNAL:
        return (
            w("The sources hold no orders of known customers."),
            w("Map a file of orders with its customer column in sources.yaml; then run the build."),
        )
    return reason(kind, w), way_out(kind, w)


def missing_cost(w: Words) -> str:
    return w("Say in the strategy file what winning a customer costs, under loyalty, value, acquisition_cost.")


def missing_margin(w: Words) -> str:
    return w("Say in the strategy file what is left of revenue after variable cost, under loyalty, value, margin.")


def missing_growth(found: Value, w: Words) -> str:
    if found.segment:
        return w("For this segment alone a part of two years’ revenue is not told. See all customers.")
    return w("It takes two whole years of orders of known customers, each quarter of them cleared.")


def missing_referral(w: Words) -> str:
    return w(
        "Map the customers’ column acquisition in sources.yaml, and say under loyalty, value, earned which spellings "
        "mean that another customer sent them."
    )


def segment_name(found: Value, release: Release, w: Words) -> str:
    return value_name(release.strategy, "segment", found.segment, w) if found.segment else w("All customers")
