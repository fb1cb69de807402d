"""By keyboard alone, and what axe-core has to say of everything that can be opened."""

from __future__ import annotations

import pytest
from axe import violations
from live_page import SMALL, button, paused, sent, wait_for_state, wait_for_step, word

LAB = f"lab_2d?{SMALL}"
# What has the focus: a name, whether it is ours, and whether one sees that it has it.
FOCUSED = """() => {
  const node = document.activeElement;
  const style = getComputedStyle(node);
  const label = node.labels?.[0]?.firstChild.textContent;
  const name = node.getAttribute('aria-label') || label || node.textContent;
  return {
    name: name.trim(),
    ours: Boolean(node.closest('.gl-live')),
    ringed: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2,
    seen: node.checkVisibility({ visibilityProperty: true }),
  };
}"""


@pytest.fixture(scope="module")
def lab(open_shared):
    """A 2-D lab that stands still with its settings open, for tests that leave it so."""
    page = open_shared(LAB)
    wait_for_step(page, 20)
    paused(page)
    return page


def test_the_tabulator_reaches_everything_and_shows_where_it_is(lab):
    page = lab
    page.mouse.click(5, 5)
    page.keyboard.press("Tab")
    first, stops = page.evaluate(FOCUSED), []
    while len(stops) < 250 and stops[-1:] != [first]:  # round once: it is a trap nowhere
        page.keyboard.press("Tab")
        stops.append(page.evaluate(FOCUSED))
    assert len(stops) < 250
    ours = [stop for stop in stops if stop["ours"]]
    assert [stop["name"] for stop in ours if not (stop["ringed"] and stop["seen"])] == []
    names = [stop["name"] for stop in ours]
    in_order = [
        *("Reset", "New seed", "Play", "Step", "D step", "G step", "Speed"),
        *("Run until", "Train D to its optimum", "Keyboard shortcuts", "Settings", "Copy link"),
        *("Copy as Python", "Ring of 8 Gaussians", "Two moons", "Hidden layers of G"),
        *("Learning rate of G", "Learning rate of D", "Loss", "R1"),
    ]
    places = [names.index(name) for name in in_order]
    assert places == sorted(places)
    for name in ("Real", "latent mesh", "Which gradient the arrows show", "Smoothing", "History"):
        assert name in names
    assert sum(name.startswith("About ") for name in names) == 8


def test_words_and_buttons_work_by_keys_without_a_mouse(lab):
    page = lab
    for text, key in (("Real", "Enter"), ("fake", " ")):
        word(page, text).focus()
        for pressed in ("false", "true"):
            page.keyboard.press(key)
            assert word(page, text).get_attribute("aria-pressed") == pressed
    settings = button(page, "Settings")
    settings.focus()
    page.keyboard.press("Enter")
    assert settings.get_attribute("aria-expanded") == "false"
    assert page.locator(".gl-settings").is_hidden()
    page.keyboard.press("Enter")
    assert page.locator(".gl-settings").is_visible()
    field = page.get_by_role("textbox", name="Continuous dimensions", exact=True)
    field.focus()
    before = len(page.evaluate("wire.sent"))
    page.keyboard.type("dgo[]?")  # typing is typing
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Escape")
    assert len(page.evaluate("wire.sent")) == before and page.get_by_role("dialog").count() == 0
    assert field.input_value() == "2"


def test_the_keys_are_listed_and_can_be_switched_off(lab):
    page = lab
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Keyboard shortcuts")
    keys = dialog.locator("tbody th").all_text_contents()
    assert keys == [
        *("Shift+R", "Shift+N", "Space", "Right arrow", "D", "G", "O", "[", "]"),
        *("Left arroworRight arrow", "?"),
    ]
    assert violations(page) == []
    dialog.get_by_label("Listen to these keys").uncheck()
    page.keyboard.press("Escape")
    assert dialog.count() == 0
    page.keyboard.press("d")
    assert sent(page, "d_step") == []
    button(page, "Keyboard shortcuts").focus()
    page.keyboard.press("Enter")
    dialog.get_by_label("Listen to these keys").check()
    page.keyboard.press("Escape")
    assert (
        page.evaluate("document.activeElement.getAttribute('aria-label')") == "Keyboard shortcuts"
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_all_that_opens_is_free_of_barriers(lab, scheme):
    """The scheme changes under an open page, too."""
    page = lab
    page.emulate_media(color_scheme=scheme)
    page.wait_for_function(f"document.querySelector('.gl-live').dataset.theme === '{scheme}'")
    page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
    button(page, "About Losses").click()
    page.locator(".gl-about:popover-open").wait_for()
    assert violations(page) == []
    page.keyboard.press("Escape")
    button(page, "Draw your own").click()
    page.locator(".gl-drawing").wait_for()
    assert violations(page) == []
    button(page, "Cancel").click()
    button(page, "Copy as Python").click()
    dialog = page.get_by_role("dialog", name="This run as Python")
    dialog.wait_for()
    assert violations(page) == []
    page.keyboard.press("Escape")


def test_states_and_marks_are_spoken_of(open_page):
    page = open_page(LAB)
    wait_for_step(page, 20)
    held = paused(page)
    assert page.locator(".gl-state").get_attribute("role") == "status"
    spoken = page.locator(".gl-spoken[aria-live=polite]")
    assert any("D(x) = " in text for text in spoken.all_text_contents())
    page.keyboard.press("o")
    wait_for_state(page, "Training D alone")
    wait_for_state(page, "Paused")
    flag = page.get_by_role("button", name=f"D trained alone, step {held}")
    flag.wait_for()
    spoken.filter(has_text="D trained alone").wait_for(state="attached")
    assert violations(page) == []
