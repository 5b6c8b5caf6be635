"""Adding released cells over blocks and over the values of a scope, only where they cover the same ground.

A cell may be pooled in one block and stand alone in another. Over several blocks only groups that are a union of
whole cells in *every* block have a sum; so cells are joined until they match: values that share a cell in any block
share the row. What cannot be told as a plain list of values per dimension is left out (refused, not guessed).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import product

Dims = tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True)
class Piece:
    """A released cell of one block: its values per dimension and its sums."""

    period: str
    dims: Dims
    sums: Mapping[str, float]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(d for d, _ in self.dims)

    def values(self, dimension: str) -> tuple[str, ...]:
        return dict(self.dims).get(dimension, ())


def join(
    pieces: Sequence[Piece], label: str, where: Sequence[str], order: Mapping[str, tuple[str, ...]]
) -> list[Piece]:
    """Disjoint pieces over all blocks of ``pieces``, each the sum of whole cells in every block.

    ``where``: dimensions of a scope, whose values are added into one piece. ``order`` gives declared order of the
    values of each dimension. Checked in tests against sums over rows."""
    if not pieces:
        return []
    root: dict[tuple[str, ...], tuple[str, ...]] = {}

    def find(point: tuple[str, ...]) -> tuple[str, ...]:
        root.setdefault(point, point)
        while root[point] != point:
            root[point] = root[root[point]]
            point = root[point]
        return point

    points: list[tuple[str, ...]] = []
    for piece in pieces:
        corners = list(product(*(values for _, values in piece.dims)))
        points.append(corners[0])
        for corner in corners[1:]:
            root[find(corner)] = find(corners[0])
        find(corners[0])
    if where:
        first: dict[tuple[str, ...], tuple[str, ...]] = {}
        for corner in list(root):
            rest = tuple(v for v, name in zip(corner, pieces[0].names) if name not in where)
            anchor = first.setdefault(rest, corner)
            root[find(corner)] = find(anchor)
    groups: dict[tuple[str, ...], list[Piece]] = {}
    for piece, point in zip(pieces, points):
        groups.setdefault(find(point), []).append(piece)
    joined = []
    for key, members in groups.items():
        corners = [c for c in root if find(c) == key]
        dims = tuple(
            (name, tuple(sorted({c[i] for c in corners}, key=partial(_rank, order.get(name, ())))))
            for i, name in enumerate(pieces[0].names)
        )
        size = 1
        for _, values in dims:
            size *= len(values)
        if size != len(corners) and len(members) > 1:
            continue
        sums: dict[str, float] = {}
        for member in members:
            for measure, value in member.sums.items():
                sums[measure] = sums.get(measure, 0.0) + value
        joined.append(Piece(label, dims, sums))
    return joined


def _rank(order: tuple[str, ...], value: str) -> int:
    return order.index(value) if value in order else len(order)
