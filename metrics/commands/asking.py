"""Questions in a terminal: asked again until the answer can stand in a strategy, each no said with its reason."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

import typer

from metrics.strategy.workforce import looks_like_person, mentions_contact, mentions_person
from metrics.words import Words

Wrong = Callable[[str], str | None]
"""What is wrong with an answer, as a sentence; None when it can stand."""


@dataclass(frozen=True)
class Asker:
    """Asks in one language. Nothing that was typed is repeated when it is refused."""

    w: Words

    def say(self, text: str = "", strong: bool = False) -> None:
        typer.echo(typer.style(text, bold=True) if strong else text)

    def text(
        self,
        prompt: str,
        default: str = "",
        optional: bool = False,
        wrong: Wrong | None = None,
        shown: str | None = None,
    ) -> str:
        """A text in which nobody is named; Enter takes the default, or leaves it out where it is optional. ``shown``
        stands after the question; None: the default."""
        if shown is None:
            shown = f" [{default}]" if default else f" ({self.w('Enter: leave out')})" if optional else ""
        while True:
            given = typer.prompt(f"{prompt}{shown}", default="", show_default=False, prompt_suffix="\n> ")
            answer = "".join(c if c.isprintable() else " " for c in given).strip() or default
            if not answer and optional:
                return ""
            no = (wrong(answer) if wrong and answer else None) or self._no(answer)
            if no is None:
                return answer
            self.say(f"  {no}")

    def _no(self, answer: str) -> str | None:
        if not answer:
            return self.w("An answer is needed here.")
        if len(answer) > 300:
            return self.w("Shorter, please: at most 300 letters.")
        if mentions_person(answer) or mentions_contact(answer):
            return self.w("Nobody is named in a strategy: write the role or function.")
        return None

    def role(self, prompt: str, default: str = "") -> str:
        """A function or role."""
        no = self.w("This reads like a person: write the role or function.")
        return self.text(prompt, default, wrong=lambda answer: no if looks_like_person(answer) else None)

    def name(self, prompt: str, default: str = "") -> str:
        """A name that fits on a card."""
        no = self.w("At most 28 letters fit on a card.")
        return self.text(prompt, default, wrong=lambda answer: no if len(answer) > 28 else None)

    def number(self, prompt: str, low: float, high: float) -> float:
        no = self.w("A plain number from {low} to {high}, please.", low=f"{low:g}", high=f"{high:g}")

        def wrong(answer: str) -> str | None:
            try:
                return None if low <= float(answer.replace(",", ".")) <= high else no
            except ValueError:
                return no

        value = float(self.text(prompt, wrong=wrong).replace(",", "."))
        return int(value) if value.is_integer() else value

    def day(self, prompt: str, default: date, after: date) -> date:
        no = self.w("A day to come, please, written like {day}.", day=default.isoformat())

        def wrong(answer: str) -> str | None:
            try:
                return None if date.fromisoformat(answer) > after else no
            except ValueError:
                return no

        return date.fromisoformat(self.text(prompt, default.isoformat(), wrong=wrong))

    def yes(self, prompt: str, default: bool) -> bool:
        """Yes or no, in either language."""
        mark = self.w("Y/n") if default else self.w("y/N")
        words = {"y": True, "yes": True, "c": True, "có": True, "co": True, "n": False, "no": False, "k": False}
        words |= {"không": False, "khong": False}
        no = self.w("Yes or no, please.")
        usual = "y" if default else "n"
        given = self.text(f"{prompt} [{mark}]", usual, wrong=lambda a: None if a.casefold() in words else no, shown="")
        return words[given.casefold()]

    def choice(self, prompt: str, options: Sequence[str], default: int | None = None) -> int:
        """The position of one of the options, which are shown with numbers from 1."""
        for i, option in enumerate(options, 1):
            self.say(f"  {i}. {option}")
        no = self.w("A number from 1 to {most}, please.", most=len(options))
        known = {str(i) for i in range(1, len(options) + 1)}
        given = self.text(
            prompt, "" if default is None else str(default + 1), wrong=lambda a: None if a in known else no
        )
        return int(given) - 1
