"""Which keys a guard takes, and which it refuses to start with."""

from __future__ import annotations

import gc
import os
import unittest
from unittest.mock import patch

from tollgate_django import BadKeys, Guard, new_key
from tollgate_django.keys import VARIABLE, Keys

NEW, OLD = "new-" + "n" * 32, "old-" + "o" * 32


async def nothing(*_: object) -> None:
    """An application that nobody reaches here."""


class LiveKeys(unittest.TestCase):
    def test_one_key_opens_and_nothing_else_does(self) -> None:
        keys = Keys(NEW)
        self.assertTrue(keys.hold(NEW.encode()))
        for other in [b"", OLD.encode(), NEW.upper().encode(), NEW[:-1].encode(), NEW.encode() + b" ", b"\xff" * 40]:
            self.assertFalse(keys.hold(other), other)

    def test_two_keys_both_open(self) -> None:
        for given in [f"{NEW},{OLD}", f" {NEW} , {OLD}\n", [NEW, OLD]]:
            keys = Keys(given)
            self.assertEqual(len(keys), 2)
            self.assertTrue(keys.hold(NEW.encode()) and keys.hold(OLD.encode()))
            self.assertFalse(keys.hold(f"{NEW},{OLD}".encode()), "both at once are no key")

    def test_every_live_key_is_compared_though_the_first_one_fits(self) -> None:
        keys = Keys([NEW, OLD])
        with patch("tollgate_django.keys.hmac.compare_digest", return_value=True) as compared:
            keys.hold(NEW.encode())
        self.assertEqual(compared.call_count, 2)

    def test_a_made_key_is_one_that_a_guard_takes_and_each_is_another(self) -> None:
        made = {new_key() for _ in range(100)}
        self.assertEqual(len(made), 100)
        for key in made:
            self.assertTrue(Keys(key).hold(key.encode()))

    def test_the_keys_themselves_are_not_kept(self) -> None:
        key = new_key()
        guard = Guard(nothing, key)
        seen, waiting = set(), [guard]
        while waiting:
            thing = waiting.pop()
            if id(thing) in seen or isinstance(thing, type) or (callable(thing) and thing is not guard):
                continue
            seen.add(id(thing))
            self.assertNotIn(thing, (key, key.encode()))
            waiting.extend(gc.get_referents(thing))


class KeysThatAreRefused(unittest.TestCase):
    def refused(self, given: object, why: str) -> None:
        with self.assertRaisesRegex(BadKeys, why) as caught:
            Guard(nothing, given)  # type: ignore[arg-type]
        said = str(caught.exception)
        self.assertIn("python -m tollgate_django key", said)
        for key in [NEW, OLD]:
            self.assertNotIn(key, said, "an error is no place for a key")

    def test_none_at_all(self) -> None:
        for given in ["", "  ", [], [""]]:
            self.refused(given, "There is no key")

    def test_none_in_the_environment(self) -> None:
        with patch.dict(os.environ):
            os.environ.pop(VARIABLE, None)
            self.refused(None, "TOLLGATE_ORIGIN_KEYS is not set")
            os.environ[VARIABLE] = ""
            self.refused(None, "There is no key")
            os.environ[VARIABLE] = NEW
            Guard(nothing)

    def test_three(self) -> None:
        self.refused(f"{NEW},{OLD},{NEW}x", "There are 3 keys; at most 2")

    def test_short_ones(self) -> None:
        self.refused("x" * 31, "The key has 31 characters; it needs 32")
        self.refused(f"{NEW},short", "Key 2 of 2 has 5 characters")

    def test_empty_ones_beside_others(self) -> None:
        self.refused(f"{NEW},", "Key 2 of 2 is empty")
        self.refused(f",{OLD}", "Key 1 of 2 is empty")

    def test_what_no_header_field_takes(self) -> None:
        for odd in ["é", " ", "\x00", "\n", "\x7f", "\u2028"]:
            self.refused([NEW + odd + NEW], "not visible ASCII")
        self.refused([f"{NEW},{OLD}"], "a comma")

    def test_the_same_one_twice(self) -> None:
        self.refused(f"{NEW},{NEW}", "Both keys are the same")
