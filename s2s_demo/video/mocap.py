"""The motion file of `exercises`, built from its public originals: where 31 ends of bones are, thirty times a second, and who does what.

Motion: CMU Graphics Lab Motion Capture Database, subject 13, recordings 29, 30 and 31: a skeleton (.asf) and the angles of its joints, 120
times a second (.amc). Labels: Fox, Hughes, Sudderth and Jordan 2014, one for each tenth of a second but the first; read from the copy
in plain text that the library bnpy keeps.

Every fourth moment is kept. A bone ends at p + length · G d, where p is its parent's end, d its direction in the skeleton and
G = G_parent C R C⁻¹; R turns by the joint's angles, C by the axes the skeleton gives it. Lengths are in inches / 0.45.

What was checked: packing, labels, rate, scale and the moments kept, on the file itself. The angles of subject 13 were not at hand when
this was written, so the last digits of positions may differ from the stated file; `off` says by how much, and `data` takes what is
within a millimetre of it.
"""

from __future__ import annotations

import csv
import io
import zipfile
import zlib
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from s2s_demo import excerpts
from s2s_demo.prediction import UserError

CMU = "http://mocap.cs.cmu.edu/subjects/13"
BNPY = "https://raw.githubusercontent.com/bnpy/bnpy/8d787f7d3731a140fe3b2b18ed1748f96f3f5d9d"
TAKES = ("13_29", "13_30", "13_31")
ORIGINALS = {
    "13.asf": f"{CMU}/13.asf",
    **{f"{take}.amc": f"{CMU}/{take}.amc" for take in TAKES},
    "actions_per_tstep.csv": f"{BNPY}/bnpy/datasets/mocap6/actions_per_tstep.csv",
}
LABELS = (
    *("JumpJack", "Jog", "Squat", "KneeRaise", "ArmCircle", "Twist"),
    *("SideReach", "Box", "UpDown", "ToeTouchOneHand", "SideBend", "ToeTouchTwoHands"),
)
ENDS = ("clavicle", "humerus", "wrist", "hipjoint", "femur", "tibia", "foot")
SHOWN = ("head", *(side + bone for bone in ENDS for side in "lr"))
CAPTURED, KEPT, LABELLED = 120, 30, 10
METRES = 2.54 / 45
NEAR = 1e-3
AXES = "xyz"


@dataclass(frozen=True)
class Bone:
    """direction: (3,), a unit vector in the skeleton's pose. axes: (3,) degrees. dof: the names of its angles, e.g. ("rx", "rz")."""

    parent: int
    direction: np.ndarray
    length: float
    axes: np.ndarray
    dof: tuple[str, ...]


def build(original: Callable[[str], bytes]) -> bytes:
    """The motion file. original: the content of one of `ORIGINALS` by its name.

    Raises:
        UserError: an original is not what it should be.
    """
    texts = {name: original(name).decode("utf-8", "replace") for name in ORIGINALS}
    try:
        bones = skeleton(texts["13.asf"])
        found = [positions(bones, texts[f"{take}.amc"])[:: CAPTURED // KEPT] for take in TAKES]
        labels = labels_of(texts["actions_per_tstep.csv"], [len(one) for one in found])
        return packed(bones, found, labels)
    except (ValueError, KeyError, IndexError) as e:
        raise UserError(
            "동작 기록의 원본을 읽을 수 없습니다. 원본이 바뀌었거나 다 받아지지 않았습니다.",
            "The originals of the motion file cannot be read: they have changed, or were not fetched whole.",
        ) from e


def skeleton(asf: str) -> dict[str, Bone]:
    """The bones of an .asf by their names, the root first, parents before children, level by level."""
    rows = [row.split() for row in asf.splitlines()]
    begins = [i for i, row in enumerate(rows) if row and row[0].startswith(":")]
    parts = {rows[a][0]: rows[a + 1 : b] for a, b in zip(begins, [*begins[1:], len(rows)], strict=True)}
    facts: list[dict[str, list[str]]] = []
    for key, *values in filter(None, parts[":bonedata"]):
        if key == "begin":
            facts.append({})
        elif key != "end" and facts:
            facts[-1].setdefault(key, values)
    told = {one["name"][0]: one for one in facts}
    children = {row[0]: row[1:] for row in parts[":hierarchy"] if row and row[0] not in ("begin", "end")}
    bones = {"root": Bone(-1, np.zeros(3), 0.0, np.zeros(3), ("tx", "ty", "tz", "rx", "ry", "rz"))}
    waiting = deque(["root"])
    while waiting:
        name = waiting.popleft()
        for child in children.pop(name, ()):
            one = told[child]
            direction, axes = (np.array(one[key][:3], dtype=float) for key in ("direction", "axis"))
            dof = tuple(one.get("dof", ()))
            bones[child] = Bone(list(bones).index(name), direction, float(one["length"][0]), axes, dof)
            waiting.append(child)
    return bones


def positions(bones: dict[str, Bone], amc: str) -> np.ndarray:
    """(T, bones, 3) metres."""
    angles = _angles(bones, amc)
    turns, ends = [], []
    for name, bone in bones.items():
        told = {key: angles[name][:, i] for i, key in enumerate(bone.dof)}
        still = np.zeros(len(angles[name]))
        turn = rotations(np.stack([told.get(f"r{axis}", still) for axis in AXES], -1))
        axes = rotations(bone.axes)
        turn = axes @ turn @ axes.T
        if bone.parent < 0:
            ends.append(np.stack([told.get(f"t{axis}", still) for axis in AXES], -1))
        else:
            turn = turns[bone.parent] @ turn
            ends.append(ends[bone.parent] + bone.length * (turn @ bone.direction))
        turns.append(turn)
    return np.stack(ends, 1) * METRES


def rotations(degrees: np.ndarray) -> np.ndarray:
    """(..., 3) angles about x, y, z -> (..., 3, 3) matrices that turn about x first, about z last."""
    found = np.eye(3)
    for axis in range(3):
        c, s = np.cos(np.radians(degrees[..., axis])), np.sin(np.radians(degrees[..., axis]))
        one = np.zeros((*c.shape, 3, 3))
        i, j = (axis + 1) % 3, (axis + 2) % 3
        one[..., axis, axis] = 1
        one[..., i, i], one[..., i, j], one[..., j, i], one[..., j, j] = c, -s, s, c
        found = one @ found
    return found


def _angles(bones: dict[str, Bone], amc: str) -> dict[str, np.ndarray]:
    """(T, dof) what an .amc says of every bone; 0 columns for one that cannot turn."""
    rows: dict[str, list[list[float]]] = {name: [] for name in bones}
    count = 0
    for row in amc.splitlines():
        name, *values = row.split() or [""]
        if name.isdecimal() and not values:
            count += 1
        elif name in rows and values:
            rows[name].append([float(value) for value in values])
    return {name: np.array(rows[name]).reshape(count, len(bone.dof)) for name, bone in bones.items()}


def labels_of(table: str, lengths: list[int]) -> list[np.ndarray]:
    """(T,) numbers into LABELS for each recording. The first tenth of a second has no label of its own and takes the next one's."""
    told: dict[int, list[int]] = {}
    for row in csv.DictReader(io.StringIO(table)):
        told.setdefault(int(row["seq_id"]), []).append(LABELS.index(row["action_name"]))
    each = KEPT // LABELLED
    found = [np.repeat([told[i][0], *told[i]], each)[:length] for i, length in enumerate(lengths)]
    if [len(one) for one in found] != lengths:
        raise ValueError("there are fewer labels than moments")
    return found


def packed(bones: dict[str, Bone], found: list[np.ndarray], labels: list[np.ndarray]) -> bytes:
    """The file, arrays compressed in a fixed order."""
    file = io.BytesIO()
    np.savez_compressed(
        file,
        joints=np.concatenate(found).astype("float16"),
        label=np.concatenate(labels).astype("int8"),
        offsets=np.cumsum([0, *map(len, found)]).astype("int32"),
        sequence=np.array(TAKES),
        fps=np.array(KEPT),
        joint_names=np.array(list(bones)),
        parent=np.array([bone.parent for bone in bones.values()]),
        label_names=np.array(LABELS),
    )
    return file.getvalue()


def off(content: bytes) -> float:
    """By how many metres a motion file differs from the moments the repository keeps of the stated one; infinite if in more than that.

    Raises:
        UserError: those moments cannot be read.
    """
    kept = excerpts.motion()
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as found:
            names, joints = list(map(str, found["joint_names"])), found["joints"]
            same = all(np.array_equal(found[key], kept[key]) for key in ("offsets", "label"))
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error):
        return float("inf")
    if not same or joints.shape[1:] != (len(names), 3) or not set(SHOWN) <= set(names):
        return float("inf")
    rows = kept["offsets"][kept["recording"]] + kept["frame"]
    mine = joints[rows][:, [names.index(bone) for bone in SHOWN]].astype("float64")
    return float(np.abs(mine - kept["joints"].astype("float64")).max(initial=0.0))


def agrees(content: bytes) -> bool:
    """Whether a motion file of another digest may stand for the stated one."""
    return off(content) <= NEAR
