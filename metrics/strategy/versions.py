"""A version of a strategy file: the file itself, or what git holds of it at a revision (``HEAD~1:strategy.yaml``).

Versions are read by their shape only: rules that came later must not make an old version unreadable."""

from __future__ import annotations

import subprocess
from pathlib import Path

from pydantic import ValidationError

from metrics.errors import DataError
from metrics.strategy.load import LARGEST, Loaded, check_text
from metrics.strategy.model import Strategy
from metrics.strategy.yaml import read_yaml
from metrics.words import Words

SECONDS = 20


def version(name: str, folder: Path | None = None) -> Strategy:
    """The strategy in a file, or at ``REVISION:PATH`` of the git repository around ``folder`` (default: here); paths
    of a revision begin at the top of the repository, as git's own do.

    Raises DataError for a file that is not there or cannot be read as a strategy, and where git, the repository, the
    revision or the file in it is missing."""
    file = Path(name)
    revision, colon, path = name.partition(":")
    if file.exists() or not colon or len(revision) < 2:
        try:
            with file.open("rb") as stream:
                raw = stream.read(LARGEST + 1)
        except OSError:
            mend = "Give the path of a strategy file, or REVISION:PATH, for example HEAD~1:strategy.yaml."
            raise DataError("This version cannot be read.", file.name, mend) from None
    else:
        raw = _from_git(revision, path, folder or Path.cwd())
    return _shape(raw, Path(path or name).name)


def _shape(raw: bytes, name: str) -> Strategy:
    if len(raw) > LARGEST:
        raise DataError("The file is larger than 2 MB.", name, "A strategy fits on a few pages.")
    try:
        data, _, found = read_yaml(raw.decode("utf-8-sig"), name)
        if not found and isinstance(data, dict):
            return Strategy.model_validate(data)
    except (UnicodeDecodeError, ValidationError):
        pass
    raise _first(check_text(raw, name), name)


def _first(loaded: Loaded, name: str) -> DataError:
    first = next((f for f in loaded.errors if f.code[0] in "YM"), None)
    if first is None:
        return DataError("This is no strategy of this version.", name, "See: python -m metrics check.")
    what, mend = first.say(Words("en"))
    return DataError(f"{first.code} {what}", first.place, mend)


def _from_git(revision: str, path: str, folder: Path) -> bytes:
    where = "git"
    if revision.startswith("-") or not path:
        mend = "Write it as REVISION:PATH, for example HEAD~1:strategy.yaml."
        raise DataError("This is no revision of a file.", where, mend)
    if _git(folder, "rev-parse", "--is-inside-work-tree") is None:
        raise DataError("There is no git repository here.", where, "Go to the repository, or give two files.")
    if _git(folder, "rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}") is None:
        raise DataError("The repository has no such revision.", where, "See which there are: git log --oneline.")
    raw = _git(folder, "cat-file", "blob", f"{revision}:{path}")
    if raw is None:
        mend = "Paths begin at the top of the repository; see: git ls-tree -r --name-only REVISION."
        raise DataError("That revision has no such file.", where, mend)
    return raw


def _git(folder: Path, *words: str) -> bytes | None:
    """What git answers; None when it says no. Raises DataError where there is no git."""
    try:
        done = subprocess.run(["git", *words], cwd=folder, capture_output=True, timeout=SECONDS, check=False)
    except FileNotFoundError:
        raise DataError("git is not installed here.", "git", "Install it, or give two files instead.") from None
    except subprocess.TimeoutExpired:
        raise DataError("git did not answer.", "git", "Try again, or give two files instead.") from None
    return done.stdout if done.returncode == 0 else None
