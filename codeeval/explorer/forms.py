"""Small text forms sent by pages."""

from __future__ import annotations

from urllib.parse import parse_qs

from starlette.requests import Request

from codeeval.explorer.security import MAX_FORM_BYTES


async def read_body(request: Request, most: int) -> bytes | None:
    """What was sent, None if it is longer than `most` bytes."""
    parts, size = [], 0
    async for part in request.stream():
        parts.append(part)
        size += len(part)
        if size > most:
            return None
    return b"".join(parts)


async def small_form(request: Request) -> dict[str, str] | None:
    """The fields of a small form, None for anything else."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        return None
    body = await read_body(request, MAX_FORM_BYTES)
    if body is None:
        return None
    fields = parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=20)
    return {name: values[0] for name, values in fields.items()}
