"""What the controls are told: every setting a browser may change, as its own metadata has it."""

from __future__ import annotations

import base64
import io
import json
import re
import subprocess
import sys
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image

from ganlab.config import CHOICES, SETTINGS, ConfigError, DataConfig, RunConfig, kind_of
from ganlab.data import load_images
from ganlab.live.protocol import check_settings
from ganlab.ui import STATIC
from ganlab.ui.controls import PARTS, data_choices, hidden, specs
from ganlab.ui.thumbnails import curve, data_thumbnail, dots, mosaic, one_of_each

SPECS = {spec["path"]: spec for spec in specs()}
LOGARITHMIC = {
    *("data.std", "latent.dim", "generator.channels", "discriminator.channels", "seed"),
    *("loss.real_weight", "loss.fake_weight", "penalty.r1", "penalty.r2"),
    *("penalty.gradient_penalty", "penalty.clip", "penalty.instance_noise"),
    *(f"{side}_optimizer.{name}" for side in "gd" for name in ("lr", "weight_decay")),
    *(f"training.{name}" for name in ("steps", "batch_size", "d_steps", "g_steps")),
    *(f"probe.{name}" for name in ("every", "record_every", "measure_every")),
    *("probe.samples", "probe.measure_samples"),
}


def test_every_setting_a_browser_may_change_is_there_once_and_in_order():
    left_out = [path for path in SETTINGS if path not in SPECS]
    assert left_out == [p for p in SETTINGS if p == "data.path" or p.startswith("compute.")]
    assert list(SPECS) == [path for path in SETTINGS if path not in left_out]
    assert len(SPECS) == len(specs())
    check_settings(SPECS)
    for path in left_out:
        with pytest.raises(ValueError, match="browser"):
            check_settings({path: 1})


def test_they_are_plain_json():
    assert json.loads(json.dumps(specs())) == specs()


@pytest.mark.parametrize("spec", SPECS.values(), ids=SPECS)
def test_a_spec_says_what_the_configuration_accepts(spec):
    path, low, high = spec["path"], spec["minimum"], spec["maximum"]
    assert RunConfig().with_values({path: spec["default"]}) == RunConfig()
    assert spec["label"] and spec["help"]
    if spec["choices"]:
        names = [name for name, _ in spec["choices"]]
        assert spec["kind"] == "choice" and dict(spec["choices"]) == SETTINGS[path].choices
        assert names == list(SETTINGS[path].choices)
    if spec["kind"] in ("number", "integer"):
        for outside in (low - 1, high + 1):
            with pytest.raises(ConfigError):
                RunConfig().with_values({path: outside})
    else:
        assert low is None and high is None


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("seed", "integer"),
        ("data.name", "choice"),
        ("data.std", "number"),
        ("data.drawn", "text"),
        ("data.classes", "list"),
        ("generator.widths", "list"),
        ("generator.spectral_norm", "switch"),
        ("penalty.r1", "number"),
        ("penalty.interval", "integer"),
        ("loss.name", "choice"),
    ],
)
def test_kinds(path, kind):
    assert SPECS[path]["kind"] == kind


def test_sliders_are_logarithmic_where_bounds_span_decades():
    assert {path for path, spec in SPECS.items() if spec["log"]} == LOGARITHMIC


def test_a_laboratory_leaves_out_what_its_data_have_no_use_for():
    plane, image = ({spec["path"] for spec in specs(kind)} for kind in (2, "image"))
    assert {spec["path"] for spec in specs(1)} == plane
    assert set(SPECS) - image == {"data.std"}
    assert set(SPECS) - plane == {
        *("data.classes", "generator.upsampling"),
        *("generator.architecture", "generator.channels"),
        *("discriminator.architecture", "discriminator.channels"),
    }


def test_importing_the_controls_needs_neither_torch_nor_streamlit():
    code = "import sys, ganlab.ui.controls; print({'torch', 'streamlit'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


# -- data ----------------------------------------------------------------------------------------


def test_the_laboratories_share_all_data_out_among_them():
    names = {kind: [item["name"] for item in data_choices(kind)] for kind in (1, 2, "image")}
    assert sorted([*names[1], *names[2], *names["image"]]) == sorted(CHOICES["data"])
    for kind, members in names.items():
        for name in set(members) - {"points"}:
            assert kind_of(DataConfig(name=name)) == kind
    assert {i["name"]: i["title"] for i in data_choices(2)}["ring8"] == CHOICES["data"]["ring8"]


@pytest.mark.parametrize("name", CHOICES["data"])
def test_every_data_set_has_a_small_picture_without_a_ground(name):
    path = STATIC / "thumbnails" / f"data-{name}.svg"
    addresses = [item["image"] for kind in (1, 2, "image") for item in data_choices(kind)]
    assert any(address.endswith(f"/thumbnails/{path.name}") for address in addresses)
    assert 300 < path.stat().st_size < (12_000 if name in ("digits", "mnist") else 6_000)
    root = ElementTree.parse(path).getroot()
    shapes = {child.tag.split("}")[1] for child in root}
    assert root.get("viewBox") == "0 0 100 100" and shapes <= {"path", "image"}


@pytest.mark.parametrize("name", ["gaussian1d", "mixture1d", "uniform1d", "digits", "points"])
def test_the_pictures_are_those_the_script_draws(name):
    committed = (STATIC / "thumbnails" / f"data-{name}.svg").read_text(encoding="utf-8")
    assert data_thumbnail(name) == committed


def drawn_places(body):
    return np.array(re.findall(r"M([\d.]+) ([\d.]+)h0", body), float)


def test_dots_keep_their_shape_and_fill_the_square():
    angle = np.linspace(0, 2 * np.pi, 400, endpoint=False)
    places = drawn_places(dots(np.stack([5 + 2 * np.cos(angle), 2 * np.sin(angle)], 1)))
    radius = np.hypot(*(places - 50).T)
    assert len(places) == 400
    assert abs(radius.mean() - 43) < 0.2 and np.ptp(radius) < 0.3  # (100 - 2 * 7) / 2


def test_dots_grow_where_they_lie_in_few_places():
    def width(body):
        return float(re.search(r'stroke-width="([\d.]+)"', body)[1])

    corners = np.repeat([[0, 0], [0, 1], [1, 0], [1, 1]], 50, axis=0).astype(float)
    everywhere = np.stack(np.meshgrid(np.arange(16.0), np.arange(16.0)), -1).reshape(-1, 2)
    assert width(dots(everywhere)) == 3.4
    assert abs(width(dots(corners)) - 3.4 * 50**0.25) < 0.06


def test_a_curve_is_the_density_to_scale():
    x = np.linspace(-3, 3, 101)
    line = curve(np.exp(-(x**2) / 2)).split('<path d="')[2]
    places = np.array([pair.split() for pair in line.split('"')[0][1:].split("L")], float)
    assert abs(places[50] - [50, 14]).max() < 0.06  # the peak: two margins below the top
    height = (93 - places[:, 1]) / (100 - 3 * 7)
    assert abs(height - np.exp(-(x**2) / 2)).max() < 0.01


def test_a_mosaic_holds_the_images_as_opacity():
    images = one_of_each(load_images("digits"))
    assert images.shape == (9, 8, 8)
    data = base64.b64decode(re.search(r"base64,([^\"]+)", mosaic(images))[1])
    alpha = np.asarray(Image.open(io.BytesIO(data)).convert("RGBA"))[..., 3]
    assert alpha.shape == (30, 30)
    for i, image in enumerate(images):
        row, column = divmod(i, 3)
        cell = alpha[row * 10 + 1 : row * 10 + 9, column * 10 + 1 : column * 10 + 9]
        assert np.abs(cell.astype(int) - image).max() <= 9  # 16 levels of 255


# -- what a teacher hides --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", ()),
        (" , ,", ()),
        ("loss", ("loss",)),
        ("g_optimizer.lr, penalty ,charts", ("g_optimizer.lr", "penalty", "charts")),
        ("seed,seed", ("seed",)),
        ("run", ("run",)),
        (",".join(PARTS), PARTS),
    ],
)
def test_what_may_be_hidden(query, names):
    assert hidden(query) == (names, ())


@pytest.mark.parametrize(
    ("wrong", "advice"),
    [
        ("dat", "did you mean data?"),
        ("g_optimiser.lr", "did you mean g_optimizer.lr?"),
        ("stpe", "did you mean step?"),
        ("compute.device", "name a setting"),
        ("<b>", "name a setting"),
        ("x" * 10_000, "name a setting"),
    ],
)
def test_a_wrong_name_is_a_sentence_and_hides_nothing_else(wrong, advice):
    names, problems = hidden(f"loss,{wrong},charts")
    assert names == ("loss", "charts") and len(problems) == 1
    assert advice in problems[0] and len(problems[0]) < 200


def test_a_hostile_address_does_not_fill_the_page():
    names, problems = hidden(",".join(f"no{i}" for i in range(500)))
    assert names == () and len(problems) == 3


def test_every_group_of_settings_has_a_card():
    script = (STATIC / "controls" / "controls.js").read_text(encoding="utf-8")
    lists = re.findall(r"groups: \{(.*?)\}", script)
    claimed = [name for text in lists for name in re.findall(r"(\w+):", text)]
    assert sorted(claimed) == sorted({spec["group"] for spec in specs()})


def test_no_script_grows_too_long():
    scripts = list(STATIC.rglob("*.js"))
    assert len(scripts) > 40
    for script in scripts:
        lines = script.read_text(encoding="utf-8").splitlines()
        assert len(lines) < 300 and max(map(len, lines)) <= 120, script.name
