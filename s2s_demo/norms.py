"""Norms of gradients and of updates, one for each part of a model (embeddings, blocks, head)."""

from __future__ import annotations

import torch
from torch import Tensor, nn


def layer_norms(model: nn.Module) -> dict[str, float]:
    """‖∇θ‖ of each part of the model, as the gradients stand: read before clipping."""
    parts, norm_P = norms_on_device(model)
    return dict(zip(parts, norm_P.tolist(), strict=True))


def norms_on_device(model: nn.Module) -> tuple[list[str], Tensor]:
    """The parts and their (P,) norms, still on the device, where all parameters of a part share a kernel."""
    parts: dict[str, list[Tensor]] = {}
    for name, parameter in model.named_parameters():
        if parameter.grad is not None:
            parts.setdefault(part_of(name), []).append(parameter.grad.float())
    return list(parts), torch.stack([nn.utils.get_total_norm(grads) for grads in parts.values()])


@torch.no_grad()
def update_ratios(model: nn.Module, before: list[Tensor]) -> dict[str, float]:
    """‖θ − θ_before‖ / ‖θ_before‖ of each part of the model; parts that were all zero are left out.

    before: copies of `model.parameters()` from before the step. About 1e-3 is a healthy rule of thumb.
    """
    parts: dict[str, list[Tensor]] = {}
    for (name, parameter), old in zip(model.named_parameters(), before, strict=True):
        pair = torch.stack([(parameter - old).float().norm(), old.float().norm()])
        parts.setdefault(part_of(name), []).append(pair)
    norms = torch.stack([torch.stack(pairs).norm(dim=0) for pairs in parts.values()]).tolist()
    return {part: moved / size for part, (moved, size) in zip(parts, norms, strict=True) if size}


def part_of(parameter: str) -> str:
    """The part a parameter belongs to.

    >>> [part_of(name) for name in ("wiring.decoder.blocks.0.qkv.weight", "wiring.layer.fused.bias_hh_l0", "head.bias")]
    ['decoder.blocks.0', 'layer.fused', 'head']
    """
    words = parameter.removeprefix("wiring.").split(".")
    if len(words) > 2 and words[2].isdigit():
        return ".".join(words[:3])
    return ".".join(words[:2]) if len(words) > 2 else words[0]
