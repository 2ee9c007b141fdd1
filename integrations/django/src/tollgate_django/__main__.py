"""`python -m tollgate_django`: serves mcp-django behind the guard, and makes keys."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import logging
import os
import sys
from importlib.util import find_spec
from typing import TYPE_CHECKING

from .guard import Guard
from .keys import VARIABLE, BadKeys, Keys, new_key

if TYPE_CHECKING:
    from collections.abc import Sequence

_KEY = "A key, to be kept in two places: the gateway's secret, and the origin's TOLLGATE_ORIGIN_KEYS."
_SERVE = f"""\
Serves a Django project's MCP tools over HTTP, as `python -m mcp_django --transport http` does, to the gateway alone.
{VARIABLE} holds the key that the gateway shows, or NEW,OLD while it is being changed."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Does what the command line says; gives the status to end with."""
    parser = argparse.ArgumentParser(prog="python -m tollgate_django", description="Locks a Django MCP server to its gateway.", allow_abbrev=False)
    commands = parser.add_subparsers(dest="command", required=True, metavar="serve | key")
    commands.add_parser("key", help="print a new key", description=_KEY, allow_abbrev=False)
    serving = commands.add_parser(
        "serve",
        help="serve mcp-django to the gateway alone",
        description=_SERVE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    serving.add_argument("--settings", metavar="MODULE", help="the project's settings (DJANGO_SETTINGS_MODULE)")
    serving.add_argument("--pythonpath", metavar="FOLDER", help="where the project's modules are found, too")
    serving.add_argument("--host", default="127.0.0.1", help="the address to listen at (127.0.0.1)")
    serving.add_argument("--port", type=_port, default=8000, help="the port to listen at (8000; 0 takes a free one)")
    serving.add_argument("--path", type=_path, help="the path of the MCP endpoint (FASTMCP_STREAMABLE_HTTP_PATH, or /mcp)")
    serving.add_argument("--debug", action="store_true", help="log everything")
    options = parser.parse_args(arguments)
    if options.command == "key":
        print(new_key())
        return 0
    return _serve(options)


def _serve(options: argparse.Namespace) -> int:
    if options.debug:
        logging.basicConfig(level=logging.DEBUG, format="%(asctime)s - %(name)s - %(levelname)s - %(message)s")
    if options.settings:
        os.environ["DJANGO_SETTINGS_MODULE"] = options.settings
    if options.pythonpath:
        sys.path.insert(0, options.pythonpath)
    try:
        keys = Keys.from_environment()
    except BadKeys as error:
        return _trouble(str(error))
    if not os.environ.get("DJANGO_SETTINGS_MODULE"):
        return _trouble("Which project? Say --settings MODULE, or set DJANGO_SETTINGS_MODULE.")
    if find_spec("mcp_django") is None:
        return _trouble("mcp-django is not installed here. Get it: `pip install 'mcp-django>=0.14,<0.15'`.")
    # Commands that agents run, and programs that those start, find no key in their environment.
    del os.environ[VARIABLE]

    import fastmcp
    import uvicorn

    from .mcp_http import McpDjango

    guarded = Guard(McpDjango(options.path), keys)
    _say(f"Only who shows a live Tollgate-Key gets in; {'two keys are' if len(keys) > 1 else 'one key is'} live.")
    # As FastMCP.run_http_async has it.
    config = uvicorn.Config(
        guarded,
        host=options.host,
        port=options.port,
        log_level=fastmcp.settings.log_level.lower(),
        lifespan="on",
        timeout_graceful_shutdown=2,
        ws="websockets-sansio",
    )
    server = uvicorn.Server(config)
    # Ctrl-C has been obeyed by then; uvicorn raises it again for whoever wants to know.
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(server.serve())
    return 0 if server.started else 3


def _port(text: str) -> int:
    if text.isdecimal() and int(text) <= 65535:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text!r} is no port; give a number from 0 (any free one) to 65535")


def _path(text: str) -> str:
    if text.startswith("/"):
        return text
    raise argparse.ArgumentTypeError(f"{text!r} is no path of a URL; it begins with /")


def _trouble(what: str) -> int:
    _say(what)
    return 2


def _say(what: str) -> None:
    print(f"tollgate_django: {what}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
