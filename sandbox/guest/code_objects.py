"""What the code of tests mentions: asked once for each sample, before they are executed."""

from __future__ import annotations

import dis
from collections.abc import Iterator
from types import CodeType

_EXTENDED = dis.opmap["EXTENDED_ARG"]


def codes_in(*codes: CodeType) -> list[CodeType]:
    """These, and those of the functions and classes in them."""
    found = list(codes)
    for code in found:  # which grows
        found += [one for one in code.co_consts if type(one) is CodeType]
    return found


def texts_of(code: CodeType) -> Iterator[str]:
    """Its constants that are texts, alone or in a tuple."""
    for one in code.co_consts:
        yield from (part for part in (one if type(one) is tuple else (one,)) if type(part) is str)


def named_by(operation: int, code: CodeType, operations: bytes) -> Iterator[str]:
    """The names that this operation has in the code, of which `operations` are the operations, without arguments."""
    place = operations.find(operation)
    while place >= 0:
        number, shift, before = code.co_code[2 * place + 1], 8, place - 1
        while before >= 0 and operations[before] == _EXTENDED:
            number |= code.co_code[2 * before + 1] << shift
            shift, before = shift + 8, before - 1
        yield code.co_names[number]
        place = operations.find(operation, place + 1)
