"""Pictures, animations, arrays and scripts to keep: pure functions of NumPy arrays, no torch.

Images are [h, w] uint8 grey levels, 0 = black. Enlarging is by whole pixels, so that every pixel
of the generator stays a crisp square.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from io import BytesIO

import numpy as np
from PIL import Image

FRAME = 96  # grey level between the images of a mosaic
SLOWEST, FASTEST = 1, 60  # frames per second
LARGEST = 1 << 26  # pixels of all frames together
SHORTEST = 2  # hundredths of a second: browsers slow a GIF of shorter delays down to 10 a second


def pixels(images: np.ndarray) -> np.ndarray:
    """Images [..., 1, h, w] in [-1, 1] -> uint8 [..., h, w]; NaN is black."""
    levels = np.nan_to_num((np.asarray(images)[..., 0, :, :] + 1) * 127.5, nan=0.0)
    return np.clip(np.round(levels), 0, 255).astype(np.uint8)


def enlarged(images: np.ndarray, scale: int) -> np.ndarray:
    """uint8 [..., h, w] -> [..., h scale, w scale]: every pixel a square of ``scale`` pixels.

    Raises ValueError for a scale below 1 and for more than 2^26 pixels in all.
    """
    if scale < 1:
        raise ValueError(f"Scale {scale} is too small; use a whole number from 1 up.")
    if images.size * scale**2 > LARGEST:
        raise ValueError(
            f"{images.size * scale**2:,} pixels are too many; at most {LARGEST:,} can be exported:"
            " use a smaller scale or fewer images."
        )
    return images.repeat(scale, -2).repeat(scale, -1)


def gif_delay(fps: float) -> int:
    """Hundredths of a second that a GIF shows each frame: 100 / fps, rounded, at least 2.

    GIF knows no finer times: 24 frames per second are played at 25, 60 at 50.
    """
    if not SLOWEST <= fps <= FASTEST:
        raise ValueError(f"{fps:g} frames per second; use {SLOWEST} to {FASTEST}.")
    return max(SHORTEST, round(100 / fps))


def gif(frames: np.ndarray, fps: float, scale: int = 1) -> bytes:
    """An endless GIF of frames uint8 [f, h, w], in all 256 greys; its speed is ``gif_delay``'s.

    Equal neighbours become one frame shown for longer. Raises ValueError without frames, for fps
    outside 1..60 and for too many pixels.
    """
    return _animation(frames, scale, format="GIF", duration=10 * gif_delay(fps), optimize=False)


def webp(frames: np.ndarray, fps: float, scale: int = 1) -> bytes:
    """An endless lossless WebP of frames uint8 [f, h, w]; delays are whole milliseconds.

    Raises ValueError without frames, for fps outside 1..60 and for too many pixels.
    """
    if not SLOWEST <= fps <= FASTEST:
        raise ValueError(f"{fps:g} frames per second; use {SLOWEST} to {FASTEST}.")
    # Effort 2 of 6: 240 large frames in seconds, a tenth larger than at full effort.
    return _animation(
        frames, scale, format="WEBP", duration=round(1000 / fps), lossless=True, method=2
    )


def _animation(frames: np.ndarray, scale: int, **options: object) -> bytes:
    if frames.ndim != 3 or not len(frames):
        raise ValueError(f"Frames of shape {frames.shape} make no animation; use [frames, h, w].")
    first, *rest = (Image.fromarray(frame) for frame in enlarged(frames, scale))
    target = BytesIO()
    first.save(target, save_all=True, append_images=rest, loop=0, **options)
    return target.getvalue()


def mosaic(images: np.ndarray, scale: int = 1, gap: int = 0) -> np.ndarray:
    """images uint8 [rows, columns, h, w] -> one image [H, W].

    gap: grey pixels between neighbours, not scaled, none around the mosaic. Raises ValueError for
    another shape, an empty mosaic and too many pixels.
    """
    if images.ndim != 4 or not images.size:
        raise ValueError(
            f"Images of shape {images.shape} make no mosaic; use [rows, columns, h, w]."
        )
    large = enlarged(images, scale)
    rows, columns, height, width = large.shape
    cells = np.full((rows, columns, height + gap, width + gap), FRAME, np.uint8)
    cells[:, :, :height, :width] = large
    whole = cells.swapaxes(1, 2).reshape(rows * (height + gap), columns * (width + gap))
    return whole[: len(whole) - gap, : whole.shape[1] - gap]


def png(image: np.ndarray) -> bytes:
    """A PNG of one image uint8 [h, w] (grey) or [h, w, 3] (red, green, blue)."""
    target = BytesIO()
    Image.fromarray(np.ascontiguousarray(image)).save(target, format="PNG", optimize=True)
    return target.getvalue()


def npz(**arrays: np.ndarray) -> bytes:
    """NumPy's compressed archive: ``np.load(file)["latents"]``."""
    target = BytesIO()
    np.savez_compressed(target, **{name: np.asarray(array) for name, array in arrays.items()})
    return target.getvalue()


def seed_list(seeds: Sequence[int]) -> str:
    """The seeds as text, one a line, after a line that says how to use them."""
    head = "# z of each: ganlab.load_generator(...).seeded([seed])"
    return "\n".join([head, *map(str, seeds)]) + "\n"


def walk_script(
    source: str | None,
    points: np.ndarray,
    *,
    frames: int,
    path: str = "slerp",
    closed: bool = False,
    easing: str = "linear",
    seeds: Sequence[int] | None = None,
    fps: float = 20,
    scale: int = 8,
    images: bool = True,
) -> str:
    """A Python script that takes the same walk and saves it: a GIF of images, an NPZ of points.

    source: what ``load_generator`` takes, or None for a run that lies in no folder yet.
    points: [k, latent], written out in full unless ``seeds`` [k] made all of them.
    """
    body = _WALK.format(
        points=_latents(points, seeds),
        options=f'frames={frames}, path="{path}", closed={closed}, easing="{easing}"',
        saved=_GIF.format(fps=fps, scale=scale) if images else _NPZ,
    )
    return _script("A walk through the latent space of a generator.", source, body)


def atlas_script(
    source: str | None,
    origin: np.ndarray,
    axes: np.ndarray,
    window: Sequence[float],
    n: int,
    *,
    scale: int = 2,
    images: bool = True,
) -> str:
    """A Python script that draws the same n x n pictures of a plane through the latent space.

    z = origin + u axes[0] + v axes[1] at the centres of n x n cells of ``window`` [u0, u1, v0, v1];
    the first row has the largest v. origin: [latent]; axes: [1 or 2, latent], one row of pictures
    for one axis. source as in ``walk_script``.
    """
    rows = n if len(np.atleast_2d(axes)) > 1 else 1
    body = _ATLAS.format(
        origin=_tensor(origin),
        axes=_tensor(np.atleast_2d(axes)),
        window=", ".join(f"{edge:.9g}" for edge in window),
        columns=n,
        rows=rows,
        saved=_MOSAIC.format(rows=rows, columns=n, scale=scale) if images else _NPZ,
    )
    return _script("A plane through the latent space of a generator.", source, body)


def sample_script(
    source: str | None,
    latents: np.ndarray,
    *,
    seeds: Sequence[int] | None = None,
    scale: int = 8,
    images: bool = True,
) -> str:
    """A Python script that makes the samples of latents [n, latent] again; see ``walk_script``."""
    body = _SAMPLE.format(
        latents=_latents(latents, seeds),
        saved=_MOSAIC.format(rows=1, columns=len(latents), scale=scale) if images else _NPZ,
    )
    return _script("Samples of a generator at chosen points of its latent space.", source, body)


def _script(title: str, source: str | None, body: str) -> str:
    note = "" if source else "  # the folder you saved the run in"
    lines = [
        f'"""{title}"""\n\nfrom pathlib import Path\n',
        "import torch\n" if "torch." in body else "",
        "from ganlab import export, load_generator",
        "from ganlab.latent import walk" if "walk(" in body else "",
        f"\ngenerator = load_generator({json.dumps(source or 'runs/mine')}){note}",
    ]
    return "\n".join(line for line in lines if line) + "\n" + body


def _latents(points: np.ndarray, seeds: Sequence[int] | None) -> str:
    if seeds is not None and len(seeds) == len(points):
        return f"generator.seeded({[int(seed) for seed in seeds]})"
    return _tensor(points)


def _tensor(values: np.ndarray) -> str:
    """Python that makes just these float32 numbers again."""
    numbers = np.asarray(values, np.float32)
    text = np.array2string(numbers, max_line_width=96, separator=", ", threshold=numbers.size + 1)
    return f"torch.tensor(\n    {text.replace(chr(10), chr(10) + '    ')}\n)"


_WALK = """points = {points}
latents = walk(
    generator.latent, points, {options}
).latents
samples = generator.samples(latents)
{saved}
"""
_ATLAS = """origin = {origin}
axes = {axes}
u0, u1, v0, v1 = {window}
u = u0 + (torch.arange({columns}) + 0.5) * (u1 - u0) / {columns}
v = v1 - (torch.arange({rows}) + 0.5) * (v1 - v0) / {rows}
plane = torch.cartesian_prod(v, u).flip(1)  # (u, v) of each cell, row by row from the top
latents = origin + plane[:, : len(axes)] @ axes
samples = generator.samples(latents)
{saved}
"""
_SAMPLE = """latents = {latents}
samples = generator.samples(latents)
{saved}
"""
_GIF = """animation = export.gif(export.pixels(samples), fps={fps:g}, scale={scale})
Path("walk.gif").write_bytes(animation)"""
_MOSAIC = """images = export.pixels(samples)
images = images.reshape({rows}, {columns}, *images.shape[1:])
Path("latents.png").write_bytes(export.png(export.mosaic(images, scale={scale})))"""
_NPZ = """Path("latents.npz").write_bytes(export.npz(latents=latents, samples=samples))"""
