"""A reader without a browser: speaks Streamlit's own protocol to a page and keeps every frame that comes back.

Protocol as in streamlit.proto (1.67): a BackMsg asks for a run, ForwardMsgs answer until the script has finished.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any
from urllib.parse import urlencode, urlsplit

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect

SECONDS = 60
FINISHED = ForwardMsg.ScriptFinishedStatus


@dataclass
class Seen:
    """The frames of one run."""

    frames: list[ForwardMsg] = field(default_factory=list)

    @property
    def raw(self) -> bytes:
        return b"\n".join(f.SerializeToString() for f in self.frames)

    @property
    def texts(self) -> list[str]:
        """Every text in every field of every frame."""
        return [text for frame in self.frames for text in _texts(frame)]

    @property
    def exceptions(self) -> list[str]:
        return [e.exception.message for e in self.elements("exception")]

    def elements(self, *kinds: str) -> list[Any]:
        found = [f.delta.new_element for f in self.frames if f.WhichOneof("type") == "delta"]
        return [e for e in found if not kinds or e.WhichOneof("type") in kinds]

    @property
    def drawn(self) -> list[tuple[tuple[int, ...], bytes]]:
        """What stands on the page at the end, place by place, byte by byte, without what belongs to the session alone.

        Not the order in which it came: the server leaves out what it drew and replaced before it was sent."""
        stands: dict[tuple[int, ...], bytes] = {}
        for frame in self.frames:
            if frame.WhichOneof("type") == "delta":
                at = tuple(frame.metadata.delta_path)
                stands = {place: what for place, what in stands.items() if place[: len(at)] != at}
                stands[at] = frame.delta.SerializeToString(deterministic=True)
        return sorted(stands.items())


class Reader:
    """One session: ``see`` runs a page with an address and returns its frames."""

    def __init__(self, url: str) -> None:
        self.url = url
        parts = urlsplit(url)
        self.opening = connect(
            f"ws://{parts.netloc}/_stcore/stream", subprotocols=["streamlit"], max_size=None, compression=None
        )  # type: ignore[list-item]

    def __enter__(self) -> Reader:
        self.socket = self.opening.__enter__()
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.opening.__exit__(kind, error, trace)

    def see(self, page: str, query: dict[str, str] | str = "", widgets: dict[str, str] | None = None) -> Seen:
        """``page``: '' for the front page. ``widgets``: id -> text value sent as the reader's choice."""
        message = BackMsg()
        state = message.rerun_script
        state.page_name = page
        state.query_string = query if isinstance(query, str) else urlencode(query)
        state.context_info.timezone, state.context_info.locale = "UTC", "en-US"
        state.context_info.url = f"{self.url}/{page}"
        for id, value in (widgets or {}).items():
            widget = state.widget_states.widgets.add()
            widget.id, widget.string_value = id, value
        self.socket.send(message.SerializeToString())
        seen = Seen()
        while True:
            frame = ForwardMsg()
            frame.ParseFromString(self.socket.recv(timeout=SECONDS))  # type: ignore[arg-type]
            seen.frames.append(frame)
            if frame.WhichOneof("type") == "script_finished" and (
                frame.script_finished != FINISHED.FINISHED_EARLY_FOR_RERUN
            ):
                return seen


@contextlib.contextmanager
def reading(url: str) -> Iterator[Reader]:
    with Reader(url) as reader:
        yield reader


def _texts(message: Any) -> Iterator[str]:
    for _, value in message.ListFields():
        if hasattr(value, "items"):
            several = [x for pair in value.items() for x in pair]
        elif isinstance(value, str | bytes | int | float) or hasattr(value, "ListFields"):
            several = [value]
        else:
            several = list(value)
        for one in several:
            if isinstance(one, str):
                yield one
            elif isinstance(one, bytes):
                yield one.decode("utf-8", "ignore")
            elif hasattr(one, "ListFields"):
                yield from _texts(one)
