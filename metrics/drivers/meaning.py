"""What the fitted driver models say together: behaviour beside score, and what that means for each driver.

Reads results of the release only. Shares order the drivers; effects decide what may be said of one.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, unique

from metrics.answers import Row
from metrics.drivers.fitted import (
    Cause,
    Estimate,
    Fitted,
    Model,
    cause_of,
    fitted,
    measuring,
    no_models,
    performance,
)
from metrics.drivers.part import EVERYBODY, Part
from metrics.errors import Refused
from metrics.kpis import BY_ID
from metrics.kpis.metric import Unit
from metrics.labels import scale_top
from metrics.loyalty.drivers import needed
from metrics.loyalty.evidence import Base, Kind, What
from metrics.release import Release
from metrics.standing import KpiStand, Standing, stand
from metrics.strategy.model import KPI, Stage


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
    """The effect on behaviour includes zero and also effects as large as those of drivers that go with return; or the
    driver nearly determines the outcome, so that one was probably recorded from the other (``Drivers.leaking``)."""
    NONE = "none"
    """The effect on behaviour includes zero and nothing of weight."""
    SCORE = "score"
    """Only the score was modelled, and the effect on it lies above zero."""


@dataclass(frozen=True)
class Driver:
    cause: Cause
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
    def leaking(self) -> tuple[Driver, ...]:
        """Drivers that nearly determine the outcome they are ordered by: warnings, not winners."""
        return tuple(r for r in self.rows if r.first.leak)

    @property
    def hollow(self) -> Driver | None:
        """The driver that most moves the score without the return."""
        return max(self.of(Meaning.SCORE_ONLY), key=lambda d: d.stated.share if d.stated else 0.0, default=None)

    def outcomes(self) -> tuple[str, ...]:
        return tuple(m.kpi.id for m in (self.behaviour, self.stated) if m)


def drivers(
    release: Release, part: Part = EVERYBODY, outcome: str | None = None, score: str | None = None
) -> Drivers | None:
    """The driver results of a release: the behaviour ``outcome`` beside the ``score``, by default the first declared
    of each kind that was modelled on everybody.

    None when its strategy declares no drivers, and for a part in which the outcome they are ordered by was not
    modelled."""
    declared = release.strategy.loyalty.drivers
    if declared is None:
        return None
    models = _models(release, Base.SURVEY, part)
    everybody = models if part == EVERYBODY else _models(release, Base.SURVEY, EVERYBODY)
    chosen: dict[Kind, str] = {}
    for id in (*(id for id in (outcome, score) if id), *(o.kpi for o in declared.outcomes)):
        if id in everybody:
            chosen.setdefault(everybody[id].model.kind, id)
    first = chosen.get(Kind.BEHAVIOUR, chosen.get(Kind.STATED, ""))
    if part != EVERYBODY and first not in models:
        return None
    reasons = no_models(release, Base.SURVEY)
    refused = [
        (release.strategy.kpi(o.kpi), reasons.get(o.kpi, release.refused.get(o.kpi, Refused.TOO_FEW)))
        for o in declared.outcomes
        if o.kpi not in everybody
    ]
    causes = [cause_of(release.strategy, What.QUESTION, item.question, "") for item in declared.items]
    behaviour, stated = (models.get(chosen.get(kind, "")) for kind in (Kind.BEHAVIOUR, Kind.STATED))
    pairs = [(c, behaviour.estimate(c) if behaviour else None, stated.estimate(c) if stated else None) for c in causes]
    sure = [b.effect for _, b, _ in pairs if b and b.above_zero and not b.leak]
    rows = [Driver(c, b, s, _meaning(b, s, min(sure, default=None))) for c, b, s in pairs if (b if behaviour else s)]
    rows.sort(key=lambda d: (d.first.leak, d.first.tier, -d.first.share))
    return Drivers(
        behaviour.model if behaviour else None,
        stated.model if stated else None,
        tuple(rows),
        tuple(refused),
        needed(len(declared.items)),
        len(declared.items),
    )


def befell(release: Release, part: Part = EVERYBODY, outcome: str | None = None) -> Drivers | None:
    """What befell customers held against what they did after it: of the ``outcome``, by default the loyalty outcome
    where it was fitted. Of a stage: the KPIs its customers met. None without such a model."""
    everybody = _models(release, Base.CUSTOMERS, EVERYBODY)
    wanted = [id for id in (outcome, release.strategy.loyalty.outcome, *everybody) if id in everybody]
    one = _models(release, Base.CUSTOMERS, part).get(str(wanted[0])) if wanted else None
    if one is None:
        return None
    firm = [d.estimate for d in one.drivers if not d.estimate.leak]
    weight = min((abs(e.effect) for e in firm if e.above_zero or e.below_zero), default=None)
    rows = [Driver(d.cause, d.estimate, None, _either(d.estimate, weight)) for d in one.drivers]
    rows.sort(key=lambda d: (d.first.leak, d.first.tier, -d.first.share))
    return Drivers(one.model, None, tuple(rows), (), needed(len(rows)), len(rows))


def outcomes(release: Release, base: Base, kind: Kind) -> tuple[KPI, ...]:
    """What drivers of everybody were held against on this base, the loyalty outcome first."""
    found = [f.model.kpi for f in _models(release, base, EVERYBODY).values() if f.model.kind is kind]
    return tuple(sorted(found, key=lambda k: k.id != release.strategy.loyalty.outcome))


def parts(release: Release, base: Base, outcome: str) -> tuple[Part, ...]:
    """Parts of the customers with a model of their own: segments, then periods, then stages."""
    found = [f.model.part for f in fitted(release) if f.model.base is base and f.model.kpi.id == outcome]
    return tuple(sorted((p for p in found if p != EVERYBODY), key=lambda p: (bool(p.stage), bool(p.period))))


def _models(release: Release, base: Base, part: Part) -> dict[str, Fitted]:
    """Outcome -> its model of this part."""
    return {f.model.kpi.id: f for f in fitted(release) if f.model.base is base and f.model.part == part}


def _either(e: Estimate, weight: float | None) -> Meaning:
    """What befell a customer may go either way, so that what would matter below zero is not called nothing."""
    meaning = _meaning(e, None, weight)
    large = weight is not None and e.effect_low <= -weight
    return Meaning.UNSURE if meaning is Meaning.NONE and large else meaning


def _meaning(behaviour: Estimate | None, stated: Estimate | None, weight: float | None) -> Meaning:
    """``weight``: the smallest effect among drivers that go with return for certain."""
    if behaviour is None:
        return Meaning.SCORE if stated and stated.above_zero and not stated.leak else Meaning.UNSURE
    if behaviour.leak:
        return Meaning.UNSURE
    if behaviour.above_zero:
        return Meaning.RETURN
    if behaviour.below_zero:
        return Meaning.AGAINST
    if stated and stated.above_zero and not stated.leak and stated.low > behaviour.high:
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
        stage = next((s for s in release.strategy.journey if s.id == driver.cause.stage), None)
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
    """How well each driver was done last: its id -> figure of the KPI that measures it, with unit and the highest
    answer. Only for what a KPI measures, and in a segment only where its own figure is published."""
    model = found.behaviour or found.stated
    figures: dict[str, tuple[Row, Unit, int | None]] = {}
    for driver in found.rows:
        kpi = measuring(release.strategy, driver.cause)
        row = performance(release, kpi, model.part) if kpi and model else None
        if kpi and row:
            unit = BY_ID[kpi.metric].unit_of(kpi.of)
            figures[driver.cause.id] = (row, unit, scale_top(release.strategy, kpi))
    return figures
