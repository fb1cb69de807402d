"""The arrays of the live picture: names, shapes and numbers of each layer."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.special import expit
from scipy.stats import norm
from synthetic import make_images, make_line, make_snapshot

from ganlab.figures import laws
from ganlab.figures.live import (
    DEFAULT_LAYERS,
    LAYERS,
    scene_arrays,
    scene_kind,
    scene_static,
    stage_arrays,
)
from ganlab.figures.live2d import signed_bytes
from ganlab.figures.marks import as_bytes
from ganlab.snapshot import Manifold, Stage

PLANE = {
    "discriminator": {"belief"},
    "boundary": {"boundary"},
    "best": {"best"},
    "gap": {"gap"},
    "density": {"density"},
    "manifold": {"mesh", "mesh_latents", "mesh_weight", "folds"},
    "gradient": {"pushes"},
}
ARROWS = np.ones((96, 2))


def names(arrays) -> set[str]:
    assert all(name.startswith("scene/") for name in arrays)
    return {name.removeprefix("scene/") for name in arrays}


def test_kinds():
    kinds = [scene_kind(make()) for make in (make_line, make_snapshot, make_images)]
    assert kinds == [1, 2, "image"]
    with pytest.raises(ValueError, match=r"shape \(3,\)"):
        scene_kind(make_snapshot(real=np.zeros((4, 3))))
    assert set(LAYERS) == set(DEFAULT_LAYERS) == set(kinds)
    assert all(set(DEFAULT_LAYERS[kind]) <= set(LAYERS[kind]) for kind in kinds)
    assert LAYERS[2] == tuple(PLANE)
    assert set(LAYERS[1]) == {"exact", "kde", "histogram", "best", "rays"}


def test_bytes_of_beliefs_and_gaps():
    assert as_bytes(np.array([0, 0.5, 1, np.nan])).tolist() == [0, 128, 255, 128]
    assert signed_bytes(np.array([-1, 0, 1, 0.5])).tolist() == [0, 128, 255, 192]


def test_static_plane():
    snapshot = make_snapshot(latents=np.zeros((500, 20)))
    arrays = scene_static(snapshot)
    assert names(arrays) == {"bounds", "extent", "real", "latents", "modes"}
    assert arrays["scene/bounds"].tolist() == [[-1.5, 1.5], [-1.5, 1.5]]
    cell = 3 / 63
    np.testing.assert_allclose(arrays["scene/extent"], [[-1.5 - cell / 2, 1.5 + cell / 2]] * 2)
    assert arrays["scene/latents"].shape == (500, 16) and arrays["scene/real"].shape == (500, 2)
    np.testing.assert_array_equal(arrays["scene/modes"], snapshot.mode_centres)
    bare = scene_static(make_snapshot(mode_centres=None, field=None))
    assert names(bare) == {"bounds", "real", "latents"}


@pytest.mark.parametrize("layer", PLANE)
def test_a_plane_layer_brings_its_arrays_and_no_others(layer):
    arrays, _ = scene_arrays(make_snapshot(slopes=ARROWS), (layer, "nonsense"))
    assert names(arrays) == {"fake"} | PLANE[layer]


def test_all_plane_layers_at_once():
    snapshot = make_snapshot(slopes=ARROWS)
    arrays, meta = scene_arrays(snapshot, LAYERS[2])
    assert names(arrays) == {"fake"}.union(*PLANE.values())
    assert meta == {"p_g": "estimated"}
    shapes = {"belief": (64, 64), "best": (64, 64), "gap": (64, 64), "pushes": (5, 96, 2)}
    shapes |= {"mesh": (5, 5, 2), "mesh_latents": (5, 5, 2), "mesh_weight": (4, 4)}
    for name, shape in shapes.items():
        assert arrays[f"scene/{name}"].shape == shape, name
    for name in ("belief", "best", "gap", "mesh_weight"):
        assert arrays[f"scene/{name}"].dtype == np.uint8
    for name in ("boundary", "density", "folds"):
        assert arrays[f"scene/{name}"].shape[1:] == (4,)


def test_plane_beliefs_and_boundary():
    snapshot = make_snapshot()
    arrays, _ = scene_arrays(snapshot, ("discriminator", "boundary"))
    expected = np.round(255 * expit(snapshot.field.logits))
    np.testing.assert_array_equal(arrays["scene/belief"], expected)
    ends = arrays["scene/boundary"].reshape(-1, 2)
    np.testing.assert_allclose(np.linalg.norm(ends, axis=1), 1, atol=0.002)


def test_best_and_gap_are_neutral_where_nothing_is():
    snapshot = make_snapshot()
    arrays, _ = scene_arrays(snapshot, ("best", "gap"))
    best, d = laws.laws(snapshot).best(), expit(snapshot.field.logits)
    empty = np.isnan(best)
    assert 0.2 < empty.mean() < 0.9
    assert (arrays["scene/best"][empty] == 128).all() and (arrays["scene/gap"][empty] == 128).all()
    np.testing.assert_array_equal(arrays["scene/best"][~empty], np.round(255 * best[~empty]))
    shown = (arrays["scene/gap"][~empty] - 128.0) / 127.5
    np.testing.assert_allclose(shown, (d - best)[~empty], atol=0.51 / 127.5)


def test_exact_p_g_is_named_and_contoured():
    """A unit Gaussian, an eighth as wide: three rings of the known radii."""
    snapshot = make_snapshot()
    x, y = np.meshgrid(*snapshot.field.axes)
    p_g = norm.pdf(x, 0, 0.4) * norm.pdf(y, 0, 0.4)
    exact = replace(snapshot, field=replace(snapshot.field, p_g=p_g))
    arrays, meta = scene_arrays(exact, ("density",))
    assert meta == {"p_g": "exact"}
    radii = np.linalg.norm(arrays["scene/density"].reshape(-1, 2), axis=1) / 0.4
    goals = np.sqrt(-2 * np.log(1 - np.array([0.25, 0.5, 0.9])))
    assert abs(radii[:, None] - goals).min(1).max() < 0.06
    assert set(abs(radii[:, None] - goals).argmin(1)) == {0, 1, 2}


def test_a_plane_without_field_or_manifold():
    arrays, meta = scene_arrays(make_snapshot(field=None, manifold=None), LAYERS[2])
    assert names(arrays) == {"fake", "pushes"} and meta == {"p_g": "estimated"}


def test_fakes_that_are_not_finite_break_no_layer():
    snapshot = make_snapshot(
        fake=np.full((500, 2), np.nan),
        fake_logits=np.full(500, np.nan),
        slopes=np.full((96, 2), np.nan),
        manifold=Manifold(np.zeros((3, 3, 2)), np.full((3, 3, 2), np.nan)),
    )
    arrays, _ = scene_arrays(snapshot, LAYERS[2])
    assert not arrays["scene/pushes"].any() and len(arrays["scene/density"]) == 0
    assert len(arrays["scene/folds"]) == 0 and set(np.unique(arrays["scene/best"])) <= {128, 255}


def test_static_line():
    snapshot = make_line(latents=np.linspace(-1, 4, 2000)[:, None])
    arrays = scene_static(snapshot)
    assert names(arrays) == {"bounds", "top", "x", "p_data", "real", "z_range"}
    assert arrays["scene/bounds"].tolist() == [-4, 4]
    assert arrays["scene/top"] == pytest.approx(1.6 * norm.pdf(0), rel=1e-4)
    assert arrays["scene/z_range"].tolist() == [-4, 4]
    np.testing.assert_array_equal(arrays["scene/p_data"], snapshot.field.p_data)
    for farthest, end in ((0.9, 1), (1.0, 1), (1.1, 3)):
        flat = scene_static(make_line(latents=np.full((9, 1), farthest)))
        assert flat["scene/z_range"].tolist() == [-end, end]


def test_line_layers():
    snapshot = make_line()
    arrays, meta = scene_arrays(snapshot, ())
    assert names(arrays) == {"fake", "d"} and meta == {"p_g": "none"}
    x = snapshot.field.axes[0]
    np.testing.assert_allclose(arrays["scene/d"], expit(0.5 - x))
    arrays, meta = scene_arrays(snapshot, ("exact", "best", "nonsense"))
    assert names(arrays) == {"fake", "d", "p_g", "best"} and meta == {"p_g": "exact"}
    np.testing.assert_array_equal(arrays["scene/p_g"], snapshot.field.p_g)
    known = ~np.isnan(arrays["scene/best"])
    np.testing.assert_allclose(arrays["scene/best"][known], expit(0.5 - x[known]))
    only, meta = scene_arrays(snapshot, ("best",))
    assert names(only) == {"fake", "d", "best"} and meta == {"p_g": "exact"}


def test_the_first_way_asked_for_that_can_be_had():
    snapshot = make_line()
    blind = replace(snapshot, field=replace(snapshot.field, p_g=None))
    assert scene_arrays(blind, ("exact",))[1] == {"p_g": "kde"}
    assert scene_arrays(blind, ("exact", "histogram"))[1] == {"p_g": "histogram"}
    assert scene_arrays(snapshot, ("histogram", "exact"))[1] == {"p_g": "histogram"}
    assert scene_arrays(snapshot, ("kde", "exact"))[1] == {"p_g": "kde"}


def test_rays_of_a_latent_line_and_of_a_larger_latent():
    z = norm.ppf(np.linspace(0.005, 0.995, 257))
    line = make_line(manifold=Manifold(z, (2 * z + 1)[:, None]), latents=np.zeros((2000, 1)))
    rays = scene_arrays(line, ("rays",))[0]["scene/rays"]
    assert rays.shape == (41, 2)
    np.testing.assert_allclose(rays[:, 1], 2 * rays[:, 0] + 1)
    np.testing.assert_allclose(np.diff(norm.cdf(rays[:, 0])), 0.99 / 40, rtol=0.1)
    large = make_line(latents=np.random.default_rng(0).normal(size=(2000, 4)))
    rays = scene_arrays(large, ("rays",))[0]["scene/rays"]
    np.testing.assert_array_equal(rays[:, 0], large.latents[:60, 0])
    np.testing.assert_array_equal(rays[:, 1], large.fake[:60, 0])


def test_images():
    snapshot = make_images()
    static = scene_static(snapshot)
    assert names(static) == {"real"} and static["scene/real"].shape == (8, 4, 5)
    assert (static["scene/real"] == 255).all()
    arrays, meta = scene_arrays(snapshot, ("discriminator",))
    assert names(arrays) == {"fake", "fake_belief", "real_belief"} and meta == {"p_g": "none"}
    fake = arrays["scene/fake"]
    assert fake.shape == (64, 4, 5) and fake.dtype == np.uint8
    np.testing.assert_array_equal(fake[:, 0, 0], np.round(np.arange(64) / 32 * 127.5))
    expected = np.round(255 * expit(snapshot.fake_logits[:64]))
    np.testing.assert_array_equal(arrays["scene/fake_belief"], expected)
    expected = np.round(255 * expit(snapshot.real_logits[:16]))
    np.testing.assert_array_equal(arrays["scene/real_belief"], expected)


def test_colour_images_become_grey():
    colours = np.stack([np.full((4, 5), level) for level in (-1.0, 0.0, 1.0)])[None]
    arrays, _ = scene_arrays(make_images(fake=colours), ())
    assert (arrays["scene/fake"] == 128).all()


def test_stages_show_what_there_is_so_far():
    early = Stage("sample z", 0, latents=np.zeros((3, 2)))
    assert stage_arrays(early, make_snapshot()) == {}
    points, logits = np.arange(6.0).reshape(3, 2), np.array([-1.0, 0, 2])
    late = Stage("update G", 5, points, points, points + 1, logits, points + 2)
    arrays = stage_arrays(late, make_snapshot())
    assert set(arrays) == {"stage/real", "stage/fake", "stage/moved", "stage/belief"}
    np.testing.assert_array_equal(arrays["stage/moved"], points + 2)
    np.testing.assert_array_equal(arrays["stage/belief"], np.round(255 * expit(logits)))
    line = stage_arrays(replace(late, fake=points[:, :1]), make_line())
    assert line["stage/fake"].tolist() == [0, 2, 4]


def test_stages_of_a_critic_and_of_images():
    critic = make_snapshot(
        loss="wasserstein", real_logits=np.full(4, 7.0), fake_logits=np.full(4, 3.0)
    )
    scores = Stage("score", 2, fake_logits=np.array([3.0, 5.0, 7.0]))
    expected = np.round(255 * expit([-2, 0, 2]))
    np.testing.assert_array_equal(stage_arrays(scores, critic)["stage/belief"], expected)
    pictures = Stage("generate", 1, fake=np.zeros((2, 1, 4, 5)))
    shown = stage_arrays(pictures, make_images())["stage/fake"]
    assert shown.shape == (2, 4, 5) and (shown == 128).all()
