"""Digests of a model folder, for the manifest: runs with equal digests used the same model."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from typing import Any

from codeeval.files import read_text
from codeeval.i18n import msg

#: A tokenizer of a large vocabulary has thirty megabytes.
_MAX_JSON_BYTES = 256 * 1024 * 1024
#: The longest name of a file.
_MAX_NAME = 255
_INDEXES = ("model.safetensors.index.json", "pytorch_model.bin.index.json")
_TOKENIZER_FILES = (
    *("tokenizer.json", "tokenizer.model", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json"),
    *("vocab.json", "merges.txt", "tekken.json", "chat_template.jinja", "chat_template.json"),
)


def read_json(path: Path) -> Any:
    """The value of a JSON file of a model. Raises OSError, and ValueError, also for one that is too large or nested too
    deeply."""
    try:
        return json.loads(read_text(path, _MAX_JSON_BYTES))
    except RecursionError:
        raise ValueError("nested too deeply") from None


def weight_files(folder: Path) -> list[Path]:
    """The files with the weights, sorted by name: those in the index if there is one. Empty if there are none. Raises
    OSError, ValueError (also for an index that names a file outside the folder), KeyError, TypeError, AttributeError."""
    for name in _INDEXES:
        if (folder / name).is_file():
            shards = sorted(set(read_json(folder / name)["weight_map"].values()))
            return [folder / _inside(shard) for shard in shards]
    if (folder / "model.safetensors").is_file():
        return [folder / "model.safetensors"]
    return sorted(folder.glob("*.safetensors")) or sorted(folder.glob("pytorch_model*.bin"))


def _inside(shard: str) -> str:
    path = PurePosixPath(shard)
    if path.is_absolute() or ".." in path.parts or len(shard) > _MAX_NAME:
        raise ValueError(msg("{name} is no file of this folder", name=shard[:_MAX_NAME]))
    return shard


def weights_digest(folder: Path) -> str | None:
    """sha256 (hex) of the weights, None without any. Reads all of them: seconds for 7B parameters."""
    return files_digest(weight_files(folder))


def lora_digest(folder: str | None) -> str | None:
    """sha256 (hex) of an adapter's weights, None without an adapter."""
    return None if folder is None else files_digest(sorted(Path(folder).glob("adapter_model.*")))


def tokenizer_digest(folder: Path) -> str | None:
    """sha256 (hex) of the files that make the tokenizer, None without any."""
    return files_digest(folder / name for name in sorted(_TOKENIZER_FILES) if (folder / name).is_file())


def files_digest(paths: Iterable[Path]) -> str | None:
    """For one file its sha256; for several the sha256 of what `sha256sum` prints about them (names without folder)."""
    lines = [(_sha256(path), path.name) for path in paths]
    if len(lines) <= 1:
        return lines[0][0] if lines else None
    return text_digest("".join(f"{digest}  {name}\n" for digest, name in lines))


def text_digest(text: str) -> str:
    """sha256 (hex) of a text in UTF-8."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
