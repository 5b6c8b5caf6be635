"""Everything an object can reach, without the garbage collector: attributes, slots, containers, closures, defaults."""

from __future__ import annotations

import types
from collections.abc import Iterable, Iterator, Mapping, Set
from typing import Any

#: What is shared by the whole process and no part of an answer.
SHARED = (types.ModuleType, types.BuiltinFunctionType, types.CodeType)


def texts(start: Iterable[Any]) -> Iterator[str]:
    """Every text (bytes are read as UTF-8) that these objects reach."""
    seen: set[int] = set()
    rest: list[Any] = list(start)
    held: list[Any] = []
    while rest:
        thing = rest.pop()
        if isinstance(thing, str):
            yield thing
            continue
        if isinstance(thing, bytes | bytearray):
            yield bytes(thing).decode("utf-8", "ignore")
            continue
        if thing is None or isinstance(thing, (bool, int, float, *SHARED)) or id(thing) in seen:
            continue
        seen.add(id(thing))
        held.append(thing)  # an id is one object's only while it lives
        rest += _inside(thing)


def _inside(thing: Any) -> Iterator[Any]:
    if isinstance(thing, Mapping):
        yield from thing.keys()
        yield from thing.values()
    elif isinstance(thing, list | tuple | Set):
        yield from thing
    if isinstance(thing, types.FunctionType):
        yield from (cell.cell_contents for cell in thing.__closure__ or () if _filled(cell))
        yield from thing.__defaults__ or ()
        return
    if isinstance(thing, types.MethodType):
        yield from (thing.__self__, thing.__func__)
        return
    if isinstance(thing, type):
        if not thing.__module__.startswith(("builtins", "typing", "enum", "abc")):
            yield from (v for k, v in vars(thing).items() if not k.startswith("__"))
        return
    yield from getattr(thing, "__dict__", {}).values()
    for kind in type(thing).__mro__:
        slots = vars(kind).get("__slots__", ())
        for name in (slots,) if isinstance(slots, str) else slots:
            found = getattr(thing, name, None)
            if found is not None and not name.startswith("__"):
                yield found


def _filled(cell: Any) -> bool:
    try:
        return cell.cell_contents is not cell
    except ValueError:
        return False
