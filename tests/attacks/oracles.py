"""Canaries: strings that must stand nowhere, looked for in every encoding they could hide in, and as hashes.

Bytes are unpacked first (zip, gzip, zlib, base64 at every alignment, hex, URL, HTML and JSON escapes, UTF-16), then
texts are folded (case, accents, composition, width) and searched; so an encoding is undone, not guessed. Hashes cannot
be undone: they are looked up in a dictionary of what every known id would be hashed to.
"""

from __future__ import annotations

import base64
import hashlib
import html
import io
import re
import unicodedata
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import unquote_plus

import duckdb
import numpy as np

SHORTEST = 6
"""Shorter canaries are found by chance in any file."""
DEEPEST = 4
GAP = b"\x00\x00\x00\x00"
"""Between pieces that are looked at in one go."""
_BASE64 = re.compile(rb"[A-Za-z0-9+/_\-]{12,}")
_HEX = re.compile(rb"(?:[0-9a-fA-F]{2}){6,}")
_ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})|\\x([0-9a-fA-F]{2})")
ANY = -1
ALGORITHMS = ("md5", "sha1", "sha224", "sha256", "sha384", "sha512", "blake2b", "blake2s", "sha3_256")
SALTS = ("", "salt", "cx", "staff", "agent", "customer", "secret", "pepper", "2026", "0")


_UNSEEN = re.compile(
    "[" + "".join(re.escape(chr(c)) for c in range(0x3000) if unicodedata.category(chr(c)) in ("Mn", "Cf")) + "\ufeff]"
)
_NOTHING = re.compile(rb"\x00{64,}")


def fold(text: str) -> str:
    """The form in which texts are compared: no case, no accents, no width, no invisible characters."""
    if text.isascii():
        return text.lower()
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    return _UNSEEN.sub("", plain).replace("đ", "d")


@dataclass(frozen=True)
class Canaries:
    """Strings of people: staff, customers, and texts that nobody approved. ``folded`` -> the string itself."""

    folded: dict[str, str]
    heads: np.ndarray
    tails: dict[int, set[int]]

    def in_text(self, text: str) -> set[str]:
        """Canaries in a text as it is read."""
        seen = fold(text)
        return {name for needle, name in self.folded.items() if needle in seen}

    def in_bytes(self, data: bytes) -> set[str]:
        """Canaries in some bytes, in any encoding, and a note for each hash of one."""
        found: set[str] = set()
        for layer in layers(_NOTHING.sub(b"\x00" * 32, data)):
            for text in _texts(layer):
                found |= self.in_text(text)
            if self._hash_in(layer):
                found.add("a hash of a canary")
        return found

    def _hash_in(self, data: bytes) -> bool:
        if len(data) < 8 or not len(self.heads):
            return False
        at = np.frombuffer(data, dtype=np.uint8)
        windows = np.zeros(len(at) - 7, dtype=np.uint64)
        for i in range(8):
            windows |= at[i : len(windows) + i].astype(np.uint64) << np.uint64(8 * i)
        place = np.searchsorted(self.heads, windows)
        place[place == len(self.heads)] = 0
        for start in np.flatnonzero(self.heads[place] == windows).tolist():
            tails = self.tails[int(windows[start])]
            if ANY in tails or int.from_bytes(data[start + 8 : start + 16], "little") in tails:
                return True
        return False


def canaries(strings: Iterable[str], more: Iterable[str] = ()) -> Canaries:
    """Canaries of these strings, and of ``more`` without a dictionary of their hashes. Those too short to be told from
    chance are left out."""
    kept, plain = ([s for s in dict.fromkeys(texts) if len(fold(s)) >= SHORTEST] for texts in (strings, more))
    tails: dict[int, set[int]] = {}
    for head, tail in _hashes(kept):
        tails.setdefault(head, set()).add(tail)
    return Canaries({fold(s): s for s in kept + plain}, np.array(sorted(tails), dtype=np.uint64), tails)


def _hashes(strings: list[str]) -> Iterator[tuple[int, int]]:
    """What somebody would keep of an id who thinks that a hash hides it: the first eight bytes (and ANY after them), or
    the first sixteen characters where it is written out. With DuckDB's own hash(), which a query would use."""
    for text in strings:
        spelled = {unicodedata.normalize(f, s) for f in ("NFC", "NFD") for s in (text, text.casefold(), text.upper())}
        for spelling in spelled:
            for salt in SALTS:
                for salted in {salt + spelling, spelling + salt, f"{salt}:{spelling}", f"{spelling}:{salt}"}:
                    for algorithm in ALGORITHMS:
                        digest = hashlib.new(algorithm, salted.encode()).digest()[:8]
                        yield _number(digest), ANY
                        yield from (_written(digest.hex()), _written(digest.hex().upper()))
    with duckdb.connect(":memory:") as connection:
        found = connection.execute("SELECT hash(unnest(?::VARCHAR[]))", [strings]).fetchall()
    for (value,) in found:
        yield from ((_number(int(value).to_bytes(8, side)), ANY) for side in ("little", "big"))
        yield _written(str(value))


def _number(data: bytes) -> int:
    return int.from_bytes(data[:8], "little")


def _written(text: str) -> tuple[int, int]:
    return _number(text[:8].encode()), _number(text[8:16].encode())


def layers(data: bytes, depth: int = 0) -> Iterator[bytes]:
    """The bytes, and whatever is packed or encoded inside them."""
    yield data
    if depth >= DEEPEST:
        return
    for inner in _unpacked(data):
        yield from layers(inner, depth + 1)


def _unpacked(data: bytes) -> Iterator[bytes]:
    at = data.find(b"PK\x03\x04")
    if at >= 0:
        with suppress(zipfile.BadZipFile), zipfile.ZipFile(io.BytesIO(data[at:])) as file:
            yield "\n".join(file.namelist()).encode() + file.comment
            for info in file.infolist():
                yield info.comment + info.extra
                yield file.read(info)
            return
    for magic, window in ((b"\x1f\x8b\x08", 31), (b"x\x01", 15), (b"x\x9c", 15), (b"x\xda", 15)):
        at = data.find(magic)
        while at >= 0:
            inner = _inflate(data[at:], window)
            if len(inner) >= SHORTEST:
                yield inner
            at = data.find(magic, at + 1)
    runs = [run.replace(b"-", b"+").replace(b"_", b"/") for run in _BASE64.findall(data)]
    for start in range(4 if runs else 0):
        yield GAP.join(_base64(run[start:]) for run in runs)
    digits = [run.decode() for run in _HEX.findall(data)]
    for start in (0, 1) if digits else ():
        yield GAP.join(bytes.fromhex(run[start : len(run) - start]) for run in digits)


def _base64(run: bytes) -> bytes:
    run = run[:-1] if len(run) % 4 == 1 else run
    return base64.b64decode(run + b"=" * (-len(run) % 4))


def _inflate(data: bytes, window: int) -> bytes:
    try:
        return zlib.decompressobj(window).decompress(data, 1 << 26)
    except zlib.error:
        return b""


def _texts(data: bytes) -> Iterator[str]:
    """The bytes as text in each encoding, with escapes undone."""
    for encoding in ("utf-8", "latin-1", "cp1258"):
        text = data.decode(encoding, "ignore")
        yield text
        for undone in (html.unescape(text), unquote_plus(text), _ESCAPED.sub(_escape, text)):
            if undone != text:
                yield undone
    for start in (0, 1):
        for encoding in ("utf-16-le", "utf-16-be"):
            yield data[start:].decode(encoding, "ignore")


def _escape(match: re.Match[str]) -> str:
    return chr(int(match.group(1) or match.group(2), 16))
