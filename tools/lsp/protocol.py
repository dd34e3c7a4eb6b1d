"""The protocol as the server speaks it: a request that makes no sense gets its answer, too."""

from __future__ import annotations

from typing import Any

from pygls.exceptions import JsonRpcException
from pygls.protocol import LanguageServerProtocol


class SqlProtocol(LanguageServerProtocol):
    """The protocol, with an answer to requests whose parameters are none."""

    def structure_message(self, data: dict[str, Any]) -> Any:
        """A message of the client's as an object.

        Raises:
            JsonRpcException: it is none; where it is a request the client has been told.
        """
        try:
            return super().structure_message(data)
        except JsonRpcException as problem:
            if "id" in data and "method" in data:
                self._send_response(data["id"], error=problem.to_response_error())
            raise
