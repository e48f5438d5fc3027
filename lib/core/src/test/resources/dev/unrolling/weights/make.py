"""Writes tiny.npz and tiny.safetensors beside itself, and prints the logits that belong to them.

They hold a network of two 5 x 5 convolutions of stride 2 with batch norm and tanh, a 4 x 4 average
pool and a linear layer, as a wrapped PyTorch module names it, in types and orders that PyTorch and
NumPy write. The logits are computed by NumPy alone, in evaluation mode and float64, on the picture
sin(0.1 k) of (3, 32, 32). It needs numpy and safetensors 0.8.
"""

from pathlib import Path

import numpy as np
from safetensors import TensorSpec, serialize_file

SHAPES = {
    "conv1.weight": (1, 3, 5, 5),
    "bn1.weight": (1,),
    "bn1.bias": (1,),
    "bn1.running_mean": (1,),
    "bn1.running_var": (1,),
    "conv2.weight": (1, 1, 5, 5),
    "bn2.weight": (1,),
    "bn2.bias": (1,),
    "bn2.running_mean": (1,),
    "bn2.running_var": (1,),
    "linear.weight": (2, 4),
    "linear.bias": (2,),
}


def tensors() -> dict[str, np.ndarray]:
    """Values from -27/64 to 27/64, which every type holds exactly; variances above 0."""
    made, k = {}, 0
    for name, shape in SHAPES.items():
        size = int(np.prod(shape))
        values = ((np.arange(k, k + size) * 23) % 55 - 27) / 64
        made[name] = (np.abs(values) + 0.5 if name.endswith("var") else values).reshape(shape)
        k += size
    return made


def convolved(x: np.ndarray, weight: np.ndarray) -> np.ndarray:
    padded = np.pad(x, ((0, 0), (2, 2), (2, 2)))
    side = x.shape[1] // 2
    out = np.zeros((weight.shape[0], side, side))
    for i in range(side):
        for j in range(side):
            patch = padded[:, 2 * i : 2 * i + 5, 2 * j : 2 * j + 5]
            out[:, i, j] = (weight * patch).sum((1, 2, 3))
    return out


def logits(t: dict[str, np.ndarray]) -> np.ndarray:
    x = np.sin(0.1 * np.arange(3 * 32 * 32)).reshape(3, 32, 32)
    for i in "12":
        x = convolved(x, t[f"conv{i}.weight"])
        scale = t[f"bn{i}.weight"] / np.sqrt(t[f"bn{i}.running_var"] + 1e-5)
        x = np.tanh((x - t[f"bn{i}.running_mean"]) * scale + t[f"bn{i}.bias"])
    pooled = x.reshape(1, 2, 4, 2, 4).mean((2, 4)).reshape(-1)
    return t["linear.weight"] @ pooled + t["linear.bias"]


def main() -> None:
    folder = Path(__file__).parent
    made = tensors()
    print(logits(made).tolist())
    wrapped = {f"module.{name}": value.astype("f4") for name, value in made.items()}
    wrapped["module.conv1.weight"] = np.asfortranarray(made["conv1.weight"].astype("f2"))
    wrapped["module.linear.bias"] = made["linear.bias"]
    wrapped["module.bn1.num_batches_tracked"] = np.array(7, dtype="i8")
    np.savez_compressed(folder / "tiny.npz", **wrapped)
    # NumPy has no bfloat16: the upper halves of float32.
    upper = (made["conv2.weight"].astype("<f4").view("<u4") >> 16).astype("<u2")
    flat = {name: np.ascontiguousarray(value) for name, value in wrapped.items()}
    flat["module.bn1.num_batches_tracked"] = wrapped["module.bn1.num_batches_tracked"]
    flat["module.conv2.weight"] = upper
    specs = {
        name: TensorSpec(
            dtype="bfloat16" if value.dtype == "u2" else value.dtype.name,
            shape=value.shape,
            data_ptr=value.ctypes.data,
            data_len=value.nbytes,
        )
        for name, value in flat.items()
    }
    serialize_file(specs, str(folder / "tiny.safetensors"))


if __name__ == "__main__":
    main()
