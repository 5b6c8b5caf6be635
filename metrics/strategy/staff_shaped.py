"""Values of a dimension that stand for a member of staff or a team: 'Billing – Lan', 'Team Hoa', an e-mail, 'x1234'.

Such a value would turn an allowed dimension into a workforce one. In the sources it is no declared value and becomes
``other``; declared in the strategy it is an error. It fails closed: what only sounds like a person is written so that
it does not ('Rose range' for a product 'Rose').
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection

from metrics.strategy.workforce import fold, looks_like_person

#: A telephone extension.
EXTENSION = re.compile(r"(ext|extension|x|ml|máy lẻ|may le|số nội bộ|line)[\s.:#-]*\d{2,6}", re.IGNORECASE)
_CONTACT = re.compile(
    r"\S@\S|(^|\s)@\w|\b(nv|nvkd|nvcs|ktv|emp|agent|staff|msnv|user)[\s_.\-#:]*\d{1,8}\b", re.IGNORECASE
)
_PHONE = re.compile(r"\+?0?\d([\s.\-]?\d){8,11}")
_NAME = r"[^\W\d_a-z][^\W\d_]*(['’]\w+)?"
_UNIT = re.compile(
    rf"(?i:team|squad|crew|shift|agent|desk|seat|tổ|đội|nhóm|ca|kíp|quầy)[\s.:#_-]+(\d{{1,6}}|{_NAME}(\s{_NAME}){{0,3}})"
    r"|(?i:to|doi|nhom|kip|quay|ca)[\s_-]*\d{1,4}"
    r"|(?i:ca (sáng|chiều|tối|đêm|ngày|trưa))"
    r"|(?i:(\S+ ){1,3}(team|squad|crew|shift))"
)
_UNIT_ID = re.compile(r"(team|squad|crew|shift|agent)_\w+|\w+_(team|squad|crew|shift)")
_PARTS = re.compile(r"[,;/|()\[\]:&+]|\s[-–—]\s")
#: Shorter ids, and shorter plain numbers, of staff stand in other columns by chance.
_SHORTEST, _SHORTEST_NUMBER = 3, 5


def staff_shaped(text: str, place: bool = False) -> bool:
    """Whether a value reads like a person, a team, a shift, a desk, an address or an extension. ``place``: values are
    places, which are called like people ('Hòa Bình', 'Victoria'), so names say nothing."""
    text = unicodedata.normalize("NFC", " ".join(text.split()))
    if not any(letter.isalpha() for letter in text):
        return bool(_PHONE.fullmatch(text)) and text.startswith(("0", "+"))
    if re.fullmatch(r"[a-z0-9_]+", text) and "_" in text:
        return bool(_UNIT_ID.fullmatch(text))
    parts = [part.strip() for part in _PARTS.split(text)]
    if any(_CONTACT.search(p) or EXTENSION.fullmatch(p) or _PHONE.fullmatch(p) or _UNIT.fullmatch(p) for p in parts):
        return True
    # Digits are looked at above: a number of an article is no telephone.
    names = (re.sub(r"\d+", " ", part).strip() for part in parts)
    return not place and any(looks_like_person(name) for name in names if any(letter.isalpha() for letter in name))


def known_staff(ids: Collection[str]) -> frozenset[str]:
    """Names and ids of staff in the form in which ``names_staff`` compares."""
    return frozenset(_compared(id) for id in ids) - {""}


def names_staff(text: str, known: frozenset[str]) -> bool:
    """Whether a value, or a part of it, is one of these names or ids (see ``known_staff``)."""
    return any(_compared(part) in known for part in (text, text.replace("_", " "), *_PARTS.split(text)) if part.strip())


def _compared(text: str) -> str:
    found = " ".join(fold(text).split())
    return found if len(found) >= (_SHORTEST_NUMBER if found.isdecimal() else _SHORTEST) else ""
