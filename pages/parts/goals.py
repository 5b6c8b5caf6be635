"""Pieces of the strategy page: goal cards, what waits for a decision, strategy debt. HTML with all text escaped."""

from __future__ import annotations

from collections.abc import Sequence

from metrics.headlines.findings import told
from metrics.headlines.frame import place
from metrics.headlines.goals import Card, Promised, brand
from metrics.headlines.waiting import Waiting
from metrics.labels import join_names
from pages.parts.cards import CLASS, esc, icon, status
from pages.parts.frame import Page

MOST_DEBT = 6


def goal_grid(page: Page, found: Sequence[Card]) -> str:
    return f'<div class="g4 n{len(found)}">{"".join(_goal(page, c) for c in found)}</div>'


def _goal(page: Page, card: Card) -> str:
    w = page.w
    outcomes = "".join(
        f"<dt>{esc(head)}</dt><dd>{esc(text)}</dd>"
        for head, text in ((w("Customers get"), card.customers_get), (w("We get"), card.we_get))
        if text
    )
    return (
        f'<section class="card goal"><h2>{esc(card.name)}</h2><p class="sub">{esc(card.statement)}</p>'
        f"<dl>{outcomes}</dl>"
        f'<div class="gk">{_kpi(page, card)}</div>'
        f'<div class="xs mut gf">{esc(card.sponsor)}</div></section>'
    )


def _kpi(page: Page, card: Card) -> str:
    if card.standing is None:
        return f'<div class="sub">{esc(page.w("No KPI carries this goal yet."))}</div>'
    name = f'<a class="q" href="{esc(page.href("kpi", kpi=card.kpi_id))}">{esc(card.kpi)}</a>'
    small = "<br>".join(esc(t) for t in (card.span, card.path) if t)
    bar = ""
    if card.bar is not None:
        mark = f'<em style="left:{card.mark:.1%}"></em>' if card.mark is not None else ""
        value = f'<i class="b-{CLASS[card.standing]}" style="width:{card.bar:.1%}"></i>'
        bar = f'<div class="pb" aria-hidden="true">{value}{mark}</div>'
    return (
        f'<div class="sm sec">{name}</div><div class="gv"><span class="num">{esc(card.value)}</span>'
        f'<span class="xs mut">{small}</span></div>{bar}'
        f'<div class="r3"><span>{status(card.standing, page.w, card.has_lever)}</span>'
        f'<span class="o">{esc(card.count)}</span></div>'
    )


def waiting_and_debt(page: Page, found: Sequence[Waiting], more: int) -> str:
    return f'<div class="g2b sect">{_waiting(page, found, more)}{_debt(page)}</div>'


def brand_html(page: Page) -> str:
    """Where the goals come from: what the company wants to be, what it promises and what measures each promise."""
    w, texts = page.w, brand(page.strategy, page.w)
    if not (texts.vision or texts.promises or texts.competence or texts.segments):
        return ""
    heads = (w("We promise"), w("Goal that serves it"), w("What measures it"))
    rows = "".join(
        f'<tr><th scope="row">{esc(p.statement)}</th><td data-h="{esc(heads[1])}">{_served(page, p)}</td>'
        f'<td data-h="{esc(heads[2])}">{_measures(page, p)}</td></tr>'
        for p in texts.promises
    )
    head = "".join(f'<th scope="col">{esc(h)}</th>' for h in heads)
    promises = f'<table class="t pr"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>' if rows else ""
    beside = ""
    if texts.competence:
        beside += f"<h3>{esc(w('What we do better than others'))}</h3><p>{esc(texts.competence)}</p>"
    if texts.segments:
        first = "".join(f"<li><b>{esc(name)}</b> {esc(why)}</li>" for name, why in texts.segments)
        beside += f"<h3>{esc(w('Customers who come first'))}</h3><ul>{first}</ul>"
    side = f'<div class="bs">{beside}</div>' if beside else ""
    title = texts.vision or w("What we promise")
    sub = f'<div class="sub">{esc(w("Our vision, and the promises every goal serves."))}</div>' if texts.vision else ""
    return f'<section class="card br"><h2>{esc(title)}</h2>{sub}<div class="bg">{promises}{side}</div></section>'


def _served(page: Page, promised: Promised) -> str:
    return esc(join_names(promised.goals, page.w)) if promised.goals else _gap(page.w("no goal serves it"))


def _measures(page: Page, promised: Promised) -> str:
    links = [f'<a class="q" href="{esc(page.href("kpi", kpi=id))}">{esc(name)}</a>' for id, name in promised.kpis]
    return "<br>".join(links) if links else _gap(page.w("no KPI measures it"))


def _gap(text: str) -> str:
    return f'<span class="gap">{esc(text)}</span>'


def _waiting(page: Page, found: Sequence[Waiting], more: int) -> str:
    w = page.w
    rows = "".join(
        f'<div class="dr"><span class="di">{icon(f.standing)}</span><div><b>{esc(f.title)}</b>'
        f'<div class="sm mut">{esc(f.detail)}</div></div><div class="do">{esc(f.owner)}</div>'
        f'<div class="dd">{esc(f.by)}</div></div>'
        for f in found
    )
    if not found:
        rows = f'<div class="dr none">{esc(w("Nothing waits for a decision."))}</div>'
    tail = ""
    if more:
        link = f'<a class="lk" href="{esc(page.href("tree"))}">{esc(w("See them on the KPI tree"))}</a>'
        tail = f'<p class="sm mut">{esc(w("And {count} more.", count=more))} {link}</p>'
    sub = w("Off course, not listened to, in doubt or without a lever.")
    return f'<div><h2>{esc(w("Waiting for a decision"))}</h2><div class="sub">{esc(sub)}</div>{rows}{tail}</div>'


def _debt(page: Page) -> str:
    w, debt, declared = page.w, page.state.debt, page.state.strategy or page.strategy
    rows = []
    for finding in debt[:MOST_DEBT]:
        what, mend = told(finding, declared, w)
        rows.append(
            f'<div class="db">{esc(what)} <span class="mut">{esc(mend)}</span>'
            f'<code class="place">{esc(place(finding))}</code></div>'
        )
    count = len(debt)
    title = w("Strategy debt: 1 place") if count == 1 else w("Strategy debt: {count} places", count=count)
    sub = w("Gaps in the strategy itself. None stops the build.")
    if not count:
        title, sub = w("No strategy debt"), w("The strategy file has no gaps that check can see.")
    left = count - MOST_DEBT
    tail = f'<p class="sm mut">{esc(w("And {count} more: run check.", count=left))}</p>' if left > 0 else ""
    return f'<div><h2>{esc(title)}</h2><div class="sub">{esc(sub)}</div>{"".join(rows)}{tail}</div>'
