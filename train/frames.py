"""python -m train frames: trains the frame encoder on poses by chance, and keeps it in runs/frames.

It takes the place in checkpoints/ only with --keep or where none is there: every video model was trained on the vectors of the encoder
that stands there, and reads those of no other.

The loss is how far, in x and in y, the joints it names are from where they are; the pictures are drawn while it trains, no clip of any
task among them. Half of them hold a bat.
"""

from __future__ import annotations

import json
import sys
import time
from argparse import Namespace
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file
from torch import Tensor
from tqdm import tqdm

from s2s_demo.file_format import with_format
from s2s_demo.recipe import Recipe
from s2s_demo.side_files import sha256, with_digest
from s2s_demo.training_state import load_state, save_state
from s2s_demo.video import encoder
from s2s_demo.video.clip import SIDE
from s2s_demo.video.encoder import FrameEncoder, tensor_of
from s2s_demo.video.skeleton.body import Proportions
from s2s_demo.video.skeleton.draw import Camera, Look, project, render
from s2s_demo.video.skeleton.moves import poses
from train import promote
from train.run import machine, stoppable

RECIPE = Recipe(steps=3600, batch=128, lr=2e-3, warmup=200)
SCENE, EVERY, VALIDATION_STEP, JUDGED = 8, 50, 10**9, 4096
CARD = """---
library_name: s2s-lab
license: apache-2.0
tags: [video, pose]
---
# frames: the frame encoder of the video tasks

A 64 × 64 picture to a vector of {width} numbers, from which a linear map reads 17 joints. {parameters:,} parameters, trained with
`python -m train frames` for {steps:,} steps of {batch} synthetic pictures ({minutes} minutes, {machine}); mean distance of a joint on
fresh pictures {error:.3f} of the picture's width. Frozen afterwards and shared by every engine of `swing` and `exercises`.
"""


def pictures(seed: int, step: int, count: int) -> tuple[np.ndarray, np.ndarray]:
    """(count, 64, 64, 3) uint8 pictures and (count, 17, 3) joints, drawn anew for each (seed, step): NaN where there is no bat."""
    rng = np.random.default_rng([seed, step])
    frames, joints = [], []
    for scene in range(count // SCENE):
        build = Proportions().grown(rng)
        build = build if scene % 2 else build.without_bat()
        image = project(poses(SCENE, build, rng), Camera.sampled(rng))
        frames.append(render(image, Look.sampled(rng), SIDE, rng))
        joints.append(image)
    return np.concatenate(frames), np.concatenate(joints)


def loss_of(model: FrameEncoder, frames: np.ndarray, joints: np.ndarray) -> tuple[Tensor, float]:
    """The training loss, and the mean distance of a joint in shares of the picture."""
    wanted = torch.from_numpy(target(joints)).float()
    known = ~wanted.isnan()
    off = (encoder.joints(model(tensor_of(frames))) - wanted.nan_to_num()) * known
    loss = off[..., :2].abs().sum() / known[..., :2].sum() + 0.1 * off[..., 2].abs().sum() / known[..., 2].sum()
    distance = (off[..., :2].detach().norm(dim=-1) / 2)[known[..., 0]].mean()
    return loss, float(distance)


def target(joints: np.ndarray) -> np.ndarray:
    """x and y from −1 to 1 (the edge for a joint outside), and how much nearer than the pelvis a joint is (in tenths)."""
    near = joints[..., 2:] / joints[:, 8:10, 2:].mean(1, keepdims=True)
    return np.concatenate([(2 * joints[..., :2] - 1).clip(-1, 1), 5 * (near - 1)], -1)


def train(args: Namespace) -> None:
    """Trains, or goes on with --resume; Ctrl-C stops and keeps."""
    torch.manual_seed(args.seed)
    recipe = replace(RECIPE, steps=args.steps) if args.steps else RECIPE
    model, work = FrameEncoder(), promote.RUNS / "frames"
    optimizer = torch.optim.AdamW(model.parameters(), recipe.lr, weight_decay=recipe.weight_decay)
    first, spent = load_state(model, None, optimizer, work, recipe) if args.resume else (0, 0.0)
    log = work / "history.jsonl"
    history = log.read_text("utf-8").splitlines()[: first // EVERY] if first else []
    began, done, errors = time.monotonic(), first, list[float]()
    with stoppable() as stop, tqdm(total=recipe.steps, initial=first, file=sys.stdout) as bar:
        while done < recipe.steps and not stop():
            loss, error, norm = _step(model.train(), optimizer, recipe, args.seed, done)
            errors.append(error)
            done += 1
            bar.update(1)
            seconds = spent + time.monotonic() - began
            if done % EVERY == 0:
                row = {
                    "step": done,
                    "loss": loss,
                    "joint": sum(errors[-EVERY:]) / len(errors[-EVERY:]),
                    "grad_norm": norm,
                }
                bar.set_postfix({k: f"{v:.3g}" for k, v in row.items() if k != "step"})
                history.append(json.dumps({k: float(f"{v:.4g}") for k, v in row.items()}))
            if done % recipe.save_every == 0 or done == recipe.steps:
                save_state(model, None, optimizer, work, recipe, done, seconds)
                log.write_text("\n".join(history) + "\n", "utf-8")
    _keep(model.eval(), history, done, spent + time.monotonic() - began, args)


def _step(
    model: FrameEncoder, optimizer: torch.optim.Optimizer, recipe: Recipe, seed: int, step: int
) -> tuple[float, float, float]:
    for group in optimizer.param_groups:
        group["lr"] = recipe.rate(step)
    with torch.autocast("cpu", torch.bfloat16):
        loss, error = loss_of(model, *pictures(seed, step, recipe.batch))
    optimizer.zero_grad()
    loss.backward()
    norm = torch.nn.utils.clip_grad_norm_(model.parameters(), recipe.clip)
    optimizer.step()
    return float(loss.detach()), error, float(norm)


@torch.no_grad()
def _keep(model: FrameEncoder, history: list[str], steps: int, seconds: float, args: Namespace) -> None:
    folder = promote.RUNS / "frames" / promote.MADE
    folder.mkdir(parents=True, exist_ok=True)
    frames, joints = pictures(args.seed, VALIDATION_STEP, JUDGED)
    vectors = torch.cat([model(tensor_of(frames[i : i + 256])) for i in range(0, len(frames), 256)])
    mean = vectors.mean(0)
    spread = torch.linalg.inv(torch.cov(vectors.T) + 1e-3 * torch.eye(vectors.shape[1]))
    off = vectors - mean
    facts = {
        "width": encoder.WIDTH,
        "parameters": sum(p.numel() for p in model.parameters()),
        "steps": steps,
        "batch": RECIPE.batch,
        "minutes": round(seconds / 60, 1),
        "machine": machine(),
        "error": round(loss_of(model, frames[: JUDGED // 4], joints[: JUDGED // 4])[1], 4),
        "strange": round(float(((off @ spread) * off).sum(-1).sqrt().quantile(0.99)), 4),
    }
    weights = {k: v.half() if v.is_floating_point() else v for k, v in model.state_dict().items()}
    save_file({**weights, "mean": mean, "spread": spread.contiguous()}, folder / "model.safetensors")
    text = with_digest(json.dumps(with_format(facts), indent=1) + "\n", sha256(folder / "model.safetensors"))
    (folder / "config.json").write_text(text, "utf-8")
    (folder / "history.jsonl").write_text("\n".join(history) + "\n", "utf-8")
    (folder / "README.md").write_text(CARD.format(**facts), "utf-8")
    place = (Path(args.out) if args.out else encoder.ROOT) / "frames"
    print(f"a joint is {facts['error']:.4f} of the picture off")
    print(promote.promote(folder, place, dev=None, there=None, asked=bool(args.keep or args.out)))
