"""What makes customers come back?"""

from __future__ import annotations

from types import ModuleType

import streamlit as st

from metrics.charts import importance
from metrics.charts.tokens import tokens
from metrics.drivers import (
    EVERYBODY,
    Drivers,
    Fitted,
    Model,
    Point,
    compared,
    fitted,
    groups,
    horizons,
    next_steps,
    part_name,
    points,
    sizes,
    today,
)
from metrics.exports import driver_table
from metrics.exports.table import Table, of_drivers
from metrics.headlines import at_stage, kpi_labels
from metrics.headlines import befell as of_customers
from metrics.headlines import driver_more as more
from metrics.headlines import drivers as words
from metrics.headlines.kpi_loyalty import two_horizons
from metrics.labels import dimension_name
from metrics.loyalty.evidence import Base
from pages.parts import cards
from pages.parts.chart import chart
from pages.parts.choice import choose
from pages.parts.driver_choice import Chosen, chosen
from pages.parts.driver_more import compared_html, ends_html, labels_html
from pages.parts.driver_rows import effects_html, rows_html
from pages.parts.frame import Page, open_page
from pages.parts.table import table_line
from pages.parts.what_if import what_if_card


def draw(page: Page) -> None:
    w = page.w
    with st.container(key="driver-choices", horizontal=True, vertical_alignment="top"):
        asked = chosen(page)
    if asked is None:
        text = w("Name the questions that may carry loyalty in the strategy file, under loyalty, drivers.")
        cards.show(cards.calm(w("No drivers are declared."), text))
        return
    if asked.found is None or not asked.found.rows:
        cards.show(cards.calm(*words.refused(asked.found, w)) if asked.found else "")
        page.link("journey", w("See what customers meet at each stage"))
        what_if_card(page)
        _labels(page)
    else:
        _found(page, asked, asked.found)


def _found(page: Page, asked: Chosen, found: Drivers) -> None:
    w, base, part = page.w, asked.base, asked.part
    model = found.behaviour or found.stated
    if model is None:
        return
    of: ModuleType = words if base is Base.SURVEY else at_stage if part.stage else of_customers
    held = (base, *found.outcomes(), part)
    cards.show(page.keep("driver-head", lambda: _head(page, asked, found, of), *held, asked.note))
    if len(found.rows) > 1:
        with cards.card("shares", of.shares_title(found, w), of.shares_subtitle(found, w)):
            cards.show(
                page.keep("driver-rows", lambda: rows_html(found, w), *held),
                cards.foot(
                    w("A share says how much goes with the outcome, not what a change is worth: effects are below.")
                ),
            )
            table_line(page, lambda: of_drivers(page.release, found.outcomes(), w, base, part), "shares")
    one = page.keep("fitted", lambda: next(f for f in fitted(page.release) if f.model == model), *held)
    with cards.card("effects", of.effects_title(found, w), of.effects_subtitle(model, w)):

        def html() -> str:
            return effects_html(found, words.today_lines(today(page.release, found), w), w)

        cards.show(page.keep("driver-effects", html, *held))
        table_line(page, lambda: of_drivers(page.release, (model.kpi.id,), w, base, part), "effects")
    if base is Base.SURVEY:
        _map(page, found, model, one)
        if any(d.first.penalty or d.first.reward for d in found.rows):
            _ends(page, found, model)
    if part.stage is None:
        _compared(page, model, base)
    if part != EVERYBODY:
        cards.show(cards.section(w("For all customers")))
    what_if_card(page)
    _labels(page)
    cards.show(page.keep("driver-notes", lambda: _notes(page, found, model, one, base), *held))


def _head(page: Page, asked: Chosen, found: Drivers, of: ModuleType) -> str:
    w, part = page.w, asked.part
    survey = found.behaviour is not None and asked.base is Base.SURVEY
    waiting = None
    if survey:
        waiting = words.decisions(next_steps(page.release, found), page.release.as_of, page.lang, w)
    title = more.among(of.headline(found, w), part, part_name(part, page.strategy, w), w)
    told = " ".join(t for t in (asked.note, of.evidence(found, w)) if t)
    return cards.headline_html(title, told, waiting, w)


def _map(page: Page, found: Drivers, model: Model, one: Fitted) -> None:
    """Importance beside performance."""
    w = page.w
    known: tuple[Point, ...] = page.keep("driver-points", lambda: points(page.release, one), model.number)
    drawn = importance.on_one_scale(known)
    title = importance.finding(drawn, w)
    with cards.card("map", title, importance.subtitle(drawn, model, w) if drawn else ""):
        if len(drawn) > 1:
            chart(page, "map", lambda: importance.figure(drawn, model, w, tokens(page.theme)), title, model.number)
        cards.show(cards.foot(more.map_missing(found, drawn, w)))
        if known:
            table_line(page, lambda: driver_table.importance(known, model, page.release, w), "map")


def _ends(page: Page, found: Drivers, model: Model) -> None:
    """The two ends of each scale: must-have, both, delighter."""
    w = page.w
    with cards.card("ends", more.ends_title(found.rows, w), more.ends_subtitle(model, w)):
        cards.show(page.keep("driver-ends", lambda: ends_html(found.rows, model, w), model.number))
        make = lambda: driver_table.ends(found, model, more.shape_name, page.release, w)  # noqa: E731
        table_line(page, make, "ends")


def _compared(page: Page, model: Model, base: Base) -> None:
    """Segments or periods beside each other, where there are two."""
    w, release = page.w, page.release
    cuts = [*(page.strategy.loyalty.panel.by if page.strategy.loyalty.panel else ()), ""]
    found = {
        cut or "period": rows
        for cut in cuts
        if (
            rows := page.keep(
                "compared", lambda cut=cut: compared(release, model.kpi.id, base, cut), model.kpi.id, base, cut
            )
        )
    }
    if not found:
        return
    names = {cut: dimension_name(page.strategy, cut, w) if cut != "period" else w("Period") for cut in found}
    cut = choose(page, "by", names, w("Side by side"))
    rows, dimension = found[cut], "" if cut == "period" else cut
    values = list(dict.fromkeys(v for c in rows for v, _ in c.by))
    known = page.keep("sizes", lambda: sizes(release, model.kpi.id, base, dimension), model.kpi.id, base, cut)
    named = driver_table.group_names(release, dimension, values, w)
    absent = [n(page.lang) for v, n in page.strategy.values(dimension) if v not in values] if dimension else []
    with cards.card("compared", more.compared_title(rows, named, w), more.compared_subtitle(model, w)):
        cards.show(compared_html(rows, named, known, model, w), cards.foot(more.left_out(absent, w)))
        table_line(page, lambda: driver_table.compared(rows, named, known, model, release, w), "compared")


def _notes(page: Page, found: Drivers, model: Model, one: Fitted, base: Base) -> str:
    w = page.w
    customers = base is Base.CUSTOMERS
    notes = (
        (w("How sure"), " ".join(t for t in ("" if customers else words.sure(found, w), more.leaks(found, w)) if t)),
        (w("Would it come out again"), more.stability(model, found, w)),
        (w("Said twice"), more.alike(groups(one), found, w)),
        (w("What people say and do"), "" if customers else words.said_and_done(found, w)),
        (w("Who is in it"), more.who(model, w)),
        (w("What this cannot tell"), of_customers.cannot_tell(found, w) if customers else words.cannot_tell(found, w)),
    )
    inside = "".join(f"<div><h3>{cards.esc(head)}</h3><p>{cards.esc(text)}</p></div>" for head, text in notes if text)
    return f'<div class="notes">{inside}</div>'


def _labels(page: Page) -> None:
    """What every KPI has to do with loyalty."""
    w, release = page.w, page.release
    if not release.labels:
        return
    found = kpi_labels.groups(page.strategy, release.labels)
    with cards.card("labels", kpi_labels.title(found, w), kpi_labels.subtitle(w)):
        apart = page.keep("all-horizons", lambda: [two_horizons(h, w) for h in horizons(release)])
        shown = page.keep("labels", lambda: labels_html(found, lambda id: page.href("kpi", kpi=id), w))
        cards.show(shown, cards.foot(*apart))

        def told() -> Table:
            rows = [release.labels[k.id] for k in page.strategy.kpis if k.id in release.labels]
            named = [(r, kpi_labels.label_name(r, w), kpi_labels.why_text(r.why, w)) for r in rows]
            return driver_table.labels(named, release, w)

        table_line(page, told, "labels")


if __name__ == "__main__":
    open_page("drivers", draw, filters=("segment",))
