"""What pydantic says of a wrong shape, in the words of the strategy file: one finding per place."""

from __future__ import annotations

import re
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

from metrics.errors import Place
from metrics.strategy.finding import Finding, Path, Places, Severity, Value, did_you_mean, suggestion
from metrics.strategy.model import Strategy
from metrics.strategy.rules_views import CUT_BY_JOURNEY, CUT_BY_PEOPLE
from metrics.strategy.workforce import fold, is_workforce
from metrics.strategy.yaml import QUOTES

MOST_ERRORS = 200
"""Wrong shapes told of one file; the first ones explain the rest."""

_WRITE: dict[str, str] = {
    "date": "Write a date as 2026-12-31.",
    "int": "Write a plain whole number, such as 12: no quotes, no %, no separators.",
    "float": "Write a plain number, such as 12.5 or 540000000: no quotes, no %, no separators.",
    "bool": "Write true or false.",
    "string": "Write a text.",
    "tuple": "Write a list: [one, two], or one line with “- ” for each.",
    "list": "Write a list: [one, two], or one line with “- ” for each.",
    "dict": "Write keys and values under it.",
    "model": "Write keys and values under it.",
}


def shape_errors(error: ValidationError, places: Places) -> list[Finding]:
    """One finding per place: a value tried as text, number and whole number is wrong once, and a key that is only
    misspelt is not missing too."""
    found: dict[Place, Finding] = {}
    missing: dict[Path, Finding] = {}
    meant: set[Path] = set()
    for item in error.errors(include_url=False)[:MOST_ERRORS]:
        if item["type"] == "too_short" and item["input"]:
            continue  # pydantic counts right entries only; the wrong ones are told one by one
        path: Path = tuple(item["loc"])
        if item["type"] != "missing":
            while path and path not in places.values and path not in places.keys:
                path = path[:-1]
        code, place, what, mend, values = _finding(item, path, places)
        finding = Finding(code, Severity.ERROR, place, what, mend, tuple(values.items()))
        if code == "M001":
            missing[path] = finding
        else:
            found.setdefault(place, finding)
            meant.add((*path[:-1], str(values.get("guess", ""))))
    return [*found.values(), *(f for path, f in missing.items() if path not in meant)]


def _finding(item: Any, path: Path, places: Places) -> tuple[str, Place, str, str, dict[str, Value]]:
    kind, name = item["type"], str(path[-1]) if path else ""
    if kind == "missing" and isinstance(path[-1], int):
        what, mend = "Something is missing in “{key}”.", "Fill it in, or leave the key out."
        return "M003", places(path[:-1]), what, mend, {"key": str(path[-2])}
    if kind == "missing":
        what, mend = "The key “{key}” is missing here.", "Add “{key}:” with its value."
        return "M001", places(path[:-1]), what, mend, {"key": name}
    if kind == "extra_forbidden":
        known = _known(path[:-1])
        guess = did_you_mean(name, known)
        place = places(path, key=True)
        if item["input"] is None and not guess:
            what, mend = "“{key}” is not a key here: a comma in a text ends it.", "Put the whole text in quotes."
            return "M002", place, what, mend, {"key": name}
        mend, values = suggestion(name, known)
        return "M002", place, "There is no key “{key}” here.", mend, {"key": name, **values}
    if kind == "literal_error":
        expected = [word.strip("' ") for word in item["ctx"]["expected"].replace(" or ", ", ").split(",")]
        mend, values = suggestion(str(item["input"]), expected)
        return (
            "M003",
            places(path),
            "“{value}” is not allowed here.",
            mend,
            {"value": str(item["input"])[:80], **values},
        )
    if kind == "string_pattern_mismatch" and name == "currency":
        return "M003", places(path), "This is no currency code.", "Write three capital letters, for example VND.", {}
    if kind == "string_pattern_mismatch" and path[2:4] == ("scope", "where") and is_workforce(str(path[4])):
        # The shape is looked at before the rules; how to spell a staff id must not be the first thing said.
        return "V001", places(path[:5], key=True), CUT_BY_PEOPLE, CUT_BY_JOURNEY, {}
    if kind == "string_pattern_mismatch" and (guess := _as_id(str(item["input"]))):
        what, mend = "“{value}” is not an id.", "Did you mean “{guess}”?"
        return "M003", places(path), what, mend, {"value": str(item["input"])[:80], "guess": guess}
    if kind == "string_pattern_mismatch":
        mend = "Write an id: lower case letters a–z, digits and _, a letter first, at most 40."
        return "M003", places(path), "“{value}” is not an id.", mend, {"value": str(item["input"])[:80]}
    if kind in ("greater_than_equal", "less_than_equal", "greater_than"):
        limit = next(iter(item["ctx"].values()))
        what = "This must be {limit} or more." if kind[0] == "g" else "This must be {limit} or less."
        if kind == "greater_than":
            what = "This must be more than {limit}."
        return "M003", places(path), what, "Choose a value within the limit.", {"limit": limit}
    if kind in ("too_long", "string_too_long"):
        what, mend = "“{key}” is longer than any strategy needs.", "Keep it to {most}; data belong into the sources."
        return "M003", places(path), what, mend, {"key": name, "most": item["ctx"]["max_length"]}
    if kind in ("string_too_short", "too_short"):
        return (
            "M003",
            places(path),
            "Something is missing in “{key}”.",
            "Fill it in, or leave the key out.",
            {"key": name},
        )
    if kind == "value_error":
        return "M003", places(path), "“{key}” does not have the right form.", _WRITE["date"], {"key": name}
    for family, mend in _WRITE.items():
        if kind.startswith(family):
            return "M003", places(path), "“{key}” does not have the right form.", mend, {"key": name}
    return "M003", places(path), "“{key}” does not have the right form.", QUOTES, {"key": name}


def _as_id(text: str) -> str | None:
    """The id that was meant by 'Support' or 'Buy again': lower case, without accents; None for anything else."""
    guess = re.sub(r"[ -]+", "_", fold(text).strip())
    return guess if re.fullmatch(r"[a-z][a-z_]{0,39}", guess) else None


def _known(path: Path) -> list[str]:
    """Keys of the model at this path, in the order of the model."""
    kind: Any = Strategy
    for step in path:
        if isinstance(step, int):
            kind = next(iter(get_args(kind)), None)
        elif isinstance(kind, type) and issubclass(kind, BaseModel) and step in kind.model_fields:
            kind = kind.model_fields[step].annotation
        else:
            return []
        kind = _bare(kind)
    return list(kind.model_fields) if isinstance(kind, type) and issubclass(kind, BaseModel) else []


def _bare(kind: Any) -> Any:
    if get_origin(kind) is Annotated:
        return _bare(get_args(kind)[0])
    if get_origin(kind) in (Union, UnionType):
        return _bare(next(k for k in get_args(kind) if k is not type(None)))
    return kind
