"""The typed model of ``strategy.yaml``: shapes only. Line numbers live in ``load``, rules in ``rules``.

All models are frozen and refuse unknown keys. Every text a person reads is a ``Local``: a plain
string (both languages) or ``{en: ..., vi: ...}``. Lists have a length that no strategy reaches, so that a wrong or
hostile file is told at once. Each description is what an editor shows beside the key.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from metrics.strategy.shapes import Day, Flag, Id, Model, Number, Whole
from metrics.strategy.shapes import Local as Local

#: Journey dimensions and conditions that a view may cut by. The list is closed: anything else is refused.
JOURNEY_DIMENSIONS = ("stage", "touchpoint", "channel", "segment", "product", "region", "language", "topic")
CONDITIONS = ("promise", "installation", "complaint", "waited")
DIMENSIONS = JOURNEY_DIMENSIONS + CONDITIONS

#: Values of the condition dimensions, in order; the sources cannot bring others.
CONDITION_VALUES: dict[str, tuple[str, ...]] = {
    "promise": ("kept", "late", "never"),
    "installation": ("kept", "late", "never"),
    "complaint": ("none", "fast", "slow", "reopened"),
    "waited": ("within", "over"),
}

FEW, SOME, MANY = 60, 300, 600
"""Lengths of lists: of goals, of KPIs, of values and actions."""


class Organisation(Model):
    """Who this strategy belongs to, and how its numbers and dates are written."""

    name: Local = Field(description="The company's name, as it stands on every page.")
    note: Local | None = Field(None, description="A line under the name, for example 'Simulated data'.")
    currency: str = Field("VND", pattern=r"^[A-Z]{3}$", description="Three letters: VND, USD, EUR …")
    time_zone: str = Field("Asia/Ho_Chi_Minh", description="Decides to which month a row belongs.")
    languages: tuple[Literal["vi", "en"], ...] = Field(
        ("vi", "en"), min_length=1, max_length=2, description="Languages offered to readers, the first one first."
    )


class Promise(Model):
    """One thing the brand promises its customers."""

    id: Id = Field(description="Short name that goals and KPIs use for it.")
    statement: Local = Field(description="The promise in words a customer would recognise.")


class TargetSegment(Model):
    """Customers the company wants to win and keep before others."""

    segment: Id = Field(description="A value of the dimension 'segment'.")
    reason: Local = Field(description="Why these customers.")


class Brand(Model):
    """Where all goals come from: what the company promises, what it does better than others, and for whom."""

    vision: Local | None = Field(None, description="One sentence: what the company wants to be for its customers.")
    promises: tuple[Promise, ...] = Field((), max_length=FEW, description="What the brand promises; few.")
    core_competence: Local | None = Field(None, description="What the company does better than others.")
    segments: tuple[TargetSegment, ...] = Field((), max_length=FEW, description="Target segments.")


class Touchpoint(Model):
    """A place where customers meet the company."""

    id: Id = Field(description="Short name; the sources use it.")
    name: Local = Field(description="Name on the journey page.")
    channel: Id | None = Field(None, description="The channel it belongs to: a value of the dimension 'channel'.")
    self_service: Flag = Field(False, description="No staff handle a contact here: a blank staff column means nobody.")


class Stage(Model):
    """A step of the journey as the customer walks it."""

    id: Id = Field(description="Short name; sources, KPIs and views use it.")
    name: Local = Field(description="Name on the journey page.")
    group: Local | None = Field(None, description="Heading over neighbouring stages, for example 'Before'.")
    customer_goal: Local = Field(description="What the customer wants here, in the customer's words.")
    owner: Local = Field(description="The function that answers for this stage; never a person.")
    touchpoints: tuple[Touchpoint, ...] = Field((), max_length=FEW, description="Where customers meet us here.")
    listening_posts: tuple[Id, ...] = Field((), max_length=FEW, description="Survey questions asked at this stage.")
    presence: Literal["present", "none"] = Field("present", description="none: customers are here, the company is not.")
    volume: Id | None = Field(None, description="KPI whose row count is this stage's volume on the journey page.")


class Purpose(Model):
    """The eight answers that a question owes before customers are asked it. All are written, none is guessed."""

    why: Local | None = Field(None, description="Why do we ask? What do we want to learn?")
    if_low: Local | None = Field(None, description="What do we do when the answers are poor?")
    if_high: Local | None = Field(None, description="What do we do when the answers are good?")
    how: Local | None = Field(None, description="How do we act on it: in which meeting, with which decision?")
    owner: Local | None = Field(None, description="Who owns the question? A function or role.")
    also_for: Local | None = Field(None, description="Who else needs the answers? Functions or roles.")
    acts: Local | None = Field(None, description="Who acts on them? A function or role.")
    within_days: Whole | None = Field(None, ge=1, le=365, description="How fast: days until something is done.")
    changeable: Local | None = Field(None, description="Can we change it? What of it is ours to change.")


class Question(Model):
    """A survey question. Its scale is part of it: 1–5 and 1–7 are never averaged, an NPS needs 0–10."""

    id: Id = Field(description="Short name; sources, listening posts and KPIs use it.")
    text: Local = Field(description="The question as customers read it.")
    name: Local | None = Field(None, description="Short name, at most 28 characters.")
    scale: tuple[Whole, Whole] = Field(description="The low and the high end, for example [0, 10].")
    listens_to: Literal["contact", "order", "relationship"] = Field(
        "contact", description="What it is asked about: one contact, one order, or the whole relationship."
    )
    purpose: Purpose = Field(Purpose(), description="The eight answers a question owes.")


class DriverItem(Model):
    """A question held against the outcomes, to see what goes with them."""

    question: Id = Field(description="A declared question.")
    name: Local = Field(description="Short name on the drivers page.")
    stage: Id | None = Field(None, description="The stage it is about.")


class DriverOutcome(Model):
    """One outcome that the driver items are held against. ``kpi`` names it; its metric says how it is read:
    a behaviour (repurchase: bought again within ``days`` after the answer) or the score of a question."""

    kpi: Id = Field(description="A KPI of buying again, or of the score of a question.")


class Drivers(Model):
    """The driver model: what is held against what."""

    items: tuple[DriverItem, ...] = Field(
        min_length=1, max_length=FEW, description="Questions whose weight is measured."
    )
    outcomes: tuple[DriverOutcome, ...] = Field(
        min_length=1, max_length=FEW, description="Outcomes they are held against."
    )


class Panel(Model):
    """The customer panel of the loyalty models: experiences in a window, behaviour strictly after it."""

    window_days: Whole = Field(180, ge=1, le=1100, description="Days in which experiences are gathered.")
    lag_days: Whole = Field(0, ge=0, le=365, description="Days left out between the experiences and the behaviour.")
    horizon_days: Whole = Field(180, ge=1, le=1100, description="Days in which the behaviour is looked for.")
    by: tuple[Literal["segment", "region", "channel", "product"], ...] = Field(
        (), max_length=4, description="Dimensions for whose values a model of their own is fitted."
    )
    periods: Literal["half", "quarter", "year", "none"] = Field(
        "none", description="Periods for which a model of its own is fitted; none: only the whole."
    )
    controls: tuple[Id, ...] = Field(
        (), max_length=12, description="Dimensions or questions held constant in every model."
    )


class Value(Model):
    """What the value of a customer is reckoned with. What is left out is not guessed: the page says what it lacks."""

    margin: Number | None = Field(
        None, gt=0, le=100, description="Percent of revenue that is left after variable cost."
    )
    discount_rate: Number = Field(10.0, ge=0, le=100, description="Percent a year by which later money counts less.")
    horizon_years: Whole = Field(3, ge=1, le=20, description="Years that are counted.")
    acquisition_cost: Number | None = Field(None, ge=0, description="Cost of winning one customer, in the currency.")
    contractual: Flag = Field(False, description="true: customers sign and cancel; false: they simply stop buying.")
    earned: tuple[str, ...] = Field(
        (), max_length=FEW, description="Spellings in the customers' 'acquisition' of those whom other customers sent."
    )


class Loyalty(Model):
    """What loyalty is here: something customers do, beside something they say, and what it is worth."""

    outcome: Id | None = Field(None, description="KPI of the behavioural outcome; root of the tree.")
    stated: Id | None = Field(None, description="KPI of the stated outcome (a score).")
    drivers: Drivers | None = Field(None, description="Which questions are held against which outcomes.")
    panel: Panel = Field(Panel(), description="How experiences and later behaviour are put together.")
    value: Value = Field(Value(), description="What the value of a customer is reckoned with.")


class Goal(Model):
    """A declared aim with a customer outcome and a business outcome."""

    id: Id = Field(description="Short name; KPIs use it.")
    name: Local = Field(description="Name on the goal's card.")
    statement: Local = Field(description="The aim in one sentence.")
    customer_outcome: Local | None = Field(None, description="What customers get.")
    business_outcome: Local | None = Field(None, description="What the business gets, with a figure.")
    sponsor: Local = Field(description="The role that stands for this goal; never a person.")
    horizon: Day | None = Field(None, description="The day by which it is reached or decided anew.")
    promise: Id | None = Field(None, description="The brand promise this goal serves.")
    kpi: Id | None = Field(None, description="The KPI on the goal's card; default: its first.")


class DimensionValue(Model):
    """One value of a dimension."""

    id: Id = Field(description="Short name; scopes and addresses use it.")
    name: Local = Field(description="Name on charts and tables.")
    matches: tuple[str, ...] = Field(
        (), max_length=MANY, description="Spellings in the sources that mean this value, besides its id."
    )
    pool_with: Id | None = Field(None, description="Partner when too few staff or customers; default: the next value.")


class Dimension(Model):
    """A way to cut, with its closed and ordered values; anything else counts as 'other'."""

    id: Id = Field(description="One of the known dimensions: channel, segment, region, product, topic …")
    name: Local = Field(description="Name on pages.")
    values: tuple[DimensionValue, ...] = Field((), max_length=MANY, description="Values in the order pages show them.")
    over_hours: Number | None = Field(None, description="For 'waited': hours to first response that count as over.")


class View(Model):
    """A declared breakdown. What is not declared cannot be asked."""

    id: Id = Field(description="Short name; scopes use it.")
    dimensions: tuple[str, ...] = Field(min_length=1, max_length=12, description="Cut by these, from left to right.")
    question: Local = Field(description="The question this breakdown answers.")
    facts: tuple[Literal["contacts", "answers", "invitations", "orders", "cohorts"], ...] = Field(
        (), max_length=5, description="Kinds of rows this view cuts; default: every kind that has all its dimensions."
    )
    priority: Whole = Field(1, ge=1, description="1 is kept longest when views cannot all be shown.")


class Scope(Model):
    """The cell of a declared view that a KPI is read from. ``where`` names values of the view's first dimensions."""

    view: Id = Field(description="A declared view.")
    where: dict[str, tuple[Id, ...]] = Field(description="Values of its first dimensions, for example {stage: [buy]}.")


class Target(Model):
    """A value to reach by a day."""

    by: Day = Field(description="The day, for example 2026-12-31.")
    value: Number = Field(description="In the metric's unit: shares run from 0 to 100, money and counts are a month's.")


class Reading(Model):
    """What a result leads to, agreed before the result is known."""

    low: Local = Field(description="What we do when the result is poor.")
    high: Local = Field(description="What we do when the result is good.")
    within_days: Whole = Field(30, ge=1, le=365, description="Days within which that is decided.")


class Lever(Model):
    """What moves a KPI."""

    id: Id | None = Field(None, description="Short name; actions use it.")
    kind: Literal["policy", "behaviour", "process"] = Field(description="A rule, a way of acting, or a way of working.")
    name: Local = Field(description="What is done, in a few words.")
    owner: Local | None = Field(None, description="The function or role that can pull it; never a person.")


class Link(Model):
    """This KPI drives ``kpi``. ``identity``: it does so by arithmetic; otherwise it is believed, and has a reason."""

    kpi: Id = Field(description="The KPI that is moved.")
    identity: Flag = Field(False, description="true: by arithmetic, as a part of a whole; needs no evidence.")
    reason: Local | None = Field(None, description="Why we believe it.")
    review: Day | None = Field(None, description="The day we look at its evidence again.")


class Change(Model):
    """A decision that changed how a KPI is measured or computed."""

    date: Day = Field(description="The day it took force.")
    what: Local = Field(description="What changed, in a few words.")
    redefines: Flag = Field(True, description="Figures before this day do not compare: the line is cut.")


class KPI(Model):
    """A metric bound to a goal."""

    id: Id = Field(description="Short name; links, goals and addresses use it.")
    name: Local = Field(description="Short name, at most 28 characters in each language.")
    metric: str = Field(description="The formula: nps, csat, ces, fcr, on_time, repurchase, retention …")
    of: dict[str, str | int | float] = Field({}, description="The metric's parameters, for example {question: tnps}.")
    goal: str | None = Field(None, description="The goal it serves. No goal, no KPI.")
    promise: Id | None = Field(None, description="The brand promise that it measures.")
    scope: Scope | None = Field(None, description="Cells of a declared view it is read from; default: the whole.")
    stage: Id | None = Field(None, description="Where it stands on the journey page; not a filter.")
    owner: Local | None = Field(None, description="The function or role that answers for it; never a person.")
    since: Day | None = Field(None, description="Measured in this way since this day; default: since data begin.")
    direction: Literal["up", "down"] = Field(description="The way that is good.")
    targets: tuple[Target, ...] = Field((), max_length=FEW, description="Dated, in order; past ones draw the path.")
    reading: Reading | None = Field(None, description="What we do when it is low and when it is high.")
    levers: tuple[Lever, ...] = Field((), max_length=FEW, description="What moves it.")
    drives: tuple[Link, ...] = Field((), max_length=FEW, description="KPIs it is believed to move.")
    counter: Id | None = Field(None, description="The KPI that would show it if this one were only made to look good.")
    history: tuple[Change, ...] = Field((), max_length=FEW, description="Changes of its definition, one entry each.")


class Action(Model):
    """A lever pulled on a date."""

    id: Id = Field(description="Short name.")
    name: Local = Field(description="What is done, in a few words.")
    lever: Id | None = Field(None, description="The lever that is pulled: its id under the KPI.")
    kpi: Id | None = Field(None, description="The KPI it should move.")
    stage: Id | None = Field(None, description="The stage where customers meet it.")
    start: Day = Field(description="The first day customers meet it.")
    scope: Scope | None = Field(None, description="Where it is done; the rest is the comparison. Default: everywhere.")
    expected: Number | None = Field(None, description="Expected change of the KPI in its unit; minus for a fall.")
    review: Day | None = Field(None, description="The day its effect is looked at.")
    owner: Local | None = Field(None, description="The function or role that carries it out; never a person.")


class Disclosure(Model):
    """Floors may be tightened, never loosened; the constants in ``metrics.clearing`` hold in any case."""

    min_staff: Whole = Field(5, description="Staff behind a number, at least.")
    max_share: Number = Field(0.40, description="Share of its rows that one member of staff may have handled.")
    max_two: Number = Field(0.75, description="Share of its rows that two members of staff may have handled.")
    min_customers: Whole = Field(10, description="Customers behind a number, at least.")
    max_customer_share: Number = Field(0.50, description="Share of it that one customer may be.")
    grain: Literal["auto", "month", "quarter", "half", "wave"] = Field(
        "quarter",
        description="Block length of views of rows that staff handled; 'wave' for one whole file, 'auto' for the "
        "shortest that shows enough.",
    )
    budget: Whole = Field(15, ge=1, description="Independent numbers per member of staff, KPI and year, at most.")
    closing_days: Whole = Field(5, ge=0, le=60, description="Days after the end of a month before it is published.")


class Event(Model):
    """Something that happened, drawn on charts so that nobody has to guess."""

    date: Day = Field(description="The day.")
    name: Local = Field(description="What happened, in a few words.")
    kpis: tuple[Id, ...] = Field((), max_length=SOME, description="Charts it is drawn on; default: all.")
    redefines: Flag = Field(False, description="The measurement changed here: the line is cut.")
    repeats: Flag = Field(False, description="Ordinary and expected, like Tết: explains a dip, is not an alarm.")


class Strategy(Model):
    """The whole file: where the company wants to go, how customers travel, and only then numbers."""

    version: Whole = Field(ge=1, description="Raise it with each decision.")
    used_for: str = Field(description="Never pay, ranking or appraisal of people.")
    organisation: Organisation = Field(description="Who this strategy belongs to.")
    brand: Brand = Field(Brand(), description="Promise, core competence and target segments.")
    why_no_scorecards: Local | None = Field(None, description="In your own words: why nobody is graded by this.")
    goals: tuple[Goal, ...] = Field(min_length=1, max_length=FEW, description="Few, and each with two outcomes.")
    journey: tuple[Stage, ...] = Field(min_length=1, max_length=FEW, description="Stages in the customer's order.")
    questions: tuple[Question, ...] = Field((), max_length=SOME, description="Every survey question.")
    loyalty: Loyalty = Field(Loyalty(), description="What loyalty is here.")
    dimensions: tuple[Dimension, ...] = Field((), max_length=FEW, description="Ways to cut, with closed values.")
    views: tuple[View, ...] = Field((), max_length=FEW, description="Breakdowns that are published.")
    kpis: tuple[KPI, ...] = Field(min_length=1, max_length=SOME, description="Metrics bound to goals.")
    actions: tuple[Action, ...] = Field((), max_length=MANY, description="Levers that were or will be pulled.")
    disclosure: Disclosure = Field(Disclosure(), description="What protects people; may be made stricter.")
    events: tuple[Event, ...] = Field((), max_length=MANY, description="What happened, drawn on charts.")

    def kpi(self, id: str) -> KPI:
        return next(k for k in self.kpis if k.id == id)

    def goal(self, id: str) -> Goal:
        return next(g for g in self.goals if g.id == id)

    def view(self, id: str) -> View:
        return next(v for v in self.views if v.id == id)

    def stage(self, id: str) -> Stage:
        return next(s for s in self.journey if s.id == id)

    def question(self, id: str) -> Question:
        return next(q for q in self.questions if q.id == id)

    def values(self, dimension: str) -> tuple[tuple[str, Local], ...]:
        """Closed, ordered values of a dimension with their names, without 'other'.

        Stages and touchpoints come from the journey, conditions from ``CONDITION_VALUES`` (named by the words
        module), everything else from ``dimensions``."""
        if dimension == "stage":
            return tuple((s.id, s.name) for s in self.journey)
        if dimension == "touchpoint":
            return tuple((t.id, t.name) for s in self.journey for t in s.touchpoints)
        declared = next((d for d in self.dimensions if d.id == dimension), None)
        if dimension in CONDITION_VALUES:
            names = {v.id: v.name for v in declared.values} if declared else {}
            return tuple((v, names.get(v, Local(en=v, vi=v))) for v in CONDITION_VALUES[dimension])
        return tuple((v.id, v.name) for v in declared.values) if declared else ()

    def pool_with(self, dimension: str) -> dict[str, str]:
        """Declared pooling partners of a dimension's values; the default partner is the next value."""
        declared = next((d for d in self.dimensions if d.id == dimension), None)
        return {v.id: v.pool_with for v in declared.values if v.pool_with} if declared else {}

    def lever(self, id: str) -> Lever:
        return next(lever for k in self.kpis for lever in k.levers if lever.id == id)
