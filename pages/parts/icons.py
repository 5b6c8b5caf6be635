"""Icons in the colour of the text around them. Always beside a word, never alone.

Streamlit strips SVG elements from HTML, so an icon is an empty inline box whose mask is the drawing: what is opaque in
the drawing takes the colour of the text, what is left out shows the ground."""

from __future__ import annotations

from functools import cache
from urllib.parse import quote

#: By the class name of a standing: a filled circle with a tick, a half circle, a diamond with !, a dashed circle
#: with ?, an open circle with a slash, a hatched square. Drawn in 16 x 16 units.
STANDING: dict[str, str] = {
    "on": '<mask id="m"><rect width="16" height="16" fill="#fff"/><path d="M4.6 8.3l2.3 2.3 4.5-4.9" fill="none"'
    ' stroke="#000" stroke-width="1.9" stroke-linecap="round" stroke-linejoin="round"/></mask>'
    '<circle cx="8" cy="8" r="7" mask="url(#m)"/>',
    "watch": '<circle cx="8" cy="8" r="6.2" fill="none" stroke="#000" stroke-width="1.6"/>'
    '<path d="M8 1.8a6.2 6.2 0 0 1 0 12.4z"/>',
    "off": '<mask id="m"><rect width="16" height="16" fill="#fff"/><path d="M8 4.4v4.4" stroke="#000"'
    ' stroke-width="1.9" stroke-linecap="round"/><circle cx="8" cy="11.4" r="1.15"/></mask>'
    '<path d="M8 .4L15.6 8 8 15.6.4 8z" mask="url(#m)"/>',
    "unsure": '<circle cx="8" cy="8" r="6.4" fill="none" stroke="#000" stroke-width="1.5"'
    ' stroke-dasharray="2.6 1.9"/>'
    '<path d="M6.1 6.4c0-1 .8-1.8 1.9-1.8s1.9.7 1.9 1.7c0 1.3-1.9 1.4-1.9 2.7" fill="none" stroke="#000"'
    ' stroke-width="1.5" stroke-linecap="round"/><circle cx="8" cy="11.5" r=".95"/>',
    "nohandle": '<circle cx="8" cy="8" r="6.3" fill="none" stroke="#000" stroke-width="1.6"/>'
    '<path d="M3.7 12.3l8.6-8.6" stroke="#000" stroke-width="1.6"/>',
    "withheld": '<path d="M2 2h12v12H2z" fill="none" stroke="#000" stroke-width="1.4"/>'
    '<path d="M2 7.5L7.5 2M2 13L13 2M7.5 14L14 7.5" stroke="#000" stroke-width="1.2"/>',
}
FLAG = (
    '<path d="M3 13V1.5M3 2h8L8.6 5 11 8H3z" fill="none" stroke="#000" stroke-width="1.5"'
    ' stroke-linejoin="round" stroke-linecap="round"/>'
)


@cache
def svg(drawing: str, size: int = 14, box: str = "0 0 16 16") -> str:
    """A drawing (its ``currentColor`` or black is the colour of the text) that says nothing by itself: the word beside
    it is read."""
    source = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}">{drawing}</svg>'
    mask = f"url('data:image/svg+xml,{quote(source, safe=' /=:')}')".replace('"', "%22")
    return f'<span class="ic" style="width:{size}px;height:{size}px;--i:{mask}" aria-hidden="true"></span>'
