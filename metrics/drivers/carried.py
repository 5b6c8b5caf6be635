"""What one KPI has to do with coming back: its label, its links as the data have them, and where the two look at
return within different numbers of days."""

from __future__ import annotations

from dataclasses import dataclass

from metrics.drivers.meaning import drivers
from metrics.loyalty.evidence import Base, Evidence, Label
from metrics.loyalty.results import LabelRow, LinkRow
from metrics.release import Release
from metrics.strategy.model import KPI

#: Evidence on which a link stands.
STANDS = (Evidence.TESTED, Evidence.OBSERVED)


@dataclass(frozen=True)
class Horizons:
    """Two answers of one KPI: return within ``label_days``, which its label speaks of, and within ``link_days``, which
    its declared link speaks of. ``goes``: the label says that it goes with return, and the link does not say so;
    otherwise the other way round. Neither is wrong: they look at different lengths of time."""

    kpi: KPI
    label_days: int
    link_days: int
    goes: bool


@dataclass(frozen=True)
class Carried:
    """``outcome``: the behaviour that the label was held against, None without a label; ``links``: declared KPI ->
    what the data say."""

    label: LabelRow | None
    outcome: KPI | None
    links: tuple[LinkRow, ...]
    horizons: Horizons | None


def carried(release: Release, kpi: KPI) -> Carried:
    """What is known of a KPI and loyalty."""
    label = release.labels.get(kpi.id)
    links = tuple(row for d in kpi.drives if (row := release.links.get((kpi.id, d.kpi))))
    outcome = _outcome(release, label) if label else None
    return Carried(label, outcome, links, _horizons(release, kpi, label, outcome, links))


def horizons(release: Release) -> tuple[Horizons, ...]:
    """Every KPI whose label and link give two answers at two horizons, in the strategy's order."""
    return tuple(h for kpi in release.strategy.kpis if (h := carried(release, kpi).horizons))


def _outcome(release: Release, label: LabelRow) -> KPI | None:
    """A driver question stands on the survey's own behaviour, since it was asked of the same people; every other KPI
    on the loyalty outcome."""
    if label.label is Label.OUTCOME:
        return None
    if label.base is Base.SURVEY:
        found = drivers(release)
        return found.behaviour.kpi if found and found.behaviour else None
    id = release.strategy.loyalty.outcome
    return release.strategy.kpi(id) if id else None


def _horizons(
    release: Release, kpi: KPI, label: LabelRow | None, outcome: KPI | None, links: tuple[LinkRow, ...]
) -> Horizons | None:
    days = _days(outcome)
    if label is None or days is None:
        return None
    goes = label.label is Label.RETURN
    for link in links:
        other = _days(release.strategy.kpi(link.drives))
        if other is not None and other != days and link.effect is not None and goes != (link.evidence in STANDS):
            return Horizons(kpi, days, other, goes)
    return None


def _days(kpi: KPI | None) -> int | None:
    """Within how many days a return counts; None for any other outcome."""
    return int(kpi.of["days"]) if kpi is not None and kpi.metric == "repurchase" else None
