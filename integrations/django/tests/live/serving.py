"""A server in a process of its own, and raw HTTP towards it."""

from __future__ import annotations

import http.client
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Path(__file__).parent
SECONDS_TO_START = 60
KEY, OLD = "new-" + "n" * 32, "old-" + "o" * 32
JSON = {"content-type": "application/json", "accept": "application/json, text/event-stream"}


@dataclass
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    text: str

    @property
    def message(self) -> Any:
        """The JSON-RPC message in it, whether it came as JSON or as the one event of a stream."""
        events = re.findall(r"^data: (\{.*)$", self.text, re.MULTILINE)
        return json.loads(events[-1] if events else self.text)


@dataclass
class Server:
    """A server that listens, and the file that it logs to."""

    port: int
    log: Path

    def connect(self) -> http.client.HTTPConnection:
        """A connection of one's own, for what `ask` is too good for."""
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)

    def ask(self, method: str, *fields: tuple[str, str], body: str | None = None, path: str = "/mcp") -> Answer:
        """Sends one request, with fields that may come repeatedly."""
        connection = self.connect()
        connection.putrequest(method, path)
        for name, value in fields:
            connection.putheader(name, value)
        if body is not None:
            connection.putheader("content-length", str(len(body.encode())))
        connection.endheaders(body.encode() if body is not None else None)
        response = connection.getresponse()
        answer = Answer(response.status, {name.lower(): value for name, value in response.getheaders()}, response.read().decode())
        connection.close()
        return answer


@contextmanager
def serving(*command: str, **variables: str) -> Iterator[Server]:
    """Starts `python COMMAND…` with these variables, and waits until uvicorn says where it listens."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("TOLLGATE_", "FASTMCP_", "DJANGO_"))}
    quiet = {"FASTMCP_SHOW_SERVER_BANNER": "false", "FASTMCP_CHECK_FOR_UPDATES": "off", "PYTHONDONTWRITEBYTECODE": "1"}
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder, "log")
        with log.open("w") as out:
            process = subprocess.Popen([sys.executable, *command], cwd=HERE, env={**kept, **quiet, **variables}, stdout=out, stderr=out)
        try:
            yield Server(_port(process, log), log)
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _port(process: subprocess.Popen[bytes], log: Path) -> int:
    for _ in range(SECONDS_TO_START * 20):
        found = re.search(r"Uvicorn running on http://127\.0\.0\.1:(\d+)", log.read_text())
        if found:
            return int(found[1])
        if process.poll() is not None:
            break
        time.sleep(0.05)
    raise AssertionError(f"{process.args!r} did not start:\n{log.read_text()}")
