"""Every pair of ink and surface the pages use has the contrast WCAG 2.2 AA asks for, in both themes."""

import re
from itertools import product
from pathlib import Path

import pytest
from django.conf import settings

TOKENS = Path(settings.BASE_DIR / "static" / "tokens.css").read_text()
PAIR = re.compile(r"--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)")
COLOURS = {name: {"light": light, "dark": dark} for name, light, dark in PAIR.findall(TOKENS)}
THEMES = ("light", "dark")
TEXT_ON_SURFACE = [
    *product(("ink", "soft", "accent", "accent-deep"), ("paper", "sheet", "tint", "picked")),
    *product(("waiting", "accepted", "rejected", "ignored", "pipeline", "won", "lost"), ("paper", "sheet")),
    *product(("ignored", "won", "accepted"), ("tint", "picked")),
    *product(("on-accent",), ("accent", "accent-deep", "heat-4", "heat-5")),
    *product(("ink",), ("heat-0", "heat-1", "heat-2", "heat-3")),
]
EDGE_ON_SURFACE = [*product(("edge", "accent"), ("paper", "sheet")), ("accent", "picked")]


def luminance(colour: str) -> float:
    """WCAG 2.2, relative luminance."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """WCAG 2.2, contrast ratio."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_black_on_white_is_twenty_one_to_one() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("ink", "surface"), TEXT_ON_SURFACE)
def test_text_can_be_read(ink: str, surface: str, theme: str) -> None:
    assert contrast(COLOURS[ink][theme], COLOURS[surface][theme]) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("edge", "surface"), EDGE_ON_SURFACE)
def test_edges_of_controls_and_focus_can_be_seen(edge: str, surface: str, theme: str) -> None:
    assert contrast(COLOURS[edge][theme], COLOURS[surface][theme]) >= 3


@pytest.mark.parametrize("theme", THEMES)
def test_heat_grows_steadily_so_that_it_reads_in_grey(theme: str) -> None:
    levels = [luminance(COLOURS[f"heat-{level}"][theme]) for level in range(6)]
    assert levels == sorted(levels, reverse=theme == "light")


def test_every_colour_is_given_for_both_themes() -> None:
    root = TOKENS[TOKENS.index(":root {") : TOKENS.index('[data-theme="light"]')]
    bare = [line for line in root.splitlines() if "#" in line and "light-dark(" not in line]
    assert bare == []
