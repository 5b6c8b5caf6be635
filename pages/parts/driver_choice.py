"""What is held against loyalty on the drivers page, and whom it is of: choices in the address.

The segment is the filter of all pages; the others are this page's own. Parts are not crossed, so under a segment no
other part is offered.
"""

from __future__ import annotations

from dataclasses import dataclass

from metrics.drivers import EVERYBODY, Drivers, Part, befell, drivers, no_models, outcomes, part_name, parts
from metrics.headlines import driver_more as words
from metrics.loyalty.evidence import Base, Kind
from pages.parts.choice import choose, pick
from pages.parts.frame import Page


@dataclass(frozen=True)
class Chosen:
    """``found``: of the ``part``, which is everybody where the part that was asked for has no model; ``note`` then says
    why."""

    base: Base
    part: Part
    found: Drivers | None
    note: str


def chosen(page: Page) -> Chosen | None:
    """What the address and the choices ask for; None where the strategy declares no drivers and nothing befell
    anybody."""
    w, release = page.w, page.release
    everybody = {Base.SURVEY: drivers, Base.CUSTOMERS: befell}
    whole = {base: page.keep("drivers", lambda make=make: make(release), base) for base, make in everybody.items()}
    names = {Base.SURVEY: w("What customers answered"), Base.CUSTOMERS: w("What befell customers")}
    offered = {base.value: names[base] for base, found in whole.items() if found is not None}
    if not offered:
        return None
    base = Base(choose(page, "base", offered, w("What is held against loyalty")))
    outcome = _outcome(page, base, Kind.BEHAVIOUR, "outcome", w("Held against"))
    score = _outcome(page, base, Kind.STATED, "score", w("Score beside it"))
    part, asked = _part(page, base, outcome or score)
    make = lambda part: (  # noqa: E731
        drivers(release, part, outcome, score) if base is Base.SURVEY else befell(release, part, outcome)
    )
    found = page.keep("drivers", lambda: make(part), base, outcome, score, part)
    if found is not None or part == EVERYBODY:
        return Chosen(base, part, found, "")
    why = no_models(release, base, part).get(outcome or score or "")
    found = page.keep("drivers", lambda: make(EVERYBODY), base, outcome, score, EVERYBODY)
    needed = found.needed if found else 0
    return Chosen(base, EVERYBODY, found, words.no_model_of(asked, why, needed, w))


def _outcome(page: Page, base: Base, kind: Kind, key: str, label: str) -> str | None:
    """The outcome of a kind in the address, else the first; drawn where there are several."""
    found = page.keep("outcomes", lambda: outcomes(page.release, base, kind), base, kind)
    return choose(page, key, {k.id: page.say(k.name) for k in found}, label) if found else None


def _part(page: Page, base: Base, outcome: str | None) -> tuple[Part, str]:
    """The part and its name: the segment of the filters, else the part in the address."""
    strategy, w = page.strategy, page.w
    if page.segment:
        part = Part(segment=("segment", page.segment))
        return part, part_name(part, strategy, w)
    found = page.keep("parts", lambda: parts(page.release, base, outcome or ""), base, outcome)
    own = [p for p in found if p.segment is None or p.segment[0] != "segment"]
    by_id = {"all": EVERYBODY} | {"-".join(p.ids): p for p in own}
    names = {id: part_name(p, strategy, w) for id, p in by_id.items()}
    id = pick(page, "part", names, w("Model of"))
    return by_id[id], names[id]
