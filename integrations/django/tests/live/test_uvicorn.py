"""The guard on a real server: over sockets, with repeated fields, bodies, streams and websockets."""

from __future__ import annotations

import json
import socket
import unittest
from contextlib import ExitStack
from typing import ClassVar

from .serving import KEY, OLD, Server, serving

SHOWN = ("tollgate-key", KEY)
WEBSOCKET = [
    ("upgrade", "websocket"),
    ("connection", "Upgrade"),
    ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
    ("sec-websocket-version", "13"),
]


class OnUvicorn(unittest.TestCase):
    server: ClassVar[Server]

    @classmethod
    def setUpClass(cls) -> None:
        stack = ExitStack()
        cls.addClassCleanup(stack.close)
        starting = serving("-m", "uvicorn", "application:application", "--port", "0", TOLLGATE_ORIGIN_KEYS=f"{KEY},{OLD}")
        cls.server = stack.enter_context(starting)

    def came(self) -> list[str]:
        """The paths of those whom the application has met, this question among them."""
        return list(json.loads(self.server.ask("GET", SHOWN, path="/asked").text)["came"])

    def test_both_live_keys_open_and_the_application_does_not_see_them(self) -> None:
        for key in [KEY, OLD]:
            answer = self.server.ask("GET", ("Tollgate-Key", key), ("authorization", "Bearer of-the-application"))
            self.assertEqual(answer.status, 200)
            self.assertNotIn(key, answer.text)
            self.assertNotIn("tollgate-key", answer.text.lower())
            self.assertIn("Bearer of-the-application", answer.text)

    def test_nobody_else_gets_in_and_the_application_does_not_hear_of_it(self) -> None:
        refused = [[], [("tollgate-key", "x" * 36)], [SHOWN, SHOWN], [SHOWN, ("tollgate-key", OLD)], [("authorization", f"Bearer {KEY}")]]
        for fields in refused:
            for method in ["GET", "HEAD", "POST", "DELETE", "OPTIONS"]:
                answer = self.server.ask(method, *fields, path="/refused")
                self.assertEqual(answer.status, 403, (method, fields))
                self.assertNotIn("www-authenticate", answer.headers)
        self.assertNotIn("/refused", self.came())
        log = self.server.log.read_text()
        self.assertIn("Refused a request from '127.0.0.1'", log)
        self.assertNotIn(KEY, log)

    def test_who_is_refused_hears_so_before_a_body_is_sent(self) -> None:
        with socket.create_connection(("127.0.0.1", self.server.port), timeout=30) as connection:
            connection.sendall(b"POST /refused HTTP/1.1\r\nhost: x\r\ncontent-length: 1000000000\r\n\r\n")
            self.assertTrue(connection.recv(65536).startswith(b"HTTP/1.1 403 "))

    def test_a_websocket_is_refused_without_a_key_and_opened_with_one(self) -> None:
        self.assertEqual(self.server.ask("GET", *WEBSOCKET, path="/socket").status, 403)
        self.assertNotIn("/socket", self.came())
        self.assertEqual(self.server.ask("GET", *WEBSOCKET, SHOWN, path="/socket").status, 101)

    def test_events_pass_one_by_one_and_that_the_client_leaves_is_heard(self) -> None:
        connection = self.server.connect()
        connection.request("GET", "/stream", headers={"tollgate-key": KEY})
        response = connection.getresponse()
        # The application waits with everything else until we are gone.
        self.assertEqual(response.read1(65536), b"data: first\n\n")
        connection.close()
