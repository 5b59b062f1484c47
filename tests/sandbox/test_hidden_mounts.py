"""What the machine has mounted, in whatever way: local workers start, and none of it can be written to."""

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
#: In a mount namespace of its own: the machine, to which a test adds its mounts.
HOST = """
import ctypes, os, sys, sysconfig
from sandbox.backends.enter_namespaces import _PIVOT_ROOT, mount
folder = sysconfig.get_path("stdlib") + "/xmlrpc"
def add(path, flags=0):
    os.makedirs(path, exist_ok=True)
    mount("tmpfs", path, "tmpfs", flags, "mode=1777")
"""
#: Judges one program, as root or as an ordinary user to whom root's files belong.
JUDGE = """
import os, sys
from sandbox import Job, Pool, select
PROGRAM = '''
def f(folders):
    found = []
    for folder in folders:
        try:
            open(folder + "/left", "w")
        except OSError as error:
            found.append(error.strerror)
    import numpy
    return found
'''
backend = select("local", lambda line: None)
with Pool(backend, workers=1) as pool:
    print(pool.submit(Job(PROGRAM, "f", (repr({"folders": sys.argv[1:]}),))).result(timeout=60).observations[0].text)
backend.close()
"""
START = """
command = [sys.executable, "-c", JUDGE, *tried]
if ordinary:
    command = ["unshare", "--user", "--map-user=1000", "--map-group=1000", *command]
os.execvp(command[0], command)
"""
#: Below the folder at which workers build their root: a system to be repaired, with folders that workers have as well.
RESCUE = """
add("/mnt")
for path in ("/mnt/usr", "/mnt/usr/lib", "/mnt/usr/bin", "/mnt/tmp"):
    add(path)
tried = []
"""
COVERED = """
add(folder)
add(folder + "/deep")
add(folder)
os.mkdir(folder + "/deep")
tried = [folder, folder + "/deep"]
"""
STACKED = """
add(folder)
add(folder, 2 | 4 | 8)
tried = [folder]
"""
#: A network's file system whose server has ended.
DEAD = """
import errno
server = os.open("/dev/fuse", os.O_RDWR)
mount("dead", folder, "fuse", 0, f"fd={server},rootmode=40000,user_id=0,group_id=0")
os.close(server)
try:
    os.statvfs(folder)
except OSError as error:
    assert error.errno == errno.ENOTCONN
tried = []
"""
LINKED = """
add("/srv")
for name in os.listdir("/"):
    path, own = "/" + name, "/srv/" + name
    if os.path.islink(path):
        os.symlink(os.readlink(path), own)
    elif os.path.isdir(path) and name not in ("mnt", "srv"):
        os.mkdir(own)
        mount(path, own, None, 4096 | 16384)
os.makedirs("/srv/srv/mnt")
os.symlink("srv/mnt", "/srv/mnt")
os.chdir("/srv")
libc = ctypes.CDLL(None)
assert libc.syscall(_PIVOT_ROOT[os.uname().machine], b".", b".") == 0 and libc.umount2(b".", 2) == 0
os.chdir("/")
add(folder)
tried = [folder]
"""
#: Packages of another Python, in a folder elsewhere to which a link leads: the one that has this Python's numpy.
LINKED_PACKAGES = """
import numpy
add("/usr/lib/python3")
os.symlink(os.path.dirname(os.path.dirname(numpy.__file__)), "/usr/lib/python3/dist-packages")
tried = []
"""


def judged(machine: str, ordinary: bool) -> str:
    """What a program says about the folders that it tried to write to."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path), "LANG": "C.UTF-8"}
    script = f"{HOST}{machine}\nJUDGE, ordinary = {JUDGE!r}, {ordinary}\n{START}"
    command = ["unshare", "--mount", sys.executable, "-c", script]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.strip()


@pytest.mark.parametrize("ordinary", [False, True])
@pytest.mark.parametrize(
    ("machine", "folders"),
    [(RESCUE, 0), (COVERED, 2), (STACKED, 1), (LINKED, 1)],
    ids=["rescue", "covered", "stacked", "linked"],
)
def test_mounts_of_the_machine(machine: str, folders: int, ordinary: bool) -> None:
    """Mounts that are hidden in the worker are left alone, and of several at one path the uppermost counts."""
    assert judged(machine, ordinary) == str(["Read-only file system"] * folders)


@pytest.mark.skipif(not os.path.isdir("/usr/lib/python3"), reason="needs a folder of packages")
@pytest.mark.parametrize("ordinary", [False, True])
def test_a_link_to_packages_elsewhere_masks_nothing_of_the_machine(ordinary: bool) -> None:
    """A path of the machine's means another folder in the worker: numpy is bound from where it really is."""
    assert judged(LINKED_PACKAGES, ordinary) == "[]"


@pytest.mark.skipif(not os.access("/dev/fuse", os.R_OK | os.W_OK), reason="needs file systems of users")
@pytest.mark.parametrize("ordinary", [False, True])
def test_a_file_system_whose_server_has_ended_stops_no_worker(ordinary: bool) -> None:
    """It can neither be read nor be written to, and says nothing about its flags."""
    assert judged(DEAD, ordinary) == "[]"
