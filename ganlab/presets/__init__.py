"""Named configurations: healthy games, and failures that teach.

Each preset states in numbers what it shows; ``benchmarks/presets.py`` runs every one over five
seeds and prints whether it did.
"""

from __future__ import annotations

from ganlab.presets.failures import FAILURES
from ganlab.presets.images import IMAGE_PRESETS
from ganlab.presets.points import POINT_PRESETS
from ganlab.presets.preset import Claim, Preset

PRESETS: dict[str, Preset] = {
    preset.name: preset for preset in POINT_PRESETS + IMAGE_PRESETS + FAILURES
}

__all__ = ["PRESETS", "Claim", "Preset"]
