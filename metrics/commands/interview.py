"""The questions of ``init``, in the order in which a strategy is thought: goals, loyalty, journey, KPIs.

A KPI is asked for under a goal that was declared before, so none can exist without one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from metrics.commands.asking import Asker
from metrics.kpis import BY_ID
from metrics.kpis.metric import Unit
from metrics.sources.questions import Fed
from metrics.strategy.draft import id_of
from metrics.strategy.offers import CHANNELS, KPIS, LOYAL, QUESTIONS, STAGES, KpiOffer, StageOffer
from metrics.words import Words

MOST_GOALS = 6


@dataclass
class Draft:
    """What was answered so far."""

    now: date
    promises: dict[str, str] = field(default_factory=dict)
    """Statement → id."""
    goals: list[dict[str, Any]] = field(default_factory=list)
    loyal: str = LOYAL[0]
    stages: list[dict[str, Any]] = field(default_factory=list)
    fed: list[dict[str, Any]] = field(default_factory=list)
    kpis: dict[str, dict[str, Any]] = field(default_factory=dict)
    """KPI offer → KPI."""

    @property
    def year_end(self) -> date:
        return date(self.now.year + 1, 12, 31)

    def next_year(self, month: int) -> date:
        return date(self.now.year + 1, month, 28)


def interview(ask: Asker, now: date, fed: Sequence[Fed] = ()) -> dict[str, Any]:
    """The sections of a strategy (``draft.as_yaml``). ``fed``: questions that the sources hold answers to."""
    draft = Draft(now)
    w = ask.w
    ask.say(w("A strategy begins with goals. Numbers come last: no goal, no KPI."), strong=True)
    taken: set[str] = set()
    while not draft.goals or (len(draft.goals) < MOST_GOALS and ask.yes(w("Another goal?"), False)):
        _goal(ask, draft, taken)
    _heading(ask, w("The company"))
    name = ask.text(w("What is your company called?"))
    competence = ask.text(w("What do you do better than others?"), optional=True)
    _loyalty(ask, draft)
    _journey(ask, draft)
    _fed(ask, draft, fed)
    _kpis(ask, draft)
    return _sections(draft, w, name, competence)


def _heading(ask: Asker, text: str) -> None:
    ask.say()
    ask.say(f"── {text} ──", strong=True)


def _goal(ask: Asker, draft: Draft, taken: set[str]) -> None:
    w = ask.w
    _heading(ask, w("Goal {number}", number=len(draft.goals) + 1))
    name = ask.name(w("What do you want to reach? A few words."))
    goal: dict[str, Any] = {"id": id_of(name, taken), "name": name}
    goal["statement"] = ask.text(w("The same in one sentence:"), name)
    goal["customer_outcome"] = ask.text(w("What do customers get from it?"))
    goal["business_outcome"] = ask.text(w("What does the business get from it, with a figure?"))
    goal["sponsor"] = ask.role(w("Which role stands for it?"))
    goal["horizon"] = ask.day(w("By which day?"), draft.year_end, draft.now)
    promise = ask.text(w("Which promise to customers does it serve?"), next(iter(draft.promises), ""))
    if promise not in draft.promises:
        draft.promises[promise] = id_of(promise, set(draft.promises.values()))
    goal["promise"] = draft.promises[promise]
    draft.goals.append(goal)


def _loyalty(ask: Asker, draft: Draft) -> None:
    w = ask.w
    _heading(ask, w("Loyalty"))
    offers = [_offer(id) for id in LOYAL]
    chosen = ask.choice(w("What do loyal customers do?"), [w(o.name) for o in offers], 0)
    draft.loyal = offers[chosen].id


def _journey(ask: Asker, draft: Draft) -> None:
    w = ask.w
    _heading(ask, w("The journey, as customers walk it"))
    for i, offer in enumerate(STAGES, 1):
        ask.say(f"  {i}. {w(offer.name)}")
    stages = list(STAGES)
    if not ask.yes(w("Are these your stages?"), True):
        stages = []
        taken: set[str] = set()
        while True:
            name = ask.text(w("Stage {number}:", number=len(stages) + 1), optional=bool(stages))
            if not name:
                break
            known = next((s for s in STAGES if w(s.name).casefold() == name.casefold()), None)
            id = id_of(known.id if known else name, taken)
            stages.append(StageOffer(id, name, "", "", known.question if known else None))
    for stage in stages:
        _stage(ask, draft, stage)


def _fed(ask: Asker, draft: Draft, fed: Sequence[Fed]) -> None:
    """Questions of the sources are declared too: a build takes no answer to a question that nobody declared."""
    w = ask.w
    more = [f for f in fed if f.question not in {q.id for q in QUESTIONS}]
    if more:
        _heading(ask, w("Your sources hold answers to more questions"))
    for question in more:
        usual = question.question.replace("_", " ")
        text = ask.text(w("How do customers read the question “{question}”?", question=question.question), usual)
        about = {} if question.listens_to == "contact" else {"listens_to": question.listens_to}
        draft.fed.append({"id": question.question, "text": text, "scale": list(question.scale), **about})


def _stage(ask: Asker, draft: Draft, offer: StageOffer) -> None:
    w = ask.w
    name = w(offer.name) if offer in STAGES else offer.name
    ask.say()
    ask.say(name, strong=True)
    goal = ask.text(w("What does the customer want here?"), w(offer.customer_goal) if offer.customer_goal else "")
    owner = ask.role(w("Which function answers for it?"), w(offer.owner) if offer.owner else "")
    stage: dict[str, Any] = {"id": offer.id, "name": name, "customer_goal": goal, "owner": owner}
    if not ask.yes(w("Do customers meet your company here?"), offer.present):
        stage["presence"] = "none"
    else:
        options = [*(w(q.text) for q in QUESTIONS), w("Nothing is asked here")]
        known = [q.id for q in QUESTIONS]
        default = known.index(offer.question) if offer.question else len(known)
        chosen = ask.choice(w("What do you ask customers here?"), options, default)
        if chosen < len(known):
            stage["listening_posts"] = [known[chosen]]
    draft.stages.append(stage)


def _kpis(ask: Asker, draft: Draft) -> None:
    w = ask.w
    for number, goal in enumerate(draft.goals, 1):
        _heading(ask, w("KPIs of the goal “{goal}”", goal=goal["name"]))
        first, later = True, len(draft.goals) - number
        while True:
            open_ = [o for o in KPIS if o.id not in draft.kpis and (not o.sales or draft.kpis)]
            if not first and (len(open_) <= later or not ask.yes(w("Another KPI for this goal?"), False)):
                break  # each goal to come needs one too
            chosen = ask.choice(w("What shows that it comes nearer?"), [w(o.name) for o in open_])
            _kpi(ask, draft, open_[chosen], goal)
            first = False
    if draft.loyal not in draft.kpis:
        offer = _offer(draft.loyal)
        _heading(ask, w(offer.name))
        names = [goal["name"] for goal in draft.goals]
        chosen = ask.choice(w("This is what loyal customers do. Which goal does it serve?"), names, 0)
        _kpi(ask, draft, offer, draft.goals[chosen])


def _kpi(ask: Asker, draft: Draft, offer: KpiOffer, goal: dict[str, Any]) -> None:
    w = ask.w
    name = ask.name(w("Its name on a card:"), w(offer.name))
    kpi: dict[str, Any] = {"id": offer.id, "name": name, "metric": offer.metric}
    if offer.of:
        kpi["of"] = dict(offer.of)
    kpi["goal"] = goal["id"]
    statement = next(text for text, id in draft.promises.items() if id == goal["promise"])
    measured = any(k.get("promise") == goal["promise"] for k in draft.kpis.values())
    if ask.yes(w("Does it measure the promise “{promise}”?", promise=statement), not measured):
        kpi["promise"] = goal["promise"]
    stage = _stage_of(draft, offer)
    if stage:
        kpi["stage"] = stage
    owner = ask.role(w("Which function answers for it?"), goal["sponsor"])
    low, high = _range(offer)
    value = ask.number(w("Its target, {unit}:", unit=_unit(offer, w)), low, high)
    by = ask.day(w("By which day?"), goal["horizon"], draft.now)
    kpi |= {"owner": owner, "direction": offer.direction, "targets": [{"by": by, "value": value}]}
    poor = ask.text(w("What will you do when it is poor?"))
    good = ask.text(w("What will you do when it is good?"))
    kpi["reading"] = {"low": poor, "high": good, "within_days": 30}
    lever = ask.text(w("What can you change that moves it?"))
    kinds = ("policy", "behaviour", "process")
    kind = kinds[ask.choice(w("What is that?"), [w("A rule"), w("A way of acting"), w("A way of working")], 2)]
    puller = ask.role(w("Which function can change it?"), owner)
    kpi["levers"] = [{"kind": kind, "name": lever, "owner": puller}]
    if offer.id != draft.loyal:
        why = ask.text(w("Why should it bring customers back?"), optional=True)
        if why:
            kpi["drives"] = [{"kpi": draft.loyal, "reason": why, "review": draft.next_year(6)}]
    if offer.sales:
        others = [k for k in draft.kpis.values() if not _offer(k["id"]).sales]
        if others:
            prompt = w("This can be lifted at customers' cost. Which KPI would show it?")
            kpi["counter"] = others[ask.choice(prompt, [k["name"] for k in others], 0)]["id"]
    draft.kpis[offer.id] = kpi


def _offer(id: str) -> KpiOffer:
    return next(o for o in KPIS if o.id == id)


def _stage_of(draft: Draft, offer: KpiOffer) -> str | None:
    if offer.question:
        return next((s["id"] for s in draft.stages if offer.question in s.get("listening_posts", ())), None)
    return next((s["id"] for s in draft.stages if s["id"] == offer.stage), None)


def _range(offer: KpiOffer) -> tuple[float, float]:
    """Values the metric can have."""
    unit = BY_ID[offer.metric].unit_of(dict(offer.of))
    if unit is Unit.SCORE:
        low, high = next(q.scale for q in QUESTIONS if q.id == offer.question)
        return low, high
    return {Unit.PERCENT: (0.0, 100.0), Unit.POINTS: (-100.0, 100.0)}.get(unit, (0.0, 1e15))


def _unit(offer: KpiOffer, w: Words) -> str:
    unit = BY_ID[offer.metric].unit_of(dict(offer.of))
    low, high = _range(offer)
    if unit is Unit.PERCENT:
        return w("in percent, 0 to 100")
    if unit is Unit.MONEY:
        return w("in money a month")
    if unit is Unit.COUNT:
        return w("a month")
    return w("from {low} to {high}", low=f"{low:g}", high=f"{high:g}")


def _sections(draft: Draft, w: Words, name: str, competence: str) -> dict[str, Any]:
    used = {post for stage in draft.stages for post in stage.get("listening_posts", ())}
    used |= {q for offer in KPIS if offer.id in draft.kpis and (q := offer.question)}
    questions = [
        {"id": q.id, "name": w(q.name), "text": w(q.text), "scale": list(q.scale)} for q in QUESTIONS if q.id in used
    ]
    questions += draft.fed
    brand: dict[str, Any] = {"promises": [{"id": id, "statement": text} for text, id in draft.promises.items()]}
    if competence:
        brand["core_competence"] = competence
    for goal in draft.goals:
        goal["kpi"] = next(k["id"] for k in draft.kpis.values() if k["goal"] == goal["id"])
    loyalty = {"outcome": draft.loyal} | ({"stated": "tnps"} if "tnps" in draft.kpis else {})
    channels = [{"id": id, "name": w(text)} for id, text in CHANNELS]
    sections: dict[str, Any] = {
        "version": 1,
        "used_for": "strategy",
        "organisation": {"name": name, "languages": [w.lang, "en" if w.lang == "vi" else "vi"]},
        "brand": brand,
        "goals": draft.goals,
        "journey": draft.stages,
        "questions": questions,
        "loyalty": loyalty,
        "dimensions": [{"id": "channel", "name": w("Channel"), "values": channels}],
        "views": [
            {"id": "by_stage", "dimensions": ["stage", "channel"], "question": w("At which stage does it break?")},
            {"id": "by_channel", "dimensions": ["channel"], "question": w("Is it the same on every channel?")},
        ],
        "kpis": list(draft.kpis.values()),
    }
    return sections if questions else {k: v for k, v in sections.items() if k != "questions"}
