"""YAML text → plain values and the place of every node. Hostile or broken text becomes findings, never a traceback."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from metrics.errors import Place
from metrics.strategy.finding import Finding, Path, Places, Severity

#: Far above any strategy ever written, far below what hurts: an alias bomb of a few lines has billions of nodes.
MOST_NODES = 12_000
DEEPEST = 40
MOST_COMPLAINTS = 100

QUOTES = "Indent with spaces, and put texts that hold a comma, a colon or # in quotes."


#: Words that older YAML programs read as true or false, and newer ones as text.
_TRUE_OR_TEXT = re.compile(r"(?:yes|no|on|off|y|n)", re.IGNORECASE)
#: Numbers that programs read differently: 010 (eight or ten), 16:30 (text or 990), 0o17, 0x1F, 1_000.
_NUMBER_OR_TEXT = re.compile(
    r"[-+]?(?:0\d+(?:\.\d*)?|0[oxb][\da-f_]+|\d[\d_]*_[\d_]*(?:\.\d*)?|\d+(?::[0-5]?\d)+(?:\.\d*)?)", re.IGNORECASE
)


class _TooMuch(Exception):
    pass


@dataclass
class _Reader:
    """Builds plain values from nodes and notes where each stood."""

    file: str
    construct: Any
    places: Places
    plain: bool = False
    """Also complain of values that programs read differently (Y008, Y009)."""
    findings: list[Finding] = field(default_factory=list)
    nodes: int = 0

    def value(self, node: Node, path: Path) -> Any:
        self.nodes += 1
        if self.nodes > MOST_NODES or len(path) > DEEPEST:
            raise _TooMuch
        self.places.values[path] = _at(node)
        if isinstance(node, MappingNode):
            return self._mapping(node, path)
        if isinstance(node, SequenceNode):
            return [self.value(child, (*path, i)) for i, child in enumerate(node.value)]
        return self._scalar(node) if isinstance(node, ScalarNode) else None

    def _mapping(self, node: MappingNode, path: Path) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key_node, child in node.value:
            merges = isinstance(key_node, ScalarNode) and key_node.value == "<<" and key_node.style is None
            key = self._scalar(key_node) if isinstance(key_node, ScalarNode) and not merges else None
            if merges:
                what = "Merge keys (<<) are not read here."
                self._complain("Y011", key_node, what, "Write the keys out where they are needed.")
            elif not isinstance(key, str):
                self._complain("M004", key_node, "A key must be a word.", QUOTES)
            elif key in found:
                self._complain("Y005", key_node, "The key “{key}” stands here twice.", "Keep one of them.", key=key)
            else:
                self.places.keys[(*path, key)] = _at(key_node)
                found[key] = self.value(child, (*path, key))
                if isinstance(child, ScalarNode) and not child.value and child.style is None:
                    self.places.values[*path, key] = _at(key_node)  # YAML puts a missing value before what comes next
        return found

    def _scalar(self, node: ScalarNode) -> Any:
        if self.plain and node.style is None and _TRUE_OR_TEXT.fullmatch(node.value):
            what = "“{word}” means true or false to some programs, and a text to others."
            mend = "Write true or false, or put the text in quotes."
            self._complain("Y008", node, what, mend, word=node.value)
        elif self.plain and node.style is None and _NUMBER_OR_TEXT.fullmatch(node.value[:80]):
            what = "“{word}” is one number to some programs, and another or a text to others."
            mend = "Write a plain number such as 1000, or put the text in quotes."
            self._complain("Y009", node, what, mend, word=node.value[:80])
        try:
            return self.construct(node)
        except (YAMLError, ValueError, OverflowError, ArithmeticError, TypeError):
            self._complain("Y004", node, "This value cannot be read.", "Write a plain text, number or date.")
            return None

    def _complain(self, code: str, node: Node, what: str, mend: str, **values: str) -> None:
        if len(self.findings) >= MOST_COMPLAINTS:
            return
        place = Place(self.file, *_at(node))
        self.findings.append(Finding(code, Severity.ERROR, place, what, mend, tuple(values.items())))


def _at(node: Node) -> tuple[int, int]:
    return node.start_mark.line + 1, node.start_mark.column + 1


def _counted(compose: Any) -> Any:
    """``compose_node`` of ruamel that stops at the first node too many or too deep, before it is built."""
    count = depth = 0

    def compose_node(parent: Any, index: Any) -> Node:
        nonlocal count, depth
        count, depth = count + 1, depth + 1
        if count > 2 * MOST_NODES or depth > DEEPEST:
            raise _TooMuch
        node: Node = compose(parent, index)
        depth -= 1
        return node

    return compose_node


def read_yaml(text: str, file: str, plain: bool = False) -> tuple[Any, Places, tuple[Finding, ...]]:
    """Plain values (dict, list, str, int, float, bool, date, None), the place of each node, and what is wrong.

    The values are None when the text is not YAML; ``file`` is only a name for places. ``plain``: also complain of
    values that programs read differently; a sources file, whose words are those of the data, does without. Codes: Y004
    not YAML, Y005 a key twice, Y006 empty, Y007 too many nodes or too deep, Y008 yes or no, Y009 an odd number, Y010 a
    tab, Y011 a merge key, Y013 a second document, M004 a key that is no word."""
    places = Places(file, {}, {})

    def stop(code: str, place: Place, what: str, mend: str, **values: str) -> tuple[Any, Places, tuple[Finding, ...]]:
        return None, places, (Finding(code, Severity.ERROR, place, what, mend, tuple(values.items())),)

    yaml = YAML(typ="safe", pure=True)
    try:
        yaml.composer.compose_node = _counted(yaml.composer.compose_node)
        node = yaml.compose(text)
        if node is None:
            return stop(
                "Y006", Place(file, 1, 1), "The file is empty.", "Start from the strategy.yaml that is shipped."
            )
        reader = _Reader(file, yaml.constructor.construct_object, places, plain)
        return reader.value(node, ()), places, tuple(reader.findings)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = Place(file, mark.line + 1, mark.column + 1) if mark else Place(file, 1, 1)
        if mark and _tab_at(text, mark):
            return stop("Y010", place, "A tab stands here; YAML is indented with spaces.", "Put spaces in its place.")
        if "single document" in str(error.context or error.problem):
            return stop("Y013", place, "The file holds a second document.", "Keep one, and drop “---”.")
        return stop("Y004", place, "This is not YAML: {problem}.", QUOTES, problem=str(error.problem or error.context))
    except (_TooMuch, RecursionError):
        what = "The file is nested too deep or repeats itself without end."
        return stop("Y007", Place(file, 1, 1), what, "Write values out instead of repeating them with * and &.")
    except (YAMLError, ValueError, AttributeError, TypeError) as error:
        line, column = _character(text, error)
        what, mend = "The file holds a character that YAML does not allow.", "Save it as plain text in UTF-8."
        return stop("Y004", Place(file, line, column), what, mend)


def _tab_at(text: str, mark: Any) -> bool:
    """Whether a tab stands in the indent of the line that could not be read, or right where reading stopped."""
    line = text[text.rfind("\n", 0, mark.index) + 1 :].partition("\n")[0]
    return line[mark.column : mark.column + 1] == "\t" or "\t" in line[: len(line) - len(line.lstrip())]


def _character(text: str, error: Exception) -> tuple[int, int]:
    position = getattr(error, "position", 0)
    before = text[: position if isinstance(position, int) else 0]
    return before.count("\n") + 1, len(before) - before.rfind("\n")
