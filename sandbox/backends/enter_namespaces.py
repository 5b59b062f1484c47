"""Enter fresh namespaces and become a supervisor there. Run as a script, standard library only; see `local.py`.

    host process ── Popen ──> outer (this script) ── fork ──> inner = PID 1 of the new namespaces = the supervisor

The outer process only waits. The inner one asks to be killed when the outer dies (set last, because a change of user
would clear it). If started by root, user 0 inside is an otherwise unused user outside, candidates get a second one and
judges a third; the mounts are made before that user namespace is entered. If started by another user, the user
namespace comes first and holds only one user, which all share; the supervisor protects itself by being undumpable.
"""

from __future__ import annotations

import ctypes
import errno
import json
import os
import signal
import socket
import struct
import sys
from typing import Any, NoReturn

_LIBC = ctypes.CDLL(None, use_errno=True)
_NEWNS, _NEWCGROUP, _NEWUTS, _NEWIPC, _NEWUSER, _NEWPID, _NEWNET = (
    *(0x00020000, 0x02000000, 0x04000000, 0x08000000),
    *(0x10000000, 0x20000000, 0x40000000),
)
_RDONLY, _NOSUID, _NODEV, _NOEXEC, _REMOUNT, _BIND, _REC, _PRIVATE = 1, 2, 4, 8, 32, 4096, 16384, 1 << 18
_LOCKED = _NOSUID | _NODEV | _NOEXEC
#: How /proc/self/mountinfo writes what separates its fields; the escape character itself last.
_ESCAPES = (b"\\040", b" "), (b"\\011", b"\t"), (b"\\012", b"\n"), (b"\\134", b"\\")
_PDEATHSIG, _CAPBSET_DROP, _NO_NEW_PRIVS, _SECCOMP, _SET_SECUREBITS = 1, 24, 38, 22, 28
_NO_SETUID_FIXUP = 4
_SETGID, _SETUID, _KILL = 6, 7, 5
_PIVOT_ROOT = {"x86_64": 155, "aarch64": 41}
_INNER_USER = 1000


def _check(result: int, what: str) -> None:
    if result != 0:
        code = ctypes.get_errno()
        raise OSError(code, f"{what}: {os.strerror(code)}")


def mount(source: str, target: str, kind: str | None, flags: int, data: str = "") -> None:
    """mount(2)."""
    encoded = [os.fsencode(part) if part is not None else None for part in (source, target, kind)]
    _check(_LIBC.mount(*encoded, ctypes.c_ulong(flags), data.encode()), f"mount {target}")


def main() -> int:
    """Standard input: the plan as JSON (see `local.py`). Exits with the supervisor's status."""
    plan = json.loads(sys.stdin.buffer.read())
    os.dup2(os.open("/dev/null", os.O_RDONLY | os.O_CLOEXEC), 0)  # no later process needs it
    # Signals ignored here (nohup, a shell's background job) would be ignored by every candidate as well.
    for number in (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGTERM, signal.SIGCHLD, signal.SIGALRM):
        signal.signal(number, signal.SIG_DFL)
    privileged = os.geteuid() == 0
    ours, theirs = socket.socketpair()
    if privileged:
        _check(_LIBC.unshare(_NEWPID), "unshare")
    else:
        uid, gid = os.geteuid(), os.getegid()
        _check(_LIBC.unshare(_NEWUSER | _NEWPID), "unshare")
        _write("/proc/self/setgroups", "deny")
        _write("/proc/self/uid_map", f"{_INNER_USER} {uid} 1")
        _write("/proc/self/gid_map", f"{_INNER_USER} {gid} 1")
    inner = os.fork()
    if not inner:
        ours.close()
        _inner(plan, theirs if privileged else None)
    theirs.close()
    os.close(plan["fd"])
    if privileged and ours.recv(1):
        for kind in ("uid", "gid"):
            outside = plan["outside_uid"]
            _write(f"/proc/{inner}/{kind}_map", f"0 {outside} 1\n{_INNER_USER} {outside + 1} 2\n")
        ours.send(b"m")
    _, status = os.waitpid(inner, 0)
    return os.waitstatus_to_exitcode(status) & 0xFF


def _write(path: str, text: str) -> None:
    fd = os.open(path, os.O_WRONLY)
    try:
        os.write(fd, text.encode())
    finally:
        os.close(fd)


def _inner(plan: dict[str, Any], mapper: socket.socket | None) -> NoReturn:
    """`mapper`: where to request a user map if started by root; otherwise the user namespace exists already."""
    try:
        for group in plan["join"]:  # before the cgroup namespace: what it shows begins with the worker's own group
            _write(group, "0")
        _check(_LIBC.unshare(_NEWNS | _NEWNET | _NEWIPC | _NEWUTS | _NEWCGROUP), "unshare")
        _build_root(plan)
        socket.sethostname("sandbox")
        if mapper is not None:
            _leave_root(mapper, plan["outside_uid"])
        _drop_capabilities({_SETGID, _SETUID, _KILL} if mapper is not None else set())
        _check(_LIBC.prctl(_NO_NEW_PRIVS, 1, 0, 0, 0), "no_new_privs")
        _filter(bytes.fromhex(plan["seccomp"]))
        os.setsid()
        _check(_LIBC.prctl(_PDEATHSIG, signal.SIGKILL, 0, 0, 0), "pdeathsig")
        os.set_inheritable(plan["fd"], True)
        os.execve(plan["python"], plan["command"], plan["environment"])
    except BaseException as error:
        os.write(2, f"sandbox: {type(error).__name__}: {error}\n".encode())
    os._exit(71)


def _leave_root(mapper: socket.socket, owner: int) -> None:
    """After root has made the mounts: enter a user namespace in which no process is the machine's root.

    The mount namespace still belongs to the machine, so that not even user 0 in here can mount anything. The user
    namespace belongs to `owner`: what the kernel counts per user (inotify and the like) counts against a namespace's
    owner as well, and must not use up the limits of the machine's root.
    """
    # capabilities are kept across the change of user: some kernels require them to make the namespace. A root that may
    # not keep them (a container without CAP_SETPCAP) makes it as root: the limits still hold, only the counts are then
    # root's.
    if _LIBC.prctl(_SET_SECUREBITS, _NO_SETUID_FIXUP, 0, 0, 0) == 0:
        os.seteuid(owner)
    _check(_LIBC.unshare(_NEWUSER), "unshare user")
    mapper.send(b"?")
    if mapper.recv(1) != b"m":
        raise OSError("the user map could not be written")
    os.setgroups([])
    # set the supervisor's own group already here: a later change would clear the parent-death signal
    os.setresgid(_INNER_USER, _INNER_USER, _INNER_USER)
    os.setresuid(0, 0, 0)


def _build_root(plan: dict[str, Any]) -> None:
    mount("none", "/", None, _REC | _PRIVATE)
    usual = next(path for path in ("/mnt", "/media", "/srv", "/opt", "/tmp") if os.path.isdir(path))
    base = os.path.realpath(usual)  # the kernel tells mounts by their real paths
    mount("tmpfs", base, "tmpfs", _NOSUID | _NODEV, "size=16m,mode=755")
    for target, source in plan["links"].items():
        _parents(base + target)
        os.symlink(source, base + target)
    for source, target in plan["binds"]:
        _bind(source, base + target)
    for path in plan["masks"]:
        real = os.path.realpath(base + path)  # elsewhere if it is an absolute link, which leads elsewhere in the worker
        if os.path.isdir(real) and real.startswith(base + "/"):
            mount("tmpfs", real, "tmpfs", _NOSUID | _NODEV | _RDONLY, "size=4k,mode=755")
    for source, target in (*plan["extras"], *plan["meters"]):
        _bind(source, base + target)
    _close_mounts_below(base)
    for target, text in plan["files"].items():
        _parents(base + target)
        with open(base + target, "w", encoding="utf-8") as file:
            file.write(text)
    _devices(base)
    os.makedirs(base + "/proc", exist_ok=True)
    mount("proc", base + "/proc", "proc", _NOSUID | _NODEV | _NOEXEC)
    for folder in ("/tmp", "/dev/shm"):
        os.makedirs(base + folder, exist_ok=True)
        options = f"size={plan['tmp_mb']}m,nr_inodes=8192,mode=1777"
        mount("tmpfs", base + folder, "tmpfs", _NOSUID | _NODEV | _NOEXEC, options)
    os.chdir(base)
    _check(_LIBC.syscall(_PIVOT_ROOT[os.uname().machine], b".", b"."), "pivot_root")
    _check(_LIBC.umount2(b".", 2), "umount of the old root")
    os.chdir("/")
    mount("none", "/", None, _REMOUNT | _BIND | _RDONLY | _NOSUID | _NODEV)


def _parents(path: str) -> None:
    os.makedirs(os.path.dirname(path), mode=0o755, exist_ok=True)


def _bind(source: str, target: str) -> None:
    if os.path.isdir(source):
        os.makedirs(target, mode=0o755, exist_ok=True)
    else:
        _parents(target)
        with open(target, "a", encoding="utf-8"):
            pass
    mount(source, target, None, _BIND | _REC)
    # flags of the source's mount are locked in a user namespace and must be repeated
    locked = os.statvfs(target).f_flag & _LOCKED
    mount("none", target, None, _REMOUNT | _BIND | _RDONLY | _NOSUID | locked)


def _close_mounts_below(base: str) -> None:
    """Make read-only what is mounted below a folder that was bound: its own flags are not those of the folder's mount."""
    for path in _writable_mounts(base):
        try:
            # what is found at a path is the uppermost of the mounts there, so that its flags are the ones to repeat
            locked = os.statvfs(path).f_flag & _LOCKED
            mount("none", path, None, _REMOUNT | _BIND | _RDONLY | _NOSUID | locked)
        except (FileNotFoundError, NotADirectoryError, PermissionError):
            # hidden by another mount, or in a folder that is closed to this user; any other reason is one to stop
            if os.path.lexists(path):
                raise
        except OSError as error:
            # no mount point: hidden by another mount that has the same folder; or its server has ended
            if error.errno not in (errno.EINVAL, errno.ENOTCONN):
                raise


def _writable_mounts(base: str) -> list[str]:
    """The path of each mount that may be written to and belongs to the tree of the last one at `base`. What the machine
    itself has mounted below this path is in another tree, and hidden."""
    parents: dict[bytes, bytes] = {}
    paths: dict[bytes, str] = {}
    writable: set[bytes] = set()
    with open("/proc/self/mountinfo", "rb") as file:
        for line in file:
            number, parents[number], _, _, path, flags, _ = line.split(b" ", 6)
            for escaped, character in _ESCAPES:
                path = path.replace(escaped, character)
            paths[number] = os.fsdecode(path)
            if b"ro" not in flags.split(b","):
                writable.add(number)
    top = [number for number, path in paths.items() if path == base][-1]
    tree = {top}
    while more := {number for number, parent in parents.items() if parent in tree} - tree:
        tree |= more
    return sorted({paths[number] for number in (tree & writable) - {top}})


def _devices(base: str) -> None:
    os.makedirs(base + "/dev", exist_ok=True)
    for name in ("null", "zero", "full", "random", "urandom"):
        target = f"{base}/dev/{name}"
        with open(target, "a", encoding="utf-8"):
            pass
        mount(f"/dev/{name}", target, None, _BIND)
    for name, link in (("fd", "/proc/self/fd"), ("stdin", "fd/0"), ("stdout", "fd/1"), ("stderr", "fd/2")):
        os.symlink(link, f"{base}/dev/{name}")


def _drop_capabilities(keep: set[int]) -> None:
    """Empty the bounding set except for `keep`: the exec that follows can't gain any other capability."""
    for capability in range(64):
        if capability not in keep and _LIBC.prctl(_CAPBSET_DROP, capability, 0, 0, 0) != 0 and capability < 32:
            _check(-1, f"drop capability {capability}")
    bits = sum(1 << capability for capability in keep)
    header = struct.pack("=Ii", 0x20080522, 0)
    data = struct.pack("=6I", bits, bits, 0, 0, 0, 0)  # none to inherit: they survive the exec because it is as user 0
    _check(_LIBC.capset(header, data), "capset")


def _filter(code: bytes) -> None:
    if not code:
        return
    buffer = ctypes.create_string_buffer(code, len(code))
    program = struct.pack("@HxxxxxxP", len(code) // 8, ctypes.addressof(buffer))
    _check(_LIBC.prctl(_SECCOMP, 2, program, 0, 0), "seccomp filter")


if __name__ == "__main__":
    try:
        sys.exit(main())
    except OSError as problem:
        print(f"sandbox: {problem}", file=sys.stderr)
        sys.exit(72)
