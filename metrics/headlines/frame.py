"""What stands on every page: the menu, the state of the strategy file, the data date."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from metrics.release import Release
from metrics.strategy.model import Strategy
from metrics.words import Words


def menu(w: Words) -> dict[str, str]:
    """Pages in the order of the menu, with their names."""
    return {
        "strategy": w("Strategy"),
        "tree": w("KPI tree"),
        "kpi": w("KPI"),
        "drivers": w("Loyalty drivers"),
        "journey": w("Journey"),
        "no_scorecards": w("No scorecards"),
    }


def data_line(release: Release, w: Words) -> str:
    """Data to 31 Mar 2026 · release of 5 Apr 2026."""
    return w(
        "Data to {data} · release of {release}",
        data=w.day(date.fromisoformat(release.meta.get("data_to") or release.as_of)),
        release=w.day(date.fromisoformat(release.as_of)),
    )


def state_line(version: int, warnings: int, changed: bool, w: Words) -> str:
    """State of the strategy in the sidebar. ``changed``: the file is not the one the numbers were built from."""
    if changed:
        return w("Strategy changed since this release: run the build.")
    if warnings == 0:
        return w("Strategy version {version}: checked, no errors", version=version)
    return w("Strategy version {version}: no errors, {count} gaps", version=version, count=warnings)


@dataclass(frozen=True)
class Finding:
    """A line of ``check`` as a page shows it: file:line:column, what is so, how to mend it."""

    place: str
    sentence: str
    mend: str


@dataclass(frozen=True)
class StrategyState:
    """The strategy file as it stands now; the numbers come from the strategy inside the release."""

    strategy: Strategy | None
    errors: tuple[Finding, ...]
    warnings: tuple[Finding, ...]
    hash: str | None
    stamp: tuple[str, int, int]


def strategy_state(path: Path) -> StrategyState:
    """The state of a strategy file, read again only when it changed. A missing file is no error here: the release
    holds the strategy its numbers were built from."""
    try:
        stat = path.stat()
    except OSError:
        return StrategyState(None, (), (), None, (str(path), 0, 0))
    try:
        return _read_state(str(path), stat.st_mtime_ns, stat.st_size)
    except ImportError:  # INTERIM until metrics.strategy.load is committed
        return StrategyState(None, (), (), None, (str(path), 0, 0))


@lru_cache(maxsize=4)
def _read_state(path: str, modified: int, size: int) -> StrategyState:
    from metrics.strategy.load import load

    loaded = load(Path(path))
    errors = tuple(_finding(f) for f in loaded.findings if f.is_error)
    warnings = tuple(_finding(f) for f in loaded.findings if not f.is_error)
    return StrategyState(loaded.strategy, errors, warnings, loaded.hash, (path, modified, size))
