"""Rules about purpose: what the file is used for, goals, owners, the journey, loyalty and events."""

from __future__ import annotations

from datetime import date

from metrics.kpis import BY_ID
from metrics.strategy.finding import Hits, Path, hit, suggestion
from metrics.strategy.model import KPI, Local, Strategy
from metrics.strategy.workforce import looks_like_person


def named(path: Path, name: str, known: list[str], what: str) -> Hits:
    """One hit when ``name`` is not among ``known``; ``what`` is a sentence with the place {name}."""
    if name not in known:
        mend, values = suggestion(name, known)
        yield hit(path, what, mend, name=name, **values)


def used_for(s: Strategy, today: date | None) -> Hits:
    """The file serves the strategy and nothing else. Numbers used for pay or ranking are bent by those they judge."""
    if s.used_for.strip().casefold() != "strategy":
        yield hit(
            ("used_for",),
            "These numbers serve the strategy only: used for pay, ranking or appraisal they turn false.",
            "Write “used_for: strategy”. For pay and development take what people do, seen together with them.",
        )


def goal_without_kpi(s: Strategy, today: date | None) -> Hits:
    """Each goal has at least one KPI, else nobody sees whether it comes nearer."""
    for i, goal in enumerate(s.goals):
        if not any(k.goal == goal.id for k in s.kpis):
            what, mend = "No KPI serves the goal “{goal}”.", "Give one KPI “goal: {goal}”, or drop the goal."
            yield hit(("goals", i, "id"), what, mend, goal=goal.id)


def goal_without_customer_outcome(s: Strategy, today: date | None) -> Hits:
    """A goal says what customers get."""
    for i, goal in enumerate(s.goals):
        if goal.customer_outcome is None:
            what = "The goal “{goal}” does not say what customers get."
            yield hit(("goals", i), what, "Add “customer_outcome:” in the customer's words.", goal=goal.id)


def goal_without_business_outcome(s: Strategy, today: date | None) -> Hits:
    """A goal says what the business gets."""
    for i, goal in enumerate(s.goals):
        if goal.business_outcome is None:
            what = "The goal “{goal}” does not say what the business gets."
            yield hit(("goals", i), what, "Add “business_outcome:” with a figure.", goal=goal.id)


def goal_kpi(s: Strategy, today: date | None) -> Hits:
    """The KPI on a goal's card exists and serves this goal."""
    for i, goal in enumerate(s.goals):
        if goal.kpi is None:
            continue
        path: Path = ("goals", i, "kpi")
        found = next((k for k in s.kpis if k.id == goal.kpi), None)
        yield from named(path, goal.kpi, [k.id for k in s.kpis], "There is no KPI “{name}”.")
        if found and found.goal != goal.id:
            what = "The KPI “{kpi}” on this goal's card serves another goal."
            yield hit(path, what, "Take one of this goal's own KPIs.", kpi=goal.kpi)


def goal_past_horizon(s: Strategy, today: date | None) -> Hits:
    """A goal whose horizon has passed waits for a decision."""
    for i, goal in enumerate(s.goals):
        if today and goal.horizon and goal.horizon < today:
            what = "The horizon of the goal “{goal}” has passed."
            yield hit(("goals", i, "horizon"), what, "Decide: reached, dropped, or a new date.", goal=goal.id)


def owner_is_person(s: Strategy, today: date | None) -> Hits:
    """Owners and sponsors are functions or roles: people change, and a name beside a number is a grade."""
    owners: list[tuple[Path, Local | None]] = [(("goals", i, "sponsor"), g.sponsor) for i, g in enumerate(s.goals)]
    owners += [(("journey", i, "owner"), stage.owner) for i, stage in enumerate(s.journey)]
    for i, kpi in enumerate(s.kpis):
        owners.append((("kpis", i, "owner"), kpi.owner))
        owners += [(("kpis", i, "levers", j, "owner"), lever.owner) for j, lever in enumerate(kpi.levers)]
    for path, owner in owners:
        if owner and (looks_like_person(owner.en) or looks_like_person(owner.vi)):
            what = "This owner looks like a person, not a role."
            yield hit(path, what, "Write the function or role, for example “Logistics”.")


def stage_without_listening_post(s: Strategy, today: date | None) -> Hits:
    """Where the company meets customers it asks them something; elsewhere it is blind."""
    for i, stage in enumerate(s.journey):
        if stage.presence == "present" and not stage.listening_posts:
            what, mend = "Nobody listens at the stage “{stage}”.", "Place a question here: “listening_posts: [...]”."
            yield hit(("journey", i, "id"), what, mend, stage=stage.id)


def listening_posts(s: Strategy, today: date | None) -> Hits:
    """Listening posts are declared questions."""
    known = [q.id for q in s.questions]
    for i, stage in enumerate(s.journey):
        for j, post in enumerate(stage.listening_posts):
            path: Path = ("journey", i, "listening_posts", j)
            yield from named(path, post, known, "There is no question “{name}”.")


def stage_volume(s: Strategy, today: date | None) -> Hits:
    """The KPI that counts a stage's traffic is declared."""
    for i, stage in enumerate(s.journey):
        if stage.volume:
            known = [k.id for k in s.kpis]
            yield from named(("journey", i, "volume"), stage.volume, known, "There is no KPI “{name}”.")


def touchpoint_channel(s: Strategy, today: date | None) -> Hits:
    """The channel of a touchpoint is a declared value of the dimension channel."""
    known = [v for v, _ in s.values("channel")]
    for i, stage in enumerate(s.journey):
        for j, point in enumerate(stage.touchpoints):
            if point.channel:
                path: Path = ("journey", i, "touchpoints", j, "channel")
                yield from named(path, point.channel, known, "There is no channel “{name}”.")


def question_never_asked(s: Strategy, today: date | None) -> Hits:
    """A question stands at a stage, drives loyalty or feeds a KPI; else it wastes the customer's time."""
    used = {post for stage in s.journey for post in stage.listening_posts}
    used |= {str(k.of.get("question")) for k in s.kpis}
    used |= {item.question for item in (s.loyalty.drivers.items if s.loyalty.drivers else ())}
    for i, question in enumerate(s.questions):
        if question.listens_to != "relationship" and question.id not in used:
            what = "The question “{question}” stands at no stage and feeds no KPI."
            yield hit(("questions", i, "id"), what, "Say where it is asked, or stop asking.", question=question.id)


def scale_runs_up(s: Strategy, today: date | None) -> Hits:
    """A scale runs from its low end to its high end."""
    for i, question in enumerate(s.questions):
        if question.scale[0] >= question.scale[1]:
            what, mend = "This scale does not run upwards.", "Write the low end first, for example [1, 5]."
            yield hit(("questions", i, "scale"), what, mend)


def loyalty_declared(s: Strategy, today: date | None) -> Hits:
    """The strategy says what loyalty is here: something customers do."""
    if s.loyalty.outcome is None:
        what = "The strategy does not say what loyalty is here."
        yield hit(("loyalty",), what, "Add “loyalty:” with an outcome that customers do, such as buying again.")


def loyalty_outcome(s: Strategy, today: date | None) -> Hits:
    """The loyalty outcome is a declared KPI."""
    if s.loyalty.outcome is not None:
        known = [k.id for k in s.kpis]
        yield from named(("loyalty", "outcome"), s.loyalty.outcome, known, "There is no KPI “{name}”.")


def loyalty_is_behaviour(s: Strategy, today: date | None) -> Hits:
    """The loyalty outcome is behaviour: a score can rise while customers leave."""
    kpi = _kpi(s, s.loyalty.outcome)
    metric = BY_ID.get(kpi.metric) if kpi else None
    if kpi and metric and not metric.behaviour:
        what = "The loyalty outcome “{kpi}” is something customers say, not something they do."
        mend = "Take a KPI of buying again or staying; keep the score under “stated:”."
        yield hit(("loyalty", "outcome"), what, mend, kpi=kpi.id)


def loyalty_stated(s: Strategy, today: date | None) -> Hits:
    """The stated outcome is a declared KPI."""
    if s.loyalty.stated:
        known = [k.id for k in s.kpis]
        yield from named(("loyalty", "stated"), s.loyalty.stated, known, "There is no KPI “{name}”.")


def driver_items(s: Strategy, today: date | None) -> Hits:
    """Driver items are declared questions at declared stages."""
    questions, stages = [q.id for q in s.questions], [stage.id for stage in s.journey]
    for i, item in enumerate(s.loyalty.drivers.items if s.loyalty.drivers else ()):
        path: Path = ("loyalty", "drivers", "items", i)
        yield from named((*path, "question"), item.question, questions, "There is no question “{name}”.")
        if item.stage:
            yield from named((*path, "stage"), item.stage, stages, "There is no stage “{name}”.")


def driver_outcomes(s: Strategy, today: date | None) -> Hits:
    """Drivers are held against buying again, or against the score of a question: nothing else is known per customer."""
    for i, outcome in enumerate(s.loyalty.drivers.outcomes if s.loyalty.drivers else ()):
        path: Path = ("loyalty", "drivers", "outcomes", i, "kpi")
        yield from named(path, outcome.kpi, [k.id for k in s.kpis], "There is no KPI “{name}”.")
        kpi = _kpi(s, outcome.kpi)
        if kpi and kpi.metric in BY_ID and kpi.metric != "repurchase" and "question" not in kpi.of:
            what = "“{kpi}” is no outcome that one customer has."
            yield hit(path, what, "Take a KPI of buying again, or of the score of a question.", kpi=kpi.id)


def events(s: Strategy, today: date | None) -> Hits:
    """Events are drawn on declared KPIs."""
    for i, event in enumerate(s.events):
        for j, kpi in enumerate(event.kpis):
            yield from named(("events", i, "kpis", j), kpi, [k.id for k in s.kpis], "There is no KPI “{name}”.")


def languages(s: Strategy, today: date | None) -> Hits:
    """Both languages are offered."""
    if len(set(s.organisation.languages)) < 2:
        what, mend = "Fewer than two languages are offered.", "Write “languages: [vi, en]” if readers need both."
        yield hit(("organisation", "languages"), what, mend)


def _kpi(s: Strategy, id: str | None) -> KPI | None:
    return next((k for k in s.kpis if k.id == id), None)
