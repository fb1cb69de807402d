"""The settings in a real browser, with a run that only listens."""

from __future__ import annotations

import json

import pytest
from module_page import HOST, module_page

from ganlab.presets import PRESETS
from ganlab.ui.controls import data_choices, specs

BASE = PRESETS["ring8"].config
LOAD = """async (options) => {
  const { Controls } = await import("/controls/controls.js");
  window.sent = [];
  const send = (command) => window.sent.push(structuredClone(command));
  const draw = () => window.sent.push("draw");
  window.controls = new Controls(document.body, { ...options, send, draw });
}"""
STATIC_META = {
    "latent": {"kind": "normal", "dim": 2, "signs": 8},
    "generator": [{"label": "dense 2", "activation": "linear", "shape": "2", "parameters": 22}],
    "discriminator": [{"label": "dense 1", "activation": "logit", "shape": "1", "parameters": 3}],
    "parameters": {"generator": 22, "discriminator": 3},
}


@pytest.fixture
def page(chromium):
    with module_page(chromium) as page:
        yield page


def opened(page, hidden=(), kind=2):
    """The page with controls that have heard of a run under the preset's configuration."""
    options = {
        "settings": specs(kind),
        "base": json.loads(json.dumps(BASE.flat())),
        "preset": "ring8",
        "data": data_choices(kind),
        "hidden": list(hidden),
        "kind": kind,
        "upload": "/upload",
    }
    page.goto(f"{HOST}/")
    page.evaluate(LOAD, options)
    hear(page, BASE)
    return page


def hear(page, config):
    page.evaluate("(config) => window.controls.config(config)", config.to_dict())


def sent(page):
    return page.evaluate("window.sent.splice(0)")


def note(page, path):
    return page.locator(f'[data-path="{path}"] .gl-note').text_content()


def typed(page, name, text):
    box = page.get_by_role("textbox", name=name, exact=True)
    box.fill(text)
    box.press("Enter")
    return box


def button(page, name):
    return page.get_by_role("button", name=name, exact=True)


def stops(page, path, base):
    spec = next(spec for spec in specs() if spec["path"] == path)
    script = "async ([spec, base]) => (await import('/controls/stops.js')).stops(spec, base)"
    return page.evaluate(script, [spec, base])


def test_a_slider_stops_at_round_numbers_and_at_the_presets_own(page):
    page.goto(f"{HOST}/")
    rates = stops(page, "d_optimizer.lr", 1.85e-3)
    assert rates[0] == 0 and 1.85e-3 in rates and 0.01 in rates and rates == sorted(set(rates))
    assert 1.85e-5 <= rates[1] < 2.3e-5 and 0.15 <= rates[-1] <= 0.185
    decays = stops(page, "training.ema", 0.998)
    assert {0, 0.5, 0.9, 0.95, 0.99, 0.995, 0.998, 0.999, 0.9999, 0.99999} <= set(decays)
    assert stops(page, "training.decay_to", 0.02) == pytest.approx([k / 100 for k in range(101)])
    assert stops(page, "discriminator.packing", 1) == list(range(1, 9))
    assert all(value == int(value) for value in stops(page, "training.batch_size", 512))
    assert stops(page, "penalty.clip", 0)[:2] == [0, 1e-4]
    assert stops(page, "seed", 0) == []


def test_typing_a_number_acts_at_once_and_bounds_are_said_beside_it(page):
    opened(page)
    typed(page, "Learning rate of D", "1e-3")
    assert sent(page) == [{"op": "set", "values": {"d_optimizer.lr": 1e-3}}]
    for wrong in ("-1", "1001", "fast", "0,5", "", "Infinity", "0x10z"):
        box = typed(page, "Learning rate of D", wrong)
        assert note(page, "d_optimizer.lr") == "Learning rate must be a number from 0 to 1,000."
        assert box.get_attribute("aria-invalid") == "true"
    box.press("Escape")
    assert box.input_value() == "0.001" and note(page, "d_optimizer.lr") == ""
    typed(page, "D steps", "1.5")
    assert note(page, "training.d_steps") == "D steps must be a whole number from 1 to 100."
    assert sent(page) == []


def test_a_storm_of_a_slider_is_few_messages_and_the_last_arrives(page):
    opened(page)
    slider = page.get_by_role("slider", name="Learning rate of G", exact=True)
    last = slider.evaluate(
        """(slider) => {
          for (let place = 0; place <= Number(slider.max); place += 1) {
            slider.value = place;
            slider.dispatchEvent(new Event("input"));
          }
          return slider.getAttribute("aria-valuetext");
        }"""
    )
    page.wait_for_function("window.sent.length === 2")
    page.wait_for_timeout(200)
    first, second = sent(page)
    assert first["values"] == {"g_optimizer.lr": 0}
    assert second["values"] == {"g_optimizer.lr": float(last)} == {"g_optimizer.lr": 0.1}
    hear(page, BASE.with_values({"g_optimizer.lr": 0}))  # late news do not pull the slider back
    assert slider.get_attribute("aria-valuetext") == "0.1"


def test_rebuild_controls_wait_for_the_restart_and_can_be_undone(page):
    opened(page)
    words = page.locator(".gl-changes-words")
    typed(page, "Hidden layers of G", "32 32,32")
    assert words.text_content() == "1 change waits for a restart:"
    page.get_by_role("combobox", name="Noise", exact=True).select_option("uniform")
    assert words.text_content() == "2 changes wait for a restart:"
    assert note(page, "generator.widths") == "restart to apply" and sent(page) == []
    button(page, "Undo").click()
    assert words.text_content() == "All as in the preset"
    assert page.get_by_role("combobox", name="Noise", exact=True).input_value() == "normal"
    typed(page, "Hidden layers of G", "32")
    page.evaluate("window.controls.show({ state: 'playing' })")
    button(page, "Restart with it").click()
    values = {"generator.widths": [32]}
    assert sent(page) == [{"op": "reset", "values": values, "play": True}]
    hear(page, BASE.with_values(values))
    assert words.text_content() == "1 setting changed"
    button(page, "Reset Hidden layers of G to 64, 64").click()
    page.evaluate("window.controls.show({ state: 'paused' })")
    button(page, "Restart with it").click()
    assert sent(page) == [{"op": "reset", "values": {"generator.widths": [64, 64]}, "play": False}]


def test_a_refusal_stands_beside_its_control_which_goes_back(page):
    opened(page)
    typed(page, "R1", "5")
    refused = "(path) => window.controls.refused({ text: 'No, because.', path })"
    assert page.evaluate(refused, "penalty.r1") is True
    assert note(page, "penalty.r1") == "No, because."
    assert page.get_by_role("textbox", name="R1", exact=True).input_value() == "0.1"
    assert page.evaluate(refused, "discriminator.packing") is True  # unfolded, so that it is seen
    assert page.get_by_text("No, because.").count() == 2
    page.evaluate(refused, "data.drawn")
    assert note(page, "data.name") == "No, because."
    assert page.evaluate(refused, "") is False
    hear(page, BASE.with_values({"penalty.r2": 1}))
    assert page.get_by_text("No, because.").count() == 0


def test_changed_settings_are_counted_and_all_go_back(page):
    opened(page)
    changes = {"penalty.r1": 1.0, "penalty.clip": 0.01, "data.name": "two_moons"}
    hear(page, BASE.with_values(changes))
    assert page.locator(".gl-card-penalty .gl-card-state").text_content() == "2 changed"
    assert page.locator(".gl-card-data .gl-card-state").text_content() == "1 changed"
    assert page.locator(".gl-field[data-changed]").count() == 3
    button(page, "Reset all").click()
    values = {"data.name": "ring8", "penalty.r1": 0.1, "penalty.clip": 0}
    assert sent(page) == [{"op": "reset", "values": values, "play": False}]


def test_data_are_chosen_at_once_or_drawn(page):
    opened(page)
    button(page, "Ring of 8 Gaussians").click()
    assert sent(page) == []  # it is what there is
    button(page, "Two moons").click()
    values = {"data.name": "two_moons", "data.drawn": None}
    assert sent(page) == [{"op": "reset", "values": values, "play": True}]
    button(page, "Draw your own").click()
    assert sent(page) == ["draw"]


@pytest.mark.parametrize("answer", [{"error": "Line 2 is odd."}, {"ok": True, "note": "9 points."}])
def test_what_came_of_an_upload_stands_beside_the_button(page, answer):
    opened(page)
    posts = []

    def receive(route):
        posts.append((route.request.method, route.request.post_data))
        route.fulfill(json=answer)

    page.route(f"{HOST}/upload", receive)
    file = {"name": "a.csv", "mimeType": "text/csv", "buffer": b"1,2\n3,4\n"}
    page.set_input_files("input[type=file]", file)
    text = answer.get("error") or answer["note"]
    page.locator('[data-path="data.name"] .gl-note', has_text=text).wait_for()
    wrong = page.locator('[data-path="data.name"]').get_attribute("data-wrong")
    assert (wrong is not None) == ("error" in answer)
    assert posts == [("POST", "1,2\n3,4\n")]


@pytest.mark.parametrize(
    ("hidden", "gone", "left"),
    [
        (["penalty"], ["penalty.r1", "penalty.clip"], ["loss.name"]),
        (["d_optimizer.lr"], ["d_optimizer.lr"], ["g_optimizer.lr", "d_optimizer.beta1"]),
        (["d_optimizer"], ["d_optimizer.lr", "d_optimizer.name"], ["discriminator.widths"]),
        (["settings"], ["loss.name", "data.name"], []),
    ],
)
def test_a_teacher_hides_controls_and_the_rest_works(page, hidden, gone, left):
    opened(page, hidden)
    page.evaluate("(meta) => window.controls.describe(meta)", STATIC_META)
    page.evaluate("window.controls.show({ state: 'playing' })")
    for path in gone:
        assert page.locator(f'[data-path="{path}"]').count() == 0
        refused = "(path) => window.controls.refused({ text: 'No.', path })"
        assert page.evaluate(refused, path) is False
    assert all(page.locator(f'[data-path="{path}"]').count() == 1 for path in left)


def test_the_diagram_shows_layers_and_what_is_busy(page):
    opened(page)
    page.evaluate("(meta) => window.controls.describe(meta)", STATIC_META)
    drawing = page.locator(".gl-card-generator [role=img]")
    assert drawing.get_attribute("aria-label") == "z 10, then dense 2; 22 parameters"
    assert page.locator(".gl-card-discriminator .gl-parameters").text_content() == "3 parameters"
    busy = "[...document.querySelectorAll('[data-busy]')].map((node) => node.dataset.key)"
    for index, keys in enumerate(
        [
            {"data", "latent"},
            {"z", "generator"},
            {"real", "fake", "discriminator"},
            {"verdict", "discriminator", "loss"},
            {"fake", "discriminator"},
            {"verdict", "generator", "loss"},
        ]
    ):
        stage = {"index": index, "name": "now", "side": "d"}
        page.evaluate("(meta) => window.controls.show(meta)", {"state": "playing", "stage": stage})
        assert set(page.evaluate(busy)) == keys
    page.evaluate("window.controls.show({ state: 'playing', stage: null })")
    assert page.evaluate(busy) == []
