"""A strategy that is being written: its sections as plain values → strategy.yaml with comments, in the order in which a
strategy is thought (goals before loyalty, journey before KPIs). A guide to the next step stands where one is open."""

from __future__ import annotations

import re
from datetime import date
from io import StringIO
from textwrap import wrap
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from metrics.strategy.workforce import fold
from metrics.words import Words

SCHEMA_LINE = "# yaml-language-server: $schema=./strategy.schema.json\n"

#: Sections in the order of the file, each with what is said above it.
SECTIONS: tuple[tuple[str, str], ...] = (
    ("version", "Raise the version with each decision, so that a printed page can be told from its successor."),
    ("used_for", "The only use there is: never pay, ranking or appraisal of people."),
    ("organisation", ""),
    ("brand", "What we promise customers and what we do better than others. Every goal serves a promise."),
    ("goals", "Few, and each with two outcomes: what customers get and what we get. The sponsor is a role."),
    ("journey", "The journey as customers walk it. Where customers are and we are not, write “presence: none”."),
    ("questions", "Before a customer is asked, a question owes eight answers: write them under “purpose:”."),
    ("loyalty", "What loyalty is here: something customers do, beside something they say."),
    ("dimensions", "Ways to cut, with closed values. There is none for staff, teams or shops, on purpose."),
    ("views", "Breakdowns that are published, each with the question it answers. Nothing else can be cut."),
    ("kpis", "Metrics bound to goals, each with an owner role, a dated target, and what we do when it is low or high."),
    ("actions", "Levers pulled on a date: what should move, by how much, and when we look."),
)

_PLAIN = re.compile(r"[^\W\d_][\w .,;()’'/%–₫+-]*")
#: Words that YAML programs read as something else than text.
_WORDS = ("true", "false", "null", "yes", "no", "on", "off", "y", "n")


def as_yaml(sections: dict[str, Any], w: Words) -> str:
    """The file. Texts are quoted where a YAML program could read them as something else."""
    parts = [
        SCHEMA_LINE,
        _comment(w("Check it with python -m metrics check; each finding says what to do.")),
    ]
    for key, said in SECTIONS:
        if key not in sections:
            continue
        comment = _comment(w(said)) if said else ""
        parts.append(("\n" if said else "") + comment + _block(key, sections[key]))
    return "".join(parts)


def _comment(text: str) -> str:
    return "".join(f"# {line}\n" for line in wrap(text, 108))


def _block(key: str, value: Any) -> str:
    yaml = YAML()
    yaml.width, yaml.allow_unicode = 1000, True
    yaml.indent(mapping=2, sequence=4, offset=2)
    out = StringIO()
    yaml.dump({key: _quoted(value)}, out)
    return out.getvalue()


def _quoted(node: Any) -> Any:
    if isinstance(node, dict):
        mapping = CommentedMap((key, _quoted(value)) for key, value in node.items())
        return _flowing(mapping, node.values(), len(node) < 4)
    if isinstance(node, list):
        sequence = CommentedSeq(_quoted(value) for value in node)
        return _flowing(sequence, node, True)
    if isinstance(node, str) and (not _PLAIN.fullmatch(node) or node.casefold() in _WORDS or node.endswith(" ")):
        return DoubleQuotedScalarString(node)
    return node


def _flowing(node: Any, values: Any, few: bool) -> Any:
    """Written on one line where it holds a few plain values."""
    if few and not any(isinstance(value, (dict, list)) for value in values) and len(str(values)) < 70:
        node.fa.set_flow_style()
    return node


def id_of(name: str, taken: set[str]) -> str:
    """An id from a name: lower case, without accents, at most 32 letters, different from those taken."""
    plain = re.sub(r"[^a-z0-9]+", "_", fold(name)).strip("_")[:32].rstrip("_")
    first = plain if plain[:1].isalpha() else f"x_{plain}".rstrip("_")
    found = next(x for x in (first, *(f"{first}_{i}" for i in range(2, 1000))) if x not in taken)
    taken.add(found)
    return found


FIRST_YEAR = 2027
"""The year in which the templates were written for: their dates move with the calendar."""


def moved(template: str, today: date) -> str:
    """A template with its dates moved by whole years, so that the first year is the next one."""
    years = max(0, today.year + 1 - FIRST_YEAR)

    def later(found: re.Match[str]) -> str:
        return f"{int(found[1]) + years}{found[2]}"

    return re.sub(r"\b(20\d\d)(-\d\d-\d\d)\b", later, template)
