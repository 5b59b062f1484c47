"""Prints the folder that `--include_path` wants."""

from pathlib import Path

print(Path(__file__).resolve().parent)
