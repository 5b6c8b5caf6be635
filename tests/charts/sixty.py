"""A strategy of sixty KPIs made from another one's: what a tree must still be readable with."""

from __future__ import annotations

from metrics.strategy.model import KPI, Link, Local, Strategy, Target


def sixty(strategy: Strategy, calm: tuple[str, ...] = (), size: int = 60) -> Strategy:
    """The strategy grown to ``size`` KPIs in chains of up to four links. Copies below a KPI of ``calm`` have a target
    that any figure reaches; the others keep theirs."""
    kpis = list(strategy.kpis)
    inside = _inside(kpis, strategy.loyalty.outcome or "")
    homes = [k for k in kpis if k.id in inside and k.id != strategy.loyalty.outcome]
    n = 0
    while len(kpis) < size:
        home = homes[n % len(homes)]
        model = homes[(n * 7 + 3) % len(homes)]
        name = Local(en=f"{model.name.en[:22]} {n + 1}", vi=f"{model.name.vi[:22]} {n + 1}")
        worst = 0.0 if model.direction == "up" else 1e12
        targets = tuple(Target(by=t.by, value=worst) for t in model.targets) if home.id in calm else model.targets
        copy = model.model_copy(
            update={"id": f"copy_{n + 1}", "name": name, "drives": (Link(kpi=home.id),), "targets": targets}
        )
        kpis.append(copy)
        homes.append(copy)
        n += 1
    return strategy.model_copy(update={"kpis": tuple(kpis)})


def _inside(kpis: list[KPI], outcome: str) -> set[str]:
    found = {outcome}
    while True:
        more = {k.id for k in kpis if any(link.kpi in found for link in k.drives)} - found
        if not more:
            return found
        found |= more
