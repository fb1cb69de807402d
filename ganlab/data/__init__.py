"""Real data: analytic distributions, the user's points, image sets.

``make_distribution(name, ...)`` is the door; ``DISTRIBUTIONS`` lists the names.
"""

from ganlab.data.distribution import Distribution, Modes
from ganlab.data.download import DownloadError
from ganlab.data.drawn import pack_points, unpack_points
from ganlab.data.idx import IdxError, read_idx
from ganlab.data.images import ImageSet, load_images
from ganlab.data.registry import DISTRIBUTIONS, make_distribution
from ganlab.data.user import UserPoints, load_points

__all__ = [
    "DISTRIBUTIONS",
    "Distribution",
    "DownloadError",
    "IdxError",
    "ImageSet",
    "Modes",
    "UserPoints",
    "load_images",
    "load_points",
    "make_distribution",
    "pack_points",
    "read_idx",
    "unpack_points",
]
