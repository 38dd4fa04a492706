"""The frame in a real browser: keys, dialogs, menus, themes, nothing refused by the content security policy."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect
from pytest_django.fixtures import Settings
from pytest_django.live_server_helper import LiveServer

from tests.browser.axe import complaints
from users.models import User
from users.roles import Role

pytestmark = pytest.mark.django_db(transaction=True)
THUMB_SIZE = {"width": 390, "height": 844}


@pytest.fixture
def browser_context_args(browser_context_args: dict[str, object]) -> dict[str, object]:
    return browser_context_args | {"locale": "en"}


@pytest.fixture
def guide(page: Page, live_server: LiveServer, settings: Settings) -> Iterator[Page]:
    """The style guide, signed in as a rep; fails when the console complained."""
    settings.DEMO = True
    User.objects.create_user("tanaka", None, name="田中 恵", role=Role.REP, source="demo", external_id="tanaka")
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(f"{live_server.url}/login/?next=/styleguide/")
    page.get_by_role("button", name="田中 恵").click()
    page.wait_for_url("**/styleguide/")
    yield page
    assert complaints == []


def test_j_and_k_walk_the_lines_and_open_them(guide: Page) -> None:
    guide.keyboard.press("j")
    expect(guide).to_have_url(guide.url.split("#")[0] + "#line2")
    guide.keyboard.press("j")
    guide.keyboard.press("k")
    assert guide.url.endswith("#line2")


def test_keys_typed_into_a_field_stay_text(guide: Page) -> None:
    guide.keyboard.press("Control+k")
    guide.keyboard.type("jk?")
    assert guide.locator("[data-search]").input_value() == "jk?"
    assert "#" not in guide.url


def test_the_question_mark_lists_the_keys_of_the_page(guide: Page) -> None:
    guide.keyboard.press("?")
    keys = guide.get_by_role("dialog", name="Keys on this page")
    expect(keys).to_be_visible()
    expect(keys.locator("#keys-list kbd")).to_have_text(["x", "n", "a", "r", "q"])
    guide.keyboard.press("Escape")
    expect(keys).to_be_hidden()


def test_single_keys_can_be_switched_off_and_stay_off(guide: Page) -> None:
    guide.locator(".topbar summary").click()
    guide.get_by_role("button", name="Switch single keys off").click()
    guide.keyboard.press("?")
    guide.keyboard.press("j")
    expect(guide.locator("#keys")).to_be_hidden()
    assert "#" not in guide.url
    guide.keyboard.press("Control+k")
    expect(guide.locator("[data-search]")).to_be_focused()


def test_escape_closes_the_menu_and_gives_the_focus_back(guide: Page) -> None:
    guide.locator(".topbar summary").click()
    expect(guide.get_by_role("button", name="Sign out")).to_be_visible()
    guide.keyboard.press("Escape")
    expect(guide.get_by_role("button", name="Sign out")).to_be_hidden()
    expect(guide.locator(".topbar summary")).to_be_focused()


def test_a_dialog_opens_over_the_page_and_closes_without_a_trace(guide: Page) -> None:
    guide.keyboard.press("r")
    dialog = guide.locator("#dialog")
    expect(dialog.get_by_role("heading", name="なぜ断りますか")).to_be_visible()
    expect(dialog.locator("input[name=next_action]")).to_be_focused()
    dialog.get_by_role("link", name="Cancel").click()
    expect(dialog).to_be_hidden()
    assert guide.url.endswith("/styleguide/")


def test_a_dialogs_errors_come_back_as_a_page_with_everything_typed(guide: Page) -> None:
    guide.keyboard.press("r")
    guide.locator("#dialog input[name=next_action]").fill("電話する")
    guide.locator("#dialog .btn-main").click()
    guide.wait_for_url("**/styleguide/dialog/")
    expect(guide.locator("input[name=next_action]")).to_have_value("電話する")
    assert guide.locator(".errorlist").count() == 2


def test_a_theme_is_kept_from_page_to_page(guide: Page) -> None:
    guide.locator(".topbar summary").click()
    guide.get_by_role("button", name="Dark").click()
    guide.reload()
    assert guide.evaluate("getComputedStyle(document.body).colorScheme") == "dark"
    assert guide.evaluate("getComputedStyle(document.documentElement).backgroundColor") == "rgb(20, 22, 26)"


def test_the_first_tab_skips_to_the_content(guide: Page) -> None:
    guide.keyboard.press("Tab")
    guide.keyboard.press("Enter")
    assert guide.evaluate("document.activeElement.id") == "main"


def test_on_a_phone_nothing_is_wider_than_the_screen_and_targets_fit_a_thumb(guide: Page) -> None:
    guide.set_viewport_size(THUMB_SIZE)
    assert guide.evaluate("document.documentElement.scrollWidth") == 390
    small = (
        "[...document.querySelectorAll('.btn, .bottombar-link, .tab, .line, input:not([type=hidden], [type=radio])')]"
    )
    heights = guide.evaluate(
        f"{small}.filter(e => e.checkVisibility()).map(e => [e.className || e.id, e.offsetHeight])"
    )
    assert [item for item in heights if item[1] < 44 and "late" not in item[0]] == []


def test_pages_can_be_read_and_filled_in_without_script(browser: object, live_server: LiveServer) -> None:
    User.objects.create_user("tanaka", "long-enough-1", name="田中 恵", role=Role.REP)
    context = browser.new_context(java_script_enabled=False, locale="ja")  # type: ignore[attr-defined]
    page = context.new_page()
    page.goto(f"{live_server.url}/login/")
    page.locator("input[name=username]").fill("tanaka")
    page.locator("input[name=password]").fill("long-enough-1")
    page.locator("form .btn-main").click()
    expect(page.locator("h1")).to_be_visible()
    assert "/login/" not in page.url
    context.close()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_component_passes_the_accessibility_rules(guide: Page, theme: str) -> None:
    guide.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
    assert complaints(guide) == ""


def test_a_first_load_weighs_less_than_four_hundred_kilobytes(guide: Page) -> None:
    sizes = guide.evaluate("performance.getEntries().map(e => e.decodedBodySize || 0)")
    assert sum(sizes) < 400_000
