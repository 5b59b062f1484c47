"""What runs in each interpreter of sandbox_speed.py's bare loop. A file of its own, because every fork copies what was imported.

    python bare_loop.py KIND PROGRAMS.json MODULE...

Begins when standard input closes. `KIND`: "bare" forks, compiles, runs and reaps one program after the other; "programs" leaves
the fork out, "forks" leaves the programs out. The modules are those that a worker has imported before its first fork.
"""

import gc
import importlib
import json
import os
import sys


def run_here(source: str, entry_point: str, calls: list[str]) -> None:
    """Compiles a program and makes its calls, in this process."""
    namespace: dict = {"__name__": "candidate"}
    exec(compile(source, "<candidate>", "exec"), namespace)  # noqa: S102 - trusted reference solutions
    for call in calls:
        str(namespace[entry_point](**eval(call)))  # noqa: S307 - trusted test inputs


def main(kind: str, path: str, *modules: str) -> None:
    for name in modules:
        importlib.import_module(name)
    with open(path) as file:
        work = json.load(file)
    gc.collect()
    gc.freeze()
    sys.stdin.read()
    for program in work:
        if kind == "programs":
            run_here(*program)
            continue
        pid = os.fork()
        if not pid:
            if kind == "bare":
                run_here(*program)
            os._exit(0)
        os.waitpid(pid, 0)


if __name__ == "__main__":
    main(*sys.argv[1:])
