"""Scaled dot-product attention and rotary positions, shared by the engines that attend."""

from __future__ import annotations

from functools import lru_cache

import torch
from torch import Tensor
from torch.nn import functional as F

from s2s_demo.trace import tap, wanted

FEWEST_ROWS = 6
"""Tables of turns have a power of two of rows, 64 at least, so that few are made while an answer grows."""


def heads(x_BTD: Tensor, count: int) -> Tensor:
    """(B, H, T, P) from (B, T, D), D = H · P."""
    return x_BTD.unflatten(-1, (count, -1)).transpose(1, 2)


def joined(x_BHTP: Tensor) -> Tensor:
    """(B, T, D) from (B, H, T, P)."""
    return x_BHTP.transpose(1, 2).flatten(2)


def attend(
    q_BHTP: Tensor,
    k_BHSP: Tensor,
    v_BHSP: Tensor,
    *,
    mask_BS: Tensor | None = None,
    causal: bool = False,
    where: str = "",
) -> Tensor:
    """softmax(q kᵀ / √P) v, (B, H, T, P) (Vaswani et al. 2017, eq. 1).

    mask_BS: True = a key that may be looked at; None = all. causal: query t sees keys up to t; as padding stands on the
    right, no further mask is needed for the real queries. While "attention" is recorded the weights (B, H, T, S), shares
    of 1 with rows summing to 1, are computed explicitly and tapped; otherwise torch's fused kernel runs.
    """
    if not wanted("attention"):
        # looking into a mask pays on the CPU; on a GPU it would wait for all that is still to be computed
        open_to_all = causal or mask_BS is None or (mask_BS.device.type == "cpu" and bool(mask_BS.all()))
        allowed = None if open_to_all or mask_BS is None else mask_BS[:, None, None, :]
        return F.scaled_dot_product_attention(q_BHTP, k_BHSP, v_BHSP, attn_mask=allowed, is_causal=causal)
    score_BHTS = q_BHTP @ k_BHSP.transpose(-1, -2) / q_BHTP.shape[-1] ** 0.5
    if causal:
        T, S = score_BHTS.shape[-2:]
        score_BHTS = score_BHTS.masked_fill(
            torch.ones(T, S, dtype=torch.bool, device=score_BHTS.device).triu(1), float("-inf")
        )
    elif mask_BS is not None:
        score_BHTS = score_BHTS.masked_fill(~mask_BS[:, None, None, :], float("-inf"))
    return tap("attention", score_BHTS.softmax(-1), where) @ v_BHSP


def rotate(x_BHTP: Tensor, first: int = 0, base: float = 10_000.0) -> Tensor:
    """x with each pair of channels turned by an angle proportional to its step, `first` onwards (RoPE, Su et al. 2021)."""
    T, P = x_BHTP.shape[-2:]
    half = P // 2
    rows = 1 << max(FEWEST_ROWS, (first + T - 1).bit_length())
    cos_RP, sin_RP = _turns(rows, half, base, x_BHTP.dtype, x_BHTP.device)
    cos_TP, sin_TP = cos_RP[first : first + T], sin_RP[first : first + T]
    a, b = x_BHTP[..., :half], x_BHTP[..., half : 2 * half]
    return torch.cat([a * cos_TP - b * sin_TP, a * sin_TP + b * cos_TP, x_BHTP[..., 2 * half :]], -1)


@lru_cache(maxsize=64)
@torch.no_grad()
def _turns(rows: int, half: int, base: float, dtype: torch.dtype, device: torch.device) -> tuple[Tensor, Tensor]:
    """(rows, half) cosines and sines, computed once, on the CPU in float64, which not every device has, and rounded to `dtype`."""
    cpu = torch.device("cpu")
    speed_P = base ** (-torch.arange(half, device=cpu, dtype=torch.float64) / half)
    angle_RP = torch.arange(rows, device=cpu, dtype=torch.float64)[:, None] * speed_P
    return angle_RP.cos().to(dtype).to(device), angle_RP.sin().to(dtype).to(device)
