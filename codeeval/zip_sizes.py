"""Members of a zip that declare less than they hold.

zipfile reads stored and deflated members up to the size that they declare. What bzip2 or LZMA packed it unpacks at once,
and a kilobyte of it may be a gigabyte.
"""

from __future__ import annotations

import bz2
import copy
import lzma
import zipfile
from collections.abc import Iterator
from typing import IO, Any, cast

#: The dictionary of LZMA; 7-Zip's largest preset takes 64 MiB.
_LZMA_MEMORY = 256 * 1024 * 1024
_CHUNK = 1 << 16


def refuse_false_size(archive: zipfile.ZipFile, item: zipfile.ZipInfo) -> None:
    """Raise BadZipFile for a member that unpacks to more than it declares, where zipfile would hold all of it in memory:
    it unpacks bzip2 and LZMA at once. Raises OSError, LZMAError, RuntimeError and the like for a damaged member, and
    NotImplementedError for one that is packed in another way, which later versions of Python unpack at once, too."""
    if item.compress_type in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return
    if item.compress_type not in (zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
        raise NotImplementedError("that compression method is not supported")
    packed = copy.copy(item)
    packed.compress_type, packed.file_size = zipfile.ZIP_STORED, item.compress_size
    packed.CRC = cast(Any, None)  # not that of the packed bytes
    left = item.file_size
    with archive.open(packed) as stream:
        for size in _unpacked_sizes(stream, item.compress_type):
            left -= size
            if left < 0:
                raise zipfile.BadZipFile("it unpacks to more than it declares")


def _unpacked_sizes(stream: IO[bytes], method: int) -> Iterator[int]:
    """The sizes of the parts that a member unpacks to, of which one at a time is held."""
    decoder: Any = bz2.BZ2Decompressor()
    data = b""
    if method == zipfile.ZIP_LZMA:
        head = stream.read(4)  # a version, and the size of the properties, which the usual header begins with
        data = stream.read(int.from_bytes(head[2:], "little")) + b"\xff" * 8
        decoder = lzma.LZMADecompressor(lzma.FORMAT_ALONE, memlimit=_LZMA_MEMORY)
    while not decoder.eof:
        if decoder.needs_input and not data and not (data := stream.read(_CHUNK)):
            return
        yield len(decoder.decompress(data, _CHUNK))
        data = b""
