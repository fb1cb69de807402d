"""Files to keep: every one is read back, by the reader that others would use."""

from __future__ import annotations

import ast
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from ganlab import export


def noise(*shape: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, shape).astype(np.uint8)


def played(data: bytes) -> tuple[np.ndarray, list[float], int]:
    """Frames [f, h, w], milliseconds of each, and how often it repeats (0: endlessly)."""
    with Image.open(BytesIO(data)) as picture:
        frames, times = [], []
        for index in range(picture.n_frames):
            picture.seek(index)
            frames.append(np.asarray(picture.convert("L")))
            times.append(picture.info["duration"])
        return np.array(frames), times, picture.info["loop"]


def test_pixels_are_grey_levels():
    images = np.array([[[[-1.0, 1.0], [0.0, np.nan]]], [[[-9.0, 9.0], [0.5, np.inf]]]])
    assert export.pixels(images).tolist() == [[[0, 255], [128, 0]], [[0, 255], [191, 255]]]
    assert export.pixels(np.zeros((3, 2, 1, 4, 5))).shape == (3, 2, 4, 5)


def test_enlarging_keeps_every_pixel_a_square():
    image = noise(3, 4)
    large = export.enlarged(image, 5)
    resized = Image.fromarray(image).resize((20, 15), Image.Resampling.NEAREST)
    np.testing.assert_array_equal(large, np.asarray(resized))
    assert export.enlarged(image, 1).tolist() == image.tolist()


@pytest.mark.parametrize("make", [export.gif, export.webp])
@pytest.mark.parametrize("scale", [1, 3])
def test_an_animation_holds_the_frames_as_they_are(make, scale):
    frames = noise(7, 9, 8)
    shown, times, loop = played(make(frames, 20, scale))
    np.testing.assert_array_equal(shown, export.enlarged(frames, scale))
    assert times == [50] * 7 and loop == 0


def test_an_animation_of_one_frame_and_of_equal_frames():
    still = np.repeat(noise(1, 4, 4), 5, 0)
    for make in (export.gif, export.webp):
        for frames in (still, still[:1]):
            with Image.open(BytesIO(make(frames, 10))) as picture:
                assert np.asarray(picture.convert("L")).tolist() == still[0].tolist()


@pytest.mark.parametrize(
    ("fps", "hundredths"), [(1, 100), (10, 10), (20, 5), (24, 4), (30, 3), (50, 2), (60, 2)]
)
def test_a_gif_counts_in_hundredths_of_a_second(fps, hundredths):
    assert export.gif_delay(fps) == hundredths
    assert played(export.gif(noise(3, 4, 4), fps))[1] == [10 * hundredths] * 3
    assert played(export.webp(noise(3, 4, 4), fps))[1] == [round(1000 / fps)] * 3


def test_a_mosaic_has_its_pictures_in_place():
    images = noise(2, 3, 4, 5)
    whole = export.mosaic(images, scale=2, gap=3)
    assert whole.shape == (2 * 8 + 3, 3 * 10 + 2 * 3)
    for row, column in np.ndindex(2, 3):
        top, left = row * 11, column * 13
        cell = whole[top : top + 8, left : left + 10]
        np.testing.assert_array_equal(cell, np.kron(images[row, column], np.ones((2, 2))))
    assert (whole[8:11] == export.FRAME).all() and (whole[:, 10:13] == export.FRAME).all()
    np.testing.assert_array_equal(export.mosaic(images), np.block([[*row] for row in images]))


def test_a_png_is_the_image():
    for image in (noise(5, 7), noise(5, 7, 3)):
        with Image.open(BytesIO(export.png(image))) as picture:
            np.testing.assert_array_equal(np.asarray(picture), image)
    assert export.png(noise(5, 7)[:, ::-1])[:8] == b"\x89PNG\r\n\x1a\n"


def test_an_archive_gives_back_its_arrays():
    arrays = {"latents": np.random.default_rng(1).normal(size=(3, 2)), "images": noise(3, 4, 4)}
    with np.load(BytesIO(export.npz(**arrays, path=np.array("slerp")))) as archive:
        assert set(archive.files) == {"latents", "images", "path"}
        for name, values in arrays.items():
            np.testing.assert_array_equal(archive[name], values)
            assert archive[name].dtype == values.dtype
        assert str(archive["path"]) == "slerp"
    assert export.npz(**arrays) == export.npz(**arrays)


def test_a_seed_list_can_be_read_by_numpy():
    assert np.loadtxt(export.seed_list([3, 2**31 - 1]).splitlines()).tolist() == [3, 2**31 - 1]


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: export.gif(noise(0, 4, 4), 20), "no animation"),
        (lambda: export.webp(noise(4, 4), 20), "no animation"),
        (lambda: export.gif(noise(2, 4, 4), 0), "use 1 to 60"),
        (lambda: export.webp(noise(2, 4, 4), 61), "use 1 to 60"),
        (lambda: export.enlarged(noise(2, 2), 0), "from 1 up"),
        (lambda: export.gif(noise(2, 4, 4), 20, 10_000), "too many"),
        (lambda: export.mosaic(noise(4, 4)), "no mosaic"),
        (lambda: export.mosaic(noise(0, 3, 4, 4)), "no mosaic"),
    ],
)
def test_what_cannot_be_exported_is_refused(call, words):
    with pytest.raises(ValueError, match=words):
        call()


class Studio:
    """Stands in for the library: notes how a script calls it."""

    def __init__(self, latent_size: int) -> None:
        self.files: dict[str, bytes] = {}
        self.size = latent_size

    def run(self, script: str, monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
        import torch

        import ganlab
        from ganlab.config import LatentConfig

        studio = self

        class Generator:
            latent = LatentConfig(dim=studio.size, signs=0)

            def seeded(self, seeds):
                studio.seeds = seeds
                return torch.arange(len(seeds) * studio.size, dtype=torch.float32).reshape(
                    len(seeds), studio.size
                )

            def samples(self, latents):
                studio.latents = latents.numpy()
                return np.tanh(studio.latents.sum(1))[:, None, None, None] * np.ones((1, 4, 4))

        def load_generator(source):
            studio.source = source
            return Generator()

        monkeypatch.setattr(ganlab, "load_generator", load_generator, raising=False)
        monkeypatch.chdir(tmp_path)
        exec(compile(script, "script", "exec"), {})
        self.files = {path.name: path.read_bytes() for path in tmp_path.iterdir()}


@pytest.fixture
def points() -> np.ndarray:
    return np.random.default_rng(2).normal(size=(3, 7)).astype(np.float32)


def test_the_walk_script_takes_the_walk_again(points, monkeypatch, tmp_path):
    studio = Studio(7)
    script = export.walk_script(
        "a\\b", points, frames=13, path="lerp", closed=True, easing="smooth", fps=10, scale=3
    )
    studio.run(script, monkeypatch, tmp_path)
    assert studio.source == "a\\b" and studio.latents.shape == (13, 7)
    np.testing.assert_array_equal(studio.latents[0], points[0])  # to the last bit
    frames, times, _ = played(studio.files["walk.gif"])
    assert frames.shape[1:] == (12, 12) and sum(times) == 13 * 100


def test_the_walk_script_prefers_seeds_and_saves_points(points, monkeypatch, tmp_path):
    studio = Studio(7)
    script = export.walk_script(None, points, frames=5, seeds=[4, 5, 6], images=False)
    assert "the folder you saved" in script and "torch" not in script
    studio.run(script, monkeypatch, tmp_path)
    assert studio.seeds == [4, 5, 6] and studio.source == "runs/mine"
    with np.load(BytesIO(studio.files["latents.npz"])) as archive:
        np.testing.assert_array_equal(archive["latents"], studio.latents)
    partly = export.walk_script("digits", points, frames=5, seeds=[4])
    assert "seeded" not in partly and "torch.tensor" in partly


def test_the_atlas_script_draws_the_plane_again(monkeypatch, tmp_path):
    studio = Studio(3)
    origin, axes = np.array([0.5, 0, 0]), np.array([[0, 1.0, 0], [0, 0, 2.0]])
    script = export.atlas_script("mnist_plane", origin, axes, [-1, 3, 10, 20], 4, scale=1)
    studio.run(script, monkeypatch, tmp_path)
    u, v = np.array([-0.5, 0.5, 1.5, 2.5]), np.array([18.75, 16.25, 13.75, 11.25])
    expected = origin + u[None, :, None] * axes[0] + v[:, None, None] * axes[1]
    np.testing.assert_allclose(studio.latents.reshape(4, 4, 3), expected, rtol=1e-6)
    with Image.open(BytesIO(studio.files["latents.png"])) as picture:
        assert picture.size == (16, 16)
    line = export.atlas_script("digits", origin, axes[0], [-1, 1, 0, 0], 6)
    studio.run(line, monkeypatch, tmp_path)
    np.testing.assert_allclose(studio.latents[:, 1], np.arange(-5, 6, 2) / 6, rtol=1e-6)


def test_the_sample_script_makes_the_samples_again(points, monkeypatch, tmp_path):
    studio = Studio(7)
    studio.run(export.sample_script("digits", points, scale=2), monkeypatch, tmp_path)
    np.testing.assert_array_equal(studio.latents, points)
    with Image.open(BytesIO(studio.files["latents.png"])) as picture:
        assert picture.size == (3 * 8, 8)


def test_scripts_import_only_what_they_use(points):
    for seeds in (None, [1, 2, 3]):
        for script in (
            export.walk_script("digits", points, frames=9, seeds=seeds),
            export.sample_script("digits", points, seeds=seeds, images=False),
        ):
            tree = ast.parse(script)
            names = {
                alias.name
                for node in tree.body
                if isinstance(node, (ast.Import, ast.ImportFrom))
                for alias in node.names
            }
            used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
            assert names - {"annotations"} <= used
            assert max(map(len, script.splitlines())) <= 100
