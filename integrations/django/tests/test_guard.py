"""What passes the guard and what does not, over raw ASGI."""

from __future__ import annotations

import unittest
from typing import Any

from tollgate_django import Guard
from tollgate_django.guard import Message, Receive, Scope, Send

NEW, OLD = "new-" + "n" * 32, "old-" + "o" * 32
HOST = (b"host", b"shop.example")


class Behind:
    """An application that remembers who came."""

    def __init__(self) -> None:
        self.scopes: list[Scope] = []

    async def __call__(self, scope: Scope, _: Receive, send: Send) -> None:
        self.scopes.append(scope)
        await send({"type": "of.the.application"})


class GuardTest(unittest.IsolatedAsyncioTestCase):
    def setUp(self) -> None:
        self.behind = Behind()
        self.guard = Guard(self.behind, [NEW, OLD])
        self.asked = 0

    async def knock(self, *headers: tuple[bytes, bytes], kind: str = "http", **more: Any) -> list[Message]:
        """Gives what is sent to whoever knocks."""
        sent: list[Message] = []

        async def receive() -> Message:
            self.asked += 1
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: Message) -> None:
            sent.append(message)

        await self.guard({"type": kind, "headers": [HOST, *headers], "client": ("192.0.2.7", 50000), **more}, receive, send)
        return sent

    def assert_refused(self, sent: list[Message]) -> None:
        self.assertEqual([message["type"] for message in sent], ["http.response.start", "http.response.body"])
        start, body = sent
        self.assertEqual(start["status"], 403)
        headers = dict(start["headers"])
        self.assertEqual(headers[b"content-type"], b"text/plain; charset=utf-8")
        self.assertEqual(headers[b"content-length"], str(len(body["body"])).encode())
        self.assertNotIn(b"www-authenticate", headers, "nobody is asked to sign in")
        self.assertIn(b"gateway", body["body"])
        self.assertNotIn(b"tollgate-key", body["body"].lower(), "a stranger need not know what is missing")
        self.assertEqual(self.behind.scopes, [], "the application hears nothing of it")
        self.assertEqual(self.asked, 0, "the body is not asked for")


class WhoGetsIn(GuardTest):
    async def test_who_shows_the_new_key_or_the_old_one(self) -> None:
        for key in [NEW, OLD]:
            for name in [b"tollgate-key", b"Tollgate-Key"]:
                self.assertEqual(await self.knock((name, key.encode())), [{"type": "of.the.application"}])

    async def test_a_websocket_that_shows_a_key(self) -> None:
        self.assertEqual(await self.knock((b"tollgate-key", NEW.encode()), kind="websocket"), [{"type": "of.the.application"}])

    async def test_the_application_sees_everything_but_the_key(self) -> None:
        others = [(b"authorization", b"Bearer mine"), (b"x-a", b"1"), (b"x-a", b"2"), (b"tollgate-keys", b"not it")]
        await self.knock(others[0], (b"tollgate-key", NEW.encode()), *others[1:], path="/mcp", state={"a": 1})
        (scope,) = self.behind.scopes
        self.assertEqual(scope["headers"], [HOST, *others])
        self.assertEqual((scope["type"], scope["path"], scope["state"]), ("http", "/mcp", {"a": 1}))
        self.assertNotIn(NEW, repr(scope))

    async def test_the_servers_own_scope_stays_as_it_was(self) -> None:
        scope = {"type": "http", "headers": [(b"tollgate-key", NEW.encode())], "client": None}

        async def send(_: Message) -> None: ...

        await self.guard(scope, send, send)  # type: ignore[arg-type]
        self.assertEqual(scope["headers"], [(b"tollgate-key", NEW.encode())])

    async def test_the_lifespan_passes(self) -> None:
        await self.knock(kind="lifespan")
        self.assertEqual(self.behind.scopes[0]["type"], "lifespan")


class WhoDoesNot(GuardTest):
    async def test_who_shows_no_key(self) -> None:
        self.assert_refused(await self.knock())
        self.assert_refused(await self.knock((b"authorization", f"Bearer {NEW}".encode()), (b"tollgate_key", NEW.encode())))

    async def test_who_shows_a_key_that_is_not_live(self) -> None:
        for value in [b"", b"x" * 40, NEW.encode() + b"x", NEW.lower().encode()[:-1], b"Bearer " + NEW.encode(), b"\xff\x00"]:
            self.assert_refused(await self.knock((b"tollgate-key", value)))

    async def test_who_shows_several_though_each_is_live(self) -> None:
        new, old = (b"tollgate-key", NEW.encode()), (b"TOLLGATE-KEY", OLD.encode())
        for headers in [(new, new), (new, old), (new, (b"tollgate-key", b"")), ((b"tollgate-key", b"x"), new)]:
            self.assert_refused(await self.knock(*headers))
        self.assert_refused(await self.knock((b"tollgate-key", f"{NEW}, {OLD}".encode())))

    async def test_every_method_and_path(self) -> None:
        for method in ["GET", "HEAD", "OPTIONS", "POST", "DELETE"]:
            for path in ["/", "/mcp", "/healthz", "/.well-known/oauth-protected-resource"]:
                self.assert_refused(await self.knock(method=method, path=path))

    async def test_a_websocket_without_a_key_is_closed_before_it_is_accepted(self) -> None:
        self.assertEqual(await self.knock(kind="websocket"), [{"type": "websocket.close", "code": 1008}])
        self.assertEqual((self.behind.scopes, self.asked), ([], 0))

    async def test_connections_of_a_kind_that_is_not_known_though_they_show_a_key(self) -> None:
        with self.assertRaisesRegex(RuntimeError, "'webtransport'"):
            await self.knock((b"tollgate-key", NEW.encode()), kind="webtransport")
        self.assertEqual(self.behind.scopes, [])

    async def test_after_the_rotation_the_old_key_is_refused(self) -> None:
        self.guard = Guard(self.behind, NEW)
        self.assert_refused(await self.knock((b"tollgate-key", OLD.encode())))
        self.assertEqual(await self.knock((b"tollgate-key", NEW.encode())), [{"type": "of.the.application"}])


class WhatTheOperatorReads(GuardTest):
    async def test_a_warning_that_says_why_without_any_key(self) -> None:
        with self.assertLogs("tollgate_django", "WARNING") as log:
            await self.knock()
            await self.knock((b"tollgate-key", b"guessed-" * 5))
            await self.knock((b"tollgate-key", NEW.encode()), (b"tollgate-key", OLD.encode()))
        self.assertEqual(len(log.output), 3)
        for said, why in zip(log.output, ["no Tollgate-Key", "not live here", "more than one"], strict=True):
            self.assertIn(why, said)
            self.assertIn("'192.0.2.7'", said)
            for key in [NEW, OLD, "guessed-"]:
                self.assertNotIn(key, said)

    async def test_once_a_minute_for_each_fault_and_how_many_went_unmentioned(self) -> None:
        now = 1000.0
        self.guard._notices._clock = lambda: now
        with self.assertLogs("tollgate_django", "WARNING") as log:
            for _ in range(500):
                await self.knock()
            await self.knock((b"tollgate-key", b"x"))
            self.assertEqual(len(log.output), 2)
            now += 60
            await self.knock()
            await self.knock()
        self.assertEqual(len(log.output), 3)
        self.assertIn("499 more like it", log.output[2])

    async def test_a_client_that_is_not_known_and_one_that_a_proxy_has_named(self) -> None:
        with self.assertLogs("tollgate_django", "WARNING") as log:
            await self.knock(client=None)
            await self.knock((b"tollgate-key", b"x"), client=("a\nb", 0))
        self.assertIn("does not tell", log.output[0])
        self.assertNotIn("\n", log.output[1])
