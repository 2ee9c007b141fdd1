"""Short ways to write the JSON Schema of an object."""

from typing import Any

TEXT = {"type": "string"}


def fields(properties: dict[str, Any], optional: tuple[str, ...] = ()) -> dict[str, Any]:
    """An object with these properties, required but for the optional ones."""
    required = [name for name in properties if name not in optional]
    return {"type": "object", "properties": properties, **({"required": required} if required else {})}


NOTHING = fields({})
