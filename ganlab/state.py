"""TrainState: everything a run changes as it trains, private to the trainer."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn, optim

from ganlab.config import RunConfig
from ganlab.data import Distribution, make_distribution
from ganlab.ema import MovingAverage
from ganlab.latent import sample_latents
from ganlab.networks import Discriminator, make_discriminator, make_generator
from ganlab.optimizers import decayed, make_optimizer, retune
from ganlab.seeding import stream


@dataclass
class TrainState:
    """Networks, optimisers and random generators of one run.

    ema: the averaged generator, or None. d_updates counts D's steps, for lazy penalties.
    mean, std: the standardisation between data scale and what the networks see.
    """

    config: RunConfig
    device: torch.device
    data: Distribution
    mean: Tensor
    std: Tensor
    generator: nn.Module
    discriminator: Discriminator
    ema: MovingAverage | None
    g_optimizer: optim.Optimizer
    d_optimizer: optim.Optimizer
    rng: torch.Generator
    dropout_rng: torch.Generator
    bfloat16: bool
    iteration: int = 0
    d_updates: int = 0

    @property
    def progress(self) -> float:
        return self.iteration / self.config.training.steps

    @property
    def shown_generator(self) -> nn.Module:
        """The generator that is looked at and saved: the EMA where there is one."""
        return self.generator if self.ema is None else self.ema.network

    def real(self, n: int) -> Tensor:
        """n fresh real samples, standardised, on the device: [n, *shape]."""
        return self.standardised(self.data.sample(n, self.rng).to(self.device))

    def latents(self, n: int) -> Tensor:
        """n fresh latents on the device: [n, latent]."""
        return sample_latents(self.config.latent, n, self.rng).to(self.device)

    @contextlib.contextmanager
    def looking(self) -> Iterator[tuple[nn.Module, Discriminator]]:
        """The shown generator and D in evaluation mode, without gradients, for a look."""
        networks = (self.shown_generator, self.discriminator)
        modes = [network.training for network in networks]
        try:
            with torch.no_grad():
                yield tuple(network.eval() for network in networks)
        finally:
            for network, mode in zip(networks, modes, strict=True):
                network.train(mode)

    def standardised(self, x: Tensor) -> Tensor:
        return (x - self.mean) / self.std if x.dim() == 2 else x

    def data_scale(self, x: Tensor) -> Tensor:
        return x * self.std + self.mean if x.dim() == 2 else x

    def retune(self) -> None:
        """Bring both optimisers to the learning rates of this moment."""
        config = self.config
        shape = (config.training.decay, config.training.decay_to, self.progress)
        retune(self.g_optimizer, config.g_optimizer, decayed(config.g_optimizer.lr, *shape))
        retune(self.d_optimizer, config.d_optimizer, decayed(config.d_optimizer.lr, *shape))

    def state_dict(self) -> dict[str, Tensor]:
        """Every tensor needed to go on bit for bit, flat, copied."""
        tensors = {
            "counters": torch.tensor([self.iteration, self.d_updates]),
            "rng": self.rng.get_state(),
            "dropout_rng": self.dropout_rng.get_state(),
            "mean": self.mean,
            "std": self.std,
        }
        for name, network in self._networks().items():
            tensors |= {f"{name}.{key}": value for key, value in network.state_dict().items()}
        for name, optimizer in self._optimizers().items():
            for index, slots in optimizer.state_dict()["state"].items():
                tensors |= {f"{name}.{index}.{k}": v for k, v in slots.items() if v is not None}
        return {name: tensor.detach().cpu().clone() for name, tensor in tensors.items()}

    def load_state_dict(self, tensors: Mapping[str, Tensor]) -> None:
        """The inverse of ``state_dict``. Raises ValueError if networks or data do not match."""
        if not (
            torch.equal(tensors["mean"], self.mean.cpu())
            and torch.equal(tensors["std"], self.std.cpu())
        ):
            raise ValueError(
                "The data have changed since this state was saved: their mean or scale"
            )
        for name, network in self._networks().items():
            try:
                network.load_state_dict(_below(tensors, name))
            except RuntimeError as error:
                reason = str(error).splitlines()[-1].strip()
                raise ValueError(f"The saved {name} does not fit this run: {reason}") from None
        for name, optimizer in self._optimizers().items():
            _load_slots(optimizer, _below(tensors, name))
        self.rng.set_state(tensors["rng"])
        self.dropout_rng.set_state(tensors["dropout_rng"])
        self.iteration, self.d_updates = (int(count) for count in tensors["counters"])

    def _networks(self) -> dict[str, nn.Module]:
        networks = {"generator": self.generator, "discriminator": self.discriminator}
        return networks if self.ema is None else networks | {"ema": self.ema.network}

    def _optimizers(self) -> dict[str, optim.Optimizer]:
        return {"g_optimizer": self.g_optimizer, "d_optimizer": self.d_optimizer}


def _below(tensors: Mapping[str, Tensor], name: str) -> dict[str, Tensor]:
    prefix = name + "."
    return {k[len(prefix) :]: v for k, v in tensors.items() if k.startswith(prefix)}


def _load_slots(optimizer: optim.Optimizer, slots: Mapping[str, Tensor]) -> None:
    weights = optimizer.param_groups[0]["params"]
    state: dict[int, dict[str, Tensor]] = {}
    for key, tensor in slots.items():
        index, slot = key.split(".", 1)
        weight = weights[int(index)]
        # Fused Adam reads its slots in the weight's layout, which saving has lost.
        fits = tensor.shape == weight.shape
        copy = torch.empty_like(weight).copy_(tensor) if fits else tensor.clone()
        state.setdefault(int(index), {})[slot] = copy
    groups = optimizer.state_dict()["param_groups"]
    optimizer.load_state_dict({"state": state, "param_groups": groups})


def pick_device(name: str) -> torch.device:
    """'auto' is the best device present. Raises ValueError when the named one is absent."""
    present = {
        "cuda": torch.cuda.is_available(),
        "mps": torch.backends.mps.is_available(),
        "cpu": True,
    }
    if name == "auto":
        name = next(kind for kind, here in present.items() if here)
    if not present[name]:
        here = ", ".join(kind for kind, is_here in present.items() if is_here)
        raise ValueError(
            f"compute.device = '{name}' is not on this machine: choose auto or {here}."
        )
    return torch.device(name)


def reduced_precision(name: str, device: torch.device) -> bool:
    """Whether to compute in bfloat16; 'auto' asks the processor."""
    if name == "auto":
        return device.type == "cuda" or torch.cpu._is_avx512_bf16_supported()
    return name == "bfloat16"


def build_state(config: RunConfig) -> TrainState:
    """A fresh run. Its random numbers come from the seed alone; global state is untouched."""
    device = pick_device(config.compute.device)
    chosen = config.data
    data = make_distribution(
        chosen.name,
        std=chosen.std,
        path=chosen.path,
        drawn=chosen.drawn,
        classes=chosen.classes,
    )
    dropout_rng = stream(config.seed, "dropout")
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(stream(config.seed, "weights").initial_seed())
        generator = make_generator(config.latent.size, data.shape, config.generator)
        discriminator = make_discriminator(data.shape, config.discriminator, dropout_rng)
    layout = torch.channels_last if config.compute.channels_last else torch.preserve_format
    generator = generator.to(device, memory_format=layout)
    discriminator = discriminator.to(device, memory_format=layout)
    return TrainState(
        config=config,
        device=device,
        data=data,
        mean=torch.as_tensor(data.mean, dtype=torch.float32, device=device),
        std=torch.as_tensor(data.std, dtype=torch.float32, device=device),
        generator=generator,
        discriminator=discriminator,
        ema=MovingAverage(generator) if config.training.ema else None,
        g_optimizer=make_optimizer(generator.parameters(), config.g_optimizer),
        d_optimizer=make_optimizer(discriminator.parameters(), config.d_optimizer),
        rng=stream(config.seed, "training"),
        dropout_rng=dropout_rng,
        bfloat16=reduced_precision(config.compute.precision, device),
    )
