"""Paths: slerp's invariants, great circles, easings, walks through several points."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy.spatial import geometric_slerp
from torch import Tensor

from ganlab.config import LatentConfig
from ganlab.latent import EASINGS, PATHS, great_circle, lerp, sample_latents, slerp, walk

TIMES = torch.linspace(0, 1, 21, dtype=torch.float64)


def draws(n: int, dim: int, seed: int = 0) -> Tensor:
    rng = torch.Generator().manual_seed(seed)
    return torch.randn(n, dim, dtype=torch.float64, generator=rng)


def unit(x: Tensor) -> Tensor:
    return x / x.norm(dim=-1, keepdim=True)


def even(n: int, value: float) -> Tensor:
    return torch.full((n,), value, dtype=torch.float64)


def steps_of(path: Tensor) -> Tensor:
    """Angles between neighbours of a path [n, dim], in radians, by the cosine."""
    u = unit(path)
    return torch.arccos((u[1:] * u[:-1]).sum(-1).clamp(-1, 1))


@pytest.mark.parametrize("dim", [2, 3, 64])
def test_slerp_is_scipys_on_the_sphere(dim: int) -> None:
    a, b = unit(draws(2, dim))
    expected = geometric_slerp(a.numpy(), b.numpy(), TIMES.numpy())
    np.testing.assert_allclose(slerp(a, b, TIMES), expected, atol=1e-14)


@pytest.mark.parametrize("radius", [1.0, 8.0])
def test_slerp_keeps_the_norm_and_turns_at_constant_speed(radius: float) -> None:
    a, b = radius * unit(draws(2, 16))
    path = slerp(a, b, TIMES)
    torch.testing.assert_close(path.norm(dim=1), torch.full_like(TIMES, radius), rtol=1e-14, atol=0)
    whole = torch.arccos((a * b).sum() / radius**2)
    torch.testing.assert_close(steps_of(path), (whole / 20).expand(20), rtol=1e-9, atol=0)
    torch.testing.assert_close(path[[0, -1]], torch.stack([a, b]), rtol=1e-14, atol=1e-14)


def test_slerp_between_unequal_norms_changes_the_norm_linearly() -> None:
    a, b = unit(draws(2, 5)) * torch.tensor([[2.0], [7.0]]).double()
    path = slerp(a, b, TIMES)
    torch.testing.assert_close(path.norm(dim=1), 2 + 5 * TIMES, rtol=1e-14, atol=0)
    turns = steps_of(path)
    torch.testing.assert_close(turns, turns.mean().expand(20), rtol=1e-9, atol=0)


def test_slerp_from_either_end_is_the_same_path() -> None:
    a, b = draws(2, 6)
    torch.testing.assert_close(slerp(a, b, TIMES), slerp(b, a, 1 - TIMES), rtol=0, atol=1e-14)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("scale", [1.0, 2.5])
def test_slerp_of_parallel_and_of_zero_vectors_is_lerp(dtype: torch.dtype, scale: float) -> None:
    a, t = draws(1, 4)[0].to(dtype), TIMES.to(dtype)
    zero = torch.zeros_like(a)
    for ends in ((a, scale * a), (a, zero), (zero, a), (zero, zero)):
        torch.testing.assert_close(slerp(*ends, t), lerp(*ends, t))


@pytest.mark.parametrize("turned", [1e-12, 1e-8, 1e-5, np.pi - 1e-5, np.pi - 1e-9])
def test_slerp_is_accurate_where_the_arccosine_is_not(turned: float) -> None:
    a = torch.tensor([1.0, 0, 0], dtype=torch.float64)
    b = torch.tensor([np.cos(turned), np.sin(turned), 0], dtype=torch.float64)
    expected = torch.stack([torch.cos(turned * TIMES), torch.sin(turned * TIMES), 0 * TIMES], -1)
    torch.testing.assert_close(slerp(a, b, TIMES), expected, rtol=0, atol=1e-6)
    torch.testing.assert_close(slerp(a, b, 1.0), b, rtol=0, atol=1e-15)


def test_slerp_of_antipodes_is_a_fixed_half_circle() -> None:
    a = draws(1, 8)[0]
    path = slerp(a, -a, TIMES)
    torch.testing.assert_close(path.norm(dim=1), a.norm().expand(21), rtol=1e-14, atol=0)
    torch.testing.assert_close(steps_of(path), even(20, np.pi / 20), rtol=1e-9, atol=0)
    torch.testing.assert_close(path[-1], -a, rtol=0, atol=1e-14)
    assert torch.equal(path, slerp(a, -a, TIMES))
    # Nearly opposite ends in single precision still keep the norm.
    a32, b32 = a.float(), -a.float() + 1e-6
    middle = slerp(a32, b32, 0.5)
    assert middle.norm().item() == pytest.approx(a32.norm().item(), rel=1e-5)


def test_paths_in_one_dimension_stay_on_the_line() -> None:
    a, b = torch.tensor([1.0]), torch.tensor([-1.0])
    path = slerp(a, b, torch.linspace(0, 1, 5))
    torch.testing.assert_close(path[:, 0], torch.cos(torch.linspace(0, torch.pi, 5)))


@pytest.mark.parametrize("path", PATHS)
def test_paths_take_batches_and_keep_dtypes(path: str) -> None:
    for dtype in (torch.float32, torch.float64):
        a, b = draws(4, 3, 1).to(dtype), draws(4, 3, 2).to(dtype)
        t = torch.tensor([0.0, 0.3, 0.9, 1.0], dtype=dtype)
        each = PATHS[path](a, b, t)  # one t for each pair
        assert each.shape == (4, 3) and each.dtype == dtype
        for row in range(4):
            torch.testing.assert_close(each[row], PATHS[path](a[row], b[row], t[row].item()))
        every = PATHS[path](a[:, None], b[:, None], t)  # all t for each pair
        assert every.shape == (4, 4, 3)
        torch.testing.assert_close(every.diagonal().T, each)


def test_great_circle_goes_once_round_through_both_ends() -> None:
    a, b = 3 * unit(draws(2, 10))
    t = torch.linspace(0, 1, 37, dtype=torch.float64)
    path = great_circle(a, b, t)
    torch.testing.assert_close(path.norm(dim=1), even(37, 3.0))
    torch.testing.assert_close(steps_of(path), even(36, 2 * np.pi / 36), rtol=1e-9, atol=0)
    torch.testing.assert_close(path[-1], a)
    angle = torch.arccos((a * b).sum() / 9)
    torch.testing.assert_close(great_circle(a, b, angle / (2 * np.pi)), b)
    torch.testing.assert_close(great_circle(a, b, 0.5), -a)
    assert torch.linalg.matrix_rank(path, atol=1e-9) == 2


def test_great_circle_takes_the_norm_out_and_back_linearly() -> None:
    a = torch.tensor([1.0, 0], dtype=torch.float64)
    b = torch.tensor([0, 3.0], dtype=torch.float64)  # a quarter of the way round
    t = torch.tensor([0, 0.125, 0.25, 0.625, 1.0], dtype=torch.float64)
    norms = great_circle(a, b, t).norm(dim=1)
    torch.testing.assert_close(norms, torch.tensor([1, 2, 3, 2, 1.0], dtype=torch.float64))


def test_great_circle_through_equal_opposite_or_zero_ends_is_finite_and_closed() -> None:
    a = draws(1, 5)[0]
    for b in (a, -a, 2 * a, torch.zeros_like(a)):
        path = great_circle(a, b, TIMES)
        assert path.isfinite().all()
        torch.testing.assert_close(path[-1], a, rtol=0, atol=1e-12)
        torch.testing.assert_close(unit(path[10]), -unit(a), rtol=0, atol=1e-12)


@pytest.mark.parametrize("name", EASINGS)
def test_easings_rise_symmetrically_from_0_to_1(name: str) -> None:
    eased = EASINGS[name](TIMES)
    assert eased[0] == 0 and eased[-1] == 1 and (eased.diff() >= 0).all()
    torch.testing.assert_close(eased, 1 - eased.flip(0), rtol=0, atol=1e-15)


def test_easings_are_smoothstep_and_its_pause() -> None:
    t = torch.tensor([0.0, 0.2, 0.25, 0.5, 0.75, 0.8, 1.0], dtype=torch.float64)
    smooth = [0, 0.104, 0.15625, 0.5, 0.84375, 0.896, 1]
    np.testing.assert_allclose(EASINGS["smooth"](t), smooth, atol=1e-15)
    s = 0.05 / 0.6
    pause = [0, 0, s * s * (3 - 2 * s), 0.5, 1 - s * s * (3 - 2 * s), 1, 1]
    np.testing.assert_allclose(EASINGS["pause"](t), pause, atol=1e-12)


def latents(config: LatentConfig, n: int, seed: int = 0) -> Tensor:
    return sample_latents(config, n, torch.Generator().manual_seed(seed))


@pytest.mark.parametrize("closed", [False, True])
@pytest.mark.parametrize("easing", EASINGS)
@pytest.mark.parametrize("path", ["lerp", "slerp"])
@pytest.mark.parametrize("config", [LatentConfig(dim=4, signs=3), LatentConfig(dim=0, signs=3)])
def test_walk_is_at_its_points_at_its_keys(
    config: LatentConfig, path: str, easing: str, closed: bool
) -> None:
    points = latents(config, 4)
    taken = walk(config, points, 30, path, closed, easing)
    assert taken.latents.shape == (30, config.size) and taken.latents.dtype == torch.float32
    assert taken.keys.tolist() == ([0, 8, 15, 22] if closed else [0, 10, 19, 29])
    torch.testing.assert_close(taken.latents[taken.keys], points)


def test_closed_walk_loops_without_a_double_frame_or_a_jump() -> None:
    config = LatentConfig(dim=2, signs=0)
    points = torch.tensor([[1.0, 0], [0, 1], [-1, 0], [0, -1]])
    z = walk(config, points, 40, closed=True).latents
    around = torch.cat([z, z[:1]]).double()  # a circle: all 40 steps are 9 degrees
    torch.testing.assert_close(steps_of(around), even(40, np.pi / 20), rtol=1e-4, atol=0)
    open_walk = walk(config, points, 40).latents
    torch.testing.assert_close(open_walk[-1], points[-1])


def test_walk_follows_the_path_between_keys_and_moves_signs_linearly() -> None:
    config = LatentConfig(dim=3, signs=2)
    points = latents(config, 3, seed=5)
    z = walk(config, points, 21, "slerp", easing="smooth").latents
    share = EASINGS["smooth"](torch.arange(11) / 10)
    torch.testing.assert_close(z[:11, :3], slerp(points[0, :3], points[1, :3], share))
    torch.testing.assert_close(z[10:, :3], slerp(points[1, :3], points[2, :3], share))
    torch.testing.assert_close(z[:11, 3:], lerp(points[0, 3:], points[1, 3:], share))


@pytest.mark.parametrize("easing", EASINGS)
def test_walk_round_a_great_circle(easing: str) -> None:
    config = LatentConfig(dim=6, signs=1)
    points = latents(config, 2, seed=3).double()
    points[:, 6] = torch.tensor([1.0, -1])
    taken = walk(config, points, 60, "great_circle", easing=easing)
    a, b = points[:, :6]
    angle = torch.arccos((a * b).sum() / (a.norm() * b.norm())).item()
    assert taken.keys.tolist() == [0, round(60 * angle / (2 * np.pi))]
    torch.testing.assert_close(taken.latents[taken.keys], points)
    turns = steps_of(torch.cat([taken.latents, taken.latents[:1]])[:, :6])
    assert turns.sum().item() == pytest.approx(2 * np.pi, rel=1e-5)
    if easing == "linear":  # even, but for the rounding of b's frame
        assert turns.max() / turns.min() < 1.1


def test_walk_round_a_circle_through_the_same_direction_twice() -> None:
    config = LatentConfig(dim=3, signs=0)
    a = latents(config, 1)
    for factor in (1.0, 2.0):
        taken = walk(config, torch.cat([a, factor * a]), 12, "great_circle")
        assert taken.keys.tolist() == [0, 1]
        torch.testing.assert_close(taken.latents[1], factor * a[0], rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"path": "geodesic"}, "'geodesic' is unknown: choose one of lerp, slerp, great_circle"),
        ({"easing": "bounce"}, "'bounce' is unknown: choose one of linear, smooth, pause"),
        ({"points": torch.zeros(1, 4)}, "at least two latents of 4 numbers"),
        ({"points": torch.zeros(3, 5)}, "at least two latents of 4 numbers"),
        ({"path": "great_circle"}, "exactly two points and at least two"),
        ({"frames": 2}, "2 frames for 3 points"),
    ],
)
def test_walk_refuses_in_one_sentence(change: dict, sentence: str) -> None:
    asked = {"points": torch.zeros(3, 4), "frames": 10, **change}
    with pytest.raises(ValueError, match=sentence):
        walk(LatentConfig(dim=4, signs=0), **asked)


def test_great_circle_needs_a_plane() -> None:
    with pytest.raises(ValueError, match="at least two such coordinates"):
        walk(LatentConfig(dim=1, signs=1), torch.ones(2, 2), 10, "great_circle")
