"""What a strategy records of its own definitions: the days on which a line must be cut."""

from __future__ import annotations

from metrics.strategy.model import Event, Local, Strategy

MEASURED_ANEW = Local(en="Measured in another way before", vi="Trước đó đo cách khác")


def dated_events(strategy: Strategy) -> tuple[Event, ...]:
    """Declared events, and the changes of a KPI's definition that no declared event tells already, by its history or by
    the day since which it is measured in this way: what charts draw and cut their lines at."""
    every = tuple(k.id for k in strategy.kpis)
    told = {(e.date, k) for e in strategy.events if e.redefines for k in (e.kpis or every)}
    changes = {(c.date, k.id): c.what for k in strategy.kpis for c in k.history if c.redefines}
    since = {(k.since, k.id): MEASURED_ANEW for k in strategy.kpis if k.since}
    own = ((day, id, what) for (day, id), what in {**since, **changes}.items() if (day, id) not in told)
    return (*strategy.events, *(Event(date=day, name=what, kpis=(id,), redefines=True) for day, id, what in own))
