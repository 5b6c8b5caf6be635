"""Rules about what is published: ids, dimensions, views, scopes and floors."""

from __future__ import annotations

from collections.abc import Iterator
from zoneinfo import available_timezones

from metrics.strategy.finding import Hits, Now, Path, hit
from metrics.strategy.model import CONDITION_VALUES, CONDITIONS, DIMENSIONS, Disclosure, Scope, Strategy
from metrics.strategy.rules_goals import named
from metrics.strategy.workforce import fold, is_workforce

#: Dimensions whose values stand elsewhere in the file or in the code.
GIVEN = ("stage", "touchpoint", *CONDITIONS)
RESERVED = "other"
CUT_BY_PEOPLE = "Nothing is cut by staff, team, shift, desk or site: that would grade people."
CUT_BY_JOURNEY = "Cut by stage, channel or topic instead: it shows what to mend, not whom to blame."


def duplicate_ids(s: Strategy, now: Now) -> Hits:
    """An id means one thing."""
    for ids in _ids(s):
        seen: set[str] = set()
        for path, id in ids:
            if id in seen:
                what, mend = "“{id}” is declared twice.", "Give the second one another id, or drop it."
                yield hit(path, what, mend, id=id)
            seen.add(id)


def _ids(s: Strategy) -> Iterator[list[tuple[Path, str]]]:
    """Ids that must differ from each other, kind by kind, each with its place."""
    for name in ("goals", "journey", "questions", "dimensions", "views", "kpis", "actions"):
        yield [((name, i, "id"), item.id) for i, item in enumerate(getattr(s, name))]
    yield [
        (("journey", i, "touchpoints", j, "id"), point.id)
        for i, stage in enumerate(s.journey)
        for j, point in enumerate(stage.touchpoints)
    ]
    for i, dimension in enumerate(s.dimensions):
        yield [(("dimensions", i, "values", j, "id"), value.id) for j, value in enumerate(dimension.values)]
    yield [(("brand", "promises", i, "id"), promise.id) for i, promise in enumerate(s.brand.promises)]
    yield [
        (("kpis", i, "levers", j, "id"), lever.id)
        for i, kpi in enumerate(s.kpis)
        for j, lever in enumerate(kpi.levers)
        if lever.id
    ]
    items = s.loyalty.drivers.items if s.loyalty.drivers else ()
    yield [(("loyalty", "drivers", "items", i, "question"), item.question) for i, item in enumerate(items)]


def _cuts(s: Strategy) -> Iterator[tuple[Path, str]]:
    """Every place in the file that names a dimension."""
    for i, dimension in enumerate(s.dimensions):
        yield ("dimensions", i, "id"), dimension.id
    for i, view in enumerate(s.views):
        for j, name in enumerate(view.dimensions):
            yield ("views", i, "dimensions", j), name
    for path, scope in _scopes(s):
        for name in scope.where:
            yield (*path, "where", name), name


def _scopes(s: Strategy) -> Iterator[tuple[Path, Scope]]:
    """Every scope of the file: those of KPIs and of actions."""
    for name in ("kpis", "actions"):
        for i, item in enumerate(getattr(s, name)):
            if item.scope:
                yield (name, i, "scope"), item.scope


def workforce_dimension(s: Strategy, now: Now) -> Hits:
    """No number is cut by staff, team, supervisor, shift, desk or site, however large: a team is its team lead."""
    for path, name in _cuts(s):
        if name not in DIMENSIONS and is_workforce(name):
            found = hit(path, CUT_BY_PEOPLE, CUT_BY_JOURNEY)
            yield found.by_key() if "scope" in path else found


def unknown_dimension(s: Strategy, now: Now) -> Hits:
    """The list of dimensions is closed."""
    for path, name in _cuts(s):
        if not is_workforce(name):
            for found in named(path, name, list(DIMENSIONS), "There is no dimension “{name}”."):
                yield found.by_key() if "scope" in path else found


def repeated_dimension(s: Strategy, now: Now) -> Hits:
    """A view names each dimension once."""
    for i, view in enumerate(s.views):
        for j, name in enumerate(view.dimensions):
            if name in view.dimensions[:j]:
                what = "The view names the dimension “{name}” twice."
                yield hit(("views", i, "dimensions", j), what, "Keep one of them.", name=name)


def dimension_without_values(s: Strategy, now: Now) -> Hits:
    """A view is cut by declared values; without them all rows are 'other'."""
    for i, view in enumerate(s.views):
        for j, name in enumerate(view.dimensions):
            if name in DIMENSIONS and name not in CONDITIONS and not s.values(name):
                what = "The dimension “{name}” has no values."
                mend = "List them under “dimensions:”, in the order pages show them."
                yield hit(("views", i, "dimensions", j), what, mend, name=name)


def values_given_elsewhere(s: Strategy, now: Now) -> Hits:
    """Stages and touchpoints come from the journey, the values of conditions from the product."""
    for i, dimension in enumerate(s.dimensions):
        if dimension.id in ("stage", "touchpoint"):
            what = "The values of “{name}” come from the journey."
            yield hit(("dimensions", i, "id"), what, "Drop this dimension here.", name=dimension.id)
        known = list(CONDITION_VALUES.get(dimension.id, ()))
        for j, value in enumerate(dimension.values if known else ()):
            path: Path = ("dimensions", i, "values", j, "id")
            yield from named(path, value.id, known, "“{name}” is not a value of this condition.")


def reserved_value(s: Strategy, now: Now) -> Hits:
    """'other' is what no declared value matches."""
    for i, dimension in enumerate(s.dimensions):
        for j, value in enumerate(dimension.values):
            if value.id == RESERVED:
                what = "“other” is kept for everything that no value matches."
                yield hit(("dimensions", i, "values", j, "id"), what, "Take another id, for example “other_channel”.")


def pool_with(s: Strategy, now: Now) -> Hits:
    """A value is pooled with another value of the same dimension."""
    for i, dimension in enumerate(s.dimensions):
        for j, value in enumerate(dimension.values):
            if value.pool_with:
                known = [v.id for v in dimension.values if v.id != value.id]
                path: Path = ("dimensions", i, "values", j, "pool_with")
                yield from named(path, value.pool_with, known, "“{name}” is no other value of this dimension.")


def spelling_of_two_values(s: Strategy, now: Now) -> Hits:
    """One spelling in the sources means one value."""
    for i, dimension in enumerate(s.dimensions):
        owner = {fold(value.id): value.id for value in dimension.values}
        for j, value in enumerate(dimension.values):
            for k, spelling in enumerate(value.matches):
                first = owner.setdefault(" ".join(fold(spelling).split()), value.id)
                if first != value.id:
                    what = "“{spelling}” already means “{value}”."
                    path: Path = ("dimensions", i, "values", j, "matches", k)
                    yield hit(path, what, "Let each spelling mean one value.", spelling=spelling, value=first)


def waited_hours(s: Strategy, now: Now) -> Hits:
    """A view by waiting says how many hours are too long."""
    declared = next((d for d in s.dimensions if d.id == "waited"), None)
    for i, view in enumerate(s.views):
        if "waited" in view.dimensions and not (declared and declared.over_hours and declared.over_hours > 0):
            path: Path = ("views", i, "dimensions", view.dimensions.index("waited"))
            what, mend = "Nobody says when a wait is too long.", "Declare the dimension “waited” with “over_hours: 24”."
            yield hit(path, what, mend)


def same_view_twice(s: Strategy, now: Now) -> Hits:
    """Each breakdown is declared once: a second one costs room that another could have."""
    for i, view in enumerate(s.views):
        for other in s.views[:i]:
            if other.dimensions == view.dimensions and set(other.facts) == set(view.facts):
                what = "The view “{view}” is the same breakdown as “{other}”."
                yield hit(("views", i, "id"), what, "Keep one of them.", view=view.id, other=other.id)


def scope_in_view(s: Strategy, now: Now) -> Hits:
    """A scope names values of the first dimensions of a declared view: no other filter exists."""
    for path, scope in _scopes(s):
        view = next((v for v in s.views if v.id == scope.view), None)
        if view is None:
            known = [v.id for v in s.views]
            yield from named((*path, "view"), scope.view, known, "There is no view “{name}”.")
            continue
        names = tuple(scope.where)
        if not names or set(names) != set(view.dimensions[: len(names)]):
            what = "A scope names the first dimensions of its view, here “{first}”."
            mend = "Scope by it, or declare a view that begins with what you need."
            yield hit((*path, "where"), what, mend, first=view.dimensions[0])
        for name, wanted in scope.where.items():
            known = [value for value, _ in s.values(name)]
            if known and not wanted:
                yield hit((*path, "where", name), "The scope holds no value.", "Name at least one.")
            for j, value in enumerate(wanted if known else ()):
                yield from named((*path, "where", name, j), value, known, "There is no value “{name}” here.")


def floors(s: Strategy, now: Now) -> Hits:
    """Floors protect people: they may be tightened, never loosened."""
    floor = Disclosure()
    if s.disclosure.budget > floor.budget:
        what = "“{name}” may be {floor} or less, never more."
        mend = "Leave it out, or make it stricter."
        yield hit(("disclosure", "budget"), what, mend, name="budget", floor=floor.budget)
    for name in ("min_staff", "min_customers"):
        if not getattr(s.disclosure, name) >= getattr(floor, name):
            what = "“{name}” may be {floor} or more, never less."
            yield hit(
                ("disclosure", name), what, "Leave it out, or make it stricter.", name=name, floor=getattr(floor, name)
            )
    for name in ("max_share", "max_two", "max_customer_share"):
        value = getattr(s.disclosure, name)
        if not value <= getattr(floor, name):
            what = "“{name}” may be {floor} or less, never more."
            yield hit(
                ("disclosure", name), what, "Leave it out, or make it stricter.", name=name, floor=getattr(floor, name)
            )
        elif not value > 0:
            what, mend = "With “{name}” at 0 nothing could be shown.", "Write a share such as 0.3."
            yield hit(("disclosure", name), what, mend, name=name)
        elif abs(value * 20 - round(value * 20)) > 1e-9:
            what = "“{name}” goes in steps of 0.05: moved little by little it would measure the busiest one."
            yield hit(("disclosure", name), what, "Write a share such as 0.3 or 0.35.", name=name)


def time_zone(s: Strategy, now: Now) -> Hits:
    """The time zone decides to which month a row belongs."""
    if s.organisation.time_zone not in available_timezones():
        what = "There is no time zone of this name."
        yield hit(("organisation", "time_zone"), what, "Write a name such as Asia/Ho_Chi_Minh.")
