"""What changed between two versions of a strategy, and why numbers moved between two releases, as lines to read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from metrics.answers import Row
from metrics.kpis import BY_ID
from metrics.kpis.metric import Unit
from metrics.labels import change_text, row_text
from metrics.moves import Bridge, Lack, Move
from metrics.strategy.diff import Comparison, Difference
from metrics.strategy.model import KPI, Strategy
from metrics.words import Words

LONGEST = 100
"""Letters of a text that are quoted in a line."""


def lines(compared: Comparison, w: Words) -> list[str]:
    """The changes, thing by thing; a line says that nothing changed where nothing did."""
    found = [w("Version {before} → version {after}", before=compared.before.version, after=compared.after.version)]
    if not compared.differences:
        return [*found, w("Nothing changed in meaning.")]
    for (section, id), group in groupby(compared.meant, key=lambda d: (d.section, d.id)):
        found += ["", _thing(section, id, compared, w)]
        found += [f"  {_line(d, w)}" for d in group]
    for id in compared.unrecorded:
        name = compared.after.kpi(id).name(w.lang)
        text = w("The formula of “{kpi}” changed and its history does not say so.", kpi=name)
        mend = w("Give it a “history:” entry (on: the day, what: the change), so that its line is cut there.")
        found += ["", f"{text} {mend}"]
    words = len(compared.wording)
    if words:
        found += ["", w("Besides, texts worded anew, which changes no number: {count}", count=words)]
    return found


def _thing(section: str, id: str, compared: Comparison, w: Words) -> str:
    head = section_name(section, w)
    if not id:
        return head
    name = _name(section, id, compared.after, w) or _name(section, id, compared.before, w)
    return f"{head} {id}" + (f" ({name})" if name else "")


def section_name(section: str, w: Words) -> str:
    """What one thing of a section is called."""
    given = {
        "goals": w("Goal"),
        "kpis": w("KPI"),
        "journey": w("Stage"),
        "questions": w("Question"),
        "views": w("View"),
        "dimensions": w("Dimension"),
        "actions": w("Action"),
        "loyalty": w("Loyalty"),
        "disclosure": w("Disclosure"),
        "events": w("Events"),
        "organisation": w("Organisation"),
        "brand": w("Brand"),
        "used_for": w("What it is used for"),
    }
    return given.get(section, section)


def _name(section: str, id: str, strategy: Strategy, w: Words) -> str:
    things = getattr(strategy, section, ())
    found = next((t for t in things if getattr(t, "id", None) == id), None)
    name = getattr(found, "name", None)
    return name(w.lang) if name else ""


def _line(change: Difference, w: Words) -> str:
    if not change.field:
        return w("added") if change.before is None else w("removed")
    field = field_name(change.field, w) + (f" {_quoted_key(change.key)}" if change.key else "")
    if change.before is None:
        return w("{field} added: {after}", field=field, after=_text(change.after, w))
    if change.after is None:
        return w("{field} removed: {before}", field=field, before=_text(change.before, w))
    return f"{field}: {_text(change.before, w)} → {_text(change.after, w)}"


def _quoted_key(key: str) -> str:
    return f"[{key[:LONGEST]}]"


def field_name(field: str, w: Words) -> str:
    """What a field is called; its own key where it has no name."""
    given = {
        "id": w("renamed"),
        "formula": w("formula"),
        "targets": w("target"),
        "targets.value": w("target"),
        "owner": w("owner"),
        "sponsor": w("sponsor"),
        "levers": w("lever"),
        "levers.owner": w("owner of the lever"),
        "drives": w("link"),
        "drives.review": w("review of the link"),
        "counter": w("counter-KPI"),
        "direction": w("direction"),
        "goal": w("goal"),
        "stage": w("stage"),
        "dimensions": w("cut by"),
        "reading.low": w("what we do when it is low"),
        "reading.high": w("what we do when it is high"),
        "history": w("history"),
        "horizon": w("horizon"),
        "customer_outcome": w("customer outcome"),
        "business_outcome": w("business outcome"),
        "listening_posts": w("listening posts"),
        "order": w("order"),
        "values": w("value"),
        "min_staff": w("staff behind a number, at least"),
        "max_share": w("largest share of one member of staff"),
        "max_two": w("largest share of two members of staff"),
        "min_customers": w("customers behind a number, at least"),
        "max_customer_share": w("largest share of one customer"),
        "grain": w("length of a block"),
    }
    return given.get(field, field)


def _text(value: Any, w: Words) -> str:
    """A value in a few words: texts in the reader's language, groups by their name or their fields."""
    if value is None:
        return "–"
    if isinstance(value, dict):
        if set(value) == {"en", "vi"}:
            return _cut(f"“{value[w.lang]}”")
        if "name" in value or "statement" in value:
            return _text(value.get("name") or value["statement"], w)
        return _cut(", ".join(f"{k}: {_text(v, w)}" for k, v in value.items() if v not in (None, [], {}, False)))
    if isinstance(value, list):
        return _cut(", ".join(_text(v, w) for v in value) or "–")
    if isinstance(value, bool):
        return w("yes") if value else w("no")
    if isinstance(value, float):
        return f"{value:g}" if abs(value) < 1e6 else w.number(value)
    return _cut(str(value))


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


# ── Numbers ──


def move_lines(found: Sequence[Move], currency: str, w: Words) -> Iterator[str]:
    """Numbers that moved because the definition changed, then by reality alone, then those that cannot be told."""
    redefined = [m for m in found if m.redefined]
    still = [m for m in found if m.bridge is Bridge.SAME]
    lacking = [m for m in found if m.lack is not None]
    if redefined:
        yield w("Numbers whose definition changed")
        for m in redefined:
            yield from _parts(m, currency, w)
    if still:
        yield w("Numbers that reality alone moved, {count} KPIs", count=len(still))
        for m in sorted(still, key=lambda m: m.over is not None and not m.over.sure):
            yield f"  {_name_of(m, w)}: {_course(m, currency, w)}, {_surely(m, currency, w)}{_late(m, w)}"
    if lacking:
        yield w("Numbers whose change cannot be told apart")
        for m in lacking:
            yield f"  {_name_of(m, w)}: {lack_text(m, w)}"


def _parts(m: Move, currency: str, w: Words) -> Iterator[str]:
    unit = _unit(m)
    assert m.visible is not None and m.definition is not None and m.reality is not None
    yield f"  {_name_of(m, w)}: {_course(m, currency, w)}"
    yield "    " + w(
        "{visible} = {definition} by the definition and {reality} by reality",
        visible=change_text(m.visible, unit, w, currency),
        definition=change_text(m.definition, unit, w, currency),
        reality=_surely(m, currency, w),
    )
    if m.late and m.bridge is Bridge.ACROSS:
        yield "    " + w("{count} rows came late to the old period; they are in the definition’s part.", count=m.late)
    elif m.late:
        yield "    " + w("{count} rows came late to the old period; they are in reality’s part.", count=m.late)
    elif m.late is None and m.bridge is Bridge.ACROSS:
        yield "    " + w("Rows that came late to the old period, if any, are in the definition’s part.")


def _surely(m: Move, currency: str, w: Words) -> str:
    """Reality's part, and whether it is more than chance."""
    assert m.reality is not None
    text = change_text(m.reality, _unit(m), w, currency)
    return text if m.over is None or m.over.sure else w("{change} (within chance)", change=text)


def _late(m: Move, w: Words) -> str:
    return "; " + w("{count} rows came late to the old period", count=m.late) if m.late else ""


def _course(m: Move, currency: str, w: Words) -> str:
    return w(
        "{before} in {then} → {after} in {now}",
        before=_figure(m.before, m.was, currency, w),
        then=w.period(m.before.period) if m.before else "–",
        after=_figure(m.after, m.now, currency, w),
        now=w.period(m.after.period) if m.after else "–",
    )


def _figure(row: Row | None, kpi: KPI | None, currency: str, w: Words) -> str:
    return row_text(row, BY_ID[kpi.metric].unit_of(kpi.of), w, currency) if kpi else "–"


def _unit(m: Move) -> Unit:
    kpi = m.now or m.was
    assert kpi is not None
    return BY_ID[kpi.metric].unit_of(kpi.of)


def _name_of(m: Move, w: Words) -> str:
    kpi = m.now or m.was
    assert kpi is not None
    if m.was and m.now and m.was.id != m.now.id:
        return w("{kpi} (was: {before})", kpi=m.now.name(w.lang), before=m.was.name(w.lang))
    return kpi.name(w.lang)


def lack_text(m: Move, w: Words) -> str:
    """Why the parts of a change are not told."""
    assert m.lack is not None
    return {
        Lack.GONE: w("no longer a KPI."),
        Lack.NEW: w("a new KPI: there is no earlier number of it."),
        Lack.NO_FIGURE: w("one of the two releases shows no figure of it."),
        Lack.UNIT: w("its unit changed, so there is no difference to tell."),
        Lack.MEASUREMENT: w(
            "it was measured in another way in between, and nothing was measured both ways: the parts cannot be told."
        ),
        Lack.GROUP: w("the two figures are not about the same groups of customers."),
        Lack.NO_BRIDGE: w(
            "its definition changed, and neither release holds a figure of one definition for both periods."
        ),
    }[m.lack]
