"""The puppet: bones keep their length, phases keep their order, and a camera draws what stands before it."""

from __future__ import annotations

import numpy as np
import pytest

from s2s_demo.tasks._scenes import segments
from s2s_demo.video.skeleton.batter import FPS, LONGEST, PHASES, Batter, swing_motion
from s2s_demo.video.skeleton.body import (
    ANKLES,
    BAT,
    ELBOWS,
    HIPS,
    KNEES,
    SHOULDERS,
    TOES,
    WRISTS,
    Proportions,
    bent,
    mirrored,
)
from s2s_demo.video.skeleton.draw import Camera, Look, project, render
from s2s_demo.video.skeleton.moves import poses


def swing(seed):
    rng = np.random.default_rng(seed)
    batter = Batter.sampled(rng)
    return batter, *swing_motion(batter, rng)


def length(points, a, b):
    return np.linalg.norm(points[:, a] - points[:, b], axis=-1)


@pytest.mark.parametrize("seed", range(5))
def test_bones_keep_their_length_through_a_swing(seed):
    batter, points, _ = swing(seed)
    build = batter.build
    for ends, bone in (
        ((HIPS, KNEES), build.thigh),
        ((KNEES, ANKLES), build.shin),
        ((SHOULDERS, ELBOWS), build.upper_arm),
        ((ELBOWS, WRISTS), build.forearm),
    ):
        for side in (0, 1):
            np.testing.assert_allclose(length(points, ends[0][side], ends[1][side]), bone, rtol=1e-6)
    assert np.isfinite(points).all() and (points[:, list(TOES), 1] >= 0.02).all()


@pytest.mark.parametrize("seed", range(20))
def test_every_phase_comes_once_and_in_order(seed):
    _, points, phases = swing(seed)
    assert len(points) == len(phases) <= LONGEST
    runs = [label for label, _, _ in segments(phases)]
    assert runs == list(PHASES)
    assert phases.count("contact") == 3
    assert 1 <= phases.count("swing") <= 0.25 * FPS


@pytest.mark.parametrize("seed", range(20))
def test_the_bat_is_fastest_around_contact(seed):
    _, points, phases = swing(seed)
    speed = np.linalg.norm(np.diff(points[:, BAT], axis=0), axis=-1)
    assert abs(int(speed.argmax()) - phases.index("contact")) <= 4


def test_the_same_seed_gives_the_same_swing_and_another_another():
    first, again, other = swing(3)[1], swing(3)[1], swing(4)[1]
    np.testing.assert_array_equal(first, again)
    assert first.shape != other.shape or not np.allclose(first, other)


def test_a_mirror_image_exchanges_left_and_right_and_twice_is_nothing():
    _, points, _ = swing(0)
    turned = mirrored(points, axis=2)
    np.testing.assert_allclose(turned[:, 2] * [1, 1, -1], points[:, 3])
    np.testing.assert_array_equal(mirrored(turned, axis=2), points)


def test_a_goal_out_of_reach_is_pointed_at_with_a_straight_limb():
    root, goal = np.zeros((1, 3)), np.array([[0.0, 0.0, 9.0]])
    middle, end = bent(root, goal, 0.4, 0.3, np.array([[1.0, 0.0, 0.0]]))
    assert end[0] == pytest.approx([0, 0, 0.7], abs=1e-3) and middle[0, 2] == pytest.approx(0.4, abs=1e-2)


def test_poses_by_chance_differ_and_hold_a_bat_only_if_there_is_one():
    rng = np.random.default_rng(0)
    with_bat, without = poses(50, Proportions(), rng), poses(50, Proportions().without_bat(), rng)
    assert np.isfinite(with_bat).all() and np.isnan(without[:, BAT]).all() and np.isfinite(without[:, :BAT]).all()
    assert with_bat[:, WRISTS[0]].std(0).min() > 0.15


def test_a_camera_at_the_front_sees_the_left_hand_on_the_right_and_up_as_up():
    points = poses(1, Proportions(), np.random.default_rng(1))
    front, behind = project(points, Camera(azimuth=0)), project(points, Camera(azimuth=180))
    middle = points[0, list(HIPS)].mean(0)
    across = points[0, SHOULDERS[0], 0] - middle[0]
    assert np.sign(front[0, SHOULDERS[0], 0] - front[0, list(HIPS), 0].mean()) == np.sign(across)
    assert (front[0, :BAT, 0] - 0.5).mean() == pytest.approx(-(behind[0, :BAT, 0] - 0.5).mean(), abs=0.05)
    assert front[0, 0, 1] < front[0, ANKLES[0], 1]


def test_what_is_nearer_is_larger():
    points = np.tile(poses(1, Proportions(), np.random.default_rng(1)), (2, 1, 1))
    points[1, WRISTS[0]] += [0, 0, 1.0]
    scale = project(points, Camera(azimuth=0, elevation=0))[:, WRISTS[0], 2]
    assert scale[1] > 1.1 * scale[0]


def test_a_drawing_has_the_figure_where_the_points_are_and_the_wall_elsewhere():
    points = poses(1, Proportions().without_bat(), np.random.default_rng(2))
    image, look = project(points, Camera(azimuth=0)), Look()
    picture = render(image, look, 64)[0]
    assert picture.shape == (64, 64, 3) and picture.dtype == np.uint8
    assert (picture[0, 0] == look.wall).all() and (picture[-1, 0] == look.floor).all()
    x, y, _ = (image[0, SHOULDERS[0]] + image[0, HIPS[1]]) / 2 * 64
    assert np.abs(picture[int(y), int(x)].astype(int) - look.shirt).max() < 60


def test_noise_is_added_only_where_it_is_asked_for():
    points = poses(1, Proportions(), np.random.default_rng(2))
    image = project(points, Camera())
    look = Look(noise=8.0)
    np.testing.assert_array_equal(render(image, look, 64), render(image, look, 64))
    grain = render(image, look, 64, np.random.default_rng(0)).astype(int) - render(image, look, 64)
    assert 5 < grain.std() < 9


def test_points_that_are_not_there_or_far_outside_are_drawn_as_nothing():
    points = poses(2, Proportions(), np.random.default_rng(2))
    image = project(points, Camera())
    image[0, WRISTS[0]] = np.nan
    image[1] += [5, 5, 0]
    out = render(image, Look(), 64)
    assert out.shape == (2, 64, 64, 3)
    assert (out[1, :40] == Look().wall).all()
