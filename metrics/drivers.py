"""What the fitted driver models say together: behaviour beside score, and what that means for each driver.

Reads results of the release only. Shares order the drivers; effects decide what may be said of one.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, unique

from metrics.answers import Row
from metrics.errors import Refused
from metrics.kpis import BY_ID
from metrics.kpis.metric import Unit
from metrics.labels import scale_top
from metrics.loyalty.drivers import needed
from metrics.release import Release
from metrics.standing import KpiStand, Standing, stand
from metrics.strategy.model import KPI, DriverItem, Stage


@unique
class Meaning(Enum):
    """What the intervals of the effects allow to say; below a test it is always "goes with"."""

    RETURN = "return"
    """The effect on behaviour lies above zero."""
    AGAINST = "against"
    """The effect on behaviour lies below zero: the belief is contradicted."""
    SCORE_ONLY = "score_only"
    """Its effect on the score lies above zero and its share there above its share in behaviour, while the effect on
    behaviour includes zero. The shares must differ for certain: a weak driver is not called a hollow one."""
    UNSURE = "unsure"
    """The effect on behaviour includes zero and also effects as large as those of drivers that go with return."""
    NONE = "none"
    """The effect on behaviour includes zero and nothing of weight."""
    SCORE = "score"
    """Only the score was modelled, and the effect on it lies above zero."""


@dataclass(frozen=True)
class Estimate:
    """``share`` of what the model explains, 0 to 100, with interval; ``effect`` of one scale point, with interval."""

    share: float
    low: float
    high: float
    tier: int
    effect: float
    effect_low: float
    effect_high: float

    @property
    def above_zero(self) -> bool:
        return self.effect_low > 0

    @property
    def below_zero(self) -> bool:
        return self.effect_high < 0


@dataclass(frozen=True)
class Model:
    """A fitted outcome; ``r2`` is the share of its variation that the drivers explain, 0 to 1."""

    kpi: KPI
    unit: Unit
    n: int
    r2: float
    r2_low: float
    r2_high: float
    days: int | None
    """Days in which a return was watched for, None for a score."""


@dataclass(frozen=True)
class Driver:
    item: DriverItem
    behaviour: Estimate | None
    stated: Estimate | None
    meaning: Meaning

    @property
    def first(self) -> Estimate:
        """The estimate the page is ordered by: behaviour where there is one."""
        found = self.behaviour or self.stated
        if found is None:
            raise ValueError("a driver without an estimate")
        return found


@dataclass(frozen=True)
class Drivers:
    """Both models with their drivers, largest share of behaviour first (of the score where behaviour is missing).
    ``refused``: outcomes that could not be modelled, with the reason; ``needed``: how many answers a model of this
    many ``items`` takes."""

    behaviour: Model | None
    stated: Model | None
    rows: tuple[Driver, ...]
    refused: tuple[tuple[KPI, Refused], ...]
    needed: int
    items: int

    def of(self, meaning: Meaning) -> tuple[Driver, ...]:
        return tuple(r for r in self.rows if r.meaning is meaning)

    def tiers(self) -> tuple[tuple[int, tuple[Driver, ...]], ...]:
        """Drivers by tier of the ordering model, in order. Inside a tier the order is not certain."""
        numbers = sorted({r.first.tier for r in self.rows})
        return tuple((n, tuple(r for r in self.rows if r.first.tier == n)) for n in numbers)

    @property
    def hollow(self) -> Driver | None:
        """The driver that most moves the score without the return."""
        return max(self.of(Meaning.SCORE_ONLY), key=lambda d: d.stated.share if d.stated else 0.0, default=None)

    def outcomes(self) -> tuple[str, ...]:
        return tuple(m.kpi.id for m in (self.behaviour, self.stated) if m)


def drivers(release: Release) -> Drivers | None:
    """The driver results of a release, None when its strategy declares no drivers. Of several outcomes of a kind the
    first that was modelled counts."""
    declared = release.strategy.loyalty.drivers
    if declared is None:
        return None
    models: dict[str, Model] = {}
    refused: list[tuple[KPI, Refused]] = []
    for outcome in declared.outcomes:
        kpi = release.strategy.kpi(outcome.kpi)
        if outcome.kpi not in release.driver_models:
            refused.append((kpi, release.refused.get(kpi.id, Refused.TOO_FEW)))
            continue
        kind, n, r2, low, high = release.driver_models[outcome.kpi]
        days = kpi.of.get("days") if kind == "behaviour" else None
        model = Model(kpi, BY_ID[kpi.metric].unit_of(kpi.of), n, r2, low, high, int(days) if days is not None else None)
        models.setdefault(kind, model)
    behaviour, stated = models.get("behaviour"), models.get("stated")
    found = {
        kind: {r[0]: Estimate(*r[1:]) for r in release.drivers(model.kpi.id)} if model else {}
        for kind, model in (("behaviour", behaviour), ("stated", stated))
    }
    pairs = [(i, found["behaviour"].get(i.question), found["stated"].get(i.question)) for i in declared.items]
    sure = [b.effect for _, b, _ in pairs if b and b.above_zero]
    rows = [Driver(i, b, s, _meaning(b, s, min(sure, default=None))) for i, b, s in pairs if b or s]
    rows.sort(key=lambda d: (d.first.tier, -d.first.share))
    return Drivers(behaviour, stated, tuple(rows), tuple(refused), needed(len(declared.items)), len(declared.items))


def _meaning(behaviour: Estimate | None, stated: Estimate | None, weight: float | None) -> Meaning:
    """``weight``: the smallest effect among drivers that go with return for certain."""
    if behaviour is None:
        return Meaning.SCORE if stated and stated.above_zero else Meaning.UNSURE
    if behaviour.above_zero:
        return Meaning.RETURN
    if behaviour.below_zero:
        return Meaning.AGAINST
    if stated and stated.above_zero and stated.low > behaviour.high:
        return Meaning.SCORE_ONLY
    return Meaning.UNSURE if weight is None or behaviour.effect_high >= weight else Meaning.NONE


@dataclass(frozen=True)
class Next:
    """What to do about a driver that goes with return: the KPI off course at its stage that has an agreed answer,
    or, without one, a test at its stage."""

    driver: Driver
    stage: Stage | None
    at: KpiStand | None


def next_steps(release: Release, found: Drivers, most: int = 2) -> tuple[Next, ...]:
    """The first drivers that go with return, with the KPI at their stage that stands furthest off course."""
    steps: list[Next] = []
    for driver in found.of(Meaning.RETURN)[:most]:
        stage = next((s for s in release.strategy.journey if s.id == driver.item.stage), None)
        stands = [stand(release, k.id) for k in release.strategy.kpis if stage and k.stage == stage.id]
        taken = {s.at.kpi.id for s in steps if s.at}
        off = [s for s in stands if s.standing is Standing.OFF and s.kpi.reading and s.gap and s.kpi.id not in taken]
        worst = max(off, key=_urgency, default=None)
        steps.append(Next(driver, stage, worst))
    return tuple(steps)


def _urgency(at: KpiStand) -> float:
    """Gap in widths of the interval: what is certainly furthest off comes first."""
    row = at.row
    if row is None or at.gap is None:
        return 0.0
    width = row.high - row.low if row.low is not None and row.high is not None else 0.0
    return at.gap / width if width else 1.0


def today(release: Release, found: Drivers) -> dict[str, tuple[Row, Unit, int | None]]:
    """How well each driver is done now: question -> figure of the KPI that measures it in its last period, with unit
    and the highest answer. Only for questions that a KPI measures."""
    figures: dict[str, tuple[Row, Unit, int | None]] = {}
    for driver in found.rows:
        question = driver.item.question
        kpi = next((k for k in release.strategy.kpis if k.of.get("question") == question and not k.scope), None)
        at = stand(release, kpi.id) if kpi else None
        if kpi and at and at.row and at.row.value is not None:
            unit = BY_ID[kpi.metric].unit_of(kpi.of)
            figures[question] = (at.row, unit, scale_top(release.strategy, kpi))
    return figures
