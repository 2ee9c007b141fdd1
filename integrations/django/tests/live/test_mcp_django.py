"""mcp-django behind the guard answers as mcp-django does, and runs nothing for anybody but the gateway."""

from __future__ import annotations

import json
import tempfile
import unittest
from contextlib import ExitStack
from pathlib import Path
from typing import Any, ClassVar

from .serving import JSON, KEY, OLD, Answer, Server, serving

SETTINGS = ["--settings", "project.settings", "--pythonpath", "."]
PLAIN = ["-m", "mcp_django", *SETTINGS, "--transport", "http", "--port", "0"]
GUARDED = ["-m", "tollgate_django", "serve", *SETTINGS, "--port", "0"]
FOR_OTHER_SERVERS = ["-m", "uvicorn", "tollgate_django.asgi:application", "--app-dir", ".", "--port", "0"]

LEGACY, MODERN = "2025-11-25", "2026-07-28"
CLIENT = {"name": "tests", "version": "1"}
ABOUT = {
    "io.modelcontextprotocol/protocolVersion": MODERN,
    "io.modelcontextprotocol/clientInfo": CLIENT,
    "io.modelcontextprotocol/clientCapabilities": {},
}
HELLO = {"protocolVersion": LEGACY, "capabilities": {}, "clientInfo": CLIENT}
ASKED: list[tuple[str, dict[str, Any]]] = [
    ("tools/list", {}),
    ("resources/list", {}),
    ("resources/templates/list", {}),
    ("prompts/list", {}),
    ("resources/read", {"uri": "django://project/apps"}),
    ("tools/call", {"name": "management_execute_command", "arguments": {"command": "check"}}),
    ("tools/call", {"name": "shell_execute", "arguments": {"code": "print(6 * 7)"}}),
    ("tools/call", {"name": "shell_execute", "arguments": {}}),
    ("tools/call", {"name": "nothing", "arguments": {}}),
    ("no/method", {}),
]


def post(server: Server, key: str | None, method: str, params: dict[str, Any], *more: tuple[str, str], version: str = LEGACY) -> Answer:
    """One message, as a client of that version writes it."""
    if version == MODERN:
        params = {**params, "_meta": ABOUT}
        name = params.get("name") or params.get("uri")
        more = (*more, ("mcp-method", method), *([("mcp-name", name)] if name else []))
    fields = [*JSON.items(), ("mcp-protocol-version", version), *([("tollgate-key", key)] if key else []), *more]
    return server.ask("POST", *fields, body=json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}))


def session(server: Server, key: str | None) -> list[tuple[str, str]]:
    """Begins a session; gives the field that names it, if the server has sessions."""
    hello = post(server, key, "initialize", HELLO)
    assert hello.status == 200, hello
    began = hello.headers.get("mcp-session-id")
    return [("mcp-session-id", began)] if began else []


def conversation(server: Server, key: str | None) -> list[Any]:
    """All that is asked, in both eras, and what is answered, less what no two answers share."""
    heard = [_kept(post(server, key, "initialize", HELLO))]
    began = session(server, key)
    for method, params in ASKED:
        heard.append((method, params, _kept(post(server, key, method, params, *began))))
        heard.append((method, params, _kept(post(server, key, method, params, version=MODERN))))
    heard.append(_kept(post(server, key, "ping", {}, ("mcp-session-id", "0" * 32))))
    shown = [("tollgate-key", key)] if key else []
    heard.append(_kept(server.ask("POST", *shown, body="{}")))
    heard.append(_kept(server.ask("POST", *shown, *JSON.items(), body="[")))
    heard.append(_kept(server.ask("GET", *shown, path="/elsewhere")))
    heard.append(_kept(server.ask("DELETE", *shown, *began, ("mcp-protocol-version", LEGACY))))
    return heard


def _kept(answer: Answer) -> Any:
    headers = {name: value for name, value in answer.headers.items() if name not in ("date", "mcp-session-id", "content-length")}
    try:
        said = answer.message
        for result in [said.get("result"), said.get("error")]:
            if isinstance(result, dict):
                result.pop("_meta", None)
    except ValueError:
        said = answer.text
    return answer.status, headers, said, "mcp-session-id" in answer.headers


class TheSameAsWithout(unittest.TestCase):
    maxDiff = 4000

    def compare(self, command: list[str], **variables: str) -> list[Any]:
        project = {"DJANGO_SETTINGS_MODULE": "project.settings", **variables}
        with serving(*PLAIN, **project) as plain, serving(*command, TOLLGATE_ORIGIN_KEYS=KEY, **project) as guarded:
            expected, heard = conversation(plain, None), conversation(guarded, KEY)
        for without, within in zip(expected, heard, strict=True):
            self.assertEqual(within, without)
        # It was a conversation, and no list of refusals.
        tools = [answer[2]["result"]["tools"] for method, _, answer in heard[1:3] if method == "tools/list"]
        self.assertEqual([len(listed) for listed in tools], [13, 13])
        return heard

    def test_in_both_eras_the_same_tools_the_same_answers_and_the_same_errors(self) -> None:
        self.compare(GUARDED)

    def test_without_sessions(self) -> None:
        heard = self.compare(GUARDED, FASTMCP_STATELESS_HTTP="true")
        self.assertFalse(heard[0][3], "the switch was heeded: no session began")

    def test_with_answers_in_json(self) -> None:
        heard = self.compare(GUARDED, FASTMCP_JSON_RESPONSE="true")
        self.assertEqual(heard[0][1]["content-type"], "application/json", "the switch was heeded")

    def test_on_another_server_through_the_application(self) -> None:
        self.compare(FOR_OTHER_SERVERS)


class Locked(unittest.TestCase):
    server: ClassVar[Server]
    folder: ClassVar[Path]

    @classmethod
    def setUpClass(cls) -> None:
        stack = ExitStack()
        cls.addClassCleanup(stack.close)
        cls.folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        cls.server = stack.enter_context(serving(*GUARDED, "--path", "/inner/mcp", TOLLGATE_ORIGIN_KEYS=f"{KEY},{OLD}"))

    def call(self, code: str, *more: tuple[str, str], key: str | None = None) -> Answer:
        fields = [*JSON.items(), ("mcp-protocol-version", MODERN), ("mcp-method", "tools/call"), ("mcp-name", "shell_execute"), *more]
        if key is not None:
            fields.append(("tollgate-key", key))
        params = {"name": "shell_execute", "arguments": {"code": code}, "_meta": ABOUT}
        body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params})
        return self.server.ask("POST", *fields, body=body, path="/inner/mcp")

    def test_a_call_runs_with_either_key_and_for_nobody_else(self) -> None:
        def mark(name: str) -> str:
            return f"open({str(self.folder / name)!r}, 'w').close()"

        self.assertEqual(self.call(mark("with-the-new-key"), key=KEY).status, 200)
        self.assertEqual(self.call(mark("with-the-old-key"), key=OLD).status, 200)
        shown = ("tollgate-key", KEY)
        for name, more in {"none": [], "wrong": [("tollgate-key", "w" * 40)], "twice": [shown, shown]}.items():
            self.assertEqual(self.call(mark(name), *more).status, 403)
        # What was refused is not only late: a call after them has its mark.
        self.call(mark("last"), key=KEY)
        self.assertEqual({path.name for path in self.folder.iterdir()}, {"with-the-new-key", "with-the-old-key", "last"})

    def test_code_that_an_agent_runs_finds_no_key_in_headers_or_environment(self) -> None:
        code = (
            "import os, subprocess, sys\n"
            "from fastmcp.server.dependencies import get_http_headers\n"
            "print(get_http_headers(include_all=True), dict(os.environ))\n"
            "print(subprocess.run([sys.executable, '-c', 'import os; print(os.environ)'], capture_output=True, text=True).stdout)\n"
        )
        said = self.call(code, key=KEY).text
        self.assertIn("mcp-method", said)
        self.assertIn("PYTHONDONTWRITEBYTECODE", said)
        for hidden in [KEY, OLD, "TOLLGATE"]:
            self.assertNotIn(hidden, said)


class Rotated(unittest.TestCase):
    def test_once_only_the_new_key_is_live_the_old_one_is_refused(self) -> None:
        with serving(*GUARDED, "--debug", TOLLGATE_ORIGIN_KEYS=KEY) as server:
            self.assertEqual(post(server, OLD, "tools/list", {}, version=MODERN).status, 403)
            self.assertEqual(post(server, KEY, "tools/list", {}, version=MODERN).status, 200)
            log = server.log.read_text()
        self.assertIn("DEBUG", log)
        for hidden in [KEY, OLD]:
            self.assertNotIn(hidden, log, "a log, however wordy, holds no key")
