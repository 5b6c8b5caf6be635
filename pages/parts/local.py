"""Whether a page is seen on the machine that serves it: a draft is shown nowhere else.

Whoever builds holds the rows anyway, so a draft tells them nothing new; it has passed no test against what was
published before, so nobody else may see it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from ipaddress import ip_address
from urllib.parse import urlsplit

import streamlit as st

#: Headers of a relay: what comes through one may come from anywhere.
RELAYED = ("forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-forwarded-server", "x-real-ip")


def here() -> bool:
    """Whether this session is on this machine; whatever is not certain counts as elsewhere."""
    headers = st.context.headers
    hosts = headers.get_all("host")
    origins = [urlsplit(origin).netloc for origin in headers.get_all("origin")]
    return seen_here(
        st.get_option("server.address"), [*hosts, *origins] if hosts else (), headers, st.context.ip_address
    )


def seen_here(listens_on: str | None, hosts: Sequence[str], headers: Iterable[str], reader: str | None) -> bool:
    """``listens_on``: address the server was told to listen on, None for every one. ``hosts``: names the reader
    called it by (host and origin), with or without port. ``reader``: the reader's address, None for this machine."""
    called = bool(hosts) and all(_loopback(_name(host)) for host in hosts)
    relayed = any(name.lower() in RELAYED for name in headers)
    return _loopback(listens_on) and called and not relayed and (reader is None or _loopback(reader))


def _name(host: str) -> str | None:
    try:
        return urlsplit(f"//{host}").hostname
    except ValueError:
        return None


def _loopback(name: str | None) -> bool:
    if not isinstance(name, str):
        return False
    if name.lower() == "localhost":
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False
