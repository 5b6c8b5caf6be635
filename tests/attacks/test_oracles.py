"""The oracles can see: a canary is found in every encoding, packed in whatever, and as a hash."""

from __future__ import annotations

import base64
import gzip
import hashlib
import html
import io
import json
import unicodedata
import zipfile
import zlib
from collections.abc import Callable
from urllib.parse import quote, quote_plus

import duckdb
import numpy as np
import pytest

from tests.attacks.oracles import canaries

NAME = "Nguyễn Thị Đoan-Trang"
KNOWN = canaries([NAME, "NV-00417-a9c3f2"])
NOISE = np.random.default_rng(7).integers(0, 256, 4001, dtype=np.uint8).tobytes()


def _zip(data: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("xl/worksheets/sheet9.xml", data)
    return out.getvalue()


def _member_name(data: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr(data.decode(), b"x")
    return out.getvalue()


ENCODED: dict[str, Callable[[str], bytes]] = {
    "utf-8": lambda s: s.encode(),
    "utf-16 little": lambda s: s.encode("utf-16-le"),
    "utf-16 big": lambda s: s.encode("utf-16-be"),
    "NFD": lambda s: unicodedata.normalize("NFD", s).encode(),
    "upper case": lambda s: s.upper().encode(),
    "without accents": lambda s: b"NGUYEN THI DOAN-TRANG" if s == NAME else s.encode("latin-1"),
    "full width": lambda s: "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in s).encode(),
    "zero width": lambda s: "\u200b".join(s).encode(),
    "base64, 1st": lambda s: base64.b64encode(s.encode()),
    "base64, 2nd": lambda s: base64.b64encode(b"x" + s.encode() + b"yz"),
    "base64, 3rd": lambda s: base64.b64encode(b"xy" + s.encode() + b"z"),
    "base64 for URLs": lambda s: base64.urlsafe_b64encode(b"?>" + s.encode()),
    "base64 after letters": lambda s: b"bdata" + base64.b64encode(s.encode()),
    "hex": lambda s: s.encode().hex().encode(),
    "HEX": lambda s: s.encode("utf-16-le").hex().upper().encode(),
    "hex, odd": lambda s: b"7" + s.encode().hex().encode() + b"7",
    "URL": lambda s: quote(s).encode(),
    "form": lambda s: quote_plus(s).encode(),
    "JSON": lambda s: json.dumps({"a": s}).encode(),
    "HTML": lambda s: html.escape("".join(f"&#{ord(c)};" for c in s), quote=False).replace("&amp;", "&").encode(),
    "gzip": lambda s: gzip.compress(s.encode()),
    "zlib": lambda s: zlib.compress(s.encode()),
    "zip": lambda s: _zip(s.encode()),
    "name of a zip member": lambda s: _member_name(s.encode()),
    "gzip in zip in base64": lambda s: base64.b64encode(_zip(gzip.compress(s.encode()))),
    "md5": lambda s: hashlib.md5(s.encode()).digest(),
    "md5 hex": lambda s: hashlib.md5(s.encode()).hexdigest().encode(),
    "sha1 HEX": lambda s: hashlib.sha1(s.encode()).hexdigest().upper().encode(),
    "sha256 salted": lambda s: hashlib.sha256(f"salt{s}".encode()).hexdigest().encode(),
    "sha256 cut short": lambda s: hashlib.sha256(s.encode()).hexdigest()[:16].encode(),
    "sha512 of lower case": lambda s: hashlib.sha512(s.casefold().encode()).digest(),
    "blake2b base64": lambda s: base64.b64encode(hashlib.blake2b(s.encode()).digest()),
    "DuckDB's hash": lambda s: int(duckdb.execute("SELECT hash(?)", [s]).fetchone()[0]).to_bytes(8, "little"),
    "DuckDB's hash in digits": lambda s: str(duckdb.execute("SELECT hash(?)", [s]).fetchone()[0]).encode(),
}


@pytest.mark.parametrize("how", ENCODED)
@pytest.mark.parametrize("text", [NAME, "NV-00417-a9c3f2"])
def test_a_canary_is_seen(text: str, how: str) -> None:
    hidden = ENCODED[how](text)
    assert KNOWN.in_bytes(hidden)
    if not how.startswith(("zip", "name of")):
        assert KNOWN.in_bytes(NOISE[:801] + hidden + NOISE[:400]), "anywhere in a file"


def test_nothing_is_seen_where_nothing_is() -> None:
    assert not KNOWN.in_bytes(NOISE)
    assert not KNOWN.in_bytes("Nguyễn Thị Đoan, NV-00417-a9c3f1".encode())
    assert not canaries(["An", "Lan"]).in_bytes("Lan và An".encode()), "too short to be told from chance"
