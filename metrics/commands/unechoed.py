"""Wrong use is answered without repeating a word of it: what somebody typed may be a name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

import typer
from typer.core import TyperGroup

from metrics.commands.terminal import RELEASE, refuse
from metrics.errors import Refused
from metrics.strategy.workforce import is_workforce

_EXTRA = re.compile(r"\((.*)\)", re.DOTALL)


class Unechoed(TyperGroup):
    """The commands; an option or a word that asks for staff is refused like any other such request."""

    def make_context(self, info_name: str | None, args: list[str], *rest: Any, **more: Any) -> Any:
        with _unechoed(args):
            return super().make_context(info_name, args, *rest, **more)

    def invoke(self, ctx: Any) -> Any:
        with _unechoed(tuple(ctx.args)):
            return super().invoke(ctx)


@contextmanager
def _unechoed(words: Sequence[str]) -> Iterator[None]:
    words = tuple(words)
    try:
        yield
    except typer.TyperException as error:
        option = getattr(error, "option_name", None)
        extra = _EXTRA.search(error.message) if type(error).__name__ == "UsageError" else None
        typed = [*(extra.group(1).split() if extra else ()), *([option] if option else ())]
        known = type(error).__name__ in ("MissingParameter", "BadOptionUsage", "NoArgsIsHelpError")
        if known:
            raise
        if any(is_workforce(word.strip("-'\",")) for word in typed):
            refuse(Refused.PERSON, _release(words))
        if getattr(error, "param", None) is not None:
            error.message = "This is not understood: the help says what is."
        elif not isinstance(error, typer.BadParameter):  # what commands raise themselves repeats nothing
            error.message = "There is no such command, option or argument: the help lists them."
        if hasattr(error, "possibilities"):
            error.possibilities = None
        raise


def _release(words: Sequence[str]) -> Path:
    after = (b for a, b in pairwise(words) if a == "--release")
    return Path(next(after, str(RELEASE)))
