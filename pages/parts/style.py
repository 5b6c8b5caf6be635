"""The one stylesheet: colours of the reader's theme, then ``style.css``."""

from __future__ import annotations

from dataclasses import fields
from functools import cache
from pathlib import Path

from metrics.charts.tokens import DARK, LIGHT, Tokens, tokens

CSS = Path(__file__).with_name("style.css")

#: Tints behind status words, and the soft primary; charts do not need them.
TINTS: dict[str, dict[str, str]] = {
    LIGHT.theme: {
        "primsoft": "#DFE6F0",
        "on-s": "#DAEEF1",
        "watch-s": "#FBEBC8",
        "off-s": "#F9E0D8",
        "unsure-s": "#E9ECF0",
        "nohandle-s": "#ECE4F6",
        "withheld-s": "#ECEAE6",
    },
    DARK.theme: {
        "primsoft": "#223248",
        "on-s": "#12303A",
        "watch-s": "#352A12",
        "off-s": "#3B2019",
        "unsure-s": "#262F3A",
        "nohandle-s": "#2D2440",
        "withheld-s": "#2A2A29",
    },
}


def variables(palette: Tokens) -> dict[str, str]:
    """CSS custom properties of a palette, by name without the dashes; lv1..lv6 with lv1t..lv6t for text on them."""
    found = {f.name: getattr(palette, f.name) for f in fields(palette) if f.name not in ("theme", "levels")}
    for i, (colour, text) in enumerate(palette.levels, start=1):
        found[f"lv{i}"], found[f"lv{i}t"] = colour, text
    return {**found, **TINTS[palette.theme]}


@cache
def stylesheet(theme: str, current: int) -> str:
    """The ``<style>`` element for a theme; ``current`` is the place (from 1) of this page in the menu, 0 for none."""
    palette = variables(tokens(theme))
    colours = ";".join(f"--{name}:{value}" for name, value in palette.items())
    lines = [f":root{{color-scheme:{theme};{colours}}}", CSS.read_text(encoding="utf-8")]
    if current:
        here = f'[data-testid="stSidebar"] .st-key-menu>:nth-child({current}) a'
        lines.append(f"{here}{{background:var(--card);box-shadow:inset 3px 0 0 var(--prim),0 0 0 1px var(--line)}}")
        lines.append(f"{here} p{{color:var(--ink);font-weight:600}}")
    return f"<style>{''.join(lines)}</style>"
