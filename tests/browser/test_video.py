"""The video room as a visitor meets it: samples, files of any kind, the webcam; frames, labels and player in step; labels to keep."""

from __future__ import annotations

import csv
import io
import re

import av
import numpy as np
import pytest
from playwright.sync_api import Page, expect

from s2s_demo import datasets, engines, excerpts, tasks
from s2s_demo.tasks import exercises
from s2s_demo.ui.inputs import _film as film
from s2s_demo.ui.inputs import video
from s2s_demo.ui.words import said
from s2s_demo.video import files as footage
from s2s_demo.video.clip import Film
from tests.browser.site import go

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]
SLOW = 60_000
TASK = tasks.get("swing")
FPS = 30
VIEW, PLAYER = "#answer-swing", "#x-swing"
VIDEO = f"document.querySelector('{PLAYER} video')"
BOX = f"document.querySelector('{VIEW}')"


def enter(page: Page) -> None:
    go(page, "swing")
    answered(page)


def answered(page: Page) -> None:
    expect(page.locator(f"{VIEW} .strip .frame").first).to_be_visible(timeout=SLOW)
    expect(page.locator(f"{VIEW} .verdict")).to_contain_text(re.compile("ms|밀리초"), timeout=SLOW)
    page.wait_for_function(f"{VIDEO}?.readyState >= 2", timeout=SLOW)


def upload(page: Page, path: object) -> None:
    """As a visitor does who has something in the player already."""
    page.locator(f"{PLAYER} [data-testid=source-select] button").first.click()
    expect(page.locator(f"{VIEW} .said")).to_be_empty(timeout=SLOW)
    page.locator(f"{PLAYER} input[type=file]").set_input_files(str(path))


def stands(page: Page, frame: int) -> None:
    """The player stands in the middle of a frame, counted from 0, and that frame is chosen."""
    page.wait_for_function(f"Math.abs({VIDEO}.currentTime - {(frame + 0.5) / FPS}) < .005", timeout=SLOW)
    expect(page.locator(f"{VIEW} .strip")).to_have_attribute("aria-valuenow", str(frame + 1))


def number(page: Page) -> int:
    return int(page.locator(f"{VIEW} .strip").get_attribute("aria-valuemax") or 0)


def lasting(page: Page, end: str) -> str:
    """What a button saves."""
    with page.expect_download() as kept:
        page.locator(f"{VIEW} .{end}").click()
    assert kept.value.suggested_filename.endswith(f".{end}")
    return kept.value.path().read_text("utf-8-sig")


def noise(count: int = 20, side: int = 96) -> Film:
    rng = np.random.default_rng(0)
    return Film(rng.integers(0, 256, (count, side, side, 3), "uint8"), FPS, ("",) * count)


def as_codec(path: object, codec: str) -> str:
    """Footage in a codec that browsers do not play."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=FPS)
        stream.width, stream.height, stream.pix_fmt = 96, 96, "yuv420p"
        for picture in noise().pictures:
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode())
    return str(path)


def test_every_sample_is_played_and_labelled_beside_its_truth(visit):
    page = visit()
    enter(page)
    sheets = set()
    for name in TASK.clips:
        page.locator(f"#swing-{name}").click()
        page.wait_for_function(f"{VIDEO}?.src.endsWith('/{name}.mp4')", timeout=SLOW)
        answered(page)
        labels = TASK.film(name).labels
        page.wait_for_function(f"{BOX}.querySelector('.strip').getAttribute('aria-valuemax') === '{len(labels)}'")
        true = list(dict.fromkeys(labels))
        shown = page.locator(f"{VIEW} .band.truth .run").all_inner_texts()
        assert [text.partition(" ")[2] for text in shown] == [film.label_text(TASK, label, "en") for label in true]
        expect(page.locator(f"{VIEW} .band.mine .run").first).to_be_visible()
        sheets.add(page.evaluate(f"getComputedStyle({BOX}.querySelector('.frame')).backgroundImage"))
    assert len(sheets) == len(TASK.clips)


def test_an_event_a_label_and_a_frame_move_the_player_and_the_lens(visit):
    page = visit()
    enter(page)
    page.wait_for_function("document.querySelector('#lens-swing .plt')?._fullData?.length > 0", timeout=SLOW)
    events = page.locator(f"{VIEW} .events .event")
    last = events.last
    last.click()
    begins = float(re.search(r"(\d+\.\d+) s", last.inner_text()).group(1))
    first = round(begins * FPS)
    stands(page, first)
    expect(last).to_have_class(re.compile("on"))
    page.wait_for_function(f"document.querySelector('#lens-swing .plt').layout.shapes?.[0]?.y0 === {first - 0.5}")
    page.locator(f"{VIEW} .band.truth .run").first.click()
    stands(page, 0)
    strip = page.locator(f"{VIEW} .strip")
    box, count = strip.bounding_box(), number(page)
    strip.click(position={"x": box["width"] * 0.5, "y": box["height"] / 2})
    stands(page, count // 2)


def test_the_keys_go_from_frame_to_frame(visit):
    page = visit()
    enter(page)
    strip, count = page.locator(f"{VIEW} .strip"), number(page)
    strip.focus()
    for key, frame in (("Home", 0), ("ArrowLeft", 0), ("ArrowRight", 1), ("PageDown", 11), ("ArrowLeft", 10)):
        strip.press(key)
        stands(page, frame)
    strip.press("End")
    expect(strip).to_have_attribute("aria-valuenow", str(count))
    page.wait_for_timeout(500)
    expect(strip).to_have_attribute("aria-valuenow", str(count))
    assert "s ·" in (strip.get_attribute("aria-valuetext") or "")


def test_the_frame_on_show_is_marked_while_the_film_plays(visit):
    page = visit()
    enter(page)
    page.locator(f"{VIEW} .strip").press("Home")
    stands(page, 0)
    page.evaluate(f"{VIDEO}.muted = true, {VIDEO}.playbackRate = .5, {VIDEO}.play()")
    page.wait_for_function(f"+{BOX}.querySelector('.strip').getAttribute('aria-valuenow') > 5", timeout=SLOW)
    page.evaluate(f"{VIDEO}.pause()")
    page.wait_for_timeout(300)
    at = page.evaluate(f"{VIDEO}.currentTime")
    shown = int(page.locator(f"{VIEW} .strip").get_attribute("aria-valuenow") or 0)
    assert abs(shown - 1 - int(at * FPS)) <= 1


def test_labels_are_kept_as_a_table_and_as_subtitles(visit):
    page = visit()
    enter(page)
    count = number(page)
    rows = list(csv.DictReader(io.StringIO(lasting(page, "csv"))))
    assert list(rows[0]) == ["frame", "second", "label", "confidence", "truth"] and len(rows) == count
    assert {row["label"] for row in rows} | {row["truth"] for row in rows} <= set(TASK.meanings)
    assert [row["truth"] for row in rows] == list(TASK.film(next(iter(TASK.clips))).labels)
    assert [float(row["second"]) for row in rows] == pytest.approx([i / FPS for i in range(count)], abs=1e-3)
    assert all(0 <= float(row["confidence"]) <= 1 for row in rows)
    blocks = lasting(page, "srt").strip().split("\n\n")
    assert len(blocks) == page.locator(f"{VIEW} .events .event").count()
    assert re.fullmatch(r"1\n00:00:00,000 --> 00:00:\d\d,\d{3}\n\S.*", blocks[0])
    assert blocks[-1].split(" --> ")[1][:12] == f"00:00:0{count / FPS:.3f}".replace(".", ",")


def test_a_film_of_ones_own_is_labelled_and_what_looks_strange_is_said_to(visit, tmp_path):
    page = visit()
    enter(page)
    upload(page, footage.write_video(noise(), tmp_path / "my film.mp4"))
    answered(page)
    assert number(page) == 20
    expect(page.locator(f"{VIEW} .band.truth")).to_be_hidden()
    expect(page.locator(f"{VIEW} .notice").first).to_be_visible()
    assert lasting(page, "csv").count("\n") == 21
    upload(page, footage.write_video(TASK.film(next(iter(TASK.clips))), tmp_path / "ours.mp4"))
    answered(page)
    expect(page.locator(f"{VIEW} .band.truth .run").first).to_be_visible()
    page.locator(f"{PLAYER} .icon-button-wrapper button").last.click()
    expect(page.locator(f"{VIEW} .seen")).to_be_hidden(timeout=SLOW)
    page.locator("#go-swing").click()
    expect(page.locator(f"{VIEW} .said")).to_have_text(said("clip.none", "en"), timeout=SLOW)


def test_more_frames_than_the_lens_can_show_are_labelled_and_told(visit, tmp_path):
    page = visit()
    enter(page)
    upload(page, footage.write_video(noise(200, 32), tmp_path / "long.mp4"))
    answered(page)
    assert number(page) == 200
    expect(page.locator("#lens-note-swing")).to_contain_text("200 steps", timeout=SLOW)
    page.locator(f"{VIEW} .strip").press("End")
    expect(page.locator(f"{VIEW} .facts")).to_contain_text("200 / 200")


def test_a_sample_that_cannot_be_drawn_says_why(visit, monkeypatch, tmp_path):
    monkeypatch.setattr(datasets, "is_local", lambda name: False)
    monkeypatch.setattr(excerpts, "FOLDER", tmp_path)
    monkeypatch.setattr(video, "_drawn", video._drawn.__wrapped__)
    exercises.excerpt.cache_clear()
    page = visit()
    go(page, "exercises")
    expect(page.locator("#answer-exercises .film.bad .said")).to_contain_text("is missing", timeout=SLOW)


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_what_is_no_video_is_told_in_one_sentence(visit, tmp_path, lang):
    whole = footage.write_video(noise(), tmp_path / "whole.mp4").read_bytes()
    files = {
        "letter.mp4": b"this is a letter, not a video",
        "cut.mp4": whole[:400],
        "${document.body.remove()}.mp4": bytes(4096),
        "<img src=x onerror=window.hit=1>.mp4": whole[100:],
    }
    page = visit(lang=lang)
    enter(page)
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
        upload(page, tmp_path / name)
        shown = page.locator(f"{VIEW} .film.bad .said")
        expect(shown).not_to_be_empty(timeout=SLOW)
        assert ("가" <= max(shown.inner_text()) <= "힣") == (lang == "ko")
        expect(page.locator(f"{VIEW} .seen")).to_be_hidden()
        page.locator(f"#swing-{next(iter(TASK.clips))}").click()
        expect(page.locator(f"{VIEW} .film.bad")).to_have_count(0, timeout=SLOW)
        answered(page)
    assert page.evaluate("window.hit") is None and page.locator(f"{VIEW} img").count() == 0


def test_a_film_this_browser_cannot_play_is_labelled_all_the_same(visit, tmp_path):
    page = visit()
    enter(page)
    upload(page, as_codec(tmp_path / "old.mp4", "mpeg4"))
    expect(page.locator(f"{VIEW} .notices")).to_contain_text(said("film.unplayable", "en"), timeout=SLOW)
    assert number(page) == 20
    page.locator(f"{VIEW} .strip").press("Home")
    expect(page.locator(f"{VIEW} .facts")).to_contain_text("1 / 20")
    page.locator(f"#swing-{next(iter(TASK.clips))}").click()
    expect(page.locator(f"{VIEW} .notices")).not_to_contain_text(said("film.unplayable", "en"), timeout=SLOW)


def test_the_webcam_is_recorded_and_labelled(visit):
    page = visit()
    enter(page)
    page.locator(f"{PLAYER} [data-testid=source-select] button").last.click()
    page.locator(f"{PLAYER} .upload-container button").first.click()
    record = page.locator(f"{PLAYER} [aria-label='start recording']")
    record.click(timeout=SLOW)
    expect(record).to_contain_text("Stop")
    page.wait_for_timeout(1500)
    record.click()
    answered(page)
    assert 5 < number(page) < 300


def test_each_engine_labels_the_same_film(visit):
    page = visit()
    enter(page)
    for engine in engines.ENGINES.values():
        page.locator("#engine-swing").get_by_text(engine.title.en, exact=True).click()
        page.locator("#lens-kind-swing").get_by_text(said("lens.attention", "en"), exact=True).click()
        if engine.attends:
            page.wait_for_function(
                "document.querySelector('#lens-swing .plt')._fullData?.[1]?.zmax === 1", timeout=SLOW
            )
        else:
            expect(page.locator("#lens-note-swing")).to_contain_text(f"The {engine.title.en} engine", timeout=SLOW)
        page.locator("#lens-kind-swing").get_by_text(said("lens.gradient", "en"), exact=True).click()
        expect(page.locator(f"{VIEW} .gaze")).to_be_visible(timeout=SLOW)
        expect(page.locator(f"{VIEW} .band.mine .run").first).to_be_visible()
    page.locator("#all-swing").click()
    page.wait_for_function("document.querySelector('#curves-swing .plt')?._fullData?.length >= 8", timeout=60_000)
    expect(page.locator("#table-swing").get_by_text("%").filter(visible=True).first).to_be_visible()


@pytest.mark.parametrize("lang, dark, width", [("ko", True, 420), ("en", False, 420), ("ko", False, 1280)])
def test_the_room_fits_in_both_languages_light_and_dark(visit, lang, dark, width):
    page = visit(lang=lang, dark=dark, width=width)
    enter(page)
    assert page.evaluate("document.scrollingElement.scrollWidth <= window.innerWidth")
    text = page.locator(f"{VIEW} .said").inner_text()
    assert ("가" <= max(text) <= "힣" or max(text) == "→") and (lang == "ko") == any("가" <= c <= "힣" for c in text)
    for caption in page.locator(f"{VIEW} .time .cap").all_inner_texts():
        assert not caption or any("가" <= c <= "힣" for c in caption) == (lang == "ko")
