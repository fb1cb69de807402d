"""What a viewer may ask about a generator: questions that never change a run.

Each is answered to its viewer alone, in frames whose meta carry its ``op`` (as ``kind``) and
``id``. Everything here has bounds; what depends on the generator, such as the length of z, is
checked where the question is worked off (``exploring``).
"""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

LONGEST_Z = 576  # coordinates: 512 continuous ones and 64 signs
MOST_SEEDS = 64
MOST_IDS = 2**53  # whole numbers that a browser can count to
MOST_PIXELS = 1024

Number = Annotated[float, Field(ge=-10_000, le=10_000, allow_inf_nan=False)]
Latent = Annotated[tuple[Number, ...], Field(min_length=1, max_length=LONGEST_Z)]
Seed = Annotated[int, Field(ge=0, lt=2**31)]
SeedList = Annotated[tuple[Seed, ...], Field(min_length=1, max_length=MOST_SEEDS)]
Byte = Annotated[int, Field(ge=0, le=255)]


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Question(_Model):
    """``id`` comes back with every answer, and with a refusal."""

    op: str
    id: int = Field(ge=0, lt=MOST_IDS, strict=True)


# -- what is drawn ---------------------------------------------------------------------------------


class WalkPlan(_Model):
    """A path through ``points`` [k, latent], seen in ``frames`` pictures."""

    points: tuple[Latent, ...] = Field(min_length=2, max_length=16)
    frames: int = Field(60, ge=2, le=240)
    path: Literal["lerp", "slerp", "great_circle"] = "slerp"
    closed: bool = False
    easing: Literal["linear", "smooth", "pause"] = "linear"


class AtlasPlan(_Model):
    """A plane, z = origin + u axes[0] + v axes[1], cut into n x n cells: z at their centres.

    One axis makes one row. window: u0, u1, v0, v1; row 0 has the largest v.
    """

    origin: Latent
    axes: tuple[Latent, ...] = Field(min_length=1, max_length=2)
    window: tuple[Number, Number, Number, Number]
    n: int = Field(24, ge=2, le=40)

    @model_validator(mode="after")
    def _has_extent(self) -> Self:
        left, right, low, high = self.window
        if not (left < right and (low < high or len(self.axes) == 1)):
            raise ValueError(
                "The window of this map has no extent; give u0 < u1 and v0 < v1, in this order."
            )
        return self


# -- questions -------------------------------------------------------------------------------------


class About(Question):
    """What this generator is."""

    op: Literal["about"] = "about"


class Seeds(Question):
    """The z of each seed."""

    op: Literal["seeds"] = "seeds"
    seeds: SeedList


class Decode(Question):
    """The samples of these z, at once."""

    op: Literal["decode"] = "decode"
    z: tuple[Latent, ...] = Field(min_length=1, max_length=64)


class Walk(Question, WalkPlan):
    """The pictures along a path, with a speedometer."""

    op: Literal["walk"] = "walk"


class Atlas(Question, AtlasPlan):
    """The pictures over a plane, in blocks of rows from the top.

    stretch: whether also how strongly G stretches the plane, which takes longer than the rest.
    """

    op: Literal["atlas"] = "atlas"
    stretch: bool = True


class Directions(Question):
    """The k directions in which G's samples change most, or one for each class."""

    op: Literal["directions"] = "directions"
    method: Literal["features", "weights", "classes"]
    k: int = Field(8, ge=1, le=16)
    seed: Seed = 0


class Examples(Question):
    """n real test images."""

    op: Literal["examples"] = "examples"
    n: int = Field(12, ge=1, le=64)
    seed: Seed = 0


class Invert(Question):
    """A z whose image comes close to a drawing, or to a test image."""

    op: Literal["invert"] = "invert"
    pixels: tuple[Byte, ...] | None = Field(None, max_length=MOST_PIXELS)
    test: int | None = Field(None, ge=0, lt=1_000_000)
    starts: int = Field(8, ge=1, le=16)
    steps: int = Field(200, ge=10, le=1000)
    seed: Seed = 0

    @model_validator(mode="after")
    def _one_target(self) -> Self:
        if (self.pixels is None) == (self.test is None):
            raise ValueError(
                "A search needs one image to look for; send its pixels, or the number of a test "
                "image."
            )
        return self


class Neighbours(Question):
    """The k training images nearest to the picture of z."""

    op: Literal["neighbours"] = "neighbours"
    z: Latent
    k: int = Field(6, ge=1, le=12)


class Weights(Question):
    """The weights of a small MLP, for the page to decode by itself."""

    op: Literal["weights"] = "weights"


class Export(Question):
    """A file to keep: of a walk, an atlas, or the z of ``seeds``.

    ``seeds`` beside a walk are those that made its points, for the script.
    """

    op: Literal["export"] = "export"
    format: Literal["gif", "webp", "png", "npz", "python", "seeds"]
    walk: WalkPlan | None = None
    atlas: AtlasPlan | None = None
    seeds: SeedList | None = None
    fps: float = Field(20, ge=1, le=60)
    scale: int = Field(8, ge=1, le=16)

    @model_validator(mode="after")
    def _has_content(self) -> Self:
        if self.format in ("gif", "webp") and self.walk is None:
            raise ValueError("An animation shows a walk; send the points of one.")
        if self.format == "seeds" and self.seeds is None:
            raise ValueError("There is no seed to write down; send at least one.")
        if self.walk is not None and self.atlas is not None:
            raise ValueError("A file holds one thing; send a walk or an atlas, not both.")
        if self.walk is None and self.atlas is None and self.seeds is None:
            raise ValueError("There is nothing to keep; send a walk, an atlas or seeds.")
        return self


class Stop(Question):
    """Answer the viewer's question of this op no more."""

    op: Literal["stop"] = "stop"
    what: Literal[
        "about", "seeds", "decode", "walk", "atlas", "directions", "examples", "invert",
        "neighbours", "weights", "export",
    ]  # fmt: skip


AnyQuestion = (
    About | Seeds | Decode | Walk | Atlas | Directions | Examples | Invert | Neighbours | Weights
    | Export | Stop
)  # fmt: skip
OPS = tuple(model.model_fields["op"].default for model in AnyQuestion.__args__)
