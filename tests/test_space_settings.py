"""The page on a Space: the variables of one, with OAuth on and off, without a token, change nothing that a visitor asks."""

from __future__ import annotations

import httpx
import pytest

from tests.small_page import small_page

SPACE = {"SPACE_ID": "someone/lab", "SYSTEM": "spaces", "SPACE_HOST": "someone-lab.hf.space"}
OAUTH = {
    "OAUTH_CLIENT_ID": "one",
    "OAUTH_CLIENT_SECRET": "two",
    "OAUTH_SCOPES": "openid profile",
    "OPENID_PROVIDER_URL": "https://huggingface.co",
}


@pytest.mark.parametrize("variables", [SPACE, {**SPACE, **OAUTH}], ids=["OAuth off", "OAuth on"])
def test_the_page_answers_on_a_space(monkeypatch, variables):
    for name in ("HF_TOKEN", *OAUTH):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("gradio.http_server.watchfn_spaces", lambda *args: None, raising=False)
    monkeypatch.setattr(
        "gradio.utils.watchfn_spaces", lambda *args: None
    )  # reloads code with a package that a Space alone has
    with small_page() as small, httpx.Client(base_url=small.url, timeout=30, verify=False) as client:
        page = client.get("/")
        assert page.status_code == 200 and page.headers["x-content-type-options"] == "nosniff"
        assert "content-security-policy" not in page.headers and "x-frame-options" not in page.headers
        assert client.get("/healthz").status_code == 200
        answer = client.post("/gradio_api/run/now", json={"data": [5, "x", "x", [], False]})
        assert answer.status_code == 200 and answer.json()["data"] == ["(5, 'x', 'x', [], False)"]
