"""CSV and Markdown."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from codeeval.explorer.listing import FORMULA
from codeeval.exports.files import write_text
from codeeval.report import build, markdown
from codeeval.report.results import results
from codeeval.scoring.signature import one_line
from codeeval.store import RunReader


def export_csv(run: Path, output: Path) -> None:
    """One row per sample: problem_id, index, verdict, passed, passed_PROTOCOL …, error, signature, cpu_ms."""
    with RunReader(run) as reader:
        protocols = reader.manifest().protocols
        buffer = io.StringIO()
        writer = csv.writer(buffer, lineterminator="\n")
        names = [f"passed_{name}" for name in protocols]
        writer.writerow(["problem_id", "index", "verdict", "passed", *names, "error", "signature", "cpu_ms"])
        for row in results(reader):
            by_protocol = row["passed_by_protocol"]
            assert isinstance(by_protocol, dict)
            writer.writerow(
                [
                    _cell(str(row["problem_id"])),
                    row["index"],
                    row["verdict"],
                    _flag(row["passed"]),
                    *(_flag(by_protocol.get(name)) for name in protocols),
                    _cell(str(row["error"] or "")),
                    _cell(str(row["signature"] or "")),
                    row["cpu_ms"],
                ]
            )
    write_text(output, buffer.getvalue())


def _cell(text: str) -> str:
    clean = one_line(text)
    return "'" + clean if clean.startswith(FORMULA) else clean


def _flag(value: object) -> str:
    return "" if value is None else str(int(bool(value)))


def export_markdown(run: Path, output: Path) -> None:
    """The report as GitHub-flavoured Markdown."""
    with RunReader(run) as reader:
        write_text(output, markdown.render(build(reader)))
