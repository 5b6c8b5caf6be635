"""Rules about the values that rows are cut by."""

from __future__ import annotations

from metrics.strategy.finding import Hits, Now, Path, hit
from metrics.strategy.model import Strategy
from metrics.strategy.staff_shaped import staff_shaped


def value_names_staff(s: Strategy, now: Now) -> Hits:
    """A value that stands for a person, a team or a desk would cut by staff under another name."""
    what = "This value reads like a member of staff, a team, a shift or a desk."
    mend = "Take it out; if it is something else, say so in its name, for example “Rose range” for a product."
    for i, dimension in enumerate(s.dimensions):
        place = dimension.id == "region"
        for j, value in enumerate(dimension.values):
            path: Path = ("dimensions", i, "values", j)
            if any(staff_shaped(text, place) for text in (value.id, value.name.en, value.name.vi)):
                yield hit((*path, "id"), what, mend)
            for k, spelling in enumerate(value.matches):
                if staff_shaped(spelling, place):
                    yield hit((*path, "matches", k), what, mend)
    for i, stage in enumerate(s.journey):
        if any(staff_shaped(text) for text in (stage.id, stage.name.en, stage.name.vi)):
            yield hit(("journey", i, "id"), what, mend)
        for j, point in enumerate(stage.touchpoints):
            if any(staff_shaped(text) for text in (point.id, point.name.en, point.name.vi)):
                yield hit(("journey", i, "touchpoints", j, "id"), what, mend)
