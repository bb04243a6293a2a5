"""The motion file from its originals, on a skeleton small enough to be computed by hand."""

from __future__ import annotations

import hashlib
import io

import numpy as np
import pooch
import pytest

from s2s_demo import datasets, excerpts
from s2s_demo.prediction import UserError
from s2s_demo.video import mocap

ASF = """# a root with one leg of two bones and a neck
:version 1.10
:name TOY
:units
  mass 1.0
  length 0.45
  angle deg
:root
   order TX TY TZ RX RY RZ
   axis XYZ
   position 0 0 0
   orientation 0 0 0
:bonedata
  begin
     id 1
     name thigh
     direction 0 -1 0
     length 4.5
     axis 0 0 90 XYZ
     dof rx rz
     limits (-160.0 20.0)
            (-70.0 70.0)
  end
  begin
     id 2
     name shin
     direction 0 -1 0
     length 9
     axis 0 0 0 XYZ
     dof rx
     limits (-10.0 170.0)
  end
  begin
     id 3
     name neck
     direction 0 1 0
     length 45
     axis 0 0 0 XYZ
  end
:hierarchy
  begin
    root thigh neck
    thigh shin
  end
"""
STILL = "root 0 0 0 0 0 0\nthigh 0 0\nshin 0\n"
METRE = 45 / 2.54


def amc(*frames):
    return "#!OML:ASF\n:FULLY-SPECIFIED\n:DEGREES\n" + "".join(f"{i}\n{rows}" for i, rows in enumerate(frames, 1))


def ends(rows):
    """{bone: its end in units of the skeleton} of one frame."""
    bones = mocap.skeleton(ASF)
    (points,) = mocap.positions(bones, amc(rows)) / mocap.METRES
    return dict(zip(bones, points.round(9).tolist(), strict=True))


def originals(**changed):
    """Nine raw moments a recording, so three are kept, all of them jumping jacks but the last."""
    table = "seq_id,tstep_id,action_name\n" + "".join(f"{i},{t},JumpJack\n" for i in range(3) for t in range(4))
    found = {"13.asf": ASF, "actions_per_tstep.csv": table}
    found |= {f"{take}.amc": amc(*[STILL] * 9) for take in mocap.TAKES}
    return {name: text.encode() for name, text in {**found, **changed}.items()}


def test_bones_stand_level_by_level_below_their_parents():
    bones = mocap.skeleton(ASF)
    assert list(bones) == ["root", "thigh", "neck", "shin"]
    assert [bone.parent for bone in bones.values()] == [-1, 0, 0, 1]
    assert ends(STILL) == {"root": [0, 0, 0], "thigh": [0, -4.5, 0], "neck": [0, 45, 0], "shin": [0, -13.5, 0]}


def test_the_root_carries_and_turns_everybody():
    found = ends("root 1 2 3 0 0 90\nthigh 0 0\nshin 0\n")
    assert found["root"] == [1, 2, 3] and found["thigh"] == [5.5, 2, 3] and found["neck"] == [-44, 2, 3]
    found = ends(
        "root 0 0 0 90 0 90\nthigh 0 0\nshin 0\n"
    )  # about x first: down becomes backwards, which z leaves alone
    assert found["thigh"] == [0, 0, -4.5]


def test_a_joint_turns_about_the_axes_of_its_bone_and_takes_along_what_hangs_on_it():
    found = ends("root 0 0 0 0 0 0\nthigh 90 0\nshin 0\n")  # the thigh's own x axis is the world's y: it turns in place
    assert found["thigh"] == [0, -4.5, 0]
    found = ends("root 0 0 0 0 0 0\nthigh 0 90\nshin 0\n")
    assert found["thigh"] == [4.5, 0, 0] and found["shin"] == [13.5, 0, 0]
    found = ends("root 0 0 0 0 0 0\nthigh 0 0\nshin 90\n")
    assert found["thigh"] == [0, -4.5, 0] and found["shin"] == [0, -4.5, -9]


def test_turns_are_about_x_first_and_z_last():
    turned = mocap.rotations(np.array([90.0, 90.0, 0.0])) @ [0, 1, 0]
    assert turned.round(9).tolist() == [1, 0, 0]  # y → z by x, z → x by y
    many = mocap.rotations(np.random.default_rng(0).uniform(-180, 180, (5, 7, 3)))
    assert np.allclose(many @ many.swapaxes(-1, -2), np.eye(3)) and np.allclose(np.linalg.det(many), 1)


def test_a_label_lasts_for_three_moments_and_the_first_tenth_takes_the_next_ones():
    table = "seq_id,tstep_id,action_name\n0,0,Jog\n0,1,Twist\n1,0,Squat\n"
    first, second = mocap.labels_of(table, [8, 5])
    assert first.tolist() == [1] * 6 + [5] * 2 and second.tolist() == [2] * 5
    with pytest.raises(ValueError, match="fewer"):
        mocap.labels_of(table, [10, 5])


def test_the_file_is_the_same_every_time_and_read_as_the_task_reads_it():
    made, again = mocap.build(originals().get), mocap.build(originals().get)
    assert made == again
    found = np.load(io.BytesIO(made), allow_pickle=False)
    assert found["joints"].shape == (9, 4, 3) and found["joints"].dtype == "float16" and found["fps"] == 30
    assert found["offsets"].tolist() == [0, 3, 6, 9] and found["sequence"].tolist() == ["13_29", "13_30", "13_31"]
    assert found["joints"][0, 3, 1] == np.float16(-13.5 / METRE)
    assert found["label_names"][found["label"]].tolist() == ["JumpJack"] * 9


@pytest.mark.parametrize(
    "changed",
    [
        {"13.asf": ""},
        {"13.asf": ASF.replace("direction 0 -1 0", "direction 0 -1 down")},
        {"13.asf": ASF.replace("root thigh neck", "root thigh tail")},
        {"13.asf": ASF.replace("thigh shin\n", "thigh shin\n    shin thigh\n").replace("length 9", "")},
        {"13_30.amc": amc("root 0 0 0 0 0 0\nthigh 0\nshin 0\n")},
        {"13_30.amc": amc(STILL, "root 0 0 0 0 0 0\nthigh 0 x\nshin 0\n")},
        {"13_30.amc": amc(STILL, "root 0 0 0 0 0 0\n")},
        {"actions_per_tstep.csv": "seq_id,tstep_id,action_name\n0,0,Dance\n"},
        {"actions_per_tstep.csv": "<html>"},
    ],
)
def test_an_original_that_has_changed_is_one_sentence(changed):
    with pytest.raises(UserError, match="originals"):
        mocap.build(originals(**changed).get)


@pytest.fixture
def fetching(tmp_path, monkeypatch):
    """What was fetched, from a made copy of the originals; and a motion file whose digest may be set."""
    asked = []

    def fetch(url, known_hash, fname, path, progressbar):
        asked.append(url)
        path.mkdir(parents=True, exist_ok=True)
        (path / fname).write_bytes(originals()[fname])

    monkeypatch.delenv("S2S_DATA", raising=False)
    monkeypatch.setattr(datasets, "CACHE", tmp_path)
    monkeypatch.setattr(pooch, "retrieve", fetch)
    return asked


def stated(monkeypatch, digest, agrees=lambda content: False):
    made = datasets.File("", (digest,), mocap.ORIGINALS, mocap.build, agrees)
    monkeypatch.setattr(datasets, "FILES", {"mocap_exercises/train.npz": made})


def test_who_trains_builds_the_file_once(fetching, monkeypatch, tmp_path):
    expected = mocap.build(originals().get)
    stated(monkeypatch, f"sha256:{hashlib.sha256(expected).hexdigest()}")
    assert (
        datasets.read_bytes("mocap_exercises/train.npz") == datasets.read_bytes("mocap_exercises/train.npz") == expected
    )
    assert fetching == list(mocap.ORIGINALS.values()) and datasets.is_local("mocap_exercises/train.npz")


def test_a_file_that_comes_out_otherwise_is_told_and_not_kept(fetching, monkeypatch):
    stated(monkeypatch, "sha256:0")
    with pytest.raises(UserError, match="not what it should be"):
        datasets.read_bytes("mocap_exercises/train.npz")
    assert not datasets.is_local("mocap_exercises/train.npz")
    stated(monkeypatch, "sha256:0", lambda content: True)
    assert datasets.read_bytes("mocap_exercises/train.npz") == mocap.build(originals().get)


def stand_in(shift=0.0, labels=0):
    """A file that holds the kept moments, shifted, and nothing else."""
    kept = excerpts.motion()
    joints = np.zeros((len(kept["label"]), 31, 3), "float16")
    names = [*mocap.SHOWN, *(f"other{i}" for i in range(16))]
    joints[kept["offsets"][kept["recording"]] + kept["frame"], : len(mocap.SHOWN)] = kept["joints"]
    joints[..., 0] += np.float16(shift)
    file = io.BytesIO()
    np.savez(file, joints=joints, joint_names=names, offsets=kept["offsets"], label=kept["label"] + np.int8(labels))
    return file.getvalue()


def test_a_file_that_differs_by_less_than_a_millimetre_will_do():
    assert mocap.off(stand_in()) == 0 and mocap.agrees(stand_in(0.0005))
    assert 0.009 < mocap.off(stand_in(0.01)) < 0.011 and not mocap.agrees(stand_in(0.01))
    assert mocap.off(stand_in(labels=1)) == float("inf")
    for content in (b"", b"PK\x03\x04junk", stand_in()[:5000], mocap.build(originals().get)):
        assert not mocap.agrees(content)
