"""A vocabulary's tokens in readable form: text instead of the vocabulary's own spelling, single bytes as `<0xD0>`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

#: SentencePiece's spelling of a space.
_SPACE = "\u2581"


@dataclass(frozen=True, slots=True)
class Token:
    """`piece` is the vocabulary's spelling, `text` what it stands for; a `special` token does not stand for text."""

    id: int
    piece: str
    text: str
    special: bool


def readable(tokenizer: Any, ids: Sequence[int]) -> tuple[Token, ...]:
    """One token per id."""
    special = set(tokenizer.all_special_ids)
    special |= {id_ for id_, token in tokenizer.added_tokens_decoder.items() if token.special}
    in_bytes = _is_byte_level(tokenizer)
    pieces = tokenizer.convert_ids_to_tokens(list(ids))
    return tuple(
        Token(id_, str(piece), str(piece) if id_ in special else text_of(str(piece), in_bytes), id_ in special)
        for id_, piece in zip(ids, pieces, strict=True)
    )


def text_of(piece: str, in_bytes: bool) -> str:
    """The text of a piece. `in_bytes`: its characters are bytes, as in GPT-2's vocabulary; incomplete UTF-8 is shown
    byte by byte, as SentencePiece spells it."""
    known = _byte_of()
    if in_bytes and all(char in known for char in piece):
        raw = bytes(known[char] for char in piece)
        shown = raw.decode("utf-8", "surrogateescape")
        return re.sub("[\udc80-\udcff]", lambda found: f"<0x{ord(found[0]) - 0xDC00:02X}>", shown)
    return piece.replace(_SPACE, " ")


def _is_byte_level(tokenizer: Any) -> bool:
    backend = getattr(tokenizer, "backend_tokenizer", None)
    if backend is None:
        return hasattr(tokenizer, "byte_decoder")
    return "ByteLevel" in repr(backend.decoder) or "ByteLevel" in repr(backend.pre_tokenizer)


@cache
def _byte_of() -> dict[str, int]:
    """GPT-2's alphabet: printable bytes of Latin-1 stand for themselves, the others for characters from U+0100 on."""
    kept = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [byte for byte in range(256) if byte not in kept]
    return {chr(byte): byte for byte in kept} | {chr(0x100 + at): byte for at, byte in enumerate(others)}
