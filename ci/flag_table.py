#!/usr/bin/env python3
"""The table of settings in docs/cli.md, generated from codeeval/evaluation/settings.py. `ci/flag_table.py` updates
it."""

from __future__ import annotations

from dataclasses import MISSING, fields
from pathlib import Path

from codeeval.evaluation.settings import Setting, Settings, table

DOCUMENT = Path(__file__).resolve().parents[1] / "docs" / "cli.md"
BEGIN, END = "<!-- settings: written by ci/flag_table.py -->", "<!-- end of settings -->"


def rendered() -> str:
    """The table, without a newline at its end."""
    defaults = {each.name: each.default for each in fields(Settings)}
    rows = [_row(setting, defaults[name]) for name, setting in table().items()]
    return "\n".join(["| flag | meaning | default |", "|---|---|---|", *rows])


def _row(setting: Setting, default: object) -> str:
    names = ", ".join(f"`{name}`" for each in setting.names for name in each.split("/"))
    usual = setting.flag.usual or _shown(setting, default)
    return f"| {names} | {setting.flag.meaning} | {usual} |".replace("|  |", "| |")


def _shown(setting: Setting, default: object) -> str:
    if default is None or default is MISSING or default is False:
        return ""
    return f"`{setting.names[0].split('/')[0]}`" if default is True else f"`{default}`"


def placed(document: str) -> str:
    """`document` with the current table. Raises ValueError if its place is not marked."""
    before, rest = document.split(BEGIN, 1)
    return f"{before}{BEGIN}\n\n{rendered()}\n\n{END}{rest.split(END, 1)[1]}"


if __name__ == "__main__":
    DOCUMENT.write_text(placed(DOCUMENT.read_text("utf-8")), "utf-8")
