"""The command line: what it makes, and what it does not start without."""

from __future__ import annotations

import os
import subprocess
import sys
import unittest

from tollgate_django.keys import Keys

KEY = "k" * 32


def run(*arguments: str, keys: str | None = None) -> subprocess.CompletedProcess[str]:
    env = {name: value for name, value in os.environ.items() if name not in ("TOLLGATE_ORIGIN_KEYS", "DJANGO_SETTINGS_MODULE")}
    if keys is not None:
        env["TOLLGATE_ORIGIN_KEYS"] = keys
    return subprocess.run([sys.executable, *arguments], env=env, capture_output=True, text=True, timeout=60)


class CommandLine(unittest.TestCase):
    def test_key_prints_a_key_that_a_guard_takes(self) -> None:
        made = run("-m", "tollgate_django", "key")
        self.assertEqual((made.returncode, made.stderr), (0, ""))
        self.assertEqual(len(Keys(made.stdout)), 1)

    def test_serve_does_not_start_without_one_or_two_good_keys(self) -> None:
        for keys, why in {None: "is not set", "": "There is no key", "short": "5 characters", ",".join("abc"): "There are 3 keys"}.items():
            with self.subTest(keys=keys):
                ended = run("-m", "tollgate_django", "serve", "--settings", "no.such.settings", keys=keys)
                self.assertEqual(ended.returncode, 2)
                self.assertIn(why, ended.stderr)
                self.assertIn("python -m tollgate_django key", ended.stderr)
                self.assertNotIn("Traceback", ended.stderr)

    def test_the_application_for_other_servers_does_not_load_without_a_key(self) -> None:
        ended = run("-c", "import tollgate_django.asgi")
        self.assertNotEqual(ended.returncode, 0)
        self.assertIn("BadKeys: TOLLGATE_ORIGIN_KEYS is not set", ended.stderr)

    def test_serve_asks_for_the_project(self) -> None:
        ended = run("-m", "tollgate_django", "serve", keys=KEY)
        self.assertEqual(ended.returncode, 2)
        self.assertIn("--settings", ended.stderr)
        self.assertNotIn(KEY, ended.stderr)

    def test_arguments_that_mean_nothing_are_said(self) -> None:
        for arguments in [["serve", "--port", "65536"], ["serve", "--path", "mcp"], ["serve", "--transport", "http"], ["lock"], []]:
            ended = run("-m", "tollgate_django", *arguments, keys=KEY)
            self.assertEqual(ended.returncode, 2, arguments)
            self.assertIn("usage:", ended.stderr)

    def test_help_says_how(self) -> None:
        self.assertIn("serve", run("-m", "tollgate_django", "--help").stdout)
        self.assertIn("TOLLGATE_ORIGIN_KEYS", run("-m", "tollgate_django", "serve", "--help").stdout)
