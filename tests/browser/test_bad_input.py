"""Whatever comes in costs one sentence at most, and the run goes on as if it had not come."""

from __future__ import annotations

from urllib.parse import parse_qs, quote, urlsplit

import pytest
from live_page import (
    SMALL,
    afresh,
    button,
    configuration,
    note,
    quiet,
    starts,
    step_of,
    typed,
    wait_for_state,
    wait_for_step,
)

LAB = f"lab_2d?{SMALL}"
ATTACK = '<img src=x onerror="window.hurt=1">'
HOSTILE = [  # query, beginning of the sentence
    (f"preset={quote(ATTACK)}", f"There is no preset '{ATTACK}': "),
    (f"seed={quote(ATTACK)}", "seed"),
    ("generator.widths=64," + 900 * "64,", "generator.widths"),
    ("data.path=/etc/passwd", "data.path"),
    ("data.name=digits", "The data digits are not for the 2-D lab: open the Image lab."),
    ("hide=everything", "Nothing here is called 'everything', so it cannot be hidden: "),
]


@pytest.fixture(scope="module")
def shared(open_shared):
    return open_shared(LAB)


@pytest.fixture
def lab(shared):
    """One page for most tests, with its run at its beginning."""
    return afresh(shared)


def untouched(page, before):
    """The run that was there trains on."""
    assert starts(page) == 1
    wait_for_step(page, step_of(page) + 10)
    assert configuration(page) == before


def test_a_hostile_address_is_one_sentence_on_a_page_that_works(open_page):
    page = open_page(LAB)
    address = page.url
    run = parse_qs(urlsplit(address).query)["run"]
    for query, sentence in HOSTILE:
        seen = step_of(page)
        page.goto(f"{_without(address, query)}&{query}")
        page.wait_for_selector(".gl-live[data-painted]")
        said = page.get_by_role("alert").all_text_contents()
        assert len(said) == 1 and said[0].startswith(sentence), (query, said)
        assert len(said[0]) < 500 and said[0][-1] in ".?"
        assert parse_qs(urlsplit(page.url).query)["run"] == run and step_of(page) >= seen
    assert page.evaluate("window.hurt") is None


def _without(address, query):
    """The address less the parameter that the query gives anew."""
    start, old = address.split("?")
    name = query.split("=")[0]
    return f"{start}?{'&'.join(pair for pair in old.split('&') if pair.split('=')[0] != name)}"


def test_a_file_that_cannot_be_read_is_refused_beside_the_data(lab, open_shared):
    page = lab
    wait_for_step(page, 10)
    before = configuration(page)
    files = {"words.csv": b"x,y\none,two\nthree,four\n", "wide.csv": b"1,2,3,4\n" * 30}
    said = set()
    for name, content in files.items():
        file = {"name": name, "mimeType": "text/csv", "buffer": content}
        with quiet(open_shared):  # the browser's own words on the server's answer
            page.set_input_files(".gl-controls input[type=file]", file)
            note(page, "data.name").filter(has_text=name).wait_for()
        said.add(note(page, "data.name").text_content())
    assert len(said) == len(files) and all(text.endswith(".") for text in said)
    untouched(page, before)


def test_a_drawing_of_one_point_cannot_be_used(lab):
    page = lab
    wait_for_step(page, 10)
    before = configuration(page)
    button(page, "Draw your own").click()
    canvas = page.locator(".gl-plane-canvas").bounding_box()
    page.mouse.click(canvas["x"] + canvas["width"] / 2, canvas["y"] + canvas["height"] / 2)
    page.get_by_text("at least 10 points, 1 so far").wait_for()
    assert button(page, "Use").is_disabled()
    page.keyboard.press("Escape")
    page.get_by_text("so far").wait_for(state="hidden")
    untouched(page, before)


def test_what_the_server_refuses_is_said_beside_the_setting(lab):
    page = lab
    page.locator("summary", has_text="More").and_(page.get_by_label("More: Loss")).click()
    typed(page, "Real label", "0.9")
    page.get_by_role("combobox", name="Loss", exact=True).select_option("hinge")
    page.wait_for_function("window.location.search.includes('loss.name=hinge')")
    before = configuration(page)
    page.get_by_role("combobox", name="Loss", exact=True).select_option("wasserstein")
    label = note(page, "loss.real_label").filter(has_text="a critic has no labels, keep it at 1")
    label.wait_for()
    assert label.text_content().startswith("loss.real_label")
    typed(page, "Hidden layers of D", "5000")
    button(page, "Restart with it").click()
    note(page, "discriminator.widths").filter(has_text="1 to 4096 units").wait_for()
    typed(page, "Learning rate of D", "2000")
    note(page, "d_optimizer.lr").filter(has_text="from 0 to 1,000").wait_for()
    wait_for_state(page, "Training")
    untouched(page, before)
    page.wait_for_function(
        "document.querySelector('[data-path=\"loss.name\"] select').value === 'hinge'"
    )
