"""YAML text → plain values and the place of every node. Hostile or broken text becomes findings, never a traceback."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import CollectionEndEvent, CollectionStartEvent
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from metrics.errors import Place
from metrics.strategy.finding import Finding, Path, Places, Severity

#: Far above any strategy ever written, far below what hurts: an alias bomb of a few lines has billions of nodes.
MOST_NODES = 50_000
DEEPEST = 40
LARGE = 200_000
"""Letters above which a file is counted before it is read."""

QUOTES = "Indent with spaces, and put texts that hold a comma, a colon or # in quotes."


class _TooMuch(Exception):
    pass


@dataclass
class _Reader:
    """Builds plain values from nodes and notes where each stood."""

    file: str
    construct: Any
    places: Places
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
        return self._scalar(node)

    def _mapping(self, node: MappingNode, path: Path) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key_node, child in node.value:
            key = self._scalar(key_node) if isinstance(key_node, ScalarNode) else None
            if not isinstance(key, str):
                self._complain("M004", key_node, "A key must be a word.", QUOTES)
            elif key in found:
                self._complain("Y005", key_node, "The key “{key}” stands here twice.", "Keep one of them.", key=key)
            else:
                self.places.keys[(*path, key)] = _at(key_node)
                found[key] = self.value(child, (*path, key))
                if isinstance(child, ScalarNode) and not child.value and child.style is None:
                    self.places.values[*path, key] = _at(key_node)  # YAML puts a missing value before what comes next
        return found

    def _scalar(self, node: Node) -> Any:
        try:
            return self.construct(node)
        except (YAMLError, ValueError, OverflowError, ArithmeticError, TypeError):
            self._complain("Y004", node, "This value cannot be read.", "Write a plain text, number or date.")
            return None

    def _complain(self, code: str, node: Node, what: str, mend: str, **values: str) -> None:
        place = Place(self.file, *_at(node))
        self.findings.append(Finding(code, Severity.ERROR, place, what, mend, tuple(values.items())))


def _at(node: Node) -> tuple[int, int]:
    return node.start_mark.line + 1, node.start_mark.column + 1


def _measure(text: str) -> None:
    """Stops at the first node too many or too deep: a large wrong file (a data export, say) would take minutes."""
    depth = 0
    for count, event in enumerate(YAML(typ="safe", pure=True).parse(text)):
        depth += isinstance(event, CollectionStartEvent) - isinstance(event, CollectionEndEvent)
        if count > MOST_NODES or depth > DEEPEST:
            raise _TooMuch


def read_yaml(text: str, file: str) -> tuple[Any, Places, tuple[Finding, ...]]:
    """Plain values (dict, list, str, int, float, bool, date, None), the place of each node, and what is wrong.

    The values are None when the text is not YAML; ``file`` is only a name for places. Codes: Y004 not YAML, Y005 a
    key twice, Y006 empty, Y007 too many nodes or too deep, M004 a key that is no word."""
    places = Places(file, {}, {})

    def stop(code: str, place: Place, what: str, mend: str, **values: str) -> tuple[Any, Places, tuple[Finding, ...]]:
        return None, places, (Finding(code, Severity.ERROR, place, what, mend, tuple(values.items())),)

    yaml = YAML(typ="safe", pure=True)
    try:
        if len(text) > LARGE:
            _measure(text)
        node = yaml.compose(text)
        if node is None:
            return stop(
                "Y006", Place(file, 1, 1), "The file is empty.", "Start from the strategy.yaml that is shipped."
            )
        reader = _Reader(file, yaml.constructor.construct_object, places)
        return reader.value(node, ()), places, tuple(reader.findings)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = Place(file, mark.line + 1, mark.column + 1) if mark else Place(file, 1, 1)
        return stop("Y004", place, "This is not YAML: {problem}.", QUOTES, problem=str(error.problem or error.context))
    except (_TooMuch, RecursionError):
        what = "The file is nested too deep or repeats itself without end."
        return stop("Y007", Place(file, 1, 1), what, "Write values out instead of repeating them with * and &.")
    except (YAMLError, ValueError, AttributeError, TypeError) as error:
        line, column = _character(text, error)
        what, mend = "The file holds a character that YAML does not allow.", "Save it as plain text in UTF-8."
        return stop("Y004", Place(file, line, column), what, mend)


def _character(text: str, error: Exception) -> tuple[int, int]:
    position = getattr(error, "position", 0)
    before = text[: position if isinstance(position, int) else 0]
    return before.count("\n") + 1, len(before) - before.rfind("\n")
