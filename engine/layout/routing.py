"""How the flows go: right-angled ways around every shape, found by A*; each is looked for again once all are known."""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Callable
from itertools import pairwise
from operator import itemgetter

from engine.layout.grid import DOWN, LEFT, RIGHT, UP, Grid, Port, Side, Spot, Way, make_grid, ports
from engine.layout.model import Flow, Page

BEND, CROSS, TOUCH, RUN_ALONG, JOIN = 30.0, 160.0, 400.0, 1500.0, 10.0
NOT_MIDDLE, SHARED_EXIT, SHARED_ENTRY, BOTH_WAYS = 50.0, 110.0, 60.0, 400.0
ROUNDS = 4

State = tuple[Spot, Side]


def route(page: Page, *, hastily: bool = False) -> float:
    """Give every flow its waypoints; return what they cost: length, bends, crossings.

    Flows are drawn in several orders and each again beside all others; ``hastily`` tries less.
    """
    short_first = sorted(page.flows, key=lambda flow: (_reach(page, flow), flow.id))
    best: dict[str, list[tuple[float, float]]] = {}
    lowest = float("inf")
    orders = (short_first,) if hastily else (short_first, short_first[::-1], page.flows)
    ground = _Ground(page)
    for order in orders:
        paths, total = _Paths(page, ground), float("inf")
        for _ in range(2 if hastily else ROUNDS):
            for flow in order:
                paths.find_again(flow)
            before, total = total, paths.total()
            if total < lowest - 1e-6:
                lowest, best = total, {flow.id: flow.waypoints for flow in page.flows}
            if abs(total - before) < 1e-6:
                break
    for flow in page.flows:
        flow.waypoints = best[flow.id]
    return lowest


def _reach(page: Page, flow: Flow) -> float:
    (ax, ay), (bx, by) = page.nodes[flow.source].centre, page.nodes[flow.target].centre
    return abs(ax - bx) + 2 * abs(ay - by) + (1000 if bx < ax else 0)


class _Ground:
    """What stays the same whatever ways the flows take: the grid, the ports, how far it is to the end at least."""

    def __init__(self, page: Page) -> None:
        self.grid: Grid = make_grid(page)
        self.ports = {node.id: ports(self.grid, node, page) for node in page.nodes.values()}
        self._ends: dict[tuple[tuple[Spot, Side, float], ...], Callable[[State], float]] = {}

    def least_still(self, ends: tuple[tuple[Spot, Side, float], ...]) -> Callable[[State], float]:
        """Return what it costs at least from a state to one of the ``ends``: as if nothing stood in between.

        An end is a spot, the direction of arrival and a price. Most ways end at the same prices as in the round before,
        and the search asks for this more often than for all else: what was once computed is kept.
        """
        if ends not in self._ends:
            self._ends[ends] = self._measured(ends)
        return self._ends[ends]

    def _measured(self, ends: tuple[tuple[Spot, Side, float], ...]) -> Callable[[State], float]:
        xs, ys = self.grid.xs, self.grid.ys
        cheapest_first = sorted(((price, xs[i], ys[j], side) for (i, j), side, price in ends), key=itemgetter(0))
        known: dict[State, float] = {}

        def still(state: State) -> float:
            least = known.get(state)
            if least is None:
                (i, j), heading = state
                x, y, least = xs[i], ys[j], float("inf")
                for price, ex, ey, side in cheapest_first:
                    if price >= least:
                        break
                    straight = abs(ex - x) + abs(ey - y) + price
                    if straight < least:
                        least = min(least, straight + BEND * fewest_bends(ex - x, ey - y, heading, side))
                known[state] = least
            return least

        return still


class _Paths:
    """Which ways the flows took so far."""

    def __init__(self, page: Page, ground: _Ground) -> None:
        self._page, self._ground = page, ground
        self._grid, self._ports = ground.grid, ground.ports
        self._flows = {flow.id: flow for flow in page.flows}
        self._kin = {
            flow.id: {other.id for other in page.flows if flow.source == other.source or flow.target == other.target}
            for flow in page.flows
        }
        self._steps: dict[tuple[Spot, bool], set[str]] = defaultdict(set)
        self._turns: dict[Spot, dict[str, int]] = defaultdict(dict)
        self._taken: dict[str, list[tuple[Port, Port]]] = defaultdict(list)
        self._ways: dict[str, tuple[list[Spot], Port, Port]] = {}
        self._changes = 0
        self._looked: dict[str, int] = {}

    def find_again(self, flow: Flow) -> None:
        """Find the best way for ``flow``, unless no other way changed since it was last looked for."""
        if self._looked.get(flow.id) == self._changes:
            return
        before = self._ways.get(flow.id)
        self.forget(flow)
        self.find(flow)
        self._changes += self._ways[flow.id] != before
        self._looked[flow.id] = self._changes

    def forget(self, flow: Flow) -> None:
        """Take the way of ``flow`` off the grid."""
        way = self._ways.pop(flow.id, None)
        if way is not None:
            for here, there in pairwise(way[0]):
                self._steps[_step(here, there)].discard(flow.id)
            for spot in way[0]:
                self._turns[spot].pop(flow.id, None)

    def total(self) -> float:
        """Return what all ways together cost, each beside all others."""
        total = 0.0
        for flow in self._flows.values():
            spots, leaving, entering = self._ways[flow.id]
            heading = leaving.side
            total += self._exit_price(flow, leaving) + self._entry_price(flow, entering)
            for spot, there in pairwise(spots):
                way = next(each for each in self._grid.from_here(spot) if each.there == there)
                total += self._price(flow, spot, heading, way)
                heading = way.side
        return total

    def find(self, flow: Flow) -> None:  # noqa: C901, PLR0912 - A* reads best in one piece
        """Find the best way for ``flow`` beside those of the others."""
        starts = {(port.spot, port.side): port for port in self._ports[flow.source]}
        goals: dict[State, Port] = {
            (port.spot, (-port.side[0], -port.side[1])): port for port in self._ports[flow.target]
        }
        still = self._ground.least_still(
            tuple((spot, side, self._entry_price(flow, port)) for (spot, side), port in goals.items())
        )
        best: dict[State, float] = {}
        came: dict[State, State | None] = {}
        queue: list[tuple[float, int, State]] = []
        count = 0
        for state, port in starts.items():
            best[state], came[state] = self._exit_price(flow, port), None
            heapq.heappush(queue, (best[state] + still(state), count, state))
            count += 1
        finish, lowest = None, float("inf")
        done: set[State] = set()
        while queue:
            estimate, _, state = heapq.heappop(queue)
            if estimate >= lowest:
                break
            if state in done:
                continue
            done.add(state)
            so_far = best[state]
            if state in goals:
                total = so_far + self._entry_price(flow, goals[state])
                if total < lowest:
                    finish, lowest = state, total
            spot, heading = state
            backwards = (-heading[0], -heading[1])
            met = self._turns.get(spot)
            for way in self._grid.from_here(spot):
                if way.side == backwards:
                    continue
                following = way.there, way.side
                if following in done:
                    continue
                if met or self._steps.get(way.step):
                    reached = so_far + self._price(flow, spot, heading, way)
                else:  # nobody else is here: the price written out, for this is most of the page
                    reached = so_far + (way.length if way.side == heading else way.length + BEND)
                if reached < best.get(following, float("inf")) - 1e-9:
                    best[following], came[following] = reached, state
                    count += 1
                    heapq.heappush(queue, (reached + still(following), count, following))
        if finish is None:
            raise ValueError(f"there is no way for the flow {flow.id}")
        self._keep(flow, finish, came, starts, goals)

    def _price(self, flow: Flow, spot: Spot, heading: Side, way: Way) -> float:
        turning = way.side != heading
        price = way.length + BEND if turning else way.length
        kin = self._kin[flow.id]
        for other in self._steps.get(way.step, ()):
            if other != flow.id:
                price += JOIN if other in kin else RUN_ALONG
        met = self._turns.get(spot)
        return price + self._meeting_price(flow, met, heading, turning) if met else price

    def _meeting_price(self, flow: Flow, met: dict[str, int], heading: Side, turning: bool) -> float:
        """Return what it costs to meet others at a spot where they go straight (1 across, 2 upright) or turn (3)."""
        mine = 3 if turning else 1 if heading[1] == 0 else 2
        price = 0.0
        for other, theirs in met.items():
            if other == flow.id or (mine == theirs and mine != 3):
                continue  # along the same line: the step has its price
            if mine + theirs == 3:
                price += CROSS
            elif other not in self._kin[flow.id]:
                price += TOUCH
        return price

    def _exit_price(self, flow: Flow, port: Port) -> float:
        source, target = self._page.nodes[flow.source], self._page.nodes[flow.target]
        price = 0.0 if port.middle else NOT_MIDDLE
        back = target.centre[0] <= source.centre[0]
        if source.kind != "boundaryEvent":
            if port.side == LEFT:
                price += 25 if back else 200
            elif port.side in (UP, DOWN) and source.size[0] > 60:
                price += 0 if back else 35
        for other, (_, leaving, entering) in self._ways.items():
            each = self._flows[other]
            if other == flow.id:
                continue
            if each.source == flow.source and leaving == port:
                price += SHARED_EXIT
            if each.target == flow.source and entering == port:
                price += BOTH_WAYS
        return price

    def _entry_price(self, flow: Flow, port: Port) -> float:
        source, target = self._page.nodes[flow.source], self._page.nodes[flow.target]
        price = 0.0 if port.middle else NOT_MIDDLE
        back = target.centre[0] <= source.centre[0]
        if port.side == RIGHT:
            price += 25 if back else 200
        elif port.side in (UP, DOWN) and not back:
            price += 12
        for other, (_, leaving, entering) in self._ways.items():
            each = self._flows[other]
            if other == flow.id:
                continue
            if each.target == flow.target and entering == port:
                price += SHARED_ENTRY
            if each.source == flow.target and leaving == port:
                price += BOTH_WAYS
        return price

    def _pixels(self, spot: Spot) -> tuple[float, float]:
        return self._grid.xs[spot[0]], self._grid.ys[spot[1]]

    def _keep(
        self, flow: Flow, finish: State, came: dict[State, State | None], starts: dict[State, Port],
        goals: dict[State, Port],
    ) -> None:  # fmt: skip
        states: list[State] = []
        state: State | None = finish
        while state is not None:
            states.append(state)
            state = came[state]
        states.reverse()
        spots = [spot for spot, _ in states]
        leaving, entering = starts[states[0]], goals[finish]
        self._ways[flow.id] = (spots, leaving, entering)
        for here, there in pairwise(spots):
            self._steps[_step(here, there)].add(flow.id)
        headings = [side for _, side in states]
        for (spot, heading), following in zip(states, [*headings[1:], headings[-1]], strict=True):
            self._turns[spot][flow.id] = 3 if heading != following else 1 if heading[1] == 0 else 2
        points = [(leaving.x, leaving.y), *map(self._pixels, spots), (entering.x, entering.y)]
        flow.waypoints = corners(points)


def fewest_bends(dx: float, dy: float, heading: Side, arriving: Side) -> int:
    """Return how often a way must turn that goes on by (dx, dy) in pixels, begins and ends in these directions."""
    ahead = dx * heading[0] + dy * heading[1]
    aside = dx * heading[1] - dy * heading[0]
    if heading == arriving:
        return 4 if ahead < 0 else 2 if aside else 0
    if heading[0] == -arriving[0] and heading[1] == -arriving[1]:
        return 2 if aside else 4
    return 1 if ahead >= 0 and dx * arriving[0] + dy * arriving[1] >= 0 else 3


def _step(here: Spot, there: Spot) -> tuple[Spot, bool]:
    """Return the step between two spots, the same from either end."""
    return min(here, there), here[1] == there[1]


def corners(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Drop the points that lie on a straight line between their neighbours."""
    kept = [points[0]]
    for before, point, after in zip(points, points[1:], points[2:], strict=False):
        straight = (before[0] == point[0] == after[0]) or (before[1] == point[1] == after[1])
        if not straight and point != kept[-1]:
            kept.append(point)
    kept.append(points[-1])
    return kept
