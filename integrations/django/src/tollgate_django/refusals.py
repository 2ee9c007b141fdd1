"""Refusals: what a stranger is told, and what the operator reads of it."""

from __future__ import annotations

import logging
import time
from collections.abc import Awaitable, Callable, MutableMapping
from enum import Enum
from typing import Any

logger = logging.getLogger("tollgate_django")

# For each fault, so that strangers who knock cannot drown the notice that the gateway's key is wrong.
SECONDS_BETWEEN_NOTICES = 60.0

# Neither the name of the header field nor what was wrong: that is for the log. Not 401, to which MCP clients and browsers
# answer with a sign-in that would lead nowhere.
_STATUS = 403
_BODY = b"This server answers only to the gateway before it. Use the gateway's URL.\n"
_POLICY_VIOLATION = 1008


class Fault(Enum):
    """Why a request is refused, in words for the operator."""

    NO_KEY = (
        "it shows no Tollgate-Key. Somebody knocks here without the gateway, or the gateway's record of this server "
        'lacks "headers": {"tollgate-key": …}'
    )
    SEVERAL_KEYS = "it shows more than one Tollgate-Key. Something on the way adds one of its own"
    NOT_LIVE = "its Tollgate-Key is not live here. Somebody guesses, or the gateway has a key that TOLLGATE_ORIGIN_KEYS does not hold"


class Notices:
    """Warnings in the log: of each fault at most one a minute, with how many came unmentioned before it."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._silent_until: dict[Fault, float] = {}
        self._unmentioned: dict[Fault, int] = {}

    def give(self, fault: Fault, client: object) -> None:
        """Has the log say that a request was refused, unless it just has."""
        now = self._clock()
        if now < self._silent_until.get(fault, now):
            self._unmentioned[fault] = self._unmentioned.get(fault, 0) + 1
            return
        self._silent_until[fault] = now + SECONDS_BETWEEN_NOTICES
        unmentioned = self._unmentioned.pop(fault, 0)
        more = f" {unmentioned} more like it came since the last notice." if unmentioned else ""
        logger.warning("Refused a request from %s: %s.%s", _address(client), fault.value, more)


async def refuse(kind: str, send: Callable[[MutableMapping[str, Any]], Awaitable[None]]) -> None:
    """Answers at once. The body of the request is never asked for; a websocket is closed before it is accepted."""
    if kind == "websocket":
        await send({"type": "websocket.close", "code": _POLICY_VIOLATION})
        return
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(_BODY)).encode("ascii")),
        (b"cache-control", b"no-store"),
    ]
    await send({"type": "http.response.start", "status": _STATUS, "headers": headers})
    await send({"type": "http.response.body", "body": _BODY})


def _address(client: object) -> str:
    """The host of ASGI's `client`, a pair or nothing; quoted, since a proxy may have named it."""
    return repr(client[0]) if isinstance(client, (tuple, list)) and client else "an address that the server does not tell"
