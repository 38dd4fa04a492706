"""Takes files through the import wizard with a browser, as a person would: python scripts/wizard.py FOLDER [ADDRESS].

FOLDER holds files and `expected.json`: [{"file", "kind", "source"?, "columns": {column: field or [fields]}, "dates"?,
"words"?: {field: {word: word}}, "as"?: user}…], in the order of loading. The running server (demo) is at ADDRESS. For
each file it says what was recognised, which columns were proposed otherwise than expected (and corrected by hand), and
the counts.
"""

import json
import shutil
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

FLAGS = ["--no-sandbox", "--disable-gpu"]
MARKETER = "onoda"
WAIT_SECONDS = 300


@dataclass
class Outcome:
    """What became of one file; `wrong` names columns whose proposal had to be corrected."""

    name: str
    kind: str
    kind_was_right: bool
    columns: int
    wrong: list[str] = field(default_factory=list)
    preview_seconds: float = 0.0
    load_seconds: float = 0.0
    counts: str = ""


def bring_in(page: Page, file: Path, wish: dict[str, Any]) -> Outcome:
    """One file, from the upload to its counts."""
    page.goto("/imports/")
    page.locator("input[name=file]").set_input_files(file)
    began = time.monotonic()
    page.locator("form button.btn-main").first.click()
    page.wait_for_selector("select[name^=column-], .message-error")
    seconds = time.monotonic() - began
    kind = page.locator("select[name=kind]").input_value()
    outcome = Outcome(file.name, kind, kind == wish["kind"], 0, preview_seconds=seconds)
    if kind != wish["kind"]:
        page.locator("details summary").last.click()
        page.select_option("select[name=kind]", wish["kind"])
        page.locator("details form button").last.click()
        page.wait_for_selector("select[name^=column-]")
    correct(page, wish, outcome)
    began = time.monotonic()
    page.locator("button[value=load]").click()
    page.wait_for_selector(".figures, .message-error", timeout=WAIT_SECONDS * 1000)
    outcome.load_seconds = time.monotonic() - began
    outcome.counts = " ".join(page.locator(".figures, .message-error").first.inner_text().split())
    return outcome


def correct(page: Page, wish: dict[str, Any], outcome: Outcome) -> None:
    """Sets every select that differs from what is expected, and remembers which did."""
    for label in page.locator("label[for^=id_column-]").all():
        column, name = label.inner_text().strip(), str(label.get_attribute("for")).removeprefix("id_")
        meant = wish["columns"].get(column, "")
        expected = "+".join(meant) if isinstance(meant, list) else meant
        outcome.columns += 1
        select = page.locator(f"select[name={name}]")
        if select.input_value() == expected:
            continue
        outcome.wrong.append(f"{column}: {select.input_value() or '–'} → {expected or '–'}")
        offered = select.locator("option").evaluate_all("all => all.map(one => one.value)")
        select.select_option(expected if expected in offered else expected.split("+")[0])
    if source := wish.get("source"):
        page.fill("input[name=source]", source)
    page.locator("button[value=look]").click()
    page.wait_for_load_state()
    say_words(page, wish)


def say_words(page: Page, wish: dict[str, Any]) -> None:
    """The words and the dates of the file, once its columns are right."""
    for select in page.locator("select[name^=word-]").all():
        name = str(select.get_attribute("name")).split("-")[1]
        label = page.locator(f"label[for={select.get_attribute('id')}]").inner_text()
        told = wish.get("words", {}).get(name, {})
        word = next((word for word in told if label.split(":", 1)[1].strip().startswith(word)), "")
        if word:
            select.select_option(told[word])
    dates = page.locator("select[name=dates]")
    if "dates" in wish and dates.count() and dates.input_value() != wish["dates"]:
        dates.select_option(wish["dates"])


def report(outcomes: list[Outcome]) -> str:
    """A table, and how often the proposal was wrong."""
    lines = ["| file | kind | columns | corrected | preview s | load s | counts |", "|---|---|---|---|---|---|---|"]
    for one in outcomes:
        kind = one.kind if one.kind_was_right else f"{one.kind} (wrong)"
        lines.append(
            f"| {one.name} | {kind} | {one.columns} | {'; '.join(one.wrong) or '–'} | "
            f"{one.preview_seconds:.1f} | {one.load_seconds:.1f} | {one.counts} |"
        )
    wrong, columns = sum(len(one.wrong) for one in outcomes), sum(one.columns for one in outcomes)
    kinds = sum(not one.kind_was_right for one in outcomes)
    return "\n".join([*lines, "", f"{wrong} of {columns} columns and {kinds} of {len(outcomes)} kinds were wrong."])


def signed_in(browser: Browser, base: str, who: str) -> Page:
    """A page of this user of the demo."""
    page = browser.new_context(locale="ja", base_url=base).new_page()
    page.goto("/login/")
    page.locator(f"form[action$='/{who}/']").evaluate("form => form.requestSubmit()")
    page.wait_for_url(lambda url: "/login/" not in url)
    return page


def main(folder: Path, base: str) -> None:
    """Loads everything expected, as the demo's marketer or whom the file needs (only admins bring in users)."""
    wishes = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        pages = {who: signed_in(browser, base, who) for who in {wish.get("as", MARKETER) for wish in wishes}}
        outcomes = []
        for wish in wishes:
            outcomes.append(bring_in(pages[wish.get("as", MARKETER)], folder / wish["file"], wish))
            sys.stdout.write(f"{outcomes[-1]}\n")
            sys.stdout.flush()
    sys.stdout.write(report(outcomes) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else "http://127.0.0.1:8000")
