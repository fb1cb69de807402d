"""The front page and the ways from page to page."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from live_page import SMALL, frames, step_of, wait_for_state, wait_for_step

from ganlab.presets import PRESETS
from ganlab.ui.labs import LABS, lab_of


def run_of(page):
    return parse_qs(urlsplit(page.url).query)["run"][0]


def wait_for_data(page, name):
    """Until a run of these data is on the page."""
    begun = "wire.frames.findLast(({ kind }) => kind === 'static')?.data"
    page.wait_for_function(f"{begun} === '{name}' && wire.frames.at(-1).kind === 'frame'")


def link(page, name):
    return page.get_by_role("link", name=name, exact=True)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_trains_and_every_lesson_has_a_picture_and_a_place(open_page, scheme):
    page = open_page("", scheme=scheme)
    first = frames(page)[0]["step"]
    page.wait_for_function(f"wire.frames.at(-1).step > {first + 20}")
    doors = page.locator("a.gl-door").evaluate_all(
        "(doors) => doors.map((door) => door.getAttribute('href'))"
    )
    assert doors == [*(lab.path for lab in LABS.values()), "latent"]
    lessons = page.locator("a.gl-lesson")
    places = lessons.evaluate_all("(all) => all.map((each) => each.getAttribute('href'))")
    wanted = [f"{lab_of(preset.config).path}?preset={name}" for name, preset in PRESETS.items()]
    assert sorted(places) == sorted(wanted)
    for lesson in lessons.all():
        lesson.scroll_into_view_if_needed()
    pictures = page.locator("a.gl-lesson img, a.gl-door img")
    page.wait_for_function(
        "[...document.querySelectorAll('a > img')].every(({ naturalWidth }) => naturalWidth > 0)"
    )
    assert pictures.count() == len(PRESETS) + len(doors)
    pictures = pictures.evaluate_all("(all) => all.map(({ src }) => src)")
    lessons = [picture for picture in pictures if not picture.endswith("/latent.png")]
    assert len(lessons) == len(pictures) - 1  # the explorer's is for both
    assert all(picture.endswith(f"-{scheme}.webp") for picture in lessons)


def test_a_lesson_opens_and_the_next_is_chosen_from_its_page(open_page):
    page = open_page("")
    page.locator("a.gl-lesson", has_text="Oscillation").click()
    page.wait_for_selector(".gl-lab[data-painted]")
    assert parse_qs(urlsplit(page.url).query)["preset"] == ["oscillation"]
    assert page.locator("h1").text_content() == "Oscillation"
    run = run_of(page)
    page.get_by_role("combobox", name="Lesson").click()
    page.get_by_role("option", name="A rare mode", exact=True).click()
    page.locator("h1", has_text="A rare mode").wait_for()
    wait_for_data(page, "unbalanced1d")
    wait_for_step(page, 5)
    assert run_of(page) != run
    assert set(parse_qs(urlsplit(page.url).query)) == {"preset", "run"}


def test_the_run_of_the_front_page_opens_in_its_lab_and_each_lab_keeps_its_own(open_page):
    page = open_page("")
    link(page, "Open this run in the 2-D lab").click()
    page.wait_for_selector(".gl-lab[data-painted]")
    plane = run_of(page)
    wait_for_step(page, 1)
    seen = step_of(page)
    link(page, "1-D lab").click()
    wait_for_data(page, "gaussian1d")
    assert run_of(page) != plane
    link(page, "2-D lab").click()
    wait_for_data(page, "ring8")
    wait_for_step(page, seen)
    assert run_of(page) == plane


def test_one_step_back_from_a_lab_leads_home(open_page):
    page = open_page("")
    page.locator("a.gl-door", has_text="2-D lab").click()
    page.wait_for_selector(".gl-lab[data-painted]")
    page.wait_for_function("window.location.search.includes('run=')")
    page.go_back()
    page.wait_for_selector(".gl-hero[data-painted]")
    assert urlsplit(page.url).path == "/"


def test_a_page_whose_run_is_gone_gets_another_one_and_says_so(open_page):
    page = open_page(f"lab_2d?{SMALL}&run=long-gone&seed=5")
    sentence = "The run in this address is no longer on the server; here is a new one like it."
    assert page.get_by_role("alert").all_text_contents() == [sentence]
    wait_for_step(page, 5)
    assert frames(page)[-1]["seed"] == 5 and run_of(page) != "long-gone"
    wait_for_state(page, "Training")
