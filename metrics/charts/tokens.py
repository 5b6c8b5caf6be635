"""Colours of both themes, as charts need them: plain values, since a figure cannot read a style sheet.

The names and values are those of the design's colour table; a test holds their contrast (WCAG 2) to it.
"""

from __future__ import annotations

from dataclasses import dataclass

FONT = '"Source Sans", system-ui, sans-serif'
HEADING_FONT = '"Be Vietnam Pro", "Source Sans", system-ui, sans-serif'


@dataclass(frozen=True)
class Tokens:
    """One palette. ``on`` to ``withheld`` mean status and nothing else; ``levels`` run from earth to water, each with
    the colour of text on it."""

    theme: str
    paper: str
    card: str
    sunk: str
    line: str
    edge: str
    ink: str
    ink2: str
    ink3: str
    prim: str
    second: str
    on: str
    watch: str
    off: str
    unsure: str
    nohandle: str
    withheld: str
    levels: tuple[tuple[str, str], ...]


LIGHT = Tokens(
    theme="light",
    paper="#FAF9F6",
    card="#FFFFFF",
    sunk="#F1EFEA",
    line="#E3DFD7",
    edge="#87837B",
    ink="#18212C",
    ink2="#465160",
    ink3="#626C79",
    prim="#2B4A6F",
    second="#945C00",
    on="#04718A",
    watch="#945C00",
    off="#931F14",
    unsure="#474D56",
    nohandle="#6B4A99",
    withheld="#6A6660",
    levels=(
        ("#8C4A1F", "#FFFFFF"),
        ("#C68A4C", "#18212C"),
        ("#E9D3AE", "#18212C"),
        ("#C3D9E6", "#18212C"),
        ("#73A6C6", "#18212C"),
        ("#2B6288", "#FFFFFF"),
    ),
)

DARK = Tokens(
    theme="dark",
    paper="#10151B",
    card="#19202A",
    sunk="#0B0F14",
    line="#2B3440",
    edge="#6E7A89",
    ink="#EAEDF0",
    ink2="#BBC4CE",
    ink3="#95A0AD",
    prim="#93B4DC",
    second="#F3CE7E",
    on="#6FD3D6",
    watch="#F3CE7E",
    off="#F2775A",
    unsure="#98A1AC",
    nohandle="#BDA3E6",
    withheld="#A7A39C",
    levels=(
        ("#D08A55", "#10151B"),
        ("#9A5F31", "#FFFFFF"),
        ("#5E4A36", "#EAEDF0"),
        ("#3B5262", "#EAEDF0"),
        ("#447898", "#FFFFFF"),
        ("#8CC4E6", "#10151B"),
    ),
)


def tokens(theme: str | None) -> Tokens:
    """The palette of a theme, ``light`` or ``dark``; anything else is light, the paper colour."""
    return DARK if theme == "dark" else LIGHT


def faded(colour: str, share: float) -> str:
    """A token at a share of its strength, for bands and lighter bars: ``rgba(...)``."""
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},{share:g})"
