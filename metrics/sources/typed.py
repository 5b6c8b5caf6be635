"""From text to types, in DuckDB's SQL: one expression per canonical type, over a column of trimmed text.

An expression gives NULL for text it does not understand; ``WRONG`` names the reason. Leniency of DuckDB's own casts
is shut out by patterns first: '1_000', 'nan', '12.7' as a whole number or an offset that is dropped in silence.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from unicodedata import normalize

from metrics.sources.rejects import Reason

WRONG: dict[str, Reason] = {
    "time": Reason.NOT_TIME,
    "day": Reason.NOT_TIME,
    "bool": Reason.NOT_BOOL,
    "number": Reason.NOT_NUMBER,
    "money": Reason.NOT_MONEY,
}
SQL_TYPE: dict[str, str] = {
    "id": "VARCHAR",
    "text": "VARCHAR",
    "time": "TIMESTAMP",
    "day": "DATE",
    "bool": "BOOLEAN",
    "number": "DOUBLE",
    "money": "BIGINT",
}
YES = ("1", "true", "yes", "y", "t", "có", "co", "đúng", "1.0")
NO = ("0", "false", "no", "n", "f", "không", "khong", "sai", "0.0")

_SPACE = " \t\r\n\u00a0\u2007\u200b\u202f\ufeff"
_ISO = r"\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?( ?(Z|UTC|[+-]\d{2}(:?\d{2})?))?)?"
_OFFSET = r"(Z|UTC|[+-]\d{2}(:?\d{2})?)$"
_MONTH = r"\d{4}-\d{2}"
_THOUSANDS = r"[+-]?\d{1,3}\.\d{3}"
_NUMBER = r"[+-]?(\d{1,200}(\.\d*)?|\.\d+)([eE][+-]?\d{1,2})?"


@dataclass(frozen=True)
class Spelling:
    """How the values of one column are spelled in the source. ``zone``: where times without an offset are local."""

    zone: str
    formats: Sequence[str] = ()
    values: Mapping[str, Sequence[str]] = field(default_factory=dict)


def literal(text: str) -> str:
    """A SQL string."""
    return "'" + text.replace("'", "''") + "'"


def clean(column: str) -> str:
    """Text trimmed, in Unicode's composed form; NULL when nothing is left."""
    edges = f"ascii({column}) BETWEEN 33 AND 126 AND ascii(right({column}, 1)) BETWEEN 33 AND 126"
    trimmed = f"CASE WHEN {edges} THEN {column} ELSE trim({column}, {literal(_SPACE)}) END"  # trim alone is slow
    return f"nullif(nfc_normalize({trimmed}), '')"


def without(text: str, words: Sequence[str]) -> str:
    """NULL for the words that mean no value, whatever their case."""
    if not words:
        return text
    return f"CASE WHEN lower({text}) NOT IN ({_lower(words)}) THEN {text} END"


def expression(kind: str, text: str, spelling: Spelling) -> str:
    """SQL of the typed value of ``text``."""
    match kind:
        case "id":
            # a number that passed through a float on its way is still the same id
            return f"CASE WHEN {text} LIKE '%.0' THEN regexp_replace({text}, '^(\\d+)\\.0$', '\\1') ELSE {text} END"
        case "text":
            return _text(text, spelling.values)
        case "time":
            return _time(text, spelling)
        case "day":
            month = f"CASE WHEN length({text}) = 7 AND {_like(text, _MONTH)} THEN {text} || '-01' ELSE {text} END"
            return f"CAST({_time(f'({month})', spelling)} AS DATE)"
        case "bool":
            return _bool(text, spelling.values)
        case "number":
            return f"CASE WHEN {_like(text, _NUMBER)} THEN TRY_CAST({text} AS DOUBLE) END"
        case "money":
            amount = f"round(TRY_CAST({text} AS DOUBLE))"
            return (
                f"CASE WHEN {_like(text, _NUMBER)} AND NOT {ambiguous(text)} AND abs({amount}) < 9e15"
                f" THEN CAST({amount} AS BIGINT) END"
            )
    raise ValueError(kind)


def ambiguous(text: str) -> str:
    """SQL: whether an amount such as 1.250 may mean one and a quarter or a thousand and more."""
    return f"(length({text}) BETWEEN 5 AND 8 AND {_like(text, _THOUSANDS)})"


def _like(text: str, pattern: str) -> str:
    return f"regexp_full_match({text}, {literal(pattern)})"


def _lower(words: Sequence[str]) -> str:
    return ", ".join(literal(normalize("NFC", w.strip()).lower()) for w in words)


def _time(text: str, spelling: Spelling) -> str:
    """Declared formats first. ISO is tried after them, unless one of them begins like ISO and means otherwise."""
    zone = literal(spelling.zone)
    plain = [f for f in spelling.formats if not _has_offset(f)]
    tried = [f"try_strptime({text}, [{', '.join(map(literal, plain))}])"] if plain else []
    tried += [f"timezone({zone}, try_strptime({text}, {literal(f)}))" for f in spelling.formats if _has_offset(f)]
    if not any(f.startswith("%Y-") for f in spelling.formats):
        tried.append(
            f"CASE WHEN {_like(text, _ISO)} THEN CASE WHEN length({text}) > 16 AND"
            f" regexp_matches({text}, {literal(_OFFSET)}) THEN timezone({zone}, TRY_CAST({text} AS TIMESTAMPTZ))"
            f" ELSE TRY_CAST({text} AS TIMESTAMP) END END"
        )
    return f"coalesce({', '.join(tried)})" if len(tried) > 1 else tried[0]


def _has_offset(form: str) -> bool:
    return "%z" in form or "%Z" in form


def _text(text: str, values: Mapping[str, Sequence[str]]) -> str:
    if not values:
        return text
    whens = " ".join(f"WHEN lower({text}) IN ({_lower(words)}) THEN {literal(v)}" for v, words in values.items())
    return f"CASE {whens} ELSE {text} END"


def _bool(text: str, values: Mapping[str, Sequence[str]]) -> str:
    """Declared spellings come before the usual ones."""
    said = [(value in ("yes", "true"), words) for value, words in values.items()] + [(True, YES), (False, NO)]
    return "CASE " + " ".join(f"WHEN lower({text}) IN ({_lower(words)}) THEN {yes}" for yes, words in said) + " END"
