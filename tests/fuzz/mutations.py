"""Hostile versions of files: bytes that change at random, and the tricks that a random change never finds."""

from __future__ import annotations

import gzip
import io
import json
import random
import sqlite3
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

#: No mutated file is larger than that, so that a peak of memory stands for what a small file does.
MAX_BYTES = 96 * 1024
UNITS = (
    *(
        "[",
        "{",
        "(",
        "[]",
        "[],",
        "{},",
        "0,",
        "-",
        "9",
        "a",
        " ",
        "\n",
        "\t",
        "\\",
        '"',
        "'",
        '"""',
        "```\n",
        "~~~",
        "`",
    ),
    *(
        "    a;",
        "a;",
        "def f(a):\n",
        "\ndef f",
        "# ",
        "a.",
        "a=",
        "not ",
        "lambda:",
        "'a': 1, ",
        "<b>",
        "|",
        "**",
        "\u202e",
    ),
    *(
        "\ud800",
        "\x00",
        "\x1b[31m",
        "ё",
        "\U0001f600",
        "1e",
        "0x",
        "inf",
        "::error::x\n",
        ": ",
        ", ",
        "1 ",
        "return\n    ",
    ),
)


def run_of(chance: random.Random, most: int = MAX_BYTES) -> str:
    """One unit, or two by turns, many times over."""
    unit = "".join(chance.choice(UNITS) for _ in range(chance.choice((1, 1, 2))))
    text = unit * (chance.choice((50, 1_000, 4_000, most)) // len(unit))
    lead = chance.choice(("", "", "    ", '    """', "```python\n", "[{'a': ", "def f(a):\n    ", "    return "))
    return (lead + text + chance.choice(("", "x", "\n", "```", "]", "1}]")))[:most]


def flipped(data: bytes, chance: random.Random) -> bytes:
    """Some bytes changed, removed or repeated."""
    found = bytearray(data)
    for _ in range(chance.choice((1, 3, 20))):
        at = chance.randrange(len(found) or 1)
        kind = chance.randrange(4)
        if kind == 0 and found:
            found[at] = chance.randrange(256)
        elif kind == 1:
            del found[at : at + chance.randrange(1, 100)]
        elif kind == 2:
            found[at:at] = found[at : at + 200] * chance.choice((2, 100))
        else:
            found[at:at] = run_of(chance, 20_000).encode("utf-8", "replace")
    return bytes(found[:MAX_BYTES])


def odd_value(chance: random.Random) -> object:
    """A JSON value that nobody wrote by hand."""
    nested: object = 0
    for _ in range(chance.choice((5, 400))):
        nested = [nested]
    return chance.choice(
        (
            *(None, True, -1, 10**9, 10**18, 10**400, 1.5, float("nan"), float("inf"), "", "/", "a/b", nested),
            *([], {}, [[]] * 3_000, ["1"] * 5_000, {f"a{i}": i for i in range(3_000)}, [1] * 20_000),
            *(run_of(chance), run_of(chance, 4_000), run_of(chance, 200)),
        )
    )


def mutated_json(value: object, chance: random.Random, rate: float = 0.0) -> object:
    """The value with some of its parts, at any depth but the first, replaced."""
    if chance.random() < rate:
        return odd_value(chance)
    if isinstance(value, dict):
        return {name: mutated_json(item, chance, 0.06) for name, item in value.items()}
    if isinstance(value, list):
        return [mutated_json(item, chance, 0.06) for item in value[:50]] * chance.choice((1, 1, 1, 50))
    return value


def json_bytes(value: object) -> bytes:
    return json.dumps(value).encode()[: 8 * MAX_BYTES]


def of_json(data: bytes, chance: random.Random) -> bytes:
    if chance.random() < 0.3:
        return flipped(data, chance)
    return json_bytes(mutated_json(json.loads(data), chance))


def of_lines(data: bytes, chance: random.Random) -> bytes:
    """JSON Lines."""
    if chance.random() < 0.2:
        return flipped(data, chance)
    rows = [json.loads(line) for line in data.splitlines()[:4]]
    found = [json_bytes(mutated_json(row, chance)) for row in rows] * chance.choice((1, 1, 20))
    return b"\n".join(found)[: 8 * MAX_BYTES] + b"\n"


def zipped(data: bytes, chance: random.Random) -> bytes:
    """gzip: of the data, or of far more than it seems."""
    if chance.random() < 0.5:
        return gzip.compress(data)
    line = data.split(b"\n", 1)[0] + b"\n"
    return gzip.compress(line * ((24 << 20) // len(line)), 1)[:MAX_BYTES]


def of_zip(data: bytes, chance: random.Random) -> bytes:
    if chance.random() < 0.2:
        return flipped(data, chance)
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for item in old.infolist():
            content = of_json(old.read(item), chance) if item.filename.endswith(".json") else old.read(item)
            if chance.random() < 0.2:
                content = b'{"data": {"test": [' + b"[]," * (8 << 20) + b"0]}}"
            name = item.filename if chance.random() < 0.8 else "samples_" * chance.choice((2, 8_000)) + ".json"
            new.writestr(name, content)
        for number in range(chance.choice((0, 0, 500))):
            new.writestr(f"{number}", b"")
    return out.getvalue()


def of_text(data: bytes, chance: random.Random) -> bytes:
    return flipped(data, chance)


SCHEMAS = (
    "ALTER TABLE samples ADD COLUMN more AS (hex(zeroblob(300000000)))",
    "CREATE VIEW v AS WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT x FROM c",
    "CREATE TRIGGER t AFTER UPDATE ON meta BEGIN DELETE FROM samples; END",
    "CREATE INDEX i ON samples (hex(randomblob(1000)))",
    "CREATE TABLE more (x)",
    "DROP TABLE rewards",
    "DROP INDEX by_cause",
    "UPDATE problems SET wanted = 1000000",
    "UPDATE samples SET idx = idx + 1000000000",
)


def of_run(path: Path, chance: random.Random) -> None:
    """A run file, changed in its place."""
    kind = chance.random()
    if kind < 0.15:
        path.write_bytes(flipped(path.read_bytes(), chance))
        return
    db = sqlite3.connect(path)
    db.text_factory = bytes
    try:
        if kind < 0.3:
            db.execute(chance.choice(SCHEMAS))
        for _ in range(chance.choice((1, 1, 3))):
            table = chance.choice(
                [name.decode() for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type='table'")]
            )
            columns = [row[1].decode() for row in db.execute(f"PRAGMA table_info({table})")]
            column = chance.choice(columns)
            (old,) = db.execute(f"SELECT {column} FROM {table} LIMIT 1").fetchone() or (b"",)
            db.execute(f"UPDATE OR IGNORE {table} SET {column} = ?", (_cell(old, chance),))
        db.commit()
    except sqlite3.Error:
        pass
    finally:
        db.close()


def _cell(old: object, chance: random.Random) -> object:
    kind = chance.randrange(5)
    if kind == 0 and isinstance(old, bytes):
        try:
            return json_bytes(mutated_json(json.loads(old), chance)).decode("utf-8", "replace")[: 4 * MAX_BYTES]
        except ValueError:
            pass
    if kind == 1:
        body = chance.choice((b"[],", b"{},", b" ", b'"a":1,'))
        return zlib.compress(b'{"status":"completed","observations":[' + body * (10 << 20) + b"{}]}")
    if kind == 2:
        return chance.choice((None, -1, 10**12, 0.5, b"\xff\xfe", "", "9" * 5_000, "[" * 5_000))
    return run_of(chance).encode("utf-8", "replace").decode()


MUTATORS: dict[str, Callable[[bytes, random.Random], bytes]] = {
    "json": of_json,
    "jsonl": of_lines,
    "zip": of_zip,
    "toml": of_text,
}
