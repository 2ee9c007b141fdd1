"""The Python client (`mcp` 2.x, unmodified), told by lines on standard input what to do: see support/spoken.mjs."""

import asyncio
import json
import sys

import httpx2
from mcp.client.client import Client
from mcp.client.streamable_http import streamable_http_client

MODES = {"legacy": "legacy", "modern": "2026-07-28"}


async def main():
    url, token, era = json.loads(sys.stdin.readline()).values()
    mode = MODES[era]
    http = httpx2.AsyncClient(headers={"Authorization": f"Bearer {token}"}, timeout=60)
    async with Client(streamable_http_client(url, http_client=http), mode=mode) as client:
        say({"protocol": client.protocol_version})
        while line := await asyncio.to_thread(sys.stdin.readline):
            match json.loads(line):
                case {"do": "list"}:
                    say([tool.name for tool in (await client.list_tools()).tools])
                case {"do": "call", "tool": tool, "arguments": arguments}:
                    say(plain(await client.call_tool(tool, arguments)))
                case {"do": "look", "uri": uri}:
                    say(await look(client, uri))


async def look(client, uri):
    return {
        "resources": [str(resource.uri) for resource in (await client.list_resources()).resources],
        "templates": [template.uri_template for template in (await client.list_resource_templates()).resource_templates],
        "prompts": [prompt.name for prompt in (await client.list_prompts()).prompts],
        "contents": [content.text for content in (await client.read_resource(uri)).contents],
    }


def plain(result):
    return {
        "isError": bool(result.is_error),
        "text": "\n".join(content.text for content in result.content),
        "denial": (result.meta or {}).get("tollgate/denial"),
    }


def say(answer):
    print(json.dumps(answer), flush=True)


asyncio.run(main())
