"""Driver results as HTML rows: shares of behaviour beside shares of the score, and effects with their intervals."""

from __future__ import annotations

from metrics.drivers import Driver, Drivers, Estimate, Meaning, Model
from metrics.headlines.driver_more import between as ends_text
from metrics.headlines.drivers import effect_text, fit, meaning_name, tier_name
from metrics.words import Words
from pages.parts.cards import esc
from pages.parts.icons import svg

ARROW = (
    '<path d="M1 7h11M8 3l4 4-4 4" fill="none" stroke="currentColor" stroke-width="1.8" stroke-linecap="round"'
    ' stroke-linejoin="round"/>'
)
BARS = '<path d="M2 12V8h2.4v4zM5.8 12V5h2.4v7zM9.6 12V2H12v10z" fill="currentColor"/>'
DASHES = '<path d="M2 7h10" stroke="currentColor" stroke-width="1.6" stroke-dasharray="2.4 2"/>'
CROSS = (
    '<circle cx="7" cy="7" r="5.4" fill="none" stroke="currentColor" stroke-width="1.5"/>'
    '<path d="M5 5l4 4M9 5l-4 4" stroke="currentColor" stroke-width="1.5" stroke-linecap="round"/>'
)
ROOM = 0.82
"""Part of a bar's field that the longest interval takes; the rest is for its figure."""
#: Meaning -> (class of the label, icon). Icon and word say it; colour only repeats it.
LOOK: dict[Meaning, tuple[str, str]] = {
    Meaning.RETURN: ("l-both", ARROW),
    Meaning.SCORE: ("l-score", BARS),
    Meaning.SCORE_ONLY: ("l-score", BARS),
    Meaning.AGAINST: ("l-off", CROSS),
    Meaning.UNSURE: ("l-none", DASHES),
    Meaning.NONE: ("l-none", DASHES),
}


def rows_html(found: Drivers, w: Words) -> str:
    """Rows by tier: name, share of behaviour, share of the score, what it means. One column less where there is one
    model only."""
    models = [m for m in (found.behaviour, found.stated) if m]
    end = max((e.high for d in found.rows for e in (d.behaviour, d.stated) if e), default=1.0) / ROOM
    one = " one" if len(models) == 1 else ""
    heads = "".join(_column_head(m, m is found.behaviour, w) for m in models)
    meaning = f"<div><b>{esc(w('What it means'))}</b></div>"
    parts = [f'<div class="drw hdr{one}"><div></div>{heads}{meaning}</div>']
    for number, drivers in found.tiers():
        parts.append(f'<div class="tier">{esc(tier_name(number, drivers, w))}</div>')
        parts += [_row(d, found, end, one, w) for d in drivers]
    return f'<div class="drs">{"".join(parts)}</div>'


def effects_html(found: Drivers, today: dict[str, str], w: Words) -> str:
    """Effects of the ordering model as dots on one axis with zero; hollow where the range includes zero.

    ``today``: question -> how well it is done now, in words."""
    model = found.behaviour or found.stated
    if model is None:
        return ""
    rows = sorted(found.rows, key=lambda d: -d.first.effect)
    low = min([0.0, *(d.first.effect_low for d in rows)])
    high = max([0.0, *(d.first.effect_high for d in rows)])
    width = (high - low) or 1.0
    zero = _pct(-low / width)
    parts = [_effect(d, model, low, width, zero, today.get(d.cause.id, ""), w) for d in rows]
    digit = f'<span class="xs mut" style="left:{inside(zero)}">0</span>'
    axis = f'<div class="efr ax"><div></div><div class="ew">{digit}</div><div></div></div>'
    return f'<div class="efs">{"".join(parts)}{axis}</div>'


def _column_head(model: Model, behaviour: bool, w: Words) -> str:
    name = w("Coming back") if behaviour else w("The score")
    return (
        f'<div class="dch"><b>{esc(name)}</b><span class="mut">{esc(model.kpi.name(w.lang))}</span>'
        f'<span class="mut">{esc(fit(model, w))}</span></div>'
    )


def _row(driver: Driver, found: Drivers, end: float, one: str, w: Words) -> str:
    """The row of the hollow driver is the one that stands out: it is the finding most often missed."""
    lit = " hl" if driver is found.hollow else ""
    name, icon = LOOK[driver.meaning] if not driver.first.leak else ("l-off", CROSS)
    said = w("Too close to the outcome") if driver.first.leak else meaning_name(driver.meaning, w)
    bars = ""
    if found.behaviour:
        tone = "p1" if driver.meaning in (Meaning.RETURN, Meaning.AGAINST) else "p0"
        bars += _bar(driver.behaviour, tone, end, w("come back"), w)
    if found.stated:
        tone = "p2" if driver.meaning in (Meaning.SCORE_ONLY, Meaning.SCORE) else "p0"
        bars += _bar(driver.stated, tone, end, w("score"), w)
    label = f'<div class="dlab {name}">{svg(icon, 14, "0 0 14 14")}{esc(said)}</div>'
    return f'<div class="drw{lit}{one}"><div class="dn1">{esc(driver.cause.name(w.lang))}</div>{bars}{label}</div>'


def _bar(estimate: Estimate | None, tone: str, end: float, short: str, w: Words) -> str:
    if estimate is None:
        missing = f'<span class="xs mut">{esc(w("not in this model"))}</span>'
        return f'<div class="dc"><span class="dl">{esc(short)}</span>{missing}</div>'
    share, low, high = (estimate.share / end, estimate.low / end, estimate.high / end)
    value = w.percent(estimate.share, 0)
    span = w.span(estimate.low, estimate.high, 0)
    said = esc(f"{short}: {value} ({span})")
    return (
        f'<div class="dc"><span class="dl">{esc(short)}</span>'
        f'<div class="bw" role="img" aria-label="{said}" title="{said}">'
        f'<div class="bb {tone}" style="width:{_pct(share)}"></div>'
        f'<div class="bi" style="left:{_pct(low)};width:{_pct(high - low)}"></div>'
        f'<span class="bv" style="left:calc({_pct(high)} + 8px)">{value}</span></div></div>'
    )


def _effect(driver: Driver, model: Model, low: float, width: float, zero: str, today: str, w: Words) -> str:
    e = driver.first
    certain = e.above_zero or e.below_zero
    at, start, span = (e.effect - low) / width, (e.effect_low - low) / width, (e.effect_high - e.effect_low) / width
    value = effect_text(e.effect, model, w)
    digits = 1 if abs(e.effect_high) >= 1 or abs(e.effect_low) >= 1 else 2
    between = ends_text(e.effect_low, e.effect_high, digits, w)
    tone = "sure" if certain else "open"
    below = f'<span class="xs mut">{esc(today)}</span>' if today else ""
    said = esc(f"{driver.cause.name(w.lang)}: {value} ({between})")
    return (
        f'<div class="efr"><div class="dn1">{esc(driver.cause.name(w.lang))}{below}</div>'
        f'<div class="ew" role="img" aria-label="{said}" title="{said}"><i class="ez" style="left:{zero}"></i>'
        f'<i class="ei {tone}" style="left:{_pct(start)};width:{_pct(span)}"></i>'
        f'<i class="ed {tone}" style="left:{_pct(at)}"></i></div>'
        f'<div class="ev2"><b>{esc(w.signed(e.effect, digits))}</b> '
        f'<span class="xs mut">({esc(between)})</span></div></div>'
    )


def inside(place: str) -> str:
    """A place for a digit that is centred on it, so that none of it is cut off at an edge."""
    return f"clamp(5px,{place},calc(100% - 5px))"


def _pct(share: float) -> str:
    return f"{100 * share:.1f}%"
