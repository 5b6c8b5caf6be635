"""Pieces that sentences are made of."""

from __future__ import annotations

from metrics.words import NBSP, Words


def lower(text: str) -> str:
    """A name inside a sentence; abbreviations keep their capitals."""
    return text[0].lower() + text[1:] if len(text) > 1 and not text[1].isupper() else text


def quoted(name: str) -> str:
    """A KPI's name inside a sentence, where its capital and its commas would read as the sentence's own."""
    return f"“{name}”"


def upper(text: str) -> str:
    """A word at the beginning of a sentence."""
    return text[:1].upper() + text[1:]


def kept_together(text: str) -> str:
    """A count and its letter stay on one line."""
    return text.replace("n = ", f"n{NBSP}={NBSP}")


def number_word(number: int, w: Words) -> str:
    """Small whole numbers as words, up to ten; larger ones in figures."""
    words = (
        w("none"), w("one"), w("two"), w("three"), w("four"), w("five"),
        w("six"), w("seven"), w("eight"), w("nine"), w("ten"),
    )  # fmt: skip
    return words[number] if 0 <= number < len(words) else w.number(number)
