"""Takes the pictures of the README from a running demo: python scripts/screenshots.py [http://127.0.0.1:8000].

Needs Chromium and a demo company built within the last minutes (a lead's clock is nearly out); it is shown in Japanese.
"""

import shutil
import sys
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

IMAGES = Path(__file__).resolve().parent.parent / "docs" / "images"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--lang=ja"]
DESK = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}
LIMIT = 300_000


def main(base: str) -> None:
    IMAGES.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        rep = seat(browser, base, "hayase", DESK)
        rep.goto("/inbox/")
        rep.locator("a[data-line]:has(.clock-soon)").first.click()
        rep.wait_for_url(lambda url: "who=" in url)
        take(rep, "inbox")
        rep.locator("#panel h2 a").click()
        rep.locator("dl.facts a").first.click()
        take(rep, "account")
        manager = seat(browser, base, "kurokawa", DESK)
        take(manager, "funnel", "/funnel/")
        manager.goto("/lists/")
        manager.get_by_role("link", name="重点企業リスト").click()
        take(manager, "list")
        phone = seat(browser, base, "hayase", PHONE)
        phone.goto("/inbox/")
        phone.locator("a[data-line]:has(.clock-soon)").first.click()
        take(phone, "phone-inbox")


def seat(browser: Browser, base: str, username: str, size: dict[str, int]) -> Page:
    """One of the demo's people, signed in by one click."""
    context = browser.new_context(viewport=size, locale="ja", base_url=base, has_touch=size is PHONE)
    page = context.new_page()
    page.goto("/login/")
    form = page.locator(f"form[action$='/{username}/']")
    form.evaluate("form => form.requestSubmit()")
    page.wait_for_url(lambda url: "/login/" not in url)
    return page


def take(page: Page, name: str, path: str = "") -> None:
    if path:
        page.goto(path)
    page.wait_for_load_state("networkidle")
    file = IMAGES / f"{name}.png"
    page.screenshot(path=file)
    if file.stat().st_size > LIMIT:
        sys.exit(f"{file} is larger than {LIMIT // 1000} kB")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8000")
