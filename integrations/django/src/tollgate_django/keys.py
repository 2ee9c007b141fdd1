"""The keys that open an origin: one, or two while it is being changed. Only their digests are kept."""

from __future__ import annotations

import hmac
import os
import secrets
from hashlib import sha256
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

# The environment, and not Django's settings: mcp-django has a tool that reads those out to agents.
VARIABLE = "TOLLGATE_ORIGIN_KEYS"
SHORTEST = 32
MOST = 2

_ADVICE = f"A good key: `python -m tollgate_django key`. {VARIABLE} holds one, or `NEW,OLD` while it is being changed."


class BadKeys(ValueError):
    """Keys that nothing can be locked with. The message says why and what to do; it never holds a key."""


def new_key() -> str:
    """A key of 256 random bits, in characters that any header field and any shell takes as they are."""
    return secrets.token_urlsafe(32)


class Keys:
    """The live keys of an origin."""

    __slots__ = ("_digests",)

    def __init__(self, keys: Iterable[str]) -> None:
        """Takes the keys themselves, or a string that holds them with commas between."""
        live = [key.strip(" \t\r\n") for key in (keys.split(",") if isinstance(keys, str) else keys)]
        if live in ([], [""]):
            raise BadKeys(f"There is no key, and without one nobody could be told from the gateway. {_ADVICE}")
        if len(live) > MOST:
            raise BadKeys(f"There are {len(live)} keys; at most {MOST} are live at once, the new one and the old. {_ADVICE}")
        for place, key in enumerate(live, start=1):
            _check(key, f"Key {place} of {len(live)}" if len(live) > 1 else "The key")
        if len(set(live)) < len(live):
            raise BadKeys(f"Both keys are the same, so that taking one away would change nothing. {_ADVICE}")
        self._digests = tuple(sha256(key.encode("ascii")).digest() for key in live)

    @classmethod
    def from_environment(cls) -> Keys:
        """The keys that the environment names."""
        given = os.environ.get(VARIABLE)
        if given is None:
            raise BadKeys(f"{VARIABLE} is not set, and without a key nobody could be told from the gateway. {_ADVICE}")
        return cls(given)

    def __len__(self) -> int:
        return len(self._digests)

    def hold(self, shown: bytes) -> bool:
        """Whether this is a live key. Each is compared, whole, whatever the others said: time tells nothing of them."""
        digest = sha256(shown).digest()
        held = False
        for live in self._digests:
            held |= hmac.compare_digest(digest, live)
        return held


def _check(key: str, which: str) -> None:
    if key == "":
        raise BadKeys(f"{which} is empty: a comma stands there that separates nothing. {_ADVICE}")
    if not all("\x21" <= character <= "\x7e" and character != "," for character in key):
        raise BadKeys(f"{which} has characters that are not visible ASCII, or a comma in it. {_ADVICE}")
    if len(key) < SHORTEST:
        raise BadKeys(f"{which} has {len(key)} characters; it needs {SHORTEST}, so that nobody guesses it. {_ADVICE}")
