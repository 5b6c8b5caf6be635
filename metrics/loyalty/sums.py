"""Rows become sums of products, counted where the data are; nothing else of them is read.

Columns are whole numbers, so every sum is exact and does not depend on the order in which threads add. The sums of
several products travel in one 64-bit number where they surely fit (each has its own bits), which halves the work:
at a million rows and 16 drivers the engine adds all products in about four times the time it needs to add the
columns alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from metrics.errors import Refusal, Refused

Ints = NDArray[np.int64]

#: Customers are resampled in blocks: the customer's number modulo this.
BLOCKS = 200
#: Types in which the product of two values fits.
SHORT = (("SMALLINT", 2**15 - 1), ("INTEGER", 2**31 - 1))
#: Bits of a number that are used; the sign and one more stay free.
BITS = 62


@dataclass(frozen=True)
class Sums:
    """Sums of products by part of the panel. ``products`` (parts, q, q) of the columns ``1`` and ``columns``, each
    column less its ``low`` (its smallest value), so that they are small; ``parts`` has the key of each part in the
    order of ``keys``."""

    columns: tuple[str, ...]
    low: Ints
    keys: tuple[str, ...]
    parts: NDArray[np.object_]
    products: Ints

    def only(self, key: str, value: Any) -> Sums:
        """The parts with one value of a key."""
        chosen = self.parts[:, self.keys.index(key)] == value
        return Sums(self.columns, self.low, self.keys, self.parts[chosen], self.products[chosen])

    def of(self, columns: Sequence[str]) -> Sums:
        """The same sums of some of the columns, in this order."""
        at = [0, *(1 + self.columns.index(c) for c in columns)]
        low = self.low[[i - 1 for i in at[1:]]]
        return Sums(tuple(columns), low, self.keys, self.parts, self.products[:, at][:, :, at])

    def by_block(self, blocks: int = BLOCKS) -> Ints:
        """Sums of products (blocks, q, q) of all parts of a block together."""
        found = np.zeros((blocks, *self.products.shape[1:]), dtype=np.int64)
        np.add.at(found, self.parts[:, self.keys.index("block")].astype(np.int64), self.products)
        return found


def sums(engine: Any, table: str, columns: Sequence[str], keys: Sequence[str] = ("block",)) -> Sums:
    """Sums of products of whole-number ``columns`` of a table for each combination of ``keys`` (without keys: of all).

    ``columns`` must hold no null. The SQL is plain (sums, products, casts) and the same for every engine. Raises
    Refusal(NO_SIGNAL) without rows, and Refusal(TOO_FEW) where a column ranges so widely that its sums of squares
    would not fit into 64 bits."""
    place, names = f'"{table}"', [f'"{c}"' for c in columns]
    quoted = [f'"{k}"' for k in keys]
    by = ", ".join(quoted)
    ends = ", ".join(f"min({c}) AS l{i}, max({c}) AS h{i}" for i, c in enumerate(names))
    told = engine.query(f"SELECT count(*) AS n, {ends} FROM {place}").to_pylist()[0]
    most = told["n"]
    if keys:
        sizes = f"SELECT count(*) AS n FROM {place} GROUP BY {by}"
        most = engine.query(f"SELECT max(n) AS most FROM ({sizes}) AS sizes").column("most")[0].as_py()
    if not most:
        raise Refusal(Refused.NO_SIGNAL)
    low = [int(told[f"l{i}"]) for i in range(len(columns))]
    widest = max(1, *(int(told[f"h{i}"]) - low[i] for i in range(len(columns))))
    width = (widest * widest * int(most)).bit_length()
    if width > BITS:
        raise Refusal(Refused.TOO_FEW)
    # Adding into groups costs most per sum, so several travel together; for one total, short numbers are fastest alone.
    kind = "BIGINT" if keys else next((k for k, most in SHORT if widest * widest <= most), "BIGINT")
    q, together = len(columns) + 1, BITS // width if kind == "BIGINT" else 1
    small = [f"CAST(1 AS {kind})"]
    small += [f"CAST(CAST({c} AS BIGINT) - ({least}) AS {kind})" for c, least in zip(names, low)]
    packs = [range(start, min(start + together, q)) for start in range(0, q, together)]
    made = [f"{column} AS c{i}" for i, column in enumerate(small)]
    for g, pack in enumerate(packs if together > 1 else ()):
        made.append(" + ".join(f"{small[i]} * {1 << (width * k)}" for k, i in enumerate(pack)) + f" AS p{g}")
    other = "p" if together > 1 else "c"
    wanted = [(i, g) for i in range(q) for g, pack in enumerate(packs) if pack[-1] >= i]
    added = ", ".join(f"CAST(sum(c{i} * {other}{g}) AS BIGINT) AS s{i}_{g}" for i, g in wanted)
    inner = f"SELECT {', '.join([*quoted, *made])} FROM {place}"
    grouped = f"SELECT {by}, {added} FROM ({inner}) AS small GROUP BY {by} ORDER BY {by}"
    answer = engine.query(grouped if keys else f"SELECT {added} FROM ({inner}) AS small")
    found = np.zeros((answer.num_rows, q, q), dtype=np.int64)
    mask = (1 << width) - 1
    for i, g in wanted:
        packed = answer.column(f"s{i}_{g}").to_numpy()
        for k, j in enumerate(packs[g]):
            found[:, i, j] = found[:, j, i] = (packed >> (width * k)) & mask
    parts = np.empty((answer.num_rows, len(keys)), dtype=object)
    for k, key in enumerate(keys):
        parts[:, k] = answer.column(key).to_pylist()
    return Sums(tuple(columns), np.array(low, dtype=np.int64), tuple(keys), parts, found)
