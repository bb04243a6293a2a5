"""Planted one-line bugs: each must turn a test red. `python tests/mutants.py [word ...]` tries those whose title has a word."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import sys
import tempfile
from functools import cache
from pathlib import Path
from typing import NamedTuple

import accelerate  # noqa: F401 - with torch, what takes longest to import
import pytest

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ("s2s_demo", "train", "tests", "pyproject.toml")


class Mutant(NamedTuple):
    """`old` becomes `new` in `file`; the tests of `selection` (a file of tests/, then a -k expression) must fail."""

    title: str
    file: str
    old: str
    new: str
    selection: tuple[str, str]


CONTRACT, ENGINES, TASKS = "test_contract.py", "test_engines.py", "test_tasks.py"
TRAINING, EXPLAIN, CHECKPOINT = "test_training.py", "test_explain.py", "test_checkpoint.py"
SCENES, BUNDLE = "test_scenes.py", "test_own_bundle.py"
ATTENTION = "s2s_demo/engines/_attention.py"
GLOBAL = """_OPEN = type("Box", (), {"value": None, "get": lambda s: s.value, "set": lambda s, v: setattr(s, "value", v), \
"reset": lambda s, t: setattr(s, "value", None)})()"""
OWN, OWN_FILES, RUNS = "test_own_pairs.py", "test_own_files.py", "test_own_runs.py"
LENSES, HEADS, GRADIENTS = "test_lenses.py", "test_lab_heads.py", "test_lab_gradients.py"

MUTANTS = [
    Mutant(
        "confidence is that of one fine tag alone",
        "s2s_demo/decoding.py",
        "if model.canonical is None:",
        "if True:",
        ("test_confidence.py", "sum"),
    ),
    Mutant(
        "a temperature rounds the 8-bit integers of the head",
        "train/calibrate.py",
        "and value.dtype is not torch.int8",
        "",
        ("test_confidence.py", "eight"),
    ),
    Mutant(
        "laughter becomes the beginnings of syllables",
        "s2s_demo/codecs/normal.py",
        "if any(ord(one) in CONJOINING",
        "if False and any(ord(one) in CONJOINING",
        ("test_normal.py", "stays"),
    ),
    Mutant(
        "subwords are learnt from what is held out too",
        "s2s_demo/task.py",
        "xs = [x for x, _ in kept]",
        "xs = [x for x, _ in pairs]",
        ("test_subwords.py", "alone"),
    ),
    Mutant(
        "a merge learnt later is applied first",
        "s2s_demo/codecs/subwords.py",
        "min(pairwise(pieces)",
        "max(pairwise(pieces)",
        ("test_subwords.py", "merged"),
    ),
    Mutant(
        "a heap's old count is taken for that of now",
        "s2s_demo/codecs/subwords.py",
        "if (now := counts[best]) != -n:",
        "if (now := counts[best]) < least:",
        ("test_subwords.py", "merged"),
    ),
    Mutant(
        "the end of a slice is scored",
        "s2s_demo/training.py",
        "last = done == recipe.steps or halted",
        "last = done == recipe.steps or halted or paused",
        ("test_own_slices.py", "digit"),
    ),
    Mutant(
        "a refused slice loses what was learnt",
        "s2s_demo/custom/jobs/zerogpu.py",
        "if not _read_state(run.folder):",
        "if refused or not _read_state(run.folder):",
        ("test_own_slices.py", "refused"),
    ),
    Mutant(
        "the sure but wrong come last",
        "s2s_demo/custom/error_analysis.py",
        "(case.right, -case.confidence)",
        "(case.right, case.confidence)",
        ("test_own_errors.py", "first"),
    ),
    Mutant("causal mask off by one", ATTENTION, ".triu(1)", ".triu(2)", (ENGINES, "explicit")),
    Mutant("fused attention not causal", ATTENTION, "is_causal=causal", "is_causal=False", (CONTRACT, "future_of_y")),
    Mutant(
        "rotary positions absolute",
        ATTENTION,
        "cos_RP[first : first + T], sin_RP[first : first + T]",
        "cos_RP[:T], sin_RP[:T]",
        (ENGINES, "rotary"),
    ),
    Mutant(
        "rotary offset ignored in step",
        "s2s_demo/engines/transformer.py",
        "block.project(h_B1D, cache.k.shape[2])",
        "block.project(h_B1D, 0)",
        (CONTRACT, "step"),
    ),
    Mutant(
        "padding mask dropped in convolution",
        "s2s_demo/engines/conv.py",
        "norm(h_BTD) * real_BT1",
        "norm(h_BTD)",
        (CONTRACT, "padding and conv"),
    ),
    Mutant(
        "window not moved in step",
        "s2s_demo/engines/conv.py",
        "seen_BKD[:, 1:]",
        "seen_BKD[:, :-1]",
        (CONTRACT, "step and conv"),
    ),
    Mutant(
        "last state read at the padding",
        "s2s_demo/engine.py",
        "self.mask_BS.sum(1).clamp(min=1) - 1",
        "torch.full_like(self.mask_BS.sum(1), self.mask_BS.shape[1] - 1)",
        (CONTRACT, "padding and (rnn or gru)"),
    ),
    Mutant(
        "mean counts the padding",
        "s2s_demo/engine.py",
        "self.mask_BS.unsqueeze(-1).to(self.states_BSD.dtype)",
        "torch.ones_like(self.states_BSD[..., :1])",
        (CONTRACT, "padding and independent"),
    ),
    Mutant(
        "gates of the LSTM swapped in its cell",
        "s2s_demo/engines/lstm.py",
        "i, f, g, o =",
        "f, i, g, o =",
        (ENGINES, "fused or cell"),
    ),
    Mutant(
        "update gate of the GRU swapped",
        "s2s_demo/engines/gru.py",
        "(1 - z_BD) * n_BD + z_BD * h_BD",
        "z_BD * n_BD + (1 - z_BD) * h_BD",
        (ENGINES, "fused or cell"),
    ),
    Mutant(
        "reading backwards starts at the padding",
        "s2s_demo/engines/_recurrent.py",
        "length_B1 = mask_BT.sum(1, keepdim=True)",
        "length_B1 = torch.full_like(mask_BT[:, :1].long(), mask_BT.shape[1])",
        (ENGINES, "both_ways"),
    ),
    Mutant(
        "Bahdanau attends with the new state",
        "s2s_demo/engines/attention.py",
        "self.query(s_BD)",
        "self.query(self._cell(torch.cat([x_BD, memory.mean()], -1), s_BD))",
        (ENGINES, "bahdanau"),
    ),
    Mutant(
        "attention sees the padding of the memory",
        "s2s_demo/engines/attention.py",
        '.masked_fill(~memory.mask_BS, float("-inf"))',
        "",
        (CONTRACT, "padding and attention"),
    ),
    Mutant(
        "decay of mamba grows",
        "s2s_demo/engines/mamba.py",
        "keep = (-delta_BH",
        "keep = (delta_BH",
        (ENGINES, "mamba"),
    ),
    Mutant(
        "no state carried between chunks",
        "s2s_demo/engines/mamba.py",
        "before.append(S)",
        "before.append(torch.zeros_like(S))",
        (ENGINES, "chunk"),
    ),
    Mutant(
        "step size of mamba blind to its input",
        "s2s_demo/engines/mamba.py",
        "F.softplus(delta + self.delta)",
        "F.softplus(0 * delta + self.delta)",
        (ENGINES, "chooses"),
    ),
    Mutant(
        "y shifted without BOS",
        "s2s_demo/batch.py",
        "torch.full_like(y_BM[:, :1], BOS)",
        "y_BM[:, :1]",
        (CONTRACT, "future_of_y"),
    ),
    Mutant("EOS missing", "s2s_demo/batch.py", "[EOS] if shape in", "[] if shape in", (CONTRACT, "eos")),
    Mutant(
        "padding between x and y of a stream",
        "s2s_demo/model.py",
        "torch.where(t_T < n_B1, t_T, y_BT)",
        "torch.where(t_T < S, t_T, y_BT)",
        (CONTRACT, "padding and decoder-only"),
    ),
    Mutant(
        "one recorder for everybody",
        "s2s_demo/trace.py",
        '_OPEN: ContextVar[Recorder | None] = ContextVar("recorder", default=None)',
        GLOBAL,
        (CONTRACT, "nobody"),
    ),
    Mutant(
        "gradient of all steps together",
        "s2s_demo/lenses/_common.py",
        "log_p_MMV[k, k, ",
        "log_p_MMV[k, :, ",
        (CONTRACT, "finite"),
    ),
    Mutant(
        "the present cannot be looked at",
        "s2s_demo/lenses/_common.py",
        "S + 1)] = np.nan",
        "S)] = np.nan",
        (EXPLAIN, "future"),
    ),
    Mutant(
        "gradient of weights that have been trained since",
        "s2s_demo/lenses/gradient.py",
        "if known is None or known[0] != now:",
        "if known is None:",
        (EXPLAIN, "follows"),
    ),
    Mutant(
        "BOS named after x in a language model",
        "s2s_demo/lenses/_common.py",
        "if model.shape is Shape.LM else (*answer.x_pieces",
        "if False else (*answer.x_pieces",
        (EXPLAIN, "columns"),
    ),
    Mutant(
        "norms read after clipping",
        "s2s_demo/training.py",
        """        parts, norm_P = norms_on_device(model)
        total = accelerator.clip_grad_norm_(learner.parameters(), self.recipe.clip)
""",
        """        total = accelerator.clip_grad_norm_(learner.parameters(), self.recipe.clip)
        parts, norm_P = norms_on_device(model)
""",
        (TRAINING, "norms"),
    ),
    Mutant(
        "padding counted in the mean of an auxiliary loss",
        "s2s_demo/deep_supervision.py",
        "Memory(level_BSD, x_mask_BS).mean()",
        "Memory(level_BSD, x_mask_BS | True).mean()",
        ("test_auxiliary.py", "padding"),
    ),
    Mutant(
        "an auxiliary loss told as the answer's loss",
        "s2s_demo/training.py",
        "    return plain, learned_from",
        "    return learned_from, learned_from",
        ("test_auxiliary.py", "weight"),
    ),
    Mutant(
        "label smoothing told as loss",
        "s2s_demo/training.py",
        "if recipe.smoothing else learned_from",
        "if False else learned_from",
        (TRAINING, "plain"),
    ),
    Mutant(
        "Python reads no text as the page does",
        "s2s_demo/explain.py",
        "[_parsed(model, x) for x in xs]",
        "list(xs)",
        ("test_command.py", "alike"),
    ),
    Mutant(
        "calibration turns each symbol by itself",
        "s2s_demo/calibration.py",
        "scale + bias_V[group_V], y_N)",
        "scale + bias_V, y_N)",
        ("test_calibrate.py", "share"),
    ),
    Mutant(
        "the last level has an auxiliary loss too",
        "s2s_demo/engines/_recurrent.py",
        'return h_BTD if self.above is None else self.above(self.drop(tap("level", h_BTD)), mask_BT)',
        'h_BTD = tap("level", h_BTD)\n        return h_BTD if self.above is None else self.above(self.drop(h_BTD), mask_BT)',
        ("test_auxiliary.py", "head"),
    ),
    Mutant(
        "resuming forgets the optimiser",
        "s2s_demo/training_state.py",
        '{"state": state,',
        '{"state": {},',
        (TRAINING, "resume"),
    ),
    Mutant(
        "resuming forgets the mean of the weights",
        "s2s_demo/training_state.py",
        '(("model.", model), ("mean.", mean))',
        '(("model.", model),)',
        (TRAINING, "mean_of_the_weights"),
    ),
    Mutant(
        "dropout not seeded by the step",
        "s2s_demo/training.py",
        "with LocalSeed(_mixed(self.seed, step, self.accelerator.process_index), self.accelerator.device):",
        "if True:",
        (TRAINING, "digit_for_digit"),
    ),
    Mutant(
        "padding counted in the loss", "s2s_demo/training.py", "ignore_index=PAD", "ignore_index=-1", (TRAINING, "real")
    ),
    Mutant(
        "half precision for every model",
        "s2s_demo/checkpoints.py",
        "quantized(model.state_dict(), model.parameters_count > SMALL)",
        "quantized(model.state_dict(), True)",
        (CHECKPOINT, "half"),
    ),
    Mutant(
        "split depends on the order of the operands",
        "s2s_demo/tasks/_numbers.py",
        "sorted((a, b), key=lambda n: (len(n), n))",
        "(a, b)",
        (TASKS, "split"),
    ),
    Mutant(
        "carry lost between blocks",
        "s2s_demo/tasks/_numbers.py",
        "int(b[start:end]) + carry)",
        "int(b[start:end]))",
        (TASKS, "blocks"),
    ),
    Mutant(
        "own pairs tested on what was trained on",
        "s2s_demo/task.py",
        "sides = [key in held for key in keys]",
        "sides = [i % 10 == 0 for i, _ in enumerate(keys)]",
        (OWN, "split"),
    ),
    Mutant(
        "own pairs not composed",
        "s2s_demo/task.py",
        "pairs = [(nfc(x), nfc(y)) for x, y in pairs]",
        "pairs = list(pairs)",
        (OWN, "decomposed"),
    ),
    Mutant(
        "zip bombs unpack",
        "s2s_demo/custom/reading/archive.py",
        "> MOST_UNPACKED:",
        "> 2 * MOST_UNPACKED:",
        (OWN_FILES, "bomb"),
    ),
    Mutant(
        "any two bytes are Korean",
        "s2s_demo/custom/reading/encodings.py",
        ">= 0.5 * len(strange)",
        ">= 0",
        (OWN, "encoding"),
    ),
    Mutant(
        "a quote swallows rows",
        "s2s_demo/custom/reading/delimited.py",
        "if found is not None and not any",
        "if found is not None or not any",
        (OWN_FILES, "stray_quote"),
    ),
    Mutant(
        "second level of a stack left out",
        "s2s_demo/engines/_recurrent.py",
        "return h_BTD if self.above is None else",
        "return h_BTD if True else",
        (ENGINES, "stack"),
    ),
    Mutant(
        "n-grams of padding counted",
        "s2s_demo/embed.py",
        "there_BSG = gram_BSG != PAD",
        "there_BSG = gram_BSG >= PAD",
        ("test_embed.py", "padding"),
    ),
    Mutant(
        "words hidden after training too",
        "s2s_demo/embed.py",
        "if self.training and self.hide:",
        "if self.hide:",
        ("test_embed.py", "hidden"),
    ),
    Mutant(
        "Hangul not spelled in jamo",
        "s2s_demo/codecs/hashed_ngrams.py",
        'jamo = normalised("NFD", word)',
        "jamo = word",
        ("test_codec.py", "hangul"),
    ),
    Mutant(
        "a download taken as it comes",
        "s2s_demo/datasets.py",
        "if not _right(name, found):",
        "if False:",
        ("test_data.py", "another_content"),
    ),
    Mutant(
        "a worse model takes the place of a better one",
        "train/promote.py",
        "dev < there",
        "dev > there",
        ("test_shelve.py", "worse or equal"),
    ),
    Mutant(
        "a bone turns without its own axes",
        "s2s_demo/video/mocap.py",
        "turn = axes @ turn @ axes.T",
        "turn = turn",
        ("test_mocap.py", "axes_of_its_bone"),
    ),
    Mutant(
        "the page fetches a set",
        "s2s_demo/lab/attention/heads.py",
        "task.local_pairs(",
        "task.pairs(",
        ("test_excerpts.py", "head_is_taken_out"),
    ),
    Mutant(
        "dev utterances trained on",
        "s2s_demo/tasks/intent_ko.py",
        '% 10 == 0) == (split == "dev")',
        '% 10 == 0) >= (split == "dev")',
        ("test_intent.py", "never_trained"),
    ),
    Mutant(
        "a special symbol may be an answer",
        "s2s_demo/decoding.py",
        "share[..., [PAD, BOS, UNK, *([] if _ends(model) else [EOS])]] = 0.0",
        "pass",
        (EXPLAIN, "probability_of_what"),
    ),
    Mutant(
        "a window's own edge is kept", "s2s_demo/decoding.py", "(a + window + b) // 2", "b", (EXPLAIN, "windows_keep")
    ),
    Mutant(
        "a downloaded model is rounded",
        "s2s_demo/custom/export/bundle.py",
        ".cpu().float()",
        ".cpu().half().float()",
        (BUNDLE, "100_answers or very_sources"),
    ),
    Mutant(
        "a download brings no code that it needs",
        "s2s_demo/custom/export/bundle.py",
        '    "trace.py",\n',
        "",
        (BUNDLE, "100_answers"),
    ),
    Mutant(
        "what the Hub refused carries the request",
        "s2s_demo/custom/export/publish.py",
        "        told = _error_message(e)\n",
        "        raise UserError(_error_message(e).ko, _error_message(e).en) from e\n",
        (BUNDLE, "without_the_token"),
    ),
    Mutant(
        "the held-out recording is trained on",
        "s2s_demo/tasks/exercises.py",
        "if i != fold]",
        "if i != 3]",
        (SCENES, "recording_of_a_fold"),
    ),
    Mutant("an event counts two frames off", "s2s_demo/tasks/swing.py", "<= 1", "<= 2", (SCENES, "event")),
    Mutant(
        "a true segment is matched twice",
        "s2s_demo/tasks/_scenes.py",
        "if name == label and free[i] else",
        "if name == label else",
        (SCENES, "right_once"),
    ),
    Mutant(
        "a training camera in a test slice",
        "s2s_demo/tasks/_scenes.py",
        "(0, 1, 3, 5, 7, 8, 9, 11)",
        "(0, 1, 2, 5, 7, 8, 9, 11)",
        (SCENES, "slice"),
    ),
    Mutant(
        "a mirror keeps left and right",
        "s2s_demo/video/skeleton/body.py",
        "points[:, MIRRORED].copy()",
        "points.copy()",
        ("test_puppet.py", "mirror"),
    ),
    Mutant(
        "the mean place swaps its axes",
        "s2s_demo/video/encoder.py",
        "[share.sum(2) @ at, share.sum(3) @ at]",
        "[share.sum(3) @ at, share.sum(2) @ at]",
        ("test_vision.py", "peak"),
    ),
    Mutant(
        "occlusion has its sign turned",
        "s2s_demo/lenses/occlusion.py",
        "log_p_RM[-1] - log_p_RM[:-1]",
        "log_p_RM[:-1] - log_p_RM[-1]",
        (LENSES, "occlusion"),
    ),
    Mutant(
        "no path drawn as zero",
        "s2s_demo/lenses/occlusion.py",
        "paths.values == 0",
        "paths.values < 0",
        (LENSES, "occlusion"),
    ),
    Mutant(
        "change of state counts the first step from itself",
        "s2s_demo/lenses/state.py",
        "axis=0, prepend=0)",
        "axis=0, prepend=h_TD[:1])",
        (LENSES, "state"),
    ),
    Mutant(
        "agreement ranks what has no path",
        "s2s_demo/lab/attention/agreement.py",
        "kendall_tau(a[both], b[both])",
        "kendall_tau(np.nan_to_num(a), np.nan_to_num(b))",
        (HEADS, "both_lenses"),
    ),
    Mutant(
        "fraction on the alignment read a column off",
        "s2s_demo/lab/attention/agreement.py",
        "magnitudes[rows, list(aligned)]",
        "magnitudes[rows, np.roll(list(aligned), 1)]",
        (HEADS, "alignment"),
    ),
    Mutant(
        "taking a head out takes all of them",
        "s2s_demo/lab/attention/heads.py",
        "mask[slice(None) if head is None else head] = 0",
        "mask[:] = 0",
        (HEADS, "without_weight or ablation"),
    ),
    Mutant(
        "a permutation looks into the future",
        "s2s_demo/lab/attention/heads.py",
        "torch.where(allowed_BHTS, 0.0, 2.0)",
        "torch.where(allowed_BHTS, 0.0, 0.0)",
        (HEADS, "permuted_attention"),
    ),
    Mutant(
        "total variation counted twice",
        "s2s_demo/lab/attention/heads.py",
        "(whole - less).abs().sum(-1) / 2",
        "(whole - less).abs().sum(-1)",
        (HEADS, "total_variation"),
    ),
    Mutant(
        "an ended hypothesis goes on",
        "s2s_demo/lab/decoding/stepwise.py",
        "if symbols and symbols[-1] == EOS:",
        "if not symbols and step:",
        (HEADS, "ended_one"),
    ),
    Mutant(
        "lags counted from the front",
        "s2s_demo/lab/gradients/measure.py",
        "norm_BT.mean(0).flip(0)",
        "norm_BT.mean(0)",
        (GRADIENTS, "known_decay"),
    ),
    Mutant(
        "forget bias set in one vector twice over",
        "s2s_demo/lab/gradients/measure.py",
        "fill_(setting.forget_bias / 2)",
        "fill_(setting.forget_bias)",
        (GRADIENTS, "forget_bias"),
    ),
    Mutant(
        "clipping lengthens",
        "s2s_demo/lab/gradients/clipping.py",
        "min(1.0, threshold / norm)",
        "threshold / norm",
        (GRADIENTS, "clipping_is"),
    ),
    Mutant(
        "both marks in one half",
        "s2s_demo/lab/long_range/problems.py",
        "second = half + torch",
        "second = torch",
        ("test_lab_longrange.py", "each_half"),
    ),
    Mutant(
        "two visitors take one turn",
        "s2s_demo/custom/jobs/job_queue.py",
        "touch(exist_ok=False)",
        "touch(exist_ok=True)",
        (RUNS, "only_one"),
    ),
    Mutant(
        "a number given to another process counts",
        "s2s_demo/custom/jobs/processes.py",
        "abs(process.create_time() - created) < 1 and ",
        "",
        (RUNS, "given_away"),
    ),
    Mutant(
        "what trains is deleted as old",
        "s2s_demo/custom/jobs/retention.py",
        """if state in job_queue.UNFINISHED:
            continue""",
        """if state in ("waiting",):
            continue""",
        (RUNS, "forgotten"),
    ),
    Mutant(
        "a remedy may leave too few pairs",
        "s2s_demo/custom/data_checks.py",
        ">= FEWEST > len(",
        ">= 0 > len(",
        ("test_own_doctor.py", "no_pairs"),
    ),
    Mutant(
        "noise is called overfitting",
        "s2s_demo/custom/diagnostics.py",
        "after < 1.1 * before",
        "after < 1.0 * before",
        ("test_own_coach.py", "overfit"),
    ),
]


def copied(place: Path) -> Path:
    """A copy of the sources at `place`."""
    for name in SOURCES:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, place / name, ignore=shutil.ignore_patterns("__pycache__", "browser"))
        else:
            shutil.copy(source, place / name)
    return place


def planted(mutant: Mutant, place: Path) -> None:
    """The bug in the copy at `place`."""
    path = place / mutant.file
    text = path.read_text("utf-8")
    assert text.count(mutant.old) == 1, f"{mutant.title}: {text.count(mutant.old)} places in {mutant.file}"
    path.write_text(text.replace(mutant.old, mutant.new), "utf-8")


def outcome(place: Path, *words: str, seconds: int = 300) -> str:
    """ "dead" if the tests that pytest runs with these words in the copy at `place` fail, "ALIVE" if they pass, "?" if they did not run.

    They run in a fork of this process, which has paid for the import of torch once; one that does not end is dead as well.
    """
    child = os.fork()
    if not child:
        os.setsid()
        signal.alarm(seconds)
        os.chdir(place)
        quiet = os.open(os.devnull, os.O_WRONLY)
        os.dup2(quiet, 1), os.dup2(quiet, 2)
        shelf = str(ROOT / "checkpoints")  # the frame encoder that video tests read
        os.environ |= {"PYTHONPATH": str(place), "PYTHONDONTWRITEBYTECODE": "1", "S2S_CHECKPOINTS": shelf}
        sys.dont_write_bytecode = True
        sys.path[:] = [str(place), *(path for path in sys.path if path not in ("", str(ROOT), str(ROOT / "tests")))]
        for name in [name for name in sys.modules if name.partition(".")[0] in SOURCES]:
            del sys.modules[name]
        os._exit(pytest.main(["-x", "-n", "0", "-q", "-p", "no:cacheprovider", "-m", "not slow and not pose", *words]))
    status = os.waitpid(child, 0)[1]
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child, signal.SIGKILL)  # what its tests may have left running
    return "dead" if os.WIFSIGNALED(status) else {0: "ALIVE", 1: "dead"}.get(os.WEXITSTATUS(status), "?")


@cache
def sound(selection: tuple[str, str]) -> bool:
    """Whether the selected tests pass without any bug: else their failing would say nothing of one."""
    with tempfile.TemporaryDirectory() as folder:
        return outcome(copied(Path(folder)), f"tests/{selection[0]}", "-k", selection[1]) == "ALIVE"


def verdict(mutant: Mutant) -> str:
    """The outcome of the selected tests with the bug in the sources."""
    file, expression = mutant.selection
    with tempfile.TemporaryDirectory() as folder:
        planted(mutant, copied(Path(folder)))
        return outcome(Path(folder), f"tests/{file}", "-k", expression) if sound(mutant.selection) else "?"


def main(words: list[str]) -> int:
    """Tries the mutants one after another, prints a table, and returns 1 if any lived."""
    tried = [m for m in MUTANTS if not words or any(word in m.title for word in words)]
    dead = 0
    for mutant in tried:
        found = verdict(mutant)
        dead += found == "dead"
        print(f"{found:<6} {mutant.title:<46} {mutant.file:<34} {mutant.selection[0]}", flush=True)
    print(f"{dead} of {len(tried)} dead")
    return int(dead < len(tried))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
