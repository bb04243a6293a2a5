"""A second device without hardware, for finding code that forgets that there may be one.

    import tests.pretend_accelerator            # once a process, before any model is made
    model.to("pretend"); model(x.to("pretend"))

Its tensors carry a CPU tensor that does the arithmetic, and behave as a GPU's do where that hurts: they meet no tensor of the CPU, have no
`.numpy()`, and reading a number off them is counted, since the CPU waits each time (`RULES.reads`). As Apple's GPU it has no unique rows and
no packed sequences; with `RULES.doubles = False` no float64 either. What it cannot show is speed, number formats and kernels.

It is torch's PrivateUse1 backend, written in Python, which can be set up once a process: tests run what needs it in one of their own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F
from torch.utils import backend_registration
from torch.utils._pytree import tree_leaves, tree_map_only

NAME = "pretend"


@dataclass
class Rules:
    """What the device allows, and how often a number of it was waited for."""

    doubles: bool = True
    reads: int = 0


RULES = Rules()
aten = torch.ops.aten
LACKS = {"unique_dim", "_unique2", "_pack_padded_sequence", "_pad_packed_sequence"}
MOVES = {aten._to_copy.default, aten.copy_.default}
TAKES_INDICES = {"index", "index_put_", "_index_put_impl_", "_unsafe_index"}
"""On a GPU too an index may stand on the CPU."""


class Pretend(Tensor):
    """A tensor of the device; `inner` is the CPU tensor that holds its numbers."""

    inner: Tensor

    @staticmethod
    def __new__(cls, inner: Tensor) -> Pretend:
        if inner.dtype is torch.float64 and not RULES.doubles:
            raise TypeError("this device has no float64")
        shape = {"strides": inner.stride(), "storage_offset": inner.storage_offset()}
        self = Tensor._make_wrapper_subclass(cls, inner.shape, dtype=inner.dtype, device=torch.device(NAME, 0), **shape)
        self.inner = inner
        return self

    @classmethod
    def __torch_function__(cls, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        """What must be seen before torch takes it apart: fused recurrent kernels, lists, and assignments to a part."""
        name = getattr(func, "__name__", "")
        with torch._C.DisableTorchFunctionSubclass():
            if name in ("gru", "lstm", "rnn_tanh"):
                return recurrent(name, *args)
            if func is Tensor.tolist:
                RULES.reads += 1
                return args[0].inner.tolist()
            if func is Tensor.__setitem__:
                target, at, value = args
                _same_device("setitem", [target, value])
                target.inner[tree_map_only(Pretend, _inner, at)] = _inner(value)
                return None
            return func(*args, **(kwargs or {}))

    @classmethod
    def __torch_dispatch__(cls, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        """Every operation that is left."""
        return computed(func, *args, **(kwargs or {}))

    def __repr__(self, *, tensor_contents: Any = None) -> str:
        return f"Pretend({self.inner})"


def computed(op: Any, *args: Any, **kwargs: Any) -> Any:
    """The operation on the CPU tensors inside, its results wrapped again, if the device would do it."""
    name = op._schema.name.removeprefix("aten::")
    if name in LACKS:
        raise NotImplementedError(f"{name}: this device cannot do that")
    leaves = [leaf for leaf in tree_leaves((args, kwargs)) if isinstance(leaf, Tensor)]
    there = any(isinstance(leaf, Pretend) for leaf in leaves)
    if op not in MOVES:
        _same_device(name, leaves[:1] if name in TAKES_INDICES else leaves)
    target = kwargs.get("device")
    lands = there if target is None else torch.device(target).type == NAME
    if op is aten.copy_.default:
        lands = isinstance(args[0], Pretend)
    if there and (not lands or op is aten._local_scalar_dense.default):
        RULES.reads += 1
    inner_args, inner_kwargs = tree_map_only(Pretend, _inner, (args, kwargs))
    inner_kwargs = {k: torch.device("cpu") if k == "device" and v is not None else v for k, v in inner_kwargs.items()}
    found = op(*inner_args, **inner_kwargs)
    if not lands:
        return args[0] if op is aten.copy_.default else found
    wrapped = {id(leaf.inner): leaf for leaf in leaves if isinstance(leaf, Pretend)}  # in place: the very tensor
    return tree_map_only(Tensor, lambda out: wrapped.get(id(out)) if id(out) in wrapped else Pretend(out), found)


def _inner(value: Any) -> Any:
    return value.inner if isinstance(value, Pretend) else value


def _same_device(name: str, values: list[Any]) -> None:
    """Single numbers go anywhere; anything else stays on its device."""
    solid = [v for v in values if isinstance(v, Tensor) and (v.dim() or isinstance(v, Pretend))]
    if len({isinstance(v, Pretend) for v in solid if v.dim()} | {True for v in solid if isinstance(v, Pretend)}) > 1:
        shapes = [(tuple(v.shape), v.device.type) for v in solid]
        raise RuntimeError(f"{name}: tensors of two devices meet: {shapes}")


def recurrent(
    kind: str, x: Tensor, state: Any, weights: list[Tensor], biases: bool, depth: int, dropout: float, train: bool,
    both_ways: bool, batch_first: bool,
) -> tuple[Tensor, ...]:  # fmt: skip
    """torch.gru, torch.lstm or torch.rnn_tanh of unpacked input, one way, in single operations, so that autograd needs nothing of ours."""
    assert biases and batch_first and not both_ways, "as this project builds them"
    h, c = state if kind == "lstm" else (state, state)
    ends: list[tuple[Tensor, Tensor]] = []
    for level in range(depth):
        w_i, w_h, b_i, b_h = weights[4 * level : 4 * level + 4]
        h_BD, c_BD, outputs = h[level], c[level], []
        for in_BE in F.linear(x, w_i, b_i).unbind(1):
            hid_BE = F.linear(h_BD, w_h, b_h)
            if kind == "rnn_tanh":
                h_BD = torch.tanh(in_BE + hid_BE)
            elif kind == "gru":
                (in_r, in_z, in_n), (hid_r, hid_z, hid_n) = in_BE.chunk(3, -1), hid_BE.chunk(3, -1)
                z = torch.sigmoid(in_z + hid_z)
                h_BD = (1 - z) * torch.tanh(in_n + torch.sigmoid(in_r + hid_r) * hid_n) + z * h_BD
            else:
                i, f, g, o = (in_BE + hid_BE).chunk(4, -1)
                c_BD = torch.sigmoid(f) * c_BD + torch.sigmoid(i) * torch.tanh(g)
                h_BD = torch.sigmoid(o) * torch.tanh(c_BD)
            outputs.append(h_BD)
        x = torch.stack(outputs, 1)
        ends.append((h_BD, c_BD))
        if dropout and train and level < depth - 1:
            x = F.dropout(x, dropout)
    last_h, last_c = (torch.stack(parts) for parts in zip(*ends, strict=True))
    return (x, last_h, last_c) if kind == "lstm" else (x, last_h)


def _tensor(data: Any, *, device: Any = None, **more: Any) -> Tensor:
    """torch.tensor, which writes into the memory of a device itself."""
    made = _MADE(data, **more)
    return made if device is None else made.to(device)


_MADE = torch.tensor
torch.tensor = _tensor
backend_registration._setup_privateuseone_for_python_backend(NAME)
LIBRARY = torch.library.Library("_", "IMPL", "PrivateUse1")
LIBRARY.fallback(computed, "PrivateUse1")
