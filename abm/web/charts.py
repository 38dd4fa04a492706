"""Chart geometry, drawn as SVG by templates/charts/: pure functions from numbers to dataclasses.

Every bar and point is a link to the rows it counts; every chart carries its table. Units: bars in thousandths
of the plot's width, trends in a 1000 × 1000 box stretched to the page, heat in six levels.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

WIDE = 1000.0
NOTHING = 1e-12
"""What is smaller is drawn as zero: a scale for it would be beyond all numbers."""


@dataclass(frozen=True)
class Item:
    """One bar to draw. `text` is the number as read; `note` what stands behind it; `ink` accepted, ignored, …"""

    label: str
    value: float
    text: str
    href: str = ""
    note: str = ""
    note_href: str = ""
    ink: str = ""


@dataclass(frozen=True)
class Bar:
    """A drawn item: from `x`, `width` long; the part lost since the bar above from `lost_x`, `lost_width` long."""

    item: Item
    x: float
    width: float
    lost_x: float
    lost_width: float

    @property
    def negative(self) -> bool:
        return self.item.value < 0


@dataclass(frozen=True)
class Bars:
    """Horizontal bars on one scale that starts at zero (`zero` is where it stands)."""

    bars: tuple[Bar, ...]
    zero: float


def waterfall(items: Sequence[Item]) -> Bars:
    """Steps from the top of the funnel down: each bar starts at zero, its dashed rest is what the step before lost."""
    scale = _per_unit(max((item.value for item in items), default=0))
    above = [items[0].value, *(item.value for item in items)] if items else []
    drawn = [
        Bar(item, 0.0, item.value * scale, item.value * scale, max(before - item.value, 0) * scale)
        for item, before in zip(items, above, strict=False)
    ]
    return Bars(tuple(drawn), 0.0)


def parts(items: Sequence[Item]) -> Bars:
    """Signed contributions side by side: right of zero adds, left of it takes away."""
    low = min(0.0, min((item.value for item in items), default=0.0))
    high = max(0.0, max((item.value for item in items), default=0.0))
    scale = _per_unit(high - low)
    zero = -low * scale
    drawn = [Bar(item, zero + min(item.value, 0) * scale, abs(item.value) * scale, 0.0, 0.0) for item in items]
    return Bars(tuple(drawn), zero)


def _per_unit(most: float) -> float:
    return WIDE / most if most > NOTHING else 0.0


@dataclass(frozen=True)
class Whisker:
    """A rate with its interval on the scale 0–100 %; `before` is last year's, where there is one."""

    low: float
    value: float
    high: float
    before: float | None

    @property
    def width(self) -> float:
        return self.high - self.low


def whisker(value: float, low: float, high: float, before: float | None = None) -> Whisker:
    """Fractions 0…1 to thousandths."""
    return Whisker(low * WIDE, value * WIDE, high * WIDE, None if before is None else before * WIDE)


@dataclass(frozen=True)
class Point:
    """One value of a trend; None where there is nothing to divide by. `low`, `high` bound its interval."""

    label: str
    value: float | None
    text: str
    low: float | None = None
    high: float | None = None
    href: str = ""


@dataclass(frozen=True)
class Dot:
    """A drawn point."""

    point: Point
    x: float
    y: float


@dataclass(frozen=True)
class Tick:
    """A line across the plot and its label."""

    y: float
    label: str


@dataclass(frozen=True)
class Trend:
    """A line with its interval band, last year's line behind it, and the table of both."""

    labels: tuple[str, ...]
    ticks: tuple[Tick, ...]
    dots: tuple[Dot, ...]
    before: tuple[Dot, ...]
    line: str
    line_before: str
    band: str
    rows: tuple[tuple[Point, Point | None], ...]


def trend(now: Sequence[Point], before: Sequence[Point] = (), *, percent: bool = True) -> Trend:
    """Points at even distances, from zero to a round number above the highest bound."""
    values = [bound for p in (*now, *before) for bound in (p.value, p.high) if bound is not None]
    steps = round_steps(max(values, default=1.0))
    dots, ghost = _dots(now, steps[-1]), _dots(before, steps[-1])
    ticks = tuple(Tick(_y(step, steps[-1]), _tick_label(step, percent)) for step in steps)
    longest = now if len(now) >= len(before) else before
    rows = tuple((point, before[i] if i < len(before) else None) for i, point in enumerate(now))
    return Trend(
        labels=tuple(point.label for point in longest),
        ticks=ticks,
        dots=dots,
        before=ghost,
        line=_path(dots),
        line_before=_path(ghost),
        band=_band(now, steps[-1]),
        rows=rows,
    )


def round_steps(most: float) -> list[float]:
    """Three to six round numbers from 0 up to at least `most`: 0, 0.2, … 1.0."""
    if most <= 0:
        return [0.0, 1.0]
    rough = most / 5
    size = 10 ** floor(log10(rough))
    step = next(size * m for m in (1, 2, 2.5, 5, 10) if size * m >= rough * 0.999)
    return [step * i for i in range(ceil(most / step * 0.999) + 1)]


def _tick_label(step: float, percent: bool) -> str:
    return f"{step * 100:.10g} %" if percent else f"{step:,.10g}"


def _x(i: int, n: int) -> float:
    return (i + 0.5) / n * WIDE


def _y(value: float, top: float) -> float:
    return WIDE - value / top * WIDE


def _dots(points: Sequence[Point], top: float) -> tuple[Dot, ...]:
    n = len(points)
    return tuple(Dot(p, _x(i, n), _y(p.value, top)) for i, p in enumerate(points) if p.value is not None)


def _path(dots: Sequence[Dot]) -> str:
    return " ".join(f"{'L' if i else 'M'}{dot.x:.1f} {dot.y:.1f}" for i, dot in enumerate(dots))


def _band(points: Sequence[Point], top: float) -> str:
    n = len(points)
    bounds = [(_x(i, n), p.low, p.high) for i, p in enumerate(points) if p.low is not None and p.high is not None]
    over = [f"{x:.1f},{_y(high, top):.1f}" for x, _, high in bounds]
    under = [f"{x:.1f},{_y(low, top):.1f}" for x, low, _ in reversed(bounds)]
    return " ".join(over + under) if len(bounds) > 1 else ""


@dataclass(frozen=True)
class Cell:
    """One value of a heat map; `few` marks a small n, drawn without heat so that noise does not shout."""

    text: str
    value: float | None
    href: str = ""
    few: bool = False
    level: int = 0

    @property
    def css(self) -> str:
        return "heat-few" if self.few or self.value is None else f"heat-{self.level}"


@dataclass(frozen=True)
class Heat:
    """A table whose cells carry one of six levels."""

    corner: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Cell, ...]], ...]


def heat_map(corner: str, columns: Sequence[str], rows: Mapping[str, Sequence[Cell]]) -> Heat:
    """Levels 0–5 between the lowest and the highest value that rests on enough rows."""
    known = [cell.value for cells in rows.values() for cell in cells if cell.value is not None and not cell.few]
    low, high = min(known, default=0.0), max(known, default=0.0)
    drawn = tuple((name, tuple(_levelled(cell, low, high) for cell in cells)) for name, cells in rows.items())
    return Heat(corner, tuple(columns), drawn)


def _levelled(cell: Cell, low: float, high: float) -> Cell:
    if cell.value is None or cell.few or high <= low:
        return cell
    return Cell(cell.text, cell.value, cell.href, cell.few, min(int((cell.value - low) / (high - low) * 6), 5))
