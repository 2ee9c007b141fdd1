"""Checks the package as PyPI would get it: form, types, tests on the oldest and the newest Python of this machine, and what is built.

    python3 check.py

Environments are made in .venvs, and made anew when their requirements change. Pythons are looked for on the PATH and where pyenv
keeps them; PYTHONS=/path/to/python3.10:/path/to/python3.13 names them instead.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import time
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

HERE = Path(__file__).resolve().parent
MADE = HERE / ".venvs"
DIST = MADE / "dist"
TOOLS = HERE / "requirements-check.txt"
ORIGIN = HERE.parent.parent / "examples" / "shop" / "requirements.txt"
OLDEST_MINOR = 10
PIP = ["-m", "pip", "--disable-pip-version-check", "--no-input", "--quiet"]
# The machine's own settings for Python are none of the package's.
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")} | {"PYTHONDONTWRITEBYTECODE": "1"}


class Failed(Exception):
    """A check that failed; the message is what the person at the terminal reads."""


@dataclass(frozen=True, order=True)
class Python:
    """An interpreter of this machine."""

    minor: int
    micro: int
    path: str

    def __str__(self) -> str:
        return f"3.{self.minor}.{self.micro}"


def main() -> None:
    pythons = found()
    oldest, newest = pythons[0], pythons[-1]
    print(f"Python {', '.join(map(str, pythons))} {'are' if len(pythons) > 1 else 'alone is'} here.")
    with ThreadPoolExecutor(2) as pool:
        tools = step("environment of the tools", lambda: environment("tools", newest, TOOLS))
        step("form", lambda: (run(tools, "-m", "ruff", "check"), run(tools, "-m", "ruff", "format", "--check")))
        wheel = step("build, with what PyPI asks of it", lambda: built(tools))
        # Both at once: they wait for the network first, and for servers to start then.
        tested = [pool.submit(step, f"all tests on {python}, from the wheel", lambda p=python: all_tests(p, wheel)) for python in {oldest, newest}]
        for python in pythons:
            if python not in (oldest, newest):
                step(f"tests of the guard alone on {python}", lambda p=python: unit_tests(p))
        for test in tested:
            test.result()
        step("types", lambda: run(tools, "-m", "mypy", "--python-executable", str(home(f"3.{newest.minor}")), "src", "tests"))


def found() -> list[Python]:
    """One of each minor version, oldest first."""
    named = os.environ.get("PYTHONS")
    on_path = [f"python3.{minor}" for minor in range(OLDEST_MINOR, 30)] + ["python3"]
    pyenv = sorted(Path(os.environ.get("PYENV_ROOT", "~/.pyenv")).expanduser().glob("versions/*/bin/python3"))
    candidates = named.split(os.pathsep) if named else [sys.executable, *on_path, *map(str, pyenv)]
    asks = "import sys, ensurepip; print(sys.implementation.name, *sys.version_info[:3], sys.executable)"
    newest_of_minor: dict[int, Python] = {}
    for candidate in candidates:
        try:
            said = subprocess.run([candidate, "-c", asks], capture_output=True, text=True, env=ENVIRONMENT, timeout=30)
        except (OSError, subprocess.TimeoutExpired):
            said = None
        if said is None or said.returncode != 0:
            if named:
                raise Failed(f"PYTHONS names {candidate}, which is no Python that can make virtual environments.")
            continue
        name, major, minor, micro, path = said.stdout.strip().split(" ", 4)
        if name != "cpython" or major != "3" or int(minor) < OLDEST_MINOR:
            continue
        newest_of_minor[int(minor)] = max(newest_of_minor.get(int(minor), Python(0, 0, "")), Python(int(minor), int(micro), path))
    if not newest_of_minor:
        raise Failed(f"CPython 3.{OLDEST_MINOR} or newer is missing. PYTHONS=/path/to/python names one that is elsewhere.")
    return sorted(newest_of_minor.values())


def home(name: str) -> Path:
    return MADE / name / "bin" / "python"


def environment(name: str, python: Python, requirements: Path) -> Path:
    """The interpreter of an environment that has these requirements."""
    folder, interpreter = MADE / name, home(name)
    wanted = sha256(f"{python} {python.path}\n{requirements.read_text()}".encode()).hexdigest()
    stamp = folder / "made-from"
    if stamp.is_file() and stamp.read_text() == wanted:
        return interpreter
    shutil.rmtree(folder, ignore_errors=True)
    run(Path(python.path), "-m", "venv", str(folder))
    run(interpreter, *PIP, "install", "-r", str(requirements))
    stamp.write_text(wanted)
    return interpreter


def built(tools: Path) -> Path:
    """The wheel, built of the sdist as an installer would build it; both hold what they have to."""
    shutil.rmtree(DIST, ignore_errors=True)
    run(tools, "-m", "build", "--no-isolation", "--outdir", str(DIST))
    run(tools, "-m", "twine", "check", "--strict", *map(str, DIST.iterdir()))
    (wheel,), (sdist,) = DIST.glob("*.whl"), DIST.glob("*.tar.gz")
    with zipfile.ZipFile(wheel) as archive:
        in_wheel = set(archive.namelist())
    with tarfile.open(sdist) as archive:
        in_sdist = {name.partition("/")[2] for name in archive.getnames()}
    modules = {path.relative_to(HERE / "src").as_posix() for path in (HERE / "src" / "tollgate_django").iterdir() if path.is_file()}
    licence = f"{wheel.name.rsplit('-', 3)[0]}.dist-info/licenses/LICENSE"
    missing = (modules | {"tollgate_django/py.typed", licence}) - in_wheel
    missing |= ({f"src/{module}" for module in modules} | {"LICENSE", "README.md", "pyproject.toml", "tests/test_guard.py"}) - in_sdist
    if missing:
        raise Failed(f"What is built lacks {', '.join(sorted(missing))}.")
    strangers = {name for name in in_wheel if not name.startswith("tollgate_django")}
    if strangers:
        raise Failed(f"The wheel brings {', '.join(sorted(strangers))}, which is none of the package's.")
    return wheel


def all_tests(python: Python, wheel: Path) -> None:
    """Installs the wheel beside mcp-django, as a user would, and runs every test on it."""
    interpreter = environment(f"3.{python.minor}", python, ORIGIN)
    run(interpreter, *PIP, "uninstall", "--yes", "tollgate-django")
    # What the extra asks for is there already, or this fails.
    run(interpreter, *PIP, "install", "--no-index", f"{wheel}[mcp-django]")
    run(interpreter, "-m", "unittest", "discover", "-b", "-t", ".", "-s", "tests")


def unit_tests(python: Python) -> None:
    env = ENVIRONMENT | {"PYTHONPATH": str(HERE / "src")}
    run(Path(python.path), "-m", "unittest", "-b", *(f"tests.{path.stem}" for path in sorted((HERE / "tests").glob("test_*.py"))), env=env)


def run(python: Path, *arguments: str, env: dict[str, str] = ENVIRONMENT) -> None:
    """Runs it to its end; what it says is only shown if it fails."""
    ended = subprocess.run([str(python), *arguments], cwd=HERE, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if ended.returncode != 0:
        raise Failed(f"{ended.stdout.rstrip()}\n`{python} {' '.join(arguments)}` ended with status {ended.returncode}.")


def step(doing: str, work: Callable[[], object]) -> object:
    began = time.monotonic()
    done = work()
    print(f"  ✓ {doing} ({time.monotonic() - began:.0f} s)", flush=True)
    return done


if __name__ == "__main__":
    try:
        main()
    except Failed as failure:
        print(failure, file=sys.stderr)
        raise SystemExit(1) from None
