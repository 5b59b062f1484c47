"""The seccomp profile in a real container: ordinary programs run, and what it refuses is refused with EPERM.

Most of the refused calls here succeed in a container that has all capabilities dropped but no profile; the second test
shows it.
"""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

pytestmark = pytest.mark.docker

ROOT = Path(__file__).resolve().parents[2]
HARDENING = (
    *("--network", "none", "--read-only", "--cap-drop", "ALL", "--security-opt", "no-new-privileges"),
    *("--tmpfs", "/tmp", "--tmpfs", "/dev/shm", "--pids-limit", "100", "--memory", "512m", "--user", "65534:65534"),
)

REFUSED = """
import ctypes, errno, json, os, socket
libc = ctypes.CDLL(None, use_errno=True)
def call(name, *args):
    ctypes.set_errno(0)
    return "allowed" if getattr(libc, name)(*args) >= 0 else errno.errorcode[ctypes.get_errno()]
def family(name):
    try:
        socket.socket(getattr(socket, name), socket.SOCK_DGRAM).close()
    except OSError as error:
        return errno.errorcode[error.errno]
    return "allowed"
print(json.dumps({
    "ptrace": call("ptrace", 0, 0, 0, 0),
    "unshare": call("unshare", 0x10000000),
    "shmget": call("shmget", 0, 4096, 0o1600),
    "semget": call("semget", 0, 1, 0o1600),
    "msgget": call("msgget", 0, 0o1600),
    "mq_open": call("mq_open", b"/queue", 0o102, 0o600, None),
    "personality": call("personality", 0x0040000),
    "process_vm_readv": call("process_vm_readv", 1, None, 0, None, 0, 0),
    "name_to_handle_at": call("name_to_handle_at", -100, b"/", None, None, 0),
    "seccomp by prctl": call("prctl", 22, 2, None, 0, 0),
    "names of mappings": call("prctl", 0x53564D41, 0, None, 0, 0),
    "F_OFD_SETLK": call("fcntl", os.open("/etc/hosts", os.O_RDONLY), 37, None),
    **{name: call("ioctl", os.open("/etc/hosts", os.O_RDONLY), ctypes.c_ulong(number), ctypes.create_string_buffer(256))
       for name, number in (("add a key", 0xC0506617), ("remove a key", 0xC0406618), ("BTRFS_IOC_SYNC", 0x9408),
                            ("SIOCGIFBR", 0x8940), ("SIOCGIFVLAN", 0x8982))},
    **{name: family(name) for name in ("AF_INET", "AF_INET6", "AF_NETLINK", "AF_VSOCK", "AF_ALG")},
}))
"""

ORDINARY = """
import asyncio, concurrent.futures as futures, json, multiprocessing, socket, subprocess, sys, tempfile
def square(n):
    return n * n
def five():
    return subprocess.run([sys.executable, "-c", "print(5)"], capture_output=True, text=True).stdout.strip()
async def child():
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", "print(7)", stdout=subprocess.PIPE)
    return (await process.communicate())[0].decode().strip()
def numpy_works():
    try:
        import numpy
    except ModuleNotFoundError:
        return True  # a base image that has none; the worker image installs it
    return bool((numpy.eye(200) @ numpy.eye(200)).sum() == 200)
if __name__ == "__main__":
    with multiprocessing.Pool(2) as pool, futures.ThreadPoolExecutor(4) as threads, tempfile.TemporaryFile() as file:
        ours, theirs = socket.socketpair()
        print(json.dumps({
            "pool": pool.map(square, range(4)),
            "threads": list(threads.map(square, range(4))),
            "subprocess": five(),
            "asyncio": asyncio.run(child()),
            "tempfile": file.write(b"abc"),
            "socketpair": ours.send(b"x"),
            "numpy": numpy_works(),
        }))
"""


@pytest.fixture(scope="module")
def image() -> str:
    """A base image of the worker, which docker/ready.sh has put there."""
    for name in ("codeeval-base:bookworm", "codeeval-base:trixie", "python:3.12-slim"):
        if subprocess.run(["docker", "image", "inspect", name], capture_output=True, timeout=60).returncode == 0:
            return name
    pytest.fail("the engine has no base image: run docker/ready.sh")


def run_program(image: str, program: str, tmp_path: Path, *flags: str) -> dict[str, object]:
    (tmp_path / "program.py").write_text(program, "utf-8")
    tmp_path.chmod(0o755)
    command = ("docker", "run", "--rm", *HARDENING, *flags, "--volume", f"{tmp_path}:/program:ro", image)
    done = subprocess.run(
        [*command, "python3", "-I", "/program/program.py"], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert isinstance(result, dict)
    return result


PROFILE = ("--security-opt", f"seccomp={ROOT / 'docker' / 'seccomp.json'}")


def test_forbidden_calls_answer_eperm(image: str, tmp_path: Path) -> None:
    """Tracing, namespaces, SysV IPC, queues, file handles and every kind of network socket are refused."""
    answers = run_program(image, REFUSED, tmp_path, *PROFILE)
    assert answers == dict.fromkeys(answers, "EPERM")


def test_without_the_profile_they_are_not_refused(image: str, tmp_path: Path) -> None:
    """The check above can fail: without a profile none of these calls answers EPERM but for want of a namespace."""
    answers = run_program(image, REFUSED, tmp_path, "--security-opt", "seccomp=unconfined")
    assert {"ptrace", "shmget", "semget", "msgget", "AF_INET"} <= {k for k, v in answers.items() if v == "allowed"}


def test_ordinary_programs_run(image: str, tmp_path: Path) -> None:
    """Processes, threads, pools, asyncio, temporary files, socket pairs and numpy work under the profile."""
    assert run_program(image, ORDINARY, tmp_path, *PROFILE) == {
        "pool": [0, 1, 4, 9],
        "threads": [0, 1, 4, 9],
        "subprocess": "5",
        "asyncio": "7",
        "tempfile": 3,
        "socketpair": 1,
        "numpy": True,
    }
