"""What stands on every page: the menu, the state of the strategy file, the data date."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from metrics.release import Release
from metrics.strategy.finding import Finding
from metrics.strategy.load import LARGEST, Loaded, check_text, load
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
        "value": w("Value"),
        "no_scorecards": w("No scorecards"),
    }


def data_line(release: Release, w: Words) -> str:
    """Data to 31 Mar 2026 · release of 5 Apr 2026."""
    return w(
        "Data to {data} · release of {release}",
        data=w.day(date.fromisoformat(release.meta.get("data_to") or release.as_of)),
        release=w.day(date.fromisoformat(release.as_of)),
    )


@dataclass(frozen=True)
class StrategyState:
    """The strategy file as it stands now; the numbers come from the strategy inside the release. ``hash`` is None when
    there is no file. ``stamp`` tells one state of the file from another."""

    strategy: Strategy | None
    errors: tuple[Finding, ...]
    debt: tuple[Finding, ...]
    hash: str | None
    stamp: tuple[str, int, int]


def strategy_state(path: Path, today: date | None) -> StrategyState:
    """The state of a strategy file on the data date, read again only when the file changed. A missing file is no error
    here: the release holds the strategy its numbers were built from."""
    try:
        stat = path.stat()
    except OSError:
        return StrategyState(None, (), (), None, (str(path), 0, 0))
    return _read(path, today, (str(path), stat.st_mtime_ns, stat.st_size))


@lru_cache(maxsize=4)
def _read(path: Path, today: date | None, stamp: tuple[str, int, int]) -> StrategyState:
    try:
        raw = path.read_bytes()
    except OSError:
        raw = b""
    loaded = _checked(raw, str(path), today) if 0 < len(raw) <= LARGEST else load(path, today)
    return StrategyState(loaded.strategy, loaded.errors, loaded.debt, loaded.hash, stamp)


@lru_cache(maxsize=4)
def _checked(raw: bytes, name: str, today: date | None) -> Loaded:
    """By what the file holds, so that a file put back as it was costs nothing."""
    return check_text(raw, name, today)


def state_line(strategy: Strategy, state: StrategyState, release: Release | None, w: Words) -> str:
    """State of the strategy in the sidebar; says so when the file is not the one the numbers were built from."""
    if len(state.errors) == 1:
        return w("Strategy: 1 error")
    if state.errors:
        return w("Strategy: {count} errors", count=len(state.errors))
    if release is not None and state.hash is not None and state.hash != release.meta.get("strategy_hash"):
        return w("Strategy changed since this release: build again.")
    if state.debt:
        return w("Strategy version {version}: no errors, {count} gaps", version=strategy.version, count=len(state.debt))
    return w("Strategy version {version}: checked, no errors", version=strategy.version)


def place(finding: Finding) -> str:
    """strategy.yaml:142:5, without the folder the file lies in."""
    at = finding.place
    parts = [Path(at.file).name, *(str(p) for p in (at.line, at.column) if p is not None)]
    return ":".join(parts)
