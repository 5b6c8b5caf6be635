"""The typed model of ``strategy.yaml``: shapes only. Line numbers live in ``load``, rules in ``rules``.

All models are frozen and refuse unknown keys. Every text a person reads is a ``Local``: a plain
string (both languages) or ``{en: ..., vi: ...}``.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

Id = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$", description="Lower case letters, digits and _.")]

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


class Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Local(Model):
    """A text in both languages."""

    en: str = Field(min_length=1)
    vi: str = Field(min_length=1)

    @model_validator(mode="before")
    @classmethod
    def _plain(cls, value: Any) -> Any:
        return {"en": value, "vi": value} if isinstance(value, str) else value

    def __call__(self, lang: str) -> str:
        return self.vi if lang == "vi" else self.en


class Organisation(Model):
    name: Local
    note: Local | None = Field(None, description="A line under the name, for example 'Simulated data'.")
    currency: str = Field("VND", pattern=r"^[A-Z]{3}$")
    time_zone: str = "Asia/Ho_Chi_Minh"
    languages: tuple[Literal["vi", "en"], ...] = ("vi", "en")


class Touchpoint(Model):
    id: Id
    name: Local
    channel: Id | None = None
    self_service: bool = Field(False, description="No staff handle a contact here: a blank staff column means nobody.")


class Stage(Model):
    id: Id
    name: Local
    group: Local | None = Field(None, description="Heading over neighbouring stages, for example 'Before'.")
    customer_goal: Local
    owner: Local
    touchpoints: tuple[Touchpoint, ...] = ()
    listening_posts: tuple[Id, ...] = Field((), description="Survey questions asked at this stage.")
    presence: Literal["present", "none"] = Field("present", description="none: customers are here, the company is not.")
    volume: Id | None = Field(None, description="KPI whose row count is this stage's volume on the journey page.")


class Question(Model):
    id: Id
    text: Local
    name: Local | None = Field(None, description="Short name, at most 28 characters.")
    scale: tuple[int, int]
    listens_to: Literal["contact", "order", "relationship"] = "contact"


class DriverItem(Model):
    question: Id
    name: Local
    stage: Id | None = None


class DriverOutcome(Model):
    """One outcome that the driver items are held against. ``kpi`` names it; its metric says how it is read:
    a behaviour (repurchase: bought again within ``days`` after the answer) or the score of a question."""

    kpi: Id


class Drivers(Model):
    items: tuple[DriverItem, ...]
    outcomes: tuple[DriverOutcome, ...]


class Loyalty(Model):
    outcome: Id | None = Field(None, description="KPI of the behavioural outcome; root of the tree.")
    stated: Id | None = Field(None, description="KPI of the stated outcome (a score).")
    drivers: Drivers | None = None


class Goal(Model):
    id: Id
    name: Local
    statement: Local
    customer_outcome: Local | None = None
    business_outcome: Local | None = None
    sponsor: Local
    horizon: date | None = None
    kpi: Id | None = Field(None, description="The KPI on the goal's card; default: its first.")


class DimensionValue(Model):
    id: Id
    name: Local
    matches: tuple[str, ...] = Field((), description="Spellings in the sources that mean this value, besides its id.")
    pool_with: Id | None = Field(None, description="Partner when too few staff or customers; default: the next value.")


class Dimension(Model):
    id: Id
    name: Local
    values: tuple[DimensionValue, ...] = ()
    over_hours: float | None = Field(None, description="For 'waited': hours to first response that count as over.")


class View(Model):
    id: Id
    dimensions: tuple[str, ...] = Field(min_length=1)
    question: Local
    facts: tuple[Literal["contacts", "answers", "invitations", "orders", "cohorts"], ...] = Field(
        (), description="Kinds of rows this view cuts; default: every kind that has all its dimensions."
    )
    priority: int = Field(1, ge=1, description="1 is kept longest when views cannot all be shown.")


class Scope(Model):
    """The cell of a declared view that a KPI is read from. ``where`` names values of the view's first dimensions."""

    view: Id
    where: dict[str, tuple[Id, ...]]


class Target(Model):
    by: date
    value: float


class Reading(Model):
    low: Local = Field(description="What we do when the result is poor.")
    high: Local = Field(description="What we do when the result is good.")
    within_days: int = Field(30, ge=1, le=365, description="Days within which that is decided.")


class Lever(Model):
    kind: Literal["policy", "behaviour", "process"]
    name: Local
    owner: Local | None = None


class Link(Model):
    """This KPI drives ``kpi``. ``identity``: it does so by arithmetic; otherwise it is believed, and has a reason."""

    kpi: Id
    identity: bool = False
    reason: Local | None = None
    review: date | None = None


class Change(Model):
    """A decision that changed how a KPI is measured or computed, written down on the day it took force."""

    on: date
    what: Local
    redefines: bool = Field(True, description="Figures before this day do not compare with later ones: lines are cut.")


class KPI(Model):
    id: Id
    name: Local = Field(description="Short name, at most 28 characters in each language.")
    metric: str
    of: dict[str, str | int | float] = Field({}, description="The metric's parameters, for example {question: tnps}.")
    goal: str | None = None
    scope: Scope | None = None
    stage: Id | None = Field(None, description="Where it stands on the journey page; not a filter.")
    owner: Local | None = None
    direction: Literal["up", "down"]
    targets: tuple[Target, ...] = ()
    reading: Reading | None = None
    levers: tuple[Lever, ...] = ()
    drives: tuple[Link, ...] = ()
    counter: Id | None = None
    since: date | None = Field(None, description="Day from which this KPI is in force; its age is counted from here.")
    history: tuple[Change, ...] = Field((), description="Every change of its definition, one entry each.")


class Disclosure(Model):
    """Floors may be tightened, never loosened; the constants in ``metrics.clearing`` hold in any case."""

    min_staff: int = 5
    max_share: float = 0.40
    max_two: float = 0.75
    min_customers: int = 10
    max_customer_share: float = 0.50
    grain: Literal["month", "quarter", "half", "wave"] = Field(
        "quarter", description="Block length of views of rows that staff handled, or 'wave' for one whole file."
    )
    closing_days: int = Field(5, ge=0, le=60)


class Event(Model):
    date: date
    name: Local
    kpis: tuple[Id, ...] = Field((), description="Charts it is drawn on; default: all.")
    redefines: bool = Field(False, description="The measurement changed here: the line is cut.")
    repeats: bool = Field(False, description="Ordinary and expected, like Tết: explains a dip, is not an alarm.")


class Strategy(Model):
    version: int = Field(ge=1)
    used_for: str
    organisation: Organisation
    why_no_scorecards: Local | None = None
    goals: tuple[Goal, ...]
    journey: tuple[Stage, ...]
    questions: tuple[Question, ...] = ()
    loyalty: Loyalty = Loyalty()
    dimensions: tuple[Dimension, ...] = ()
    views: tuple[View, ...] = ()
    kpis: tuple[KPI, ...]
    disclosure: Disclosure = Disclosure()
    events: tuple[Event, ...] = ()

    @property
    def dated_events(self) -> tuple[Event, ...]:
        """Declared events, and the recorded changes of a KPI's definition that no declared event tells already: what
        charts draw and cut their lines at."""
        told = {(e.date, k) for e in self.events if e.redefines for k in (e.kpis or [k.id for k in self.kpis])}
        changes = (
            Event(date=change.on, name=change.what, kpis=(kpi.id,), redefines=True)
            for kpi in self.kpis
            for change in kpi.history
            if change.redefines and (change.on, kpi.id) not in told
        )
        return (*self.events, *changes)

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
