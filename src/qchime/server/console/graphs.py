"""Lays out a graph in columns: each node after those that it depends on, near them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from graphlib import TopologicalSorter

from qchime.core.showing import Graph, Node

WIDTH, HEIGHT = 230, 104
"""The size of a node, in pixels."""
GAP, ROW_GAP = 60, 28
"""The distance between columns, and between the nodes of one."""
HEADING = 32


@dataclass(frozen=True, slots=True)
class PlacedNode:
    """A node with its top left corner; `step` counts columns from 1."""

    node: Node
    number: int
    step: int
    x: int
    y: int
    after: Sequence[Node]
    """The nodes that it depends on."""


@dataclass(frozen=True, slots=True)
class Layout:
    """A graph with the places of its nodes, in the order of the graph; `edges` are paths of SVG."""

    nodes: Sequence[PlacedNode]
    edges: Sequence[str]
    steps: Sequence[tuple[int, int]]
    """The number of each column, and where it begins."""
    width: int
    height: int


def layout(graph: Graph) -> Layout:
    """Place the nodes of a graph."""
    before = {node.id: [start for start, end in graph.edges if end == node.id] for node in graph.nodes}
    columns = _columns(before)
    tallest = max(map(len, columns), default=0)
    corners: dict[str, tuple[int, int]] = {}
    for step, column in enumerate(columns):
        top = HEADING + (tallest - len(column)) * (HEIGHT + ROW_GAP) // 2
        for row, name in enumerate(sorted(column, key=lambda name: _mean(before[name], corners))):
            corners[name] = step * (WIDTH + GAP), top + row * (HEIGHT + ROW_GAP)
    return Layout(
        _placed(graph, before, columns, corners),
        [_path(corners[start], corners[end]) for start, end in graph.edges],
        [(step + 1, step * (WIDTH + GAP)) for step in range(len(columns))],
        max(len(columns) * (WIDTH + GAP) - GAP, 0),
        HEADING + max(tallest * (HEIGHT + ROW_GAP) - ROW_GAP, 0),
    )


def _columns(before: dict[str, list[str]]) -> list[list[str]]:
    """The ids of the nodes of each column, in the order of the graph."""
    steps: dict[str, int] = {}
    for name in TopologicalSorter(before).static_order():
        steps[name] = max((steps[other] + 1 for other in before[name]), default=0)
    count = max(steps.values(), default=-1) + 1
    return [[name for name in before if steps[name] == step] for step in range(count)]


def _mean(names: Sequence[str], corners: dict[str, tuple[int, int]]) -> float:
    """The mean height of nodes that are placed already."""
    return sum(corners[name][1] for name in names) / len(names) if names else 0


def _placed(
    graph: Graph,
    before: dict[str, list[str]],
    columns: list[list[str]],
    corners: dict[str, tuple[int, int]],
) -> list[PlacedNode]:
    nodes = {node.id: node for node in graph.nodes}
    steps = {name: step for step, column in enumerate(columns, 1) for name in column}
    return [
        PlacedNode(node, number, steps[name], *corners[name], [nodes[other] for other in before[name]])
        for number, (name, node) in enumerate(nodes.items(), 1)
    ]


def _path(start: tuple[int, int], end: tuple[int, int]) -> str:
    """A curve from the right side of one node to the left side of another."""
    x1, y1 = start[0] + WIDTH, start[1] + HEIGHT // 2
    x2, y2 = end[0], end[1] + HEIGHT // 2
    bend = max((x2 - x1) // 2, GAP // 2)
    return f"M{x1} {y1} C{x1 + bend} {y1} {x2 - bend} {y2} {x2} {y2}"
