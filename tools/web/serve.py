"""Starting and ending: a socket on the loopback interface, the printed address, the browser."""

from __future__ import annotations

import socket
import sys
import webbrowser
from typing import Final

import uvicorn

from foundrydb.errors import error
from foundrydb.tools.web.app import application
from foundrydb.tools.web.databases import Databases
from foundrydb.tools.web.routes import Desk

LOOPBACK: Final = "127.0.0.1"


def serve(path: str, writable: bool, port: int, browser: bool) -> None:
    """Serve the page until Ctrl+C.

    Args:
        path: of the database; "" for the sample.
        port: to listen on; 0 for any that is free.
        browser: open one.

    Raises:
        Error: the file is not there, or the port is taken.
    """
    listener = _listen(port)
    desk = Desk(Databases(path, writable))
    try:
        number = listener.getsockname()[1]
        gate = application(desk, number)
        address = f"http://{LOOPBACK}:{number}/?token={gate.token}"
        mode = "" if writable or not path else ", for reading only (--write allows changes)"
        print(f"{desk.databases.file.title}{mode}\n{address}\nCtrl+C ends it.", flush=True)
        desk.warm_up()
        if browser:
            webbrowser.open(address)
        settings = uvicorn.Config(
            gate, log_level="warning", access_log=False, lifespan="off", server_header=False, ws="none",
            timeout_graceful_shutdown=1,
        )  # fmt: skip
        uvicorn.Server(settings).run(sockets=[listener])
    except KeyboardInterrupt:
        print(file=sys.stderr)
    finally:
        desk.close()
        listener.close()


def _listen(port: int) -> socket.socket:
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((LOOPBACK, port))
        listener.listen(64)  # whoever is told the address may connect at once
    except OSError as failure:
        listener.close()
        raise error(f"port {port} cannot be listened on: {failure.strerror}") from None
    return listener
