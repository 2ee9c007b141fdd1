"""The Python client of FastMCP (`fastmcp.Client`, unmodified), told by lines on standard input what to do: see support/spoken.mjs."""

import asyncio
import json
import sys

from fastmcp import Client
from fastmcp.exceptions import ToolError

MODES = {"legacy": "legacy", "modern": "2026-07-28"}


async def main():
    url, token, era = json.loads(sys.stdin.readline()).values()
    mode = MODES[era]
    async with Client(url, auth=token, mode=mode) as client:
        say({"protocol": client.protocol_version})
        while line := await asyncio.to_thread(sys.stdin.readline):
            match json.loads(line):
                case {"do": "list"}:
                    say([tool.name for tool in await client.list_tools()])
                case {"do": "call", "tool": tool, "arguments": arguments}:
                    say(await call(client, tool, arguments))


async def call(client, tool, arguments):
    """As FastMCP's users call: what is refused is raised, and of the answer only its text is left."""
    try:
        result = await client.call_tool(tool, arguments)
    except ToolError as error:
        return {"isError": True, "text": str(error), "denial": None}
    return {"isError": False, "text": "\n".join(content.text for content in result.content), "denial": None}


def say(answer):
    print(json.dumps(answer), flush=True)


asyncio.run(main())
