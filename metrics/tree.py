"""The KPI tree: what drives what, as the strategy declares it, under an outcome, with the evidence of each link."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from metrics.loyalty.evidence import Evidence
from metrics.loyalty.results import LinkRow
from metrics.strategy.model import KPI, Link, Strategy

#: (KPI, KPI it drives) -> what the data say of the link.
Links = Mapping[tuple[str, str], LinkRow]


@dataclass(frozen=True)
class Branch:
    """A KPI in its place. ``parent`` None: the outcome. ``ground``: what the evidence of its link stands on. ``also``:
    other KPIs of this tree it is declared to drive."""

    kpi: KPI
    parent: str | None
    depth: int
    evidence: Evidence | None
    also: tuple[tuple[str, Evidence], ...] = ()
    ground: LinkRow | None = None


@dataclass(frozen=True)
class Tree:
    """Branches in reading order, the outcome first, each under its parent."""

    branches: tuple[Branch, ...]

    @property
    def root(self) -> KPI:
        return self.branches[0].kpi

    def children(self, kpi: str) -> tuple[Branch, ...]:
        return tuple(b for b in self.branches if b.parent == kpi)

    def below(self, kpi: str) -> tuple[Branch, ...]:
        """All branches under a KPI, in reading order."""
        found: list[Branch] = []
        for child in self.children(kpi):
            found += [child, *self.below(child.kpi.id)]
        return tuple(found)


def evidence_of(kpi: KPI, link: Link, links: Links) -> Evidence:
    """Evidence of a declared link: what the build found, else identity for arithmetic and assumed for a belief."""
    if link.identity:
        return Evidence.IDENTITY
    found = links.get((kpi.id, link.kpi))
    return found.evidence if found else Evidence.ASSUMED


def outcomes(strategy: Strategy) -> tuple[KPI, ...]:
    """KPIs that a tree can be hung under: the declared loyalty outcome first, then those that drive nothing."""
    first = strategy.loyalty.outcome
    tops = [k for k in strategy.kpis if k.id == first or not k.drives]
    return tuple(sorted(tops, key=lambda k: k.id != first))


def grow(strategy: Strategy, outcome: str, links: Links | None = None) -> Tree:
    """The tree under an outcome. A KPI that drives several stands once, as far from the outcome as its longest chain
    of links, so that every line runs one way; its other links are kept in ``also``. ``links``: the release's findings.

    Raises KeyError for an unknown KPI and ValueError for a cycle of links."""
    known = links or {}
    kpis = {k.id: k for k in strategy.kpis}
    drivers: dict[str, list[tuple[KPI, Link]]] = {id: [] for id in kpis}
    for kpi in strategy.kpis:
        for link in kpi.drives:
            drivers.setdefault(link.kpi, []).append((kpi, link))
    depth: dict[str, int] = {}
    _measure(outcome, 0, drivers, depth, ())
    root = kpis[outcome]
    branches = [Branch(root, None, 0, None)]

    def hang(parent: str) -> None:
        for kpi, link in drivers[parent]:
            inside = [d for d in kpi.drives if d.kpi in depth]
            home = next(d for d in inside if depth[d.kpi] == depth[kpi.id] - 1)
            if home is not link:
                continue
            also = tuple((d.kpi, evidence_of(kpi, d, known)) for d in inside if d is not home)
            ground = known.get((kpi.id, link.kpi))
            branches.append(Branch(kpi, parent, depth[kpi.id], evidence_of(kpi, link, known), also, ground))
            hang(kpi.id)

    hang(outcome)
    return Tree(tuple(branches))


def _measure(
    id: str, at: int, drivers: dict[str, list[tuple[KPI, Link]]], depth: dict[str, int], path: tuple[str, ...]
) -> None:
    if id in path:
        raise ValueError("The links go round in a circle.")
    if id in depth and depth[id] >= at:
        return
    depth[id] = at
    for kpi, _ in drivers[id]:
        _measure(kpi.id, at + 1, drivers, depth, (*path, id))
