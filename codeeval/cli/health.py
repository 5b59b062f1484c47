"""The doctor's checks outside the sandbox: model backends and bundled files."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec

from codeeval.errors import UsageError, install
from codeeval.generators import BACKENDS
from codeeval.tasks.bundled import bundled
from sandbox.doctor import Check

#: Extras that are not backends -> the module that shows whether they are installed.
EXTRAS = {
    "parquet": "pyarrow",
    "notebook": "pandas",
    "lora": "peft",
    "ray": "ray",
    "inspect": "inspect_ai",
    "wandb": "wandb",
    "mlflow": "mlflow",
}


def generation_checks() -> list[Check]:
    """One check per backend (a missing package is not a failure, because few users need every backend), one for the
    other extras, and one per bundled file."""
    files = (_file(name) for name in ("rustarter.jsonl", "demo-model"))
    return [*(_backend(name) for name in BACKENDS), _extras(), *files]


def usable(checks: Sequence[Check]) -> bool:
    """Whether some worker ran a program, or the engine answers and only its image has to be built."""
    by_name = {check.name: check.ok for check in checks}
    docker = by_name.get("docker") and by_name.get("docker worker", True)
    return bool(docker or by_name.get("local worker"))


def _backend(name: str) -> Check:
    entry = BACKENDS[name]
    missing = entry.missing()
    if missing:
        return Check(f"backend {name}", None, f"not installed: {', '.join(missing)}", entry.remedy)
    return Check(f"backend {name}", True, "ready")


def _extras() -> Check:
    missing = [name for name, module in EXTRAS.items() if find_spec(module) is None]
    present = [name for name in EXTRAS if name not in missing]
    words = (("installed", present), ("not installed", missing))
    said = "; ".join(f"{word}: {', '.join(names)}" for word, names in words if names)
    return Check("extras", None, said, "\n".join(f"{name}: {install(name)}" for name in missing))


def _file(name: str) -> Check:
    try:
        path = bundled(name)
    except UsageError as error:
        return Check(f"bundled {name}", False, str(error), "install codeeval again")
    return Check(f"bundled {name}", True, str(path))
