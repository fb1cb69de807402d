"""What every figure promises to the live page, whatever the snapshot."""

from __future__ import annotations

import json
import subprocess
import sys
from xml.etree import ElementTree

import numpy as np
import pytest
from synthetic import full_history, make_history, make_images, make_line, make_snapshot, prefix

from ganlab.figures import FIGURES, SCENES, save_html, scene_for, theme
from ganlab.figures.mathml import mathml
from ganlab.snapshot import History

MATHML = "http://www.w3.org/1998/Math/MathML"

NOT_FINITE = {"d_loss": np.nan, "g_loss": np.inf, "value": -np.inf, "g_grad_norm": np.inf, "kl": -1}
SNAPSHOTS = {
    "middle": make_snapshot(),
    "empty": make_snapshot(
        history=History(), measures={}, real_logits=np.empty(0), fake_logits=np.empty(0)
    ),
    "one row": make_snapshot(history=prefix(full_history(), 2)),
    "long": make_snapshot(history=full_history(5000)),
    "not finite": make_snapshot(
        history=make_history(9, **NOT_FINITE),
        fake_logits=np.array([np.nan, np.inf, 1.0]),
        fake=np.full((5, 2), np.nan),
    ),
    "critic": make_snapshot(loss="wasserstein", equilibrium={"d_loss": 0.0, "g_loss": 0.0}),
}
LINES = {
    "middle": make_line(),
    "not finite": make_line(fake=np.full((5, 1), np.nan)),
    "critic": make_line(loss="wasserstein"),
}
IMAGES = {"middle": make_images(), "few": make_images(fake=np.zeros((3, 1, 4, 5)))}
CASES = [
    *((name, spec, SNAPSHOTS) for name, spec in FIGURES.items()),
    ("scene2d", SCENES[2], SNAPSHOTS),
    ("scene1d", SCENES[1], LINES),
    (
        "images",
        SCENES["image"],
        {"middle": make_images(), "few": make_images(fake=np.zeros((3, 1, 4, 5)))},
    ),
]
each_figure = pytest.mark.parametrize(
    ("spec", "snapshots"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)


def strict(text: str) -> dict:
    def refuse(constant: str):
        raise AssertionError(f"{constant} is not JSON")

    return json.loads(text, parse_constant=refuse)


@each_figure
def test_traces_are_the_arrays_of_the_figure(spec, snapshots):
    for snapshot in snapshots.values():
        data = spec.data(snapshot)
        traces, figure = spec.traces(data), spec.figure(data)
        assert len(traces) == len(figure.data)
        for arrays, trace in zip(traces, figure.data, strict=True):
            for key, values in arrays.items():
                assert isinstance(values, np.ndarray) and values.dtype.kind in "fiu"
                drawn = getattr(trace, key)
                drawn = np.empty(0) if drawn is None else np.asarray(drawn)
                assert drawn.size == values.size
                np.testing.assert_array_equal(drawn.reshape(values.shape), values)


@each_figure
def test_only_arrays_change_between_snapshots(spec, snapshots):
    templates = []
    for snapshot in snapshots.values():
        data = spec.data(snapshot)
        figure = strict(spec.figure(data).to_json())
        for trace, arrays in zip(figure["data"], spec.traces(data), strict=True):
            for key in arrays:
                trace.pop(key, None)
        templates.append(figure)
    assert all(template == templates[0] for template in templates)
    assert templates[0]["layout"]["uirevision"] == theme.UIREVISION


@each_figure
@pytest.mark.parametrize("dark", [False, True])
def test_figures_are_transparent_strict_json_in_light_and_dark(spec, snapshots, dark):
    for snapshot in snapshots.values():
        figure = spec.figure(spec.data(snapshot), dark=dark)
        layout = strict(figure.to_json())["layout"]["template"]["layout"]
        assert layout["paper_bgcolor"] == layout["plot_bgcolor"] == theme.CLEAR
        assert layout["font"]["color"] == theme.palette(dark).ink


@each_figure
def test_every_figure_explains_itself(spec, snapshots):
    assert len(spec.title) < 25
    assert "Good is" in spec.explanation and spec.explanation.endswith(".")
    assert len(spec.explanation) <= 200


@pytest.mark.parametrize("name", FIGURES)
def test_charts_stay_light(name):
    spec = FIGURES[name]
    for arrays in spec.traces(spec.data(SNAPSHOTS["long"])):
        assert all(max(values.shape, default=0) <= 500 for values in arrays.values())


@pytest.mark.parametrize("name", [name for name in FIGURES if FIGURES[name].newest is not None])
def test_a_single_measurement_is_a_dot(name):
    spec = FIGURES[name]
    data = spec.data(SNAPSHOTS["one row"])
    dots = [
        (trace.x, trace.y)
        for trace in spec.figure(data).data
        if trace.mode == "markers" and np.isfinite(trace.y).any()
    ]
    assert dots


def test_charts_over_steps_say_so():
    over = {name for name, spec in FIGURES.items() if spec.over_steps}
    assert over == set(FIGURES) - {"scores", "classes"}
    for name, spec in FIGURES.items():
        figure = spec.figure(spec.data(SNAPSHOTS["middle"]))
        assert (figure.layout.xaxis.title.text == "step") == (name in over)


@pytest.mark.parametrize("name", FIGURES)
def test_dots_lie_at_the_ends_of_the_curves(name):
    spec = FIGURES[name]
    traces = spec.traces(spec.data(SNAPSHOTS["middle"]))
    styles = spec.figure(spec.data(SNAPSHOTS["middle"])).data
    assert all(styles[index].mode == "lines" for index in spec.curves)
    if spec.newest is None:
        assert spec.curves == ()
        return
    dots = traces[spec.newest]
    assert styles[spec.newest].mode == "markers" and 0 < len(dots["x"]) <= len(spec.curves)
    for index, x, y in zip(spec.curves, dots["x"], dots["y"], strict=False):
        assert (traces[index]["x"][-1], traces[index]["y"][-1]) == (x, y)


@each_figure
def test_formulas_become_mathml(spec, snapshots):
    """Well-formed XML in which no LaTeX is left: it marks what it does not know by a backslash."""
    text = mathml(spec.formula)
    root = ElementTree.fromstring(text)
    assert root.tag == f"{{{MATHML}}}math"
    shown = "".join(root.itertext())
    assert not set("\\&{}") & set(text.replace("&#", "")) and len(shown) > 10


def test_mathml_of_a_known_formula():
    (fraction,) = ElementTree.fromstring(mathml(r"\frac{a}{2}")).iter(f"{{{MATHML}}}mfrac")
    assert "".join(fraction.itertext()) == "a2"


def words(name: str, snapshot) -> list[str]:
    """The notices a chart shows."""
    figure = FIGURES[name].figure(FIGURES[name].data(snapshot))
    texts = [trace for trace in figure.data if trace.type == "scatter" and trace.mode == "text"]
    return [trace.text[0] for trace in texts if np.size(trace.x)]


@pytest.mark.parametrize("name", FIGURES)
def test_the_notice_shows_only_without_measurements(name):
    assert words(name, make_images() if name == "classes" else SNAPSHOTS["middle"]) == []
    (notice,) = words(name, SNAPSHOTS["empty"])
    assert notice.startswith("no ")


@pytest.mark.parametrize("name", ["value", "accuracy"])
def test_a_critic_has_no_probability(name):
    assert words(name, SNAPSHOTS["critic"]) == [
        "not defined: a critic's<br>score is no probability"
    ]


def test_scenes_follow_the_data():
    assert scene_for(make_snapshot()) is SCENES[2]
    assert scene_for(make_line()) is SCENES[1]
    assert scene_for(make_images()) is SCENES["image"]
    with pytest.raises(ValueError, match=r"shape \(3,\)"):
        scene_for(make_snapshot(real=np.zeros((4, 3))))


def test_saved_figures_share_one_script_and_open_offline(tmp_path):
    for name in ("losses", "value"):
        spec = FIGURES[name]
        path = save_html(spec.figure(spec.data(make_snapshot())), tmp_path / "run" / f"{name}.html")
        text = path.read_text()
        assert 'src="plotly.min.js"' in text and "https://cdn" not in text
        assert len(text) < 100_000
    files = sorted(file.name for file in (tmp_path / "run").iterdir())
    assert files == ["losses.html", "plotly.min.js", "value.html"]


def test_figures_need_neither_torch_nor_streamlit():
    code = "import sys, ganlab.figures; assert not {'torch', 'streamlit'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
