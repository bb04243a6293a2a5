"""What every answer of the server says of itself, refusals and files included, inside and outside of a Space."""

from __future__ import annotations

import httpx
import pytest

from s2s_demo.ui.server import headers, middleware_of
from s2s_demo.ui.server.addresses import Addresses
from tests import loops
from tests.small_page import small_page

OUTSIDE = ("content-security-policy", "x-frame-options", "permissions-policy")


@pytest.fixture
def bare(monkeypatch):
    for name in ("SPACE_ID", "GRADIO_ROOT_PATH"):
        monkeypatch.delenv(name, raising=False)
    return monkeypatch


def test_every_answer_carries_them(bare):
    with small_page() as page, httpx.Client(base_url=page.url, timeout=30, verify=False) as client:
        answers = [
            client.get(path) for path in ("/", "/config", "/healthz", "/no-such-page", "/gradio_api/file=/etc/passwd")
        ]
        answers += [client.post("/gradio_api/queue/join", content=b"{"), client.get("/?lang=ko")]
        assert len({answer.status_code for answer in answers}) > 1
        for answer in answers:
            assert answer.headers["x-content-type-options"] == "nosniff", answer.url
            assert answer.headers["referrer-policy"] == "strict-origin-when-cross-origin"
            assert all(answer.headers.get_list(name) for name in OUTSIDE), answer.url
            assert len(answer.headers.get_list("content-security-policy")) == 1


def test_a_space_decides_what_frames_it(bare):
    bare.setenv("SPACE_ID", "user/name")
    assert headers.security_headers() == headers.ALWAYS


def test_the_policy_names_no_other_server(bare):
    policy = headers.content_security_policy()
    assert "http" not in policy and "*" not in policy
    for directive in ("default-src 'self'", "object-src 'none'", "base-uri 'self'", "frame-ancestors 'self'"):
        assert directive in policy.split("; ")


@pytest.mark.parametrize(
    "root, origin",
    [
        ("/lab", ""),
        ("https://example.org/lab", "https://example.org"),
        ("http://example.org:8080", "http://example.org:8080"),
        ("https://x; script-src *", ""),
        ("https://a,b/", ""),
        ("javascript:alert(1)", ""),
        ("//example.org/lab", ""),
    ],
)
def test_a_root_path_that_is_a_whole_address_is_let_in(bare, root, origin):
    bare.setenv("GRADIO_ROOT_PATH", root)
    assert (
        f"default-src {' '.join(filter(None, [chr(39) + 'self' + chr(39), origin]))};"
        in headers.content_security_policy()
    )


def test_what_an_answer_says_itself_stands():
    async def app(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": [(b"X-Frame-Options", b"DENY")]})
        await send({"type": "http.response.body", "body": b"as it was"})

    sent = []

    async def send(message):
        sent.append(message)

    loops.run(headers.SecurityHeaders(app)({"type": "http"}, None, send))
    assert [v for k, v in sent[0]["headers"] if k.lower() == b"x-frame-options"] == [b"DENY"]
    assert sent[1] == {"type": "http.response.body", "body": b"as it was"}


def test_they_stand_in_front_of_all_other_middleware():
    assert middleware_of(Addresses())[0].cls is headers.SecurityHeaders
