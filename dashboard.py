"""The entry: ``streamlit run dashboard.py``. The front page is the strategy.

With a folder ``pages/`` beside it Streamlit runs a page script alone when a page is opened by a direct link, so nothing
is prepared here: every script opens itself inside the frame (``pages/parts/frame.py``)."""

from pages.parts.frame import open_page
from pages.strategy import draw

open_page("strategy", draw)
