"""The application: the page's files, and the answers of the route table, behind the gate.

The files are those that the package has, read once by name: there is no path that a request could lead out of a
folder with.  Answers are worked out in threads, so that a stop is heard while a statement runs.
"""

from __future__ import annotations

import json
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, Final

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from foundrydb.errors import Error
from foundrydb.tools.web.asks import Ask, BadAsk, Forgotten
from foundrydb.tools.web.databases import Busy
from foundrydb.tools.web.gate import LARGEST_BODY, Gate
from foundrydb.tools.web.looking import problem_object
from foundrydb.tools.web.routes import ROUTES, Answer, Desk

TYPES: Final = {
    ".html": "text/html",
    ".js": "text/javascript",
    ".css": "text/css",
    ".svg": "image/svg+xml",
}
"""What each kind of file is told to be."""


def application(desk: Desk, port: int) -> Gate:
    """The page's server, for the port that it will listen on."""
    assets = read_assets()

    async def asset(request: Request) -> Response:
        name = request.path_params.get("name") or "index.html"
        if name not in assets:
            return Response("There is no such file.", 404, media_type="text/plain")
        return Response(assets[name], media_type=TYPES[name[name.rindex(".") :]])

    async def api(request: Request) -> Response:
        answer = ROUTES.get(request.path_params["name"])
        if answer is None:
            return _json({"message": "there is no such question"}, 404)
        if request.headers.get("content-type", "").partition(";")[0] != "application/json":
            return _json({"message": "this is no JSON"}, 415)
        try:
            body = await _body(request)
        except ClientDisconnect:
            return Response(status_code=400)
        return await run_in_threadpool(answered, desk, answer, body)

    routes = [
        Route("/", asset),
        Route("/api/{name}", api, methods=["POST"]),
        Route("/{name:path}", asset),
    ]
    return Gate(Starlette(routes=routes), port)


def answered(desk: Desk, answer: Answer, body: bytes | None) -> Response:
    """The answer to a request, whatever goes wrong."""
    try:
        if body is None:
            return _json({"message": "that is too much at once"}, 413)
        return _json(answer(desk, Ask(body)))
    except BadAsk as problem:
        return _json({"message": str(problem)}, 400)
    except Forgotten as problem:
        return _json({"message": str(problem)}, 404)
    except Busy:
        return _json({"busy": True})
    except Error as problem:
        return _json({"problem": problem_object(problem)})
    except OSError as failure:
        return _json({"problem": {"message": failure.strerror or str(failure), "start": -1, "end": -1}})


async def _body(request: Request) -> bytes | None:
    """The body; None where it is too large, whatever its header says."""
    parts: list[bytes] = []
    size = 0
    async for part in request.stream():
        size += len(part)
        if size > LARGEST_BODY:
            return None
        parts.append(part)
    return b"".join(parts)


def _json(document: dict[str, Any], status: int = 200) -> Response:
    return Response(json.dumps(document), status, media_type="application/json")


def read_assets() -> dict[str, bytes]:
    """The page's files by the names that they have in addresses."""
    found: dict[str, bytes] = {}
    waiting: list[tuple[str, Traversable]] = [("", files("foundrydb.tools.web").joinpath("assets"))]
    while waiting:
        prefix, folder = waiting.pop()
        for entry in folder.iterdir():
            if entry.is_dir():
                waiting.append((f"{prefix}{entry.name}/", entry))
            elif entry.name[entry.name.rfind(".") :] in TYPES:
                found[prefix + entry.name] = entry.read_bytes()
    return found
