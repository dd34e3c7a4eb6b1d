"""Who may come in: nobody but the person who was given the address.

The server listens on the loopback interface, which every program of the machine and every page in the browser can
reach.  So each request has to show a secret that only the printed address holds.  It stands there once: the first
request moves it into a cookie that no script can read and no other site's request carries, and out of sight.  What
names another host than this machine (a name that was made to lead here) or comes from another origin is refused, and
the page's own policy lets it load and run nothing but what this server sends.
"""

from __future__ import annotations

import secrets
from http.cookies import CookieError, SimpleCookie
from typing import Final, final
from urllib.parse import parse_qs

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)

HEADERS: Final = {
    "Content-Security-Policy": POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}
"""What every answer says to the browser."""

LARGEST_BODY: Final = 4 << 20
"""Bytes of a request: more SQL than a page could show."""


@final
class Gate:
    """Lets requests through that show the token, from this machine's own page.

    Args:
        app: who answers them.
        port: that the server listens on.

    Attributes:
        token: what has to be shown.
    """

    def __init__(self, app: ASGIApp, port: int) -> None:
        self.token: Final = secrets.token_urlsafe(24)
        self.cookie: Final = f"fdb-{port}"
        self._app: Final = app
        self._hosts: Final = {f"127.0.0.1:{port}", f"localhost:{port}"}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or refuse it."""
        if scope["type"] != "http":
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)

        answer = self._refusal(scope) or self._handing_over(scope)
        await (self._app if answer is None else answer)(scope, receive, with_headers)

    def _refusal(self, scope: Scope) -> Response | None:
        """Why a request is refused; None where it is not."""
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        if host not in self._hosts:
            return _no("This server answers to 127.0.0.1 and localhost only.")
        if headers.get("origin", f"http://{host}") != f"http://{host}":
            return _no("Requests of other sites are not answered.")
        if not _is_small(headers.get("content-length", "0")):
            return PlainTextResponse("That is too much at once.", 413)
        if self._shows_token(scope):
            return None
        if headers.get("sec-fetch-site", "none") not in ("same-origin", "none"):
            return _no("Requests of other sites are not answered.")
        if not secrets.compare_digest(self._shown(headers), self.token):
            return _no("Open the address that fdb web has printed: it holds the token that is missing here.")
        return None

    def _shows_token(self, scope: Scope) -> bool:
        """Whether it is the page's address with the token in it."""
        given = parse_qs(scope["query_string"].decode("latin-1")).get("token", [""])[0]
        return scope["path"] == "/" and scope["method"] == "GET" and _same(given, self.token)

    def _shown(self, headers: Headers) -> str:
        """The token that the cookie holds."""
        try:
            found = SimpleCookie(headers.get("cookie", "")).get(self.cookie)
        except CookieError:
            return ""
        return "" if found is None or not found.value.isascii() else found.value

    def _handing_over(self, scope: Scope) -> Response | None:
        """What moves the token from the address to the cookie, where it is there."""
        if not self._shows_token(scope):
            return None
        answer = RedirectResponse("/", 303)
        answer.set_cookie(self.cookie, self.token, httponly=True, samesite="strict", path="/")
        return answer


def _same(given: str, token: str) -> bool:
    return given.isascii() and secrets.compare_digest(given, token)


def _is_small(length: str) -> bool:
    return length.isdigit() and len(length) < 12 and int(length) <= LARGEST_BODY


def _no(reason: str) -> Response:
    return PlainTextResponse(reason, 403)
