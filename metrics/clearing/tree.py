"""What is said of one metric in one block along one path, as a tree of cells; and the two ways to say less.

Every cell stands for rows that pass the cell rule. Saying less never needs the rows again: two cells that pass are
joined into one that passes too (it has at least as many staff and customers, and its largest share is at most the
larger of theirs), so a tree can be mended from its own sums.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from metrics.clearing.evidence import Floats

Places = tuple[int, ...]
#: The places that stand in a cell, for every dimension cut so far.
Path = tuple[Places, ...]


@dataclass(frozen=True)
class Node:
    """A cell: the ``places`` of the dimension cut last that stand in it, its sums, and the cells it is cut into."""

    places: Places
    sums: Floats
    children: tuple[Node, ...] = ()


@dataclass(frozen=True)
class Tree:
    """Cells of one path. ``metric`` numbers the metric within its family; ``columns`` name the columns of its finest
    cells that the path cuts, one per depth. ``priority``: 1 is kept longest; 0 are company totals.

    ``single``: only cells of one place are told; what is pooled is covered by the block (months). ``fixed``: published
    before, and never changed. ``of``: the metric whose cells these are, laid over wider rows of which it
    counts a part; this tree follows that metric's."""

    metric: int
    view: str
    columns: tuple[str, ...]
    priority: int
    nodes: tuple[Node, ...]
    single: bool = False
    fixed: bool = False
    of: int = -1

    def told(self, node: Node) -> bool:
        return not self.single or len(node.places) == 1


def walk(tree: Tree) -> Iterator[tuple[int, tuple[int, ...], tuple[Places, ...], Node]]:
    """(depth, position in the tree, path, cell) of every cell, parents first."""

    def below(
        nodes: Sequence[Node], at: tuple[int, ...], path: tuple[Places, ...]
    ) -> Iterator[tuple[int, tuple[int, ...], tuple[Places, ...], Node]]:
        for i, node in enumerate(nodes):
            here = (*path, node.places) if tree.columns else path
            yield len(here), (*at, i), here, node
            yield from below(node.children, (*at, i), here)

    yield from below(tree.nodes, (), ())


def where(tree: Tree, path: Path) -> tuple[int, ...] | None:
    """The position of the cell with just this path; None where it is gone (joined with another, or cut)."""
    return next((at for _, at, here, _ in walk(tree) if here == path), None)


def depth(tree: Tree) -> int:
    """Dimensions cut."""
    return max((d for d, *_ in walk(tree)), default=0)


def join(a: Node, b: Node) -> Node:
    """One cell of two. Below it stand the finest cells that are unions of whole cells on both sides."""
    return Node(tuple(sorted({*a.places, *b.places})), a.sums + b.sums, _coarsest((*a.children, *b.children)))


def _coarsest(nodes: Sequence[Node]) -> tuple[Node, ...]:
    groups: list[Node] = []
    for node in nodes:
        for other in [g for g in groups if set(g.places) & set(node.places)]:
            groups.remove(other)
            node = join(other, node)
        groups.append(node)
    return tuple(sorted(groups, key=lambda n: n.places))


def joined(tree: Tree, at: Sequence[int]) -> Tree | None:
    """The tree with the cell at a position joined with its sibling: the next in declared order, for the last one the
    one before. Where it has none its parent is joined; None where nothing is left to join."""
    if len(siblings(tree, at[:-1])) > 1:
        i = at[-1]
        other = i + 1 if i + 1 < len(siblings(tree, at[:-1])) else i - 1
        return replace(tree, nodes=_with(tree.nodes, at[:-1], min(i, other)))
    return joined(tree, at[:-1]) if len(at) > 1 else None


def siblings(tree: Tree, parent: Sequence[int]) -> tuple[Node, ...]:
    nodes = tree.nodes
    for i in parent:
        nodes = nodes[i].children
    return nodes


def _with(nodes: tuple[Node, ...], parent: Sequence[int], first: int) -> tuple[Node, ...]:
    if parent:
        i = parent[0]
        below = replace(nodes[i], children=_with(nodes[i].children, parent[1:], first))
        return (*nodes[:i], below, *nodes[i + 1 :])
    one = join(nodes[first], nodes[first + 1])
    # A pool of places that are not neighbours can span others: sorted again by its first place.
    return tuple(sorted((*nodes[:first], one, *nodes[first + 2 :]), key=lambda n: n.places))


def uncut(tree: Tree, at: Sequence[int]) -> Tree:
    """The tree with the cell at a position told without a cut: below it stands one cell with every place there is."""
    every: dict[int, set[int]] = {}
    for level, _, _, node in walk(tree):
        every.setdefault(level, set()).update(node.places)

    def whole(node: Node, level: int) -> Node:
        below = Node(tuple(sorted(every[level + 1])), node.sums) if level < depth(tree) else None
        return replace(node, children=(whole(below, level + 1),) if below else ())

    def less(nodes: tuple[Node, ...], place: Sequence[int]) -> tuple[Node, ...]:
        i = place[0]
        level = len(at) - len(place) + 1
        new = (
            replace(nodes[i], children=less(nodes[i].children, place[1:])) if len(place) > 1 else whole(nodes[i], level)
        )
        return (*nodes[:i], new, *nodes[i + 1 :])

    return replace(tree, nodes=less(tree.nodes, at))


def shortened(tree: Tree) -> Tree | None:
    """The tree without its last level; None where it had only one."""
    last = depth(tree)
    if last <= 1:
        return None

    def cut(nodes: tuple[Node, ...], level: int) -> tuple[Node, ...]:
        return tuple(replace(n, children=() if level + 1 >= last else cut(n.children, level + 1)) for n in nodes)

    return replace(tree, columns=tree.columns[:-1], nodes=cut(tree.nodes, 1))
