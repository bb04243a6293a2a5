"""Where every page lies: one route each, older addresses lead to the new, and what a page does not need is not sent."""

from __future__ import annotations

import json
import re

import pytest

from s2s_demo.ui import site
from tests.serving import get, served

LARGEST = 200_000
"""Bytes of HTML before compression."""


@pytest.fixture(scope="module")
def url():
    with served() as address:
        yield address


def got(url, path, **more):
    return get(url + path, timeout=60, **more)


def settings_of(response):
    return json.loads(re.search(r"window\.gradio_config = (\{.*?\});</script>", response.text, re.DOTALL)[1])


@pytest.mark.parametrize("page", site.pages(), ids=lambda page: page.path or "start")
def test_each_page_answers_at_its_address_and_is_light(url, page):
    answer = got(url, page.path)
    assert answer.status_code == 200 and len(answer.content) <= LARGEST
    settings = settings_of(answer)
    assert settings["current_page"] == page.path.partition("?")[0] and list(settings["page"]) == [
        settings["current_page"]
    ]
    ids = {part["props"].get("elem_id") for part in settings["components"]}
    others = {other.elem_id for other in site.pages()} - {page.elem_id}
    assert page.elem_id in ids and not ids & others


def test_every_label_that_a_page_shows_is_sent_in_every_language(url):
    for page in site.pages():
        answer = got(url, page.path)
        settings = settings_of(answer)
        shown = set(re.findall(r'"key\W{1,8}([\w.-]+)', json.dumps(settings["components"])))
        for lang, labels in settings["i18n_translations"].items():
            assert {key for key in shown if key not in labels and "." in key} == set(), (page.path, lang)


@pytest.mark.parametrize(
    "old, new",
    [
        ("?run=abc123", "own?run=abc123"),
        ("?lang=ko&run=abc,def", "own?lang=ko&run=abc,def"),
        ("addition", "arithmetic?task=addition"),
        ("pos-ko?lang=ko", "pos?task=pos-ko&lang=ko"),
        ("lab", "shapes"),
    ],
)
def test_older_addresses_lead_to_the_new(url, old, new):
    answer = got(url, old)
    assert answer.status_code == 307 and answer.headers["location"] == f"/{new}"


def test_what_a_link_says_to_the_browser_makes_no_page_of_its_own(url):
    plain = got(url, "arithmetic?lang=ko").content
    assert got(url, "arithmetic?lang=ko&x=1%2B2&engine=lstm&big=1").content == plain
    assert got(url, "arithmetic?lang=en").content != plain


def test_an_unknown_task_of_a_room_is_the_room_itself(url):
    assert settings_of(got(url, "arithmetic?task=nonsense"))["current_page"] == "arithmetic"
    assert got(url, "nowhere").status_code == 404
