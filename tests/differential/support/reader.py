"""Reads a body in base64 from each line and says what `json` and `pydantic_core` (jiter) make of it, in one line of JSON."""

import base64
import json
import math
import sys

import pydantic_core


def sayable(value):
    """The value without what JSON cannot say: NaN, the infinities, and integers that no double holds."""
    if isinstance(value, dict):
        return {key: sayable(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [sayable(inner) for inner in value]
    if isinstance(value, float) and not math.isfinite(value):
        return f"not a number of JSON: {value}"
    if isinstance(value, int) and abs(value) >= 10**308:
        return "an integer that no double holds"
    return value


def attempt(read, body):
    try:
        return {"value": sayable(read(body))}
    except (ValueError, RecursionError) as error:
        return {"unreadable": f"{type(error).__name__}: {error}"[:200]}


for line in sys.stdin:
    body = base64.b64decode(line)
    print(json.dumps({"json": attempt(json.loads, body), "jiter": attempt(pydantic_core.from_json, body)}), flush=True)
