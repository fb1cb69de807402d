"""A run taken elsewhere: found again by a reload, as a link, as Python."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from live_page import (
    SMALL,
    afresh,
    button,
    configuration,
    frames,
    paused,
    picture,
    sent,
    step_of,
    typed,
    wait_for_state,
    wait_for_step,
)

LAB = f"lab_2d?{SMALL}"
CLIPBOARD = {"permissions": ["clipboard-read", "clipboard-write"]}


@pytest.fixture(scope="module")
def shared(open_shared):
    return open_shared(f"{LAB}&hide=optimum", **CLIPBOARD)


@pytest.fixture
def lab(shared):
    return afresh(shared)


def test_a_reload_finds_the_run_as_it_is(lab):
    page = lab
    typed(page, "Learning rate of D", "0.0015")
    wait_for_step(page, 60)
    held, seen, address = paused(page), picture(page), page.url
    assert "&d_optimizer.lr=0.0015" in address and "&run=" in address
    page.reload()
    page.wait_for_selector(".gl-live[data-painted]")
    wait_for_state(page, "Paused")
    page.wait_for_url(address)
    assert step_of(page) == held and picture(page) == seen
    assert configuration(page)["d_optimizer"]["lr"] == 0.0015
    button(page, "Step").click()
    wait_for_step(page, held + 1)


def test_a_link_leads_to_a_new_run_like_this_one(lab, open_page):
    page = lab
    typed(page, "R2", "0.4")
    wait_for_step(page, 20)
    page.wait_for_function("window.location.search.includes('penalty.r2=0.4')")
    button(page, "Copy link").click()
    page.get_by_text("Link copied", exact=True).wait_for()
    link = page.evaluate("navigator.clipboard.readText()")
    query = parse_qs(urlsplit(link).query)
    assert "run" not in query and query["penalty.r2"] == ["0.4"] and query["hide"] == ["optimum"]
    other = open_page(link.split("/", 3)[3], color_scheme="light")
    assert parse_qs(urlsplit(other.url).query)["run"] != parse_qs(urlsplit(page.url).query)["run"]
    assert frames(other)[0]["step"] < step_of(page)
    assert configuration(other) == configuration(page)
    assert configuration(other)["generator"]["widths"] == [16]


def test_python_that_makes_the_run_again_holds_what_was_changed(lab):
    page = lab
    wait_for_step(page, 20)
    typed(page, "Learning rate of G", "0.0025")
    wait_for_step(page, step_of(page) + 20)
    held = paused(page)
    page.keyboard.press("d")
    page.locator(".gl-extra", has_text="+1 D step").wait_for()
    button(page, "Copy as Python").click()
    dialog = page.get_by_role("dialog", name="This run as Python")
    text = dialog.locator("pre").text_content()
    assert page.evaluate("navigator.clipboard.readText()") == text
    lines = text.splitlines()
    change = lines.index('trainer.update({"g_optimizer.lr": 0.0025})')
    advanced = [int(line[16:-1]) for line in lines if line.startswith("trainer.advance(")]
    assert len(advanced) == 2 and sum(advanced) == held
    assert lines[change - 1] == f"trainer.advance({advanced[0]})"
    assert lines[change + 2] == "trainer.d_step(1)  # D alone"
    assert '"generator.widths": (16,)' in text
    compile(text, "<the dialog>", "exec")
    page.keyboard.press("Escape")
    assert dialog.count() == 0 and len(sent(page, "python")) == 1
    assert page.evaluate("document.activeElement.textContent") == "Copy as Python"
