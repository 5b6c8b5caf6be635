"""English and Vietnamese: texts from gettext catalogues, numbers, dates and money from Babel (CLDR).

The English sentence in the code is the message id; ``locale/vi/*.po`` hold the Vietnamese, one file per page or
part. A test fails when a message has no translation, or a translation no message.
"""

from __future__ import annotations

import os
import unicodedata
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from babel.dates import format_date
from babel.messages.pofile import read_po
from babel.numbers import format_currency, format_decimal

LOCALES = Path(__file__).parent / "locale"
LANGUAGES = ("vi", "en")
#: Tests set this: a message without a translation is then an error, not English.
STRICT = os.environ.get("CX_STRICT_WORDS") == "1"
MINUS, DASH, NBSP = "\u2212", "\u2013", "\u00a0"


@cache
def _vietnamese() -> dict[Any, str]:
    found: dict[Any, str] = {}
    for path in sorted((LOCALES / "vi").glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file, locale="vi"):
                if message.id and message.string:
                    text = unicodedata.normalize("NFC", str(message.string))
                    found[(message.context, message.id) if message.context else message.id] = text
    return found


class Words:
    """Texts and formats of one language. Formats never show more digits than they are given reason for."""

    def __init__(self, lang: str) -> None:
        self.lang = lang if lang in LANGUAGES else "en"

    def __call__(self, message: str, **values: object) -> str:
        """The message in this language with ``{name}`` places filled. Values are not escaped."""
        text = message
        if self.lang == "vi":
            found = _vietnamese().get(message)
            if found is None and STRICT:
                raise KeyError(message)
            text = found or message
        return text.format(**values) if values else text

    def number(self, value: float, digits: int = 0) -> str:
        """4,610 / 4.610, with a true minus sign."""
        pattern = "#,##0" + ("." + "0" * digits if digits else "")
        rounded = round(value, digits) + 0.0
        return str(format_decimal(rounded, format=pattern, locale=self.lang)).replace("-", MINUS)

    def percent(self, value: float, digits: int = 1) -> str:
        """A share given on 0..100: 32.8% / 32,8%."""
        return self.number(value, digits) + "%"

    def span(self, low: float, high: float, digits: int = 1) -> str:
        """An interval: 31.5–34.2."""
        return f"{self.number(low, digits)}{DASH}{self.number(high, digits)}"

    def signed(self, value: float, digits: int = 1) -> str:
        """A change: +1.6 or −3.2."""
        text = self.number(value, digits)
        return text if round(value, digits) <= 0 else "+" + text

    def money(self, value: float, currency: str = "VND", short: bool = False) -> str:
        """₫1,250,000 / 1.250.000 ₫; short: ₫58 million / 58 triệu ₫."""
        if not short or abs(value) < 1e6:
            text = format_currency(
                round(value), currency, locale=self.lang, currency_digits=False, format=self._money()
            )
            return str(text).replace("-", MINUS)
        scale, en, vi = (1e9, "billion", "tỷ") if abs(value) >= 1e9 else (1e6, "million", "triệu")
        digits = 0 if abs(value / scale) >= 100 or round(value / scale, 1).is_integer() else 1
        figure = self.number(value / scale, digits)
        sign = {"VND": "₫"}.get(currency, currency)
        return f"{figure}{NBSP}{vi}{NBSP}{sign}" if self.lang == "vi" else f"{sign}{figure}{NBSP}{en}"

    def _money(self) -> str:
        return "#,##0\u00a0¤" if self.lang == "vi" else "¤#,##0"

    def day(self, value: date) -> str:
        """5 Apr 2026 / 05/04/2026."""
        return str(format_date(value, "dd/MM/yyyy" if self.lang == "vi" else "d MMM yyyy", locale=self.lang))

    def period(self, period: str, short: bool = False) -> str:
        """A period of the release: 2025-03, 2025-Q1, 2025-H1, 2025 or all."""
        if period == "all":
            return self("the whole period")
        year, _, part = period.partition("-")
        tail = year[2:] if short else year
        if not part:
            return self("{year}", year=year)
        if part[0] == "Q":
            if self.lang == "vi":
                return f"Q{part[1]}/{tail}" if short else f"quý {part[1]}/{year}"
            return f"Q{part[1]} {tail}"
        if part[0] == "H":
            return self("Half {half} of {year}", half=part[1], year=tail)
        month = date(int(year), int(part), 1)
        if self.lang == "vi":
            return f"{int(part)}/{tail}" if short else f"tháng {int(part)}/{year}"
        return str(format_date(month, "MMM yy" if short else "MMM yyyy", locale="en"))
