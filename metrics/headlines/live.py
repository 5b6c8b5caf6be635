"""The strategy file as it stands now, against the release that is shown: changed since, or broken."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from metrics.headlines.diff import field_name, section_name
from metrics.headlines.findings import told
from metrics.headlines.frame import StrategyState, place
from metrics.release import Release
from metrics.strategy.diff import Comparison, compare
from metrics.words import Words

MOST_FINDINGS = 5
MOST_CHANGES = 3
#: What ends every number at once: the file says that people are to be graded, paid or ranked by them.
FORBIDDEN_USE = "U001"


@dataclass(frozen=True)
class Notice:
    """What stands above a page. ``rows``: place, sentence and mend of findings; ``broken``: errors, not a change."""

    title: str
    texts: tuple[str, ...]
    rows: tuple[tuple[str, str, str], ...] = ()
    broken: bool = False


def stops(state: StrategyState, release: Release | None) -> bool:
    """Whether nothing is shown at all: errors and no release to fall back on, or a use that is refused."""
    return bool(state.errors) and (release is None or any(f.code == FORBIDDEN_USE for f in state.errors))


def changed(state: StrategyState, release: Release) -> bool:
    """Whether the file is another than the one the numbers were built from. A file that is not there tells nothing."""
    return state.hash is not None and state.hash != release.meta.get("strategy_hash")


def notice(state: StrategyState, release: Release | None, w: Words) -> Notice | None:
    """What readers must know of the strategy file; None when it is the one the release was built from."""
    if state.errors:
        return _broken(state, release, w)
    if release is None or not changed(state, release) or state.strategy is None:
        return None
    return Notice(
        w("Strategy changed since this release: build again."),
        (_what(compare(release.strategy, state.strategy), w), w("Run `python -m metrics build`.")),
    )


def _broken(state: StrategyState, release: Release | None, w: Words) -> Notice:
    count = len(state.errors)
    title = (
        w("The strategy file has an error.") if count == 1 else w("The strategy file has {count} errors.", count=count)
    )
    texts = []
    if release is None or stops(state, release):
        texts.append(
            w("Numbers return when this place in the strategy file is mended.")
            if count == 1
            else w("Numbers return when these {count} places in the strategy file are mended.", count=count)
        )
    if release:
        day = w.day(date.fromisoformat(release.as_of))
        texts.append(w("The release of {day} still stands.", day=day))
    shown = state.errors[:MOST_FINDINGS]
    if count > len(shown):
        texts.append(w("And {count} more: run check.", count=count - len(shown)))
    declared = state.strategy or (release.strategy if release else None)
    rows = tuple((place(f), *told(f, declared, w)) for f in shown)
    return Notice(title, tuple(texts), rows, broken=True)


def _what(compared: Comparison, w: Words) -> str:
    """The changes in a line: which things, and what of them."""
    if not compared.differences:
        return w("Only comments, order or spelling changed: no number does.")
    if not compared.meant:
        return w("Only texts were worded anew: no number changes.")
    things: dict[tuple[str, str], list[str]] = {}
    for d in compared.meant:
        what = field_name(d.field, w) if d.field else w("added") if d.before is None else w("removed")
        things.setdefault((d.section, d.id), []).append(what)
    names = []
    for (section, id), fields in list(things.items())[:MOST_CHANGES]:
        named = compared.after if any(t.id == id for t in getattr(compared.after, section, ()) if id) else None
        name = _name(section, id, named or compared.before, w)
        names.append(f"{name}: {', '.join(dict.fromkeys(fields))}")
    more = len(things) - len(names)
    text = w("What changed: {things}", things="; ".join(names))
    return text + (" " + w("And {count} more: run diff.", count=more) if more > 0 else ".")


def _name(section: str, id: str, strategy: object, w: Words) -> str:
    """“First reply within 2 hours”, or the section where it is one thing."""
    found = next((t for t in getattr(strategy, section, ()) if getattr(t, "id", None) == id), None) if id else None
    name = getattr(found, "name", None) or getattr(found, "question", None)
    return f"“{name(w.lang)}”" if name else section_name(section, w)
