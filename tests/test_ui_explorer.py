"""The explorer's page as a script: which generator it opens, and what the browser is told."""

from __future__ import annotations

import asyncio
import json
import re
import threading
from html import unescape
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from ganlab.figures.theme import DARK, LIGHT
from ganlab.figures.walk import EMPTY, walk_figure
from ganlab.live.hub import Full
from ganlab.presets import PRESETS
from ganlab.pretrained import BUNDLED
from ganlab.ui import STATIC, posters, session
from ganlab.ui import explorer as page_module
from ganlab.ui.explorer import CHOICES, DRAWING
from ganlab.ui.live import live_view  # noqa: F401  (mounted by the laboratories' pages)
from ganlab.ui.styles import STYLES

PAGE = Path(__file__).parents[1] / "pages" / "latent.py"
PLANE = PRESETS["ring8"].config.to_dict()


class FakeHub:
    """Remembers what was to be exhibited; lives on a loop of its own, as the real one does."""

    def __init__(self):
        self.runs = {}
        self.full = False
        self.loop = asyncio.new_event_loop()
        threading.Thread(target=self.loop.run_forever, daemon=True).start()

    async def exhibit(self, source):
        if self.full:
            raise Full("This server already trains 40 runs, its limit.")
        self.runs[f"exhibit of {source}"] = SimpleNamespace(config={}, source=source)
        return f"exhibit of {source}"

    def train(self, run_id, config=PLANE):
        self.runs[run_id] = SimpleNamespace(config=config, source="")


@pytest.fixture
def hub(monkeypatch):
    made = FakeHub()
    monkeypatch.setattr(session, "HUB", made)
    for module in (session, page_module):
        monkeypatch.setattr(module, "saved_runs", lambda: ["night", "x & y"])
    yield made
    made.loop.call_soon_threadsafe(made.loop.stop)


def opened(state=None, **query):
    page = AppTest.from_file(str(PAGE), default_timeout=30)
    for name, value in query.items():
        page.query_params[name] = value
    for name, value in (state or {}).items():
        page.session_state[name] = value
    page.run()
    assert not page.exception
    return page


def told(page):
    """What the component was mounted with."""
    (node,) = page.get("bidi_component")
    return json.loads(node.proto.json or node.proto.mixed.json)


def problems(page):
    bodies = [node.proto.body for node in page.get("html")]
    return [unescape(re.sub(r"<[^>]*>", "", body)) for body in bodies if 'role="alert"' in body]


def current(data):
    """The addresses of the cards that are marked as shown."""
    items = [item for group in data["choices"] for item in group["items"]]
    return [item["query"] for item in items if item["current"]]


def test_it_opens_the_best_generator():
    assert session.BEST == "mnist_dcgan" == session.GENERATORS[0]
    assert session.GENERATORS == tuple(BUNDLED) == tuple(CHOICES)


@pytest.mark.parametrize("source", [None, "mnist_dcgan", "digits", "saved:night", "saved:x & y"])
def test_the_address_names_the_generator(hub, source):
    page = opened(**({"generator": source} if source else {}))
    data = told(page)
    shown = source or "mnist_dcgan"
    assert data["run"] == f"exhibit of {shown}" and data["lab"] is None and not problems(page)
    assert data["socket"] == f"/ganlab/live/exhibit of {shown}"
    assert current(data) == [f"generator={shown.replace(':', '%3A').replace(' & ', '+%26+')}"]


def test_groups_without_members_are_left_out(hub):
    titles = [group["title"] for group in told(opened())["choices"]]
    assert titles == ["Ready trained", "Saved runs"]
    names = [item["title"] for item in told(opened())["choices"][1]["items"]]
    assert names == ["night", "x & y"]


def test_a_run_is_explored_while_it_trains(hub):
    hub.train("mine")
    data = told(opened(run="mine"))
    assert data["run"] == "mine" and hub.runs.keys() == {"mine"}
    assert data["lab"] == {"title": "2-D lab", "address": "lab_2d?preset=ring8&run=mine"}


def test_runs_of_this_visitor_are_offered(hub):
    hub.train("mine", PRESETS["grid25"].config.to_dict())
    hub.train("another's")
    seen = {2: session.Seen("mine", "grid25", {}), 1: session.Seen("gone", "gaussian1d", {})}
    data = told(opened({session.RUNS: seen}, run="mine"))
    (group,) = [group for group in data["choices"] if group["title"].startswith("Your runs")]
    (item,) = group["items"]
    assert item["query"] == "run=mine" and item["current"] and item["what"] == "in the 2-D lab"
    assert item["title"] == PRESETS["grid25"].title
    assert data["lab"]["address"] == "lab_2d?preset=grid25&run=mine"


@pytest.mark.parametrize(
    ("query", "word"),
    [
        ({"generator": "mnist_dcgna"}, "choose one of mnist_dcgan"),
        ({"generator": "saved:../../etc"}, "There is no generator 'saved:../../etc'"),
        ({"generator": "night"}, "saved:NAME"),  # a saved run is named as one
        ({"generator": "<b>" * 100}, "There is no generator '<b>"),
        ({"run": "long-gone"}, "no longer on the server"),
    ],
)
def test_a_bad_address_costs_one_sentence(hub, query, word):
    page = opened(**query)
    (sentence,) = problems(page)
    assert word in sentence and "\n" not in sentence and len(sentence) < 250
    assert told(page)["run"] == "exhibit of mnist_dcgan"


def test_an_exhibit_is_no_run_to_train(hub):
    asyncio.run_coroutine_threadsafe(hub.exhibit("digits"), hub.loop).result(5)
    data = told(opened(run="exhibit of digits"))
    assert data["lab"] is None and current(data) == ["generator=digits"]


def test_the_choice_changes_the_address_and_stays(hub):
    page = opened(generator="digits")
    page.session_state[session.EXPLORE] = {"generator": "saved:night"}
    page.run()
    assert page.query_params["generator"] == "saved:night"
    assert told(page)["run"] == "exhibit of saved:night"
    page.query_params.clear()  # as when one comes back by the menu
    page.run()
    assert told(page)["run"] == "exhibit of saved:night"


def test_a_full_server_is_a_sentence(hub):
    hub.full = True
    assert problems(opened()) == ["This server already trains 40 runs, its limit."]


def test_the_page_draws_with_the_colours_of_all_figures():
    found = DRAWING["palettes"]
    assert (found["light"]["fake"], found["dark"]["fake"]) == (LIGHT.fake, DARK.fake)
    assert found["light"]["belief"] == list(LIGHT.d_map)
    assert [len(set(found[shade]["classes"])) for shade in ("light", "dark")] == [10, 10]
    panel = DRAWING["panels"]["walk"]
    assert {"data", "layout"} <= panel["light"].keys() and panel["light"] != panel["dark"]


def test_style_sheets_of_the_explorer_touch_nothing_else():
    for sheet in sorted((STATIC / "explorer").glob("*.css")):
        text = re.sub(r"/\*.*?\*/", "", sheet.read_text(encoding="utf-8"), flags=re.S)
        assert text in re.sub(r"/\*.*?\*/", "", STYLES, flags=re.S), sheet.name
        selectors = re.findall(r"([^{}]+)\{", text)
        rules = [one.strip() for one in selectors if not one.strip().startswith("@")]
        assert len(rules) > 4
        for rule in rules:
            own = re.search(r"\.gl-(x|explore|latents)\b", rule)
            assert own or re.fullmatch(r"from|to|[\d%, ]+", rule), (sheet.name, rule)


def test_the_small_pictures_are_those_the_script_draws(tmp_path):
    posters.draw(tmp_path)
    sizes = {"mnist_dcgan": (84, 56), "mnist_plane": (84, 56), "digits": (24, 16)}
    names = {f"generator-{name}.png": size for name, size in sizes.items()}
    for name, size in {**names, "latent.png": (12 * 28, 9 * 28)}.items():
        drawn, kept = (Image.open(folder / name) for folder in (tmp_path, posters.FOLDER))
        assert drawn.size == kept.size == size
        gap = np.abs(np.asarray(drawn, int) - np.asarray(kept, int))
        assert gap.max() <= 2 and np.ptp(np.asarray(kept)) > 200


def test_no_visitor_makes_a_figure(hub, monkeypatch):
    """Plotly asks for pandas, which fails while another visitor's thread is loading it."""

    def fail(*args, **options):
        raise AssertionError("a page made a figure")

    monkeypatch.setattr("plotly.basedatatypes.BaseFigure.to_json", fail)
    with pytest.raises(AssertionError):
        walk_figure(EMPTY, dark=False).to_json()
    assert "data" in told(opened())["panels"]["walk"]["dark"]
