"""Independent random streams from one seed: training, probing, measuring never share draws."""

from __future__ import annotations

import zlib

import numpy as np
import torch


def stream(seed: int, purpose: str, device: torch.device | str = "cpu") -> torch.Generator:
    """A generator for one purpose of a run; same seed and purpose, same draws."""
    # torch keeps only 32 bits of a seed, so the purpose is mixed in beforehand.
    mixed = np.random.SeedSequence([seed, zlib.crc32(purpose.encode())]).generate_state(1)[0]
    return torch.Generator(device).manual_seed(int(mixed))
