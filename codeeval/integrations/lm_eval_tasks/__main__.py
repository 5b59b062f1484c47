"""Print the folder for `--include_path`."""

from pathlib import Path

print(Path(__file__).resolve().parent)
