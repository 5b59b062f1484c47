"""What a model's folder and the machine show without a model library: for the manifest, and so for a MERA submission
page."""

from __future__ import annotations

import json
import re
import struct
import subprocess
from functools import cache
from math import prod
from pathlib import Path

from codeeval.files import read_text
from codeeval.generators.base import Scalar
from codeeval.generators.common.digests import read_json, text_digest, tokenizer_digest, weight_files, weights_digest

_LONGEST_DESCRIPTION = 600


def model_facts(folder: Path) -> dict[str, Scalar]:
    """Size, licence, description, digests. Reads all weights once. Unknown values are None."""
    try:
        files = weight_files(folder)
        size = sum(path.stat().st_size for path in files)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}
    return {
        "parameters": _parameters(files),
        "weights_bytes": size,
        "weights_sha256": weights_digest(folder),
        "tokenizer_sha256": tokenizer_digest(folder),
        "chat_template_sha256": _chat_template_digest(folder),
        "license": _license(folder),
        "description": _description(folder),
    }


def has_chat_template(folder: Path) -> bool:
    """Whether a model folder's tokenizer has a chat template."""
    return chat_template_of(folder) is not None


def _parameters(files: list[Path]) -> int | None:
    """The number of parameters, from the headers of safetensors files: 8 bytes of length, then JSON with every tensor's
    shape."""
    total = 0
    for path in files:
        if path.suffix != ".safetensors":
            return None
        try:
            with path.open("rb") as stream:
                (length,) = struct.unpack("<Q", stream.read(8))
                header = json.loads(stream.read(min(length, 100_000_000)))
            total += sum(prod(entry["shape"]) for name, entry in header.items() if name != "__metadata__")
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError, struct.error):
            return None
    return total


def chat_template_of(folder: Path) -> object:
    """The template, wherever the tokenizer stores it: a text, or several by name; None if there is none."""
    try:
        if (folder / "chat_template.jinja").is_file():
            return read_text(folder / "chat_template.jinja")
        return read_json(folder / "tokenizer_config.json").get("chat_template")
    except (OSError, ValueError, AttributeError):
        return None


def _chat_template_digest(folder: Path) -> str | None:
    found = chat_template_of(folder)
    return text_digest(found if isinstance(found, str) else json.dumps(found)) if found else None


def _card(folder: Path) -> tuple[str, str]:
    """(front matter, the rest) of the beginning of the model card."""
    try:
        head = read_text(folder / "README.md")[:20_000]
    except (OSError, ValueError):
        return "", ""
    front = re.match(r"---\n(.*?)\n---", head, re.DOTALL)
    return (front[1], head[front.end() :]) if front else ("", head)


def _description(folder: Path) -> str | None:
    """The first paragraph of prose in the model card, without emphasis markup."""
    text = re.sub(r"<!--.*?-->|```.*?```", "", _card(folder)[1], flags=re.DOTALL)
    for paragraph in re.split(r"\n\s*\n", text):
        lines = [line.strip() for line in paragraph.splitlines() if not line.startswith("#")]
        if lines and re.match(r"[^\W\d_]|[*_]+\w", " ".join(lines)):  # not a table, list, picture, link or HTML
            found = re.sub(r"\*\*|`", "", " ".join(lines)).strip("* ")
            return found if len(found) <= _LONGEST_DESCRIPTION else found[: _LONGEST_DESCRIPTION - 1] + "…"
    return None


def _license(folder: Path) -> str | None:
    """The licence in the model card's front matter."""
    front = _card(folder)[0]
    found = re.search(r"^licen[cs]e(?:_name)?: *([^\n#]+)", front, re.MULTILINE)
    return found[1].strip().strip("\"'") if found else None


@cache
def gpu_facts() -> dict[str, Scalar]:
    """Number, type and driver of NVIDIA GPUs, queried without loading CUDA; empty if there are none."""
    command = ["nvidia-smi", "--query-gpu=name,driver_version", "--format=csv,noheader"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=True)
    except (OSError, subprocess.SubprocessError):
        return {"gpu_count": 0, "gpus": None, "gpu_driver": None}
    rows = [line.split(", ") for line in done.stdout.splitlines() if ", " in line]
    return {
        "gpu_count": len(rows),
        "gpus": ", ".join(sorted({row[0] for row in rows})) or None,
        "gpu_driver": rows[0][1] if rows else None,
    }


def has_gpu() -> bool:
    """Whether the kernel reports an NVIDIA or AMD GPU. Cheap; a wrong yes only chooses a default."""
    return any(Path("/dev").glob("nvidia[0-9]*")) or Path("/dev/kfd").exists()
