"""Nobody comes in but who has the address: token, cookie, host, origin; and what every answer says to the browser."""

from __future__ import annotations

import pytest
from web.conftest import HOST, PORT, Pages


def test_without_the_token_nothing_is_answered(pages: Pages) -> None:
    stranger = pages().stranger()
    for path in ("/", "/main.js", "/?token=", "/?token=wrong", "/?token=%ff", "/?token=é", "/api/chain"):
        answer = stranger.get(path)
        assert answer.status_code == 403
        assert "SELECT" not in answer.text
    assert stranger.post("/api/hello", json={}).status_code == 403


def test_the_token_moves_from_the_address_to_a_cookie_that_scripts_cannot_read(pages: Pages) -> None:
    page = pages()
    answer = page.stranger().get(f"/?token={page.gate.token}")
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    cookie = answer.headers["set-cookie"]
    assert page.gate.token in cookie
    assert {"httponly", "samesite=strict", "path=/"} <= {part.strip().lower() for part in cookie.split(";")}


def test_the_page_never_names_the_token(pages: Pages) -> None:
    page = pages()
    assert page.gate.token not in page.client.get("/").text
    assert page.gate.token not in page.client.post("/api/hello", json={}).text


@pytest.mark.parametrize(
    "host", ["evil.example", f"evil.example:{PORT}", "127.0.0.1:1", "127.0.0.1", "", f"0.0.0.0:{PORT}"]
)
def test_a_name_that_was_made_to_lead_here_is_refused(pages: Pages, host: str) -> None:
    page = pages()
    assert page.client.post("/api/hello", json={}, headers={"host": host}).status_code == 403
    assert page.client.get(f"/?token={page.gate.token}", headers={"host": host}).status_code == 403


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", f"https://127.0.0.1:{PORT}", "http://127.0.0.1:1"]
)
def test_another_origin_is_refused_though_the_browser_sends_the_cookie(pages: Pages, origin: str) -> None:
    page = pages()
    assert page.client.post("/api/hello", json={}, headers={"origin": origin}).status_code == 403
    assert page.client.post("/api/hello", json={}, headers={"origin": HOST}).status_code == 200


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_request_that_another_page_began_is_refused(pages: Pages, site: str) -> None:
    assert pages().client.get("/main.js", headers={"sec-fetch-site": site}).status_code == 403


@pytest.mark.parametrize("path", ["/", "/main.js", "/api/nothing", "/nowhere"])
def test_every_answer_has_the_policy(pages: Pages, path: str) -> None:
    page = pages()
    for client in (page.client, page.stranger()):
        headers = client.get(path).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy and "script-src 'self'" in policy and "unsafe" not in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "path",
    ["/../app.py", "/%2e%2e/app.py", "/..%2fapp.py", "/panes/../../app.py", "//etc/passwd", "/style/%00"],
)
def test_no_path_leads_out_of_the_pages_own_files(pages: Pages, path: str) -> None:
    answer = pages().client.get(path)
    assert answer.status_code == 404
    assert "import" not in answer.text


def test_the_pages_files_fetch_nothing_from_elsewhere(pages: Pages) -> None:
    page = pages()
    for name in ("/", "/main.js", "/editor.js", "/style/theme.css", "/panes/plan.js"):
        text = page.client.get(name).text
        assert len(text) > 100
        assert "https://" not in text and "innerHTML" not in text and "insertAdjacentHTML" not in text


def test_a_request_that_is_no_question_gets_one_line(pages: Pages) -> None:
    client = pages().client
    as_json = {"content-type": "application/json"}
    for body in (
        b"",
        b"{",
        b"[]",
        b"null",
        b'{"database": 1}',
        b'{"database": "file"}',
        b"[" * 100_000,
        b"\xff",
    ):
        answer = client.post("/api/chain", content=body, headers=as_json)
        assert answer.status_code == 400
        assert answer.json()["message"]
    assert client.post("/api/chain", content=b"{}", headers={"content-type": "text/plain"}).status_code == 415
    assert client.post("/api/nothing", json={}).status_code == 404
    assert client.post("/api/chain", content=b" " * (5 << 20), headers=as_json).status_code == 413
