"""Which Python executes programs in local namespaces: the one that runs this process, or one that is named.

A named one is started once, outside any sandbox, to report where its parts are. It may be in the file system of another
Linux (a folder made by debootstrap, an unpacked image): then its C library and its other libraries come from there as
well.
"""

from __future__ import annotations

import importlib.util
import json
import os
import platform
import shutil
import stat
import subprocess
import sys
import sysconfig
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from sandbox.errors import BackendUnavailable

#: The oldest version that the guest supports.
OLDEST = (3, 11)
_PATIENCE_S = 10.0
_ASK = """
import importlib.util, json, os, sys, sysconfig
found = importlib.util.find_spec("numpy")
origin = os.path.realpath(found.origin) if found is not None and found.origin else ""
print(json.dumps({
    "implementation": sys.implementation.name,
    "version": ".".join(map(str, sys.version_info[:3])),
    "path": os.path.realpath(getattr(sys, "_base_executable", None) or sys.executable),
    "home": sys.base_prefix,
    "stdlib": os.path.dirname(os.path.realpath(os.__file__)),
    "library": os.path.join(sysconfig.get_config_var("LIBDIR") or "", sysconfig.get_config_var("INSTSONAME") or "-"),
    "numpy": os.path.dirname(origin),
}))
"""
#: `chroot` without root: a user namespace gives the right to it, and removes all others.
_ENTER = """
import ctypes, os, sys
root, *command = sys.argv[1:]
if ctypes.CDLL(None, use_errno=True).unshare(0x10000000):
    sys.exit("user namespaces can't be used here: " + os.strerror(ctypes.get_errno()))
os.chroot(root)
os.chdir("/")
os.execv(command[0], command)
"""


class BadInterpreter(BackendUnavailable):
    """The named Python can't execute programs; the message says why, without its name."""


@dataclass(frozen=True, slots=True)
class Interpreter:
    """The locations of the parts of a Python, as paths below `root`. `library`: its shared library, which need not
    exist. `packages`: the folders of numpy, the only package beyond the standard library that programs may use."""

    path: str
    version: str
    home: str
    stdlib: str
    library: str
    packages: tuple[str, ...] = ()
    root: str = ""

    @property
    def title(self) -> str:
        """Its name in the manifest: results under different interpreters are not compared."""
        return f"host python {self.version}" + ("" if self.packages else " without numpy")


@cache
def own() -> Interpreter:
    """This process's Python."""
    found = importlib.util.find_spec("numpy")
    return Interpreter(
        path=os.path.realpath(getattr(sys, "_base_executable", sys.executable) or sys.executable),
        version=platform.python_version(),
        home=sys.base_prefix,
        stdlib=sysconfig.get_path("stdlib"),
        library=os.path.join(sysconfig.get_config_var("LIBDIR") or "", sysconfig.get_config_var("INSTSONAME") or "-"),
        packages=_numpy(os.path.dirname(found.origin) if found and found.origin else "", ""),
    )


@cache
def named(name: str) -> Interpreter:
    """The Python with this path, or with this name on PATH. Raises BadInterpreter."""
    path = _file(name)
    root = _root_of(path)
    said = _asked(path, root)
    if said["implementation"] != "cpython":
        raise BadInterpreter(f"it is {said['implementation']}, and CPython is needed")
    if tuple(map(int, said["version"].split("."))) < OLDEST:
        raise BadInterpreter(f"Python {said['version']} is too old: {'.'.join(map(str, OLDEST))} or newer is needed")
    found = Interpreter(
        said["path"], said["version"], said["home"], said["stdlib"], said["library"], _numpy(said["numpy"], root), root
    )
    _check_readable(found)
    return found


def _file(name: str) -> str:
    """The absolute path of an executable file. Raises BadInterpreter."""
    path = name if os.sep in name else shutil.which(name) or name
    try:
        os.lstat(path)
    except FileNotFoundError:
        more = "" if os.sep in name else ", nor a program of this name on PATH"
        raise BadInterpreter(f"there is no such file{more}") from None
    except OSError as error:
        raise BadInterpreter(f"it can't be reached: {error.strerror or error}") from None
    if os.path.isdir(path):
        inside = os.path.join(path, "bin", "python3")
        raise BadInterpreter(
            "it is a folder" + (f": name {inside}" if os.path.exists(inside) else ", not an interpreter")
        )
    if not os.path.exists(path):
        raise BadInterpreter(f"it is a link to {os.path.realpath(path)}, which does not exist")
    if not os.access(path, os.X_OK):
        raise BadInterpreter("it is not executable")
    return os.path.abspath(path)


def _root_of(path: str) -> str:
    """The root folder of another system that contains this file, or ""."""
    for folder in Path(os.path.realpath(path)).parents[:-1]:
        if (folder / "usr" / "lib").is_dir() and (
            (folder / "etc").is_dir() or (folder / "usr/lib/os-release").exists()
        ):
            return str(folder)
    return ""


def _asked(path: str, root: str) -> dict[str, str]:
    """Query the interpreter about itself. Raises BadInterpreter."""
    enter = [sys.executable, "-I", "-S", "-c", _ENTER, root]
    inside = os.path.realpath(path).removeprefix(root)
    command = [*enter, inside] if root else [path]
    try:
        done = subprocess.run(
            [*command, "-I", "-"],  # on standard input: another program would repeat an argument in its error message
            input=_ASK.encode(),
            capture_output=True,
            timeout=_PATIENCE_S,
            check=False,
        )
        answer = json.loads(done.stdout)
    except subprocess.TimeoutExpired:
        raise BadInterpreter(f"it has not answered within {_PATIENCE_S:g} s: it is no Python") from None
    except OSError as error:
        raise BadInterpreter(f"it can't be started: {error.strerror or error}") from None
    except ValueError:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise BadInterpreter("it does not answer as a Python" + (f": {said[0][:200]}" if said else "")) from None
    if not isinstance(answer, dict) or not all(isinstance(value, str) for value in answer.values()):
        raise BadInterpreter("it does not answer as a Python")
    return answer


def _numpy(folder: str, root: str) -> tuple[str, ...]:
    """numpy and the libraries beside it."""
    places = (folder, os.path.join(os.path.dirname(folder), "numpy.libs")) if folder else ()
    return tuple(place for place in places if os.path.isdir(root + place))


def _check_readable(found: Interpreter) -> None:
    """Programs of root's workers run under user ids that own nothing here. Raises BadInterpreter."""
    if os.geteuid() != 0:
        return
    for path, needed in (
        (found.path, stat.S_IROTH | stat.S_IXOTH),
        (found.stdlib, stat.S_IROTH | stat.S_IXOTH),
        (os.path.join(found.stdlib, "os.py"), stat.S_IROTH),
        (os.path.join(found.stdlib, "encodings"), stat.S_IROTH | stat.S_IXOTH),
        *((folder, stat.S_IROTH | stat.S_IXOTH) for folder in found.packages),
    ):
        place = found.root + path
        if os.path.exists(place) and os.stat(place).st_mode & needed != needed:
            raise BadInterpreter(f"the user of the sandbox may not read {place}\n  Allow it: chmod -R a+rX {place}")
