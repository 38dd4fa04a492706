"""axe-core in the page that is open: what it complains of."""

from typing import Any

from axe_playwright_python.base import AXE_SCRIPT, AxeResults
from playwright.sync_api import Page

RULES = {
    "resultTypes": ["violations"],
    "elementRef": False,
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
}
CONTRAST = RULES | {"runOnly": ["color-contrast"]}
ONLY_BAD = "async rules => ({violations: (await axe.run(document, rules)).violations})"


def complaints(page: Page, rules: dict[str, Any] = RULES) -> str:
    """A report; empty when of nothing. Its half megabyte of script is brought in once for each document."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    results = AxeResults(page.evaluate(ONLY_BAD, rules))
    return results.generate_report() if results.violations_count else ""
