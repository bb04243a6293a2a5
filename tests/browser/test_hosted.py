"""The page as a host shows it: under a path behind a reverse proxy, with headers that allow its own server alone."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.site import go
from tests.proxy import proxied
from tests.serving import served

pytestmark = pytest.mark.browser
SLOW, PATH = 60_000, "/lab/room"


def test_the_page_works_under_a_path_behind_a_proxy(visit, monkeypatch, tmp_path):
    monkeypatch.setenv("GRADIO_ROOT_PATH", PATH)
    with served() as bare, proxied(bare, PATH) as address:
        page = visit(at=address, leaves=True)
        missing = []
        page.on("response", lambda r: missing.append(r.url) if r.status >= 400 else None)
        page.fill("#x-arithmetic textarea", "12+34")
        page.locator("#go-arithmetic").click()
        expect(page.locator("#answer-arithmetic .said")).to_have_text("12 + 34 = 46", timeout=SLOW)
        page.locator("#bar a.lang[data-lang=ko]").click()
        expect(page.locator("#go-arithmetic")).to_have_text("답하기", timeout=SLOW)
        assert page.url.startswith(address) and "lang=ko" in page.url
        expect(page.locator("#answer-arithmetic .said")).not_to_be_empty(timeout=SLOW)
        go(page, "own")
        file = tmp_path / "spacing.csv"
        file.write_bytes("\n".join(f"나는{i}번갔다,나는 {i}번 갔다" for i in range(40)).encode("cp949"))
        page.locator("#own-file input[type=file]").set_input_files(file)
        expect(page.locator("#own-told")).to_contain_text("CP949", timeout=SLOW)
        assert not missing
        page.close()


def test_the_policy_stands_and_is_heeded(chromium, url):
    page = chromium.new_page()
    page.goto(url)
    policy = page.request.get(url).headers["content-security-policy"]
    assert "default-src 'self'" in policy and "frame-ancestors 'self'" in policy
    blocked = page.evaluate(
        """async () => {
            const seen = [];
            document.addEventListener('securitypolicyviolation', e => { seen.push(e.effectiveDirective); });
            new Worker('data:text/javascript,1');
            await new Promise(done => setTimeout(done, 300));
            return seen; }"""
    )
    assert blocked == ["worker-src"]
    page.close()
