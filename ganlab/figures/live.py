"""The arrays of the live picture: what is fixed, what a frame carries, what a sub-step shows.

Names begin with ``scene/`` or ``stage/``. Points are in data units; bytes are beliefs, 0 where D
says fake and 255 where it says real. Only the layers asked for are computed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from ganlab.figures import live1d, live2d, liveimage, marks
from ganlab.snapshot import Snapshot, Stage

Kind = int | str  # 1, 2 or "image"
Arrays = dict[str, np.ndarray]

_PICTURES = {1: live1d, 2: live2d, "image": liveimage}
# Layers that a viewer can ask for, and those shown at first.
LAYERS: dict[Kind, tuple[str, ...]] = {kind: tuple(p.LAYERS) for kind, p in _PICTURES.items()}
DEFAULT_LAYERS: dict[Kind, tuple[str, ...]] = {
    1: ("exact", "best", "rays"),
    2: ("discriminator", "boundary"),
    "image": (),
}


def scene_kind(snapshot: Snapshot) -> Kind:
    """1 or 2 for points, "image" for images. Raises ValueError for data without a picture."""
    kind = "image" if snapshot.real.ndim == 4 else snapshot.real.shape[-1]
    if kind not in _PICTURES:
        raise ValueError(
            f"Samples of shape {snapshot.real.shape[1:]} have no main picture; "
            "use points in 1 or 2 dimensions, or images [channels, height, width]."
        )
    return kind


def scene_static(snapshot: Snapshot) -> Arrays:
    """What stays the same for a whole run."""
    return _PICTURES[scene_kind(snapshot)].static(snapshot)


def scene_arrays(snapshot: Snapshot, layers: Iterable[str]) -> tuple[Arrays, Mapping[str, str]]:
    """(arrays, meta) of one moment; names that are no layer of this picture are ignored.

    meta["p_g"] says how the generator's density was had: "exact", "estimated" or "none" (2-D and
    images); in 1-D "exact", "kde" or "histogram", the first of these asked for that can be had, or
    "none" where no layer asked for it.
    """
    return _PICTURES[scene_kind(snapshot)].frame(snapshot, tuple(layers))


def stage_arrays(moment: Stage, snapshot: Snapshot) -> Arrays:
    """What a sub-step of slow motion shows, as far as it has got; scores on the snapshot's scale.

    stage/real, stage/fake and stage/moved: [b, 2], [b] or images [b, h, w]; stage/belief: [b].
    """
    arrays = _PICTURES[scene_kind(snapshot)].stage(moment, snapshot)
    if moment.fake_logits is not None:
        d = marks.sigmoid(marks.calibrated(moment.fake_logits, snapshot))
        arrays["stage/belief"] = marks.as_bytes(d)
    return arrays
