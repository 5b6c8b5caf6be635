"""Which customers fall into a block, and how often each block is drawn: known to a build, and to nobody after it.

A release keeps replicates of effects, so that a what-if can chain them. To the first order a replicate is the effect
plus the sum over blocks of (times drawn - 1) times what the block adds to it. Whoever knew how often each block was
drawn could solve two hundred replicates for two hundred blocks, and a block of one customer says what that customer
met and did. So the draws follow from a seed that is not in the code: a SHA-256 over sums, by customer, of every time,
amount, score and flag that the build has read. Equal sources give equal draws and an equal release.

Nothing of the seed, of the draws or of the blocks is stored, and nothing that is stored determines them: a release
holds the cleared sums of many, rounded results, and hashes of itself and of the strategy, none of the sources. To
guess the seed is to guess every customer's part of two hundred sums at once (a model takes at least 200 rows, in at
least 30 blocks); whoever can do that holds the rows, and needs no release. One customer more gives other blocks and
other draws throughout, so two releases are no two equations. What is left in unlabelled replicates is how uncertain
effects are, alone and together, which is what they are kept for.

Blocks are secret for the halves of the customers whose effects stand beside the whole: nobody can tell who is in one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256
from typing import Any

import ibis
import numpy as np

from metrics.loyalty.lmg import Array
from metrics.loyalty.sums import BLOCKS

#: Table of the engine that holds the seed while a build runs.
SEED = "resampling_seed"
#: Source tables whose customers are resampled.
SOURCES = ("src_orders", "src_contacts", "src_answers", "src_customers", "src_complaints", "src_invitations")
#: Customers' numbers are spread over blocks by a line modulo this prime; products stay within 64 bits.
PRIME = 2**31 - 1
#: Numbers beyond this are cut, so that sums are exact.
LARGEST = 1e12


@dataclass(frozen=True)
class Resampling:
    """The blocks and draws of one build, the same for every model of it: replicate r resamples the same customers
    everywhere, so that effects of two models can be chained with their joint uncertainty."""

    seed: bytes = field(repr=False)

    def rng(self, purpose: str) -> np.random.Generator:
        """Random numbers of their own for each purpose."""
        return np.random.default_rng(self._number(purpose))

    def weights(self, replicates: int, blocks: int = BLOCKS) -> Array:
        """How often each block is taken: (1 + replicates, blocks), the first once each."""
        return _weights(self, replicates, blocks)

    def block(self, customer: Any) -> Any:
        """The block of a customer's number, an integer column of Ibis (or a number). Numbers follow the sorted order
        of ids, which a reader may know; so they are spread by a secret line, neighbours apart."""
        slope, start = self._line
        return ((customer % PRIME) * slope + start) % PRIME % BLOCKS

    def block_sql(self, customer: str) -> str:
        """``block`` as SQL text."""
        slope, start = self._line
        return f"(((CAST({customer} AS BIGINT) % {PRIME}) * {slope} + {start}) % {PRIME} % {BLOCKS})"

    @property
    def _line(self) -> tuple[int, int]:
        half = PRIME // 2
        return half + self._number("slope") % half, self._number("start") % PRIME

    def _number(self, purpose: str) -> int:
        return int.from_bytes(sha256(self.seed + purpose.encode()).digest(), "big")


@lru_cache(maxsize=8)
def _weights(drawn: Resampling, replicates: int, blocks: int) -> Array:
    draws = drawn.rng("weights").multinomial(blocks, [1 / blocks] * blocks, replicates)
    return np.concatenate([np.ones((1, blocks)), draws])


def resampling(engine: Any) -> Resampling:
    """The blocks and draws of the company whose sources stand in the engine, made once per build.

    Raises RuntimeError without any row of a customer: a seed that anybody could compute would be none."""
    if not engine.has(SEED):
        digest, rows = sha256(), 0
        for name in SOURCES:
            if engine.has(name):
                summed = _summed(engine, name)
                rows += len(summed)
                digest.update(f"{name}{summed}".encode())
        if not rows:
            raise RuntimeError("There is no row to draw a seed from.")
        engine.create(SEED, f"SELECT '{digest.hexdigest()}' AS seed")
    return Resampling(bytes.fromhex(engine.query(f"SELECT seed FROM {SEED}").column("seed")[0].as_py()))


def _summed(engine: Any, name: str) -> list[list[str]]:
    """Exact sums of every time, number and flag of a source table by customer's number modulo ``BLOCKS``, plain and
    times the customer's number, so that it matters whose each value is."""
    t = engine.table(name)
    customer = ibis.coalesce(t.customer.cast("int64"), t["row"].cast("int64"))
    values = [v for column, kind in t.schema().items() if (v := _whole(t[column], column, kind)) is not None]
    t = t.select(block=customer % BLOCKS, place=1 + customer % 997, **{f"v{i}": v for i, v in enumerate(values)})
    parts = [t.count(), t.place.sum()]
    parts += [e for i in range(len(values)) for e in (t[f"v{i}"].sum(), (t[f"v{i}"] * t.place).sum())]
    by = t.group_by("block").aggregate(**{f"s{i}": e.cast("string") for i, e in enumerate(parts)}).order_by("block")
    found = engine.query(by)
    return [list(map(str, row.values())) for row in found.to_pylist()]


def _whole(column: Any, name: str, kind: Any) -> Any | None:
    """A column as whole numbers; None for texts, and for places in a file."""
    if kind.is_timestamp() or kind.is_date():
        value = column.cast("timestamp").epoch_seconds()
    elif kind.is_boolean():
        value = column.cast("int64")
    elif kind.is_floating():
        value = (ibis.least(ibis.greatest(column, -LARGEST), LARGEST) * 1000).round()
    elif kind.is_integer() and name in ("amount", "returned_amount"):
        value = column
    else:
        return None
    return value.cast("int64").fill_null(-1)
