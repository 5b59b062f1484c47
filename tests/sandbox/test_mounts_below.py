"""Other file systems below the folders that a local worker sees: a program can read them, like the folders, and not write."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

import pytest

pytestmark = [
    pytest.mark.local,
    pytest.mark.skipif(os.geteuid() != 0 or shutil.which("unshare") is None, reason="only root can mount something"),
]
USER = 61_184
#: In a mount namespace of its own: mounts two file systems, one in the other, below the library of this Python.
HOST = """
import os, sys, sysconfig
from sandbox import Job, Pool, select
from sandbox.backends.enter_namespaces import mount
outer = sysconfig.get_path("stdlib") + "/xmlrpc"
inner = outer + "/a b\\\\ \\udcff"
mount("tmpfs", outer, "tmpfs", 0, "mode=1777")
os.mkdir(inner)
mount("tmpfs", inner, "tmpfs", 2 | 4 | 8, "mode=1777")
open(inner + "/there", "w").close()
user = int(sys.argv[1])
os.setgroups([])
os.setresgid(user, user, user)
os.setresuid(user, user, user)
PROGRAM = '''
import os
def f(folders):
    found = []
    for folder in folders:
        folder = os.fsdecode(folder)
        found.append("there" in os.listdir(folder))
        try:
            open(folder + "/left", "w")
        except OSError as error:
            found.append(error.strerror)
    return found
'''
backend = select("local", lambda line: None)
with Pool(backend, workers=1) as pool:
    folders = [os.fsencode(folder) for folder in (outer, inner)]
    print(pool.submit(Job(PROGRAM, "f", (repr({"folders": folders}),))).result(timeout=60).observations[0].text)
backend.close()
print(sorted(os.listdir(outer)) == [os.path.basename(inner)], os.listdir(inner))
"""


def can_execute(user: int) -> bool:
    """Whether this user can execute this Python, which may lie in root's home."""
    try:
        return not subprocess.run([sys.executable, "-c", ""], user=user, group=user, cwd="/", check=False).returncode
    except OSError:
        return False


@pytest.mark.parametrize("user", [0, USER])
def test_a_file_system_below_a_visible_folder_is_not_written_to(user: int) -> None:
    """The folder is bound with what is mounted below it, and each mount has flags of its own."""
    if user and not can_execute(user):
        pytest.skip("another user can't execute this Python")
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path), "LANG": "C.UTF-8"}
    command = ["unshare", "--mount", sys.executable, "-c", HOST, str(user)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)
    said = "Read-only file system"
    assert done.stdout.splitlines() == [str([False, said, True, said]), "True ['there']"], done.stdout + done.stderr
