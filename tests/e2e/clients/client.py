"""The Python client (`mcp` 2.x, unmodified): holds one conversation with a gateway URL and prints what it saw as JSON.

Reads from standard input: {"url", "token", "era": "legacy" | "modern", "calls": [[tool, arguments], ...], "read": uri | null}
"""

import asyncio
import json
import sys

import httpx2
from mcp.client.client import Client
from mcp.client.streamable_http import streamable_http_client

MODES = {"legacy": "legacy", "modern": "2026-07-28"}


async def converse(url, token, era, calls, read):
    http = httpx2.AsyncClient(headers={"Authorization": f"Bearer {token}"}, timeout=30)
    async with Client(streamable_http_client(url, http_client=http), mode=MODES[era]) as client:
        seen = {
            "protocol": client.protocol_version,
            "tools": [tool.name for tool in (await client.list_tools()).tools],
            "calls": [plain(await client.call_tool(tool, arguments)) for tool, arguments in calls],
        }
        if read is not None:
            seen["resources"] = [str(resource.uri) for resource in (await client.list_resources()).resources]
            templates = (await client.list_resource_templates()).resource_templates
            seen["templates"] = [template.uri_template for template in templates]
            seen["prompts"] = [prompt.name for prompt in (await client.list_prompts()).prompts]
            seen["contents"] = [content.text for content in (await client.read_resource(read)).contents]
    return seen


def plain(result):
    return {
        "isError": bool(result.is_error),
        "text": "\n".join(content.text for content in result.content),
        "denial": (result.meta or {}).get("tollgate/denial"),
    }


print(json.dumps(asyncio.run(converse(**json.load(sys.stdin)))))
