"""Check a model folder before any model library loads it, so that missing or truncated files are reported at once."""

from __future__ import annotations

import json
import re
import struct
import zipfile
from collections.abc import Sequence
from pathlib import Path

from codeeval.errors import UsageError
from codeeval.files import reason
from codeeval.generators.common.digests import read_json, weight_files
from codeeval.i18n import msg

_HUB_ID = re.compile(r"[\w.-]+(/[\w.-]+)?", re.ASCII)
#: The beginning of the file that Git LFS leaves in place of a large one.
_LFS = b"version https://git-lfs"
#: The most bytes of a safetensors header, as the format defines.
_LONGEST_HEADER = 100_000_000
#: Files with a vocabulary, for any kind of tokenizer.
_VOCABULARIES = ("tokenizer.json", "*vocab*", "*.model", "*.spm", "*.bpe", "*.tiktoken", "tekken.json")
#: Tokenizers of bytes or characters, which have no vocabulary file.
_WITHOUT_VOCABULARY = ("ByT5Tokenizer", "CanineTokenizer", "PerceiverTokenizer")


def local_folder(name: str) -> Path | None:
    """The folder, or None for a name that can only be a model on the Hub. Raises UsageError for a folder that is
    missing, has no weights or no tokenizer, or has truncated files."""
    folder = existing_folder(name)
    if folder is None:
        return None
    try:
        read_json(folder / "config.json")
        weights = weight_files(folder)
    except FileNotFoundError:
        raise UsageError(msg("{name} is not a model folder: it has no config.json", name=name)) from None
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise UsageError(
            msg("{name}: config.json or the index of the weights is broken: {reason}", name=name, reason=error)
        ) from error
    if not weights or not all(path.is_file() for path in weights):
        missing = [path.name for path in weights if not path.is_file()] or ["model.safetensors"]
        raise UsageError(
            msg("{name} lacks weights: {files}; copy or download them again", name=name, files=", ".join(missing[:3]))
        )
    check_weights(name, weights)
    _check_tokenizer(name, folder)
    return folder


def existing_folder(name: str) -> Path | None:
    """The folder, or None for a name that can only be a model on the Hub. Raises UsageError for a missing folder."""
    folder = Path(name).expanduser()
    if not folder.exists():
        if _HUB_ID.fullmatch(name) and not name.startswith("."):
            return None
        raise UsageError(
            msg("no such model folder: {name}; give a folder, or a name like owner/model from the Hub", name=name)
        )
    if not folder.is_dir():
        raise UsageError(msg("{name} is a file; give the folder that holds config.json and the weights", name=name))
    return folder


def check_weights(name: str, weights: Sequence[Path]) -> None:
    """Raise UsageError for the first incomplete file. Reads headers, not tensors."""
    for path in weights:
        fault = _fault(path)
        if fault:
            raise UsageError(
                msg("{folder}: {name} {fault}; copy or download it again", folder=name, name=path.name, fault=fault)
            )


def _fault(path: Path) -> str | None:
    """What is wrong with a file of weights; None if no fault shows without reading it all."""
    try:
        size = path.stat().st_size
        with path.open("rb") as stream:
            head = stream.read(64)
            if head.startswith(_LFS):
                return msg("is a pointer of Git LFS, not the weights (`git lfs pull` fetches them)")
            if path.suffix != ".safetensors":
                cut = head.startswith(b"PK") and not zipfile.is_zipfile(path)
                return msg("is cut short") if cut or not head else None
            if len(head) < 8:
                return msg("is cut short")
            (length,) = struct.unpack("<Q", head[:8])
            if length > _LONGEST_HEADER:
                return msg("is not a safetensors file")
            stream.seek(8)
            header = stream.read(length)
    except OSError as error:
        return msg("can't be read ({reason})", reason=reason(error))
    if len(header) < length:
        return msg("is cut short: its header alone has {n} bytes", n=length)
    return _shortfall(header, size)


def _shortfall(header: bytes, size: int) -> str | None:
    try:
        ends = [each["data_offsets"][1] for name, each in json.loads(header).items() if name != "__metadata__"]
        wanted = 8 + len(header) + max(ends, default=0)
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError):
        return msg("is not a safetensors file")
    return msg("is cut short: it has {n} of {m} bytes", n=size, m=wanted) if size < wanted else None


def _check_tokenizer(name: str, folder: Path) -> None:
    """Raise UsageError if no file holds a vocabulary, or if the one that does is not complete JSON."""
    try:
        if (folder / "tokenizer.json").is_file():
            read_json(folder / "tokenizer.json")
    except (OSError, ValueError) as error:
        raise UsageError(
            msg("{name}: tokenizer.json is broken: {reason}; copy or download it again", name=name, reason=error)
        ) from None
    if any(path for pattern in _VOCABULARIES for path in folder.glob(pattern)):
        return
    try:
        said = read_json(folder / "tokenizer_config.json")
        if said.get("tokenizer_class") in _WITHOUT_VOCABULARY:
            return
    except (OSError, ValueError, AttributeError):
        pass
    raise UsageError(
        msg(
            "{name} lacks its tokenizer: there is no tokenizer.json and no vocabulary; save it into the same folder",
            name=name,
        )
    )
