"""Networks: hand-written passes against autograd, shapes, packing, Lipschitz bounds, dropout."""

from __future__ import annotations

import copy
import itertools
import math

import pytest
import torch
from torch import Tensor, nn
from torch.nn.functional import leaky_relu, linear

from ganlab.config import DiscriminatorConfig, GeneratorConfig
from ganlab.ema import MovingAverage
from ganlab.fast_mlp import Tape
from ganlab.networks import ACTIVATIONS, NORMS_1D, OUTPUTS, make_discriminator, make_generator
from ganlab.passes import AutogradPass, TapePass, discriminator_pass, generator_pass

SHAPES = [(3, 5, 1), (2, 64, 64, 1), (20, 7, 18, 6, 1), (1, 4, 1), (17, 1)]


@pytest.fixture(autouse=True)
def _seeded() -> None:
    torch.manual_seed(0)


def rng(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def random_layers(sizes: tuple[int, ...]) -> tuple[list[Tensor], list[Tensor]]:
    generator = rng()
    draw = {"generator": generator, "dtype": torch.float64}
    weights = [torch.randn(n, m, **draw) for m, n in itertools.pairwise(sizes)]
    biases = [torch.randn(n, **draw) for n in sizes[1:]]
    return [w.requires_grad_() for w in weights], [b.requires_grad_() for b in biases]


def autograd_mlp(x: Tensor, weights: list[Tensor], biases: list[Tensor], slope: float) -> Tensor:
    for weight, bias in zip(weights[:-1], biases[:-1], strict=True):
        x = leaky_relu(linear(x, weight, bias), slope)
    return linear(x, weights[-1], biases[-1])


def in_order(weights: list[Tensor], biases: list[Tensor]) -> list[Tensor]:
    return [x for pair in zip(weights, biases, strict=True) for x in pair]


@pytest.mark.parametrize("slope", [0.0, 0.2])
@pytest.mark.parametrize("sizes", [*SHAPES, (10, 12, 3)])
def test_tape_is_autograds(sizes: tuple[int, ...], slope: float) -> None:
    weights, biases = random_layers(sizes)
    x = torch.randn(9, sizes[0], dtype=torch.float64, generator=rng(1)).requires_grad_()
    output = autograd_mlp(x, weights, biases, slope)
    wanted = torch.autograd.grad(output.sin().sum(), (x, *in_order(weights, biases)))
    with torch.no_grad():
        tape = Tape(x, weights, biases, slope)
        torch.testing.assert_close(tape.output, output.detach())
        d_output = output.cos()
        found = [tape.to_input(d_output), *tape.to_weights(d_output)]
    for a, b in zip(found, wanted, strict=True):
        torch.testing.assert_close(a, b, rtol=1e-12, atol=1e-12)
        assert a.is_contiguous()


@pytest.mark.parametrize("alone", [False, True])
@pytest.mark.parametrize("slope", [0.0, 0.2])
@pytest.mark.parametrize("sizes", SHAPES)
def test_tapes_input_gradient_is_autograds_double_backward(
    sizes: tuple[int, ...], slope: float, alone: bool
) -> None:
    """Of a loss in the logits and their slopes, or of a penalty on the slopes alone."""
    weights, biases = random_layers(sizes)
    x = torch.randn(9, sizes[0], dtype=torch.float64, generator=rng(1)).requires_grad_()
    output = autograd_mlp(x, weights, biases, slope)
    (slopes,) = torch.autograd.grad(output.sum(), x, create_graph=True)
    penalty = (slopes.square().sum(1) - 1).square().sum()
    loss = penalty + (0 if alone else 1) * output.sin().sum()
    wanted = torch.autograd.grad(loss, in_order(weights, biases))
    with torch.no_grad():
        tape = Tape(x, weights, biases, slope)
        chain = tape.input_gradient()
        torch.testing.assert_close(chain, slopes.detach())
        d_chain = 4 * (chain.square().sum(1, keepdim=True) - 1) * chain
        d_output = torch.zeros_like(output) if alone else output.cos()
        found = tape.to_weights(d_output, d_chain)
    for a, b in zip(found, wanted, strict=True):
        torch.testing.assert_close(a, b, rtol=1e-10, atol=1e-9)  # sizes up to 1e4
        assert a.is_contiguous()


@pytest.mark.parametrize("output", OUTPUTS)
@pytest.mark.parametrize("shape", [(2,), (1, 8, 8)])
def test_generator_passes_agree(shape: tuple[int, ...], output: str) -> None:
    generator = make_generator(5, shape, GeneratorConfig(output=output)).double()
    latents = torch.randn(6, 5, dtype=torch.float64, generator=rng(1))
    d_samples = torch.randn(6, *shape, dtype=torch.float64, generator=rng(2))
    with torch.no_grad():
        ours = generator_pass(generator, latents)
        found = ours.to_weights(d_samples)
    graph = generator(latents)
    assert isinstance(ours, TapePass)
    torch.testing.assert_close(ours.output, graph.detach())
    wanted = torch.autograd.grad(graph, list(generator.parameters()), d_samples)
    for a, b in zip(found, wanted, strict=True):
        torch.testing.assert_close(a, b, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("packing", [1, 3])
@pytest.mark.parametrize("shape", [(2,), (1, 8, 8)])
def test_discriminator_passes_agree(shape: tuple[int, ...], packing: int) -> None:
    """The hand-written pass and autograd's, over the same network."""
    critic = make_discriminator(shape, DiscriminatorConfig(packing=packing), rng())
    x = torch.randn(6, *shape, generator=rng(1))
    links = torch.randn(6 // packing, generator=rng(2))
    with torch.no_grad():
        passes = [discriminator_pass(critic, x, with_slope=True)]
        critic.body.plain = False
        passes += [discriminator_pass(critic, x, with_slope=True), discriminator_pass(critic, x)]
        assert [type(each) for each in passes] == [TapePass, AutogradPass, AutogradPass]
        ours, theirs, third = passes
        torch.testing.assert_close(ours.output, theirs.output)
        torch.testing.assert_close(ours.slope, theirs.slope)
        d_slope = ours.slope.detach().sin()
        torch.testing.assert_close(ours.to_input(links), third.to_input(links))
        pairs = zip(ours.to_weights(links, d_slope), theirs.to_weights(links, d_slope), strict=True)
    for a, b in pairs:
        torch.testing.assert_close(a, b, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("norm", NORMS_1D)
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_d_slopes_by_finite_differences(activation: str, norm: str) -> None:
    config = DiscriminatorConfig(widths=(8, 6), activation=activation, norm=norm, packing=2)
    critic = make_discriminator((2,), config, rng()).double().eval()
    x = torch.randn(5, 2, dtype=torch.float64, generator=rng(2))
    scores, slope = critic.score_and_gradient(x)
    assert scores.shape == (5,) and slope.shape == (5, 2)
    step = 1e-6
    for axis in range(2):
        shift = torch.zeros(2, dtype=torch.float64)
        shift[axis] = step
        with torch.no_grad():
            packed = (critic.pack(y.repeat_interleave(2, 0)) for y in (x + shift, x - shift))
            high, low = (critic.body(y)[:, 0] for y in packed)
        wanted = (high - low) / (2 * step)
        torch.testing.assert_close(slope[:, axis], wanted, rtol=1e-5, atol=1e-8)


@pytest.mark.parametrize("options", [{}, {"activation": "tanh"}, {"norm": "layer"}])
@pytest.mark.parametrize("packing", [1, 4])
def test_logits_and_gradient_agree_with_logits(options: dict, packing: int) -> None:
    critic = make_discriminator((2,), DiscriminatorConfig(packing=packing, **options), rng())
    x = torch.randn(8, 2)
    logits, slope = critic.logits_and_gradient(x)
    assert logits.shape == (8 // packing,) and slope.shape == (8 // packing, 2 * packing)
    torch.testing.assert_close(logits, critic(x))


@pytest.mark.parametrize("shape", [(1,), (2,), (1, 8, 8), (1, 28, 28)])
@pytest.mark.parametrize("norm", ["none", "batch", "layer"])
@pytest.mark.parametrize("spectral", [False, True])
def test_mlp_shapes(shape: tuple[int, ...], norm: str, spectral: bool) -> None:
    g = make_generator(5, shape, GeneratorConfig(norm=norm, spectral_norm=spectral))
    d = make_discriminator(
        shape, DiscriminatorConfig(norm=norm, spectral_norm=spectral, packing=2), rng()
    )
    fake = g(torch.randn(6, 5))
    assert fake.shape == (6, *shape) and d(fake).shape == (3,) and d.score(fake).shape == (6,)


@pytest.mark.parametrize("side", [8, 28])
@pytest.mark.parametrize("upsampling", ["transposed", "resize"])
@pytest.mark.parametrize("norm", ["none", "batch", "layer"])
@pytest.mark.parametrize("spectral", [False, True])
def test_dcgan_shapes(side: int, upsampling: str, norm: str, spectral: bool) -> None:
    common = {"architecture": "dcgan", "channels": 3, "norm": norm, "spectral_norm": spectral}
    config = GeneratorConfig(upsampling=upsampling, output="tanh", **common)
    fake = make_generator(5, (1, side, side), config)(torch.randn(4, 5))
    assert fake.shape == (4, 1, side, side) and fake.abs().max() <= 1
    d = make_discriminator((1, side, side), DiscriminatorConfig(packing=2, **common), rng())
    logits, slope = d.logits_and_gradient(fake)
    assert logits.shape == (2,) and slope.shape == (2, 2, side, side)
    assert d.score_and_gradient(fake)[1].shape == (4, 1, side, side)


def test_packing_shows_neighbours_together() -> None:
    critic = make_discriminator((2,), DiscriminatorConfig(packing=2, widths=()), rng())
    x = torch.arange(8.0).reshape(4, 2)
    torch.testing.assert_close(critic.pack(x), torch.tensor([[0.0, 1, 2, 3], [4, 5, 6, 7]]))
    same = critic(x.repeat_interleave(2, 0))
    torch.testing.assert_close(critic.score(x), same)


@pytest.mark.parametrize("architecture", ["mlp", "dcgan"])
def test_spectral_norm_bounds_the_lipschitz_constant(architecture: str) -> None:
    """Weights blown up tenfold: D must still not rise faster than 1 per unit of input.

    A 4x4 stride-2 convolution can stretch by at most twice its matrix's norm (each pixel is read
    by 4 windows, so by sqrt(4)), two of them by 4.
    """
    config = DiscriminatorConfig(
        architecture=architecture,
        spectral_norm=True,
        channels=4,
        widths=(32, 32),
        activation="relu",
    )
    shape = (2,) if architecture == "mlp" else (1, 8, 8)
    critic = make_discriminator(shape, config, rng())
    with torch.no_grad():
        for name, weight in critic.named_parameters():
            if name.endswith("original"):
                weight.mul_(10)
    x = 3 * torch.randn(512, *shape, generator=rng(3))
    for _ in range(300):  # power iterations happen in training passes
        critic(x[:2])
    critic.eval()
    _, slope = critic.score_and_gradient(x)
    bound = 1.0 if architecture == "mlp" else 4.0
    steepest = slope.flatten(1).norm(dim=1).max().item()
    assert 0.05 * bound < steepest <= 1.001 * bound
    layers = [m for m in critic.modules() if isinstance(m, nn.Linear)]
    for layer in layers:
        largest = torch.linalg.matrix_norm(layer.weight, 2).item()
        assert largest == pytest.approx(1, abs=1e-3)


def test_dropout_draws_from_its_own_generator_only() -> None:
    config = DiscriminatorConfig(dropout=0.5, widths=(256,))
    critics = [make_discriminator((2,), config, rng(5)) for _ in range(2)]
    critics[1].load_state_dict(critics[0].state_dict())
    x, before = torch.randn(64, 2), torch.get_rng_state()
    first, second = (critic(x) for critic in critics)
    assert torch.equal(first, second) and torch.equal(before, torch.get_rng_state())
    assert not torch.equal(critics[0](x), first)  # a fresh mask each time
    critics[0].eval()
    assert torch.equal(critics[0](x), critics[0](x))


def test_dropout_keeps_the_mean_and_the_share() -> None:
    config = DiscriminatorConfig(dropout=0.3)
    dropout = make_discriminator((2,), config, rng(5)).body.dropout
    kept = dropout(torch.ones(200, 500))
    assert kept.unique().tolist() == pytest.approx([0, 1 / 0.7])
    share = (kept == 0).double().mean().item()
    assert share == pytest.approx(0.3, abs=4 * math.sqrt(0.21 / kept.numel()))


def test_bfloat16_autocast_reaches_an_mlp() -> None:
    critic = make_discriminator((2,), DiscriminatorConfig(), rng())
    x = torch.randn(32, 2)
    exact = critic(x)
    with torch.autocast("cpu", torch.bfloat16):
        logits = critic(x)
    logits.sum().backward()
    assert logits.dtype == torch.float32 and not torch.equal(logits, exact)
    torch.testing.assert_close(logits, exact, rtol=0.05, atol=0.02)


def test_moving_average_follows_its_formula() -> None:
    torch.manual_seed(0)
    source = make_generator(3, (2,), GeneratorConfig(norm="batch"))
    average = MovingAverage(source)
    expected = copy.deepcopy(dict(source.named_parameters()))
    for iteration in range(40):
        with torch.no_grad():
            for weight in source.parameters():
                weight.add_(torch.randn_like(weight))
        average.update(0.7, iteration)
        decay = min(0.7, (1 + iteration) / (10 + iteration))
        for name, weight in source.named_parameters():
            expected[name] = decay * expected[name] + (1 - decay) * weight.detach()
    for name, weight in average.network.named_parameters():
        torch.testing.assert_close(weight, expected[name], rtol=1e-5, atol=1e-5)
        assert not weight.requires_grad
    assert not average.network.training
