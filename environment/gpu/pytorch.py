"""Our networks in PyTorch for Python, and rounds of their steps, gradients and Hessian products.

As a program it times a round when it is told to, in each of some layouts, as `unrolling steps`
does for ours; a line is a layout and what to time:

    python3 environment/gpu/pytorch.py --model resnet18 --batch 32 --threads 2
    eager step
    channels-last product
"""

import argparse
import sys
import time
from collections.abc import Callable

import torch
from torch import nn

LAST, GRAPHS = "channels-last", "compiled with CUDA graphs"
VARIANTS = ("eager", LAST, "compiled", GRAPHS)
WORKS = ("step", "gradient", "product")
RATE = 0.001
CLASSES = 10
TWO_CLASSES = 2
"""Of a linear network, which has no images but what E5 makes of reviews."""


class Block(nn.Module):
    """Two convolutions and a shortcut around them."""

    def __init__(self, channels: int, out: int, stride: int) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(channels, out, 3, stride, 1, bias=False),
            nn.BatchNorm2d(out),
            nn.ReLU(),
            nn.Conv2d(out, out, 3, 1, 1, bias=False),
            nn.BatchNorm2d(out),
        )
        self.shortcut = nn.Sequential()
        if stride != 1 or channels != out:
            self.shortcut = nn.Sequential(
                nn.Conv2d(channels, out, 1, stride, bias=False), nn.BatchNorm2d(out)
            )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """The sum of both ways."""
        return torch.relu(self.body(x) + self.shortcut(x))


def network(name: str) -> nn.Sequential:
    """The network that our `Architectures` has by this name."""
    kind, _, text = name.rpartition("-")
    width = int(text) if text.isdecimal() else 0
    if kind == "linear" and width:
        return nn.Sequential(nn.Linear(width, TWO_CLASSES))
    if name == "resnet18":
        return _residual([64, 128, 256, 512], 2)
    if name == "resnet20":
        return _residual([16, 32, 64], 3)
    if kind in ("resnet8", "resnet8-half") and width:
        return _residual([width, 2 * width, 4 * width], 1, 1 if kind == "resnet8" else 2)
    if name == "vgg19":
        return _vgg([(64, 2), (128, 2), (256, 4), (512, 4), (512, 4)], 1)
    if kind == "vgg8" and width:
        return _vgg([(width, 2), (2 * width, 2), (4 * width, 3)], 4)
    raise ValueError(
        f'no network is called "{name}" here; there is resnet18, resnet20, vgg19, resnet8-W, '
        "resnet8-half-W, vgg8-W and linear-W, with a width W of at least 1"
    )


def _residual(widths: list[int], blocks: int, stride: int = 1) -> nn.Sequential:
    layers: list[nn.Module] = [
        nn.Conv2d(3, widths[0], 3, stride, 1, bias=False),
        nn.BatchNorm2d(widths[0]),
        nn.ReLU(),
    ]
    channels = widths[0]
    for stage, width in enumerate(widths):
        for block in range(blocks):
            layers.append(Block(channels, width, 2 if stage and not block else 1))
            channels = width
    side = 32 // stride >> (len(widths) - 1)
    layers += [nn.AvgPool2d(side), nn.Flatten(), nn.Linear(channels, CLASSES)]
    return nn.Sequential(*layers)


def _vgg(stages: list[tuple[int, int]], pool: int) -> nn.Sequential:
    layers: list[nn.Module] = []
    channels = 3
    for width, convolutions in stages:
        for _ in range(convolutions):
            layers += [nn.Conv2d(channels, width, 3, 1, 1), nn.BatchNorm2d(width), nn.ReLU()]
            channels = width
        layers.append(nn.MaxPool2d(2))
    if pool > 1:
        layers.append(nn.AvgPool2d(pool))
    return nn.Sequential(*layers, nn.Flatten(), nn.Linear(channels, CLASSES))


class Model:
    """A network with a batch of random examples that stays on the device."""

    def __init__(self, given: argparse.Namespace, precision: str, batch: int, variant: str) -> None:
        torch.backends.cudnn.allow_tf32 = precision == "tf32"
        torch.backends.cuda.matmul.allow_tf32 = precision == "tf32"
        self.steps = given.steps
        self.kind = given.device.split(":")[0]
        self.narrow = precision == "bfloat16"
        layout = torch.contiguous_format if variant == "eager" else torch.channels_last
        model = network(given.model)
        shape, classes = (3, 32, 32), CLASSES
        if isinstance(model[0], nn.Linear):
            shape, classes = (model[0].in_features,), TWO_CLASSES
            layout = torch.contiguous_format
        self.model = model.to(given.device, memory_format=layout)
        examples = torch.randn(batch, *shape, device=given.device)
        self.examples = examples.contiguous(memory_format=layout)
        self.labels = torch.randint(classes, (batch,), device=given.device)
        self.weights = list(model.parameters())
        self.descent = torch.optim.SGD(self.weights, RATE)
        self.forward: Callable[[torch.Tensor], torch.Tensor] = model
        if "compiled" in variant:
            mode = "reduce-overhead" if variant == GRAPHS else None
            self.forward = torch.compile(model, mode=mode, dynamic=False)
        self.kept: tuple[torch.Tensor, ...] = ()

    def round(self, work: str) -> float:
        """Seconds of one of as many as a round has; all is sent together."""
        once = getattr(self, work)
        self.model.train(work == "step")
        if work == "step":
            self.kept = ()
        elif work == "product" and not self.kept:
            self.kept = torch.autograd.grad(self.loss(), self.weights, create_graph=True)
        if work == "product":
            self.vector = [w.detach().clone() for w in self.weights]
        # As ours does: on a CPU a loss is there at once.
        reads = work == "step" and self.kind == "cpu"
        begin = time.perf_counter()
        for _ in range(self.steps - 1):
            result = once()
            if reads:
                result.item()
        once().reshape(-1)[0].item()
        return (time.perf_counter() - begin) / self.steps

    def loss(self) -> torch.Tensor:
        """The cross entropy of the batch."""
        return nn.functional.cross_entropy(self.forward(self.examples), self.labels)

    def step(self) -> torch.Tensor:
        """A training step of plain SGD; the loss before it."""
        self.descent.zero_grad(set_to_none=True)
        with torch.autocast(self.kind, torch.bfloat16, enabled=self.narrow):
            loss = self.loss()
        loss.backward()
        self.descent.step()
        return loss

    def gradient(self) -> torch.Tensor:
        """A gradient in evaluation mode; its first part."""
        return torch.autograd.grad(self.loss(), self.weights)[0]

    def product(self) -> torch.Tensor:
        """A product with the Hessian in evaluation mode, its graph kept; its first part."""
        return torch.autograd.grad(
            self.kept, self.weights, grad_outputs=self.vector, retain_graph=True
        )[0]


def main() -> int:
    """Answers lines with seconds until there are no more."""
    parser = argparse.ArgumentParser("pytorch.py")
    parser.add_argument("--model", default="resnet18")
    parser.add_argument("--precision", choices=("float32", "bfloat16"), default="float32")
    for name, value in (("batch", 32), ("steps", 1), ("threads", torch.get_num_threads())):
        parser.add_argument(f"--{name}", type=int, default=value)
    given = parser.parse_args()
    given.device = "cpu"
    torch.set_num_threads(given.threads)
    models: dict[str, Model] = {}
    known: set[str] = set()
    print(f"PyTorch {torch.__version__}, threads {torch.get_num_threads()}", flush=True)
    for line in sys.stdin:
        variant, work = line.split()
        if variant not in models:
            models[variant] = Model(given, given.precision, given.batch, variant)
        if line not in known:
            known.add(line)
            models[variant].round(work)
        print(f"{models[variant].round(work):.9f}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
