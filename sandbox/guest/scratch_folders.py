"""The folders that a sample may write to: emptied after it, whatever it has made of them, and restored."""

from __future__ import annotations

import contextlib
import fcntl
import os
import resource

from sandbox.guest import processes

WRITABLE = ("/tmp", "/dev/shm")
_MOUNTS = "/proc/self/mountinfo"
_SET_FLAGS = 0x40086602  # FS_IOC_SETFLAGS, with an int as argument despite its name


class Folders:
    """Create before the first sample. `uid` is the candidates' user, None if it is this process's own."""

    def __init__(self, uid: int | None) -> None:
        self._uid = uid
        # tests write files as their judge, the next user; either may have made folders that the other can't empty
        self._owners = (None,) if uid is None else (uid, uid + 1, uid)
        # candidates without their own user are local, where no engine has made folders
        self._all = WRITABLE if uid is None else (*WRITABLE, *strays())
        self._inodes = self._count()
        self._before = [(folder, os.stat(folder)) for folder in WRITABLE]

    def put_back(self) -> bool:
        """Whether they are empty now. Costs two system calls if nothing was left and the folders aren't the
        candidates'."""
        if self._uid is None:
            for folder in WRITABLE:
                os.chmod(folder, 0o1777)
        elif self._count() == self._inodes:
            return True
        for uid in self._owners:
            if self._count() != self._inodes:
                _wipe(uid, self._all)
        if self._uid is None:
            for folder, before in self._before:
                _clear_flags(folder)
                os.utime(folder, ns=(before.st_atime_ns, before.st_mtime_ns))
        return self._settle()

    def _settle(self) -> bool:
        """Wait: the kernel releases some of what ended processes held later, in its own threads (Landlock's rules hold
        inodes)."""
        return any(self._count() == self._inodes for _ in processes.looks(processes.RESET_DEADLINE_S))

    def _count(self) -> int:
        """Inodes in use on the writable mounts: exact, one system call for each."""
        used = 0
        for folder in self._all:
            stat = os.statvfs(folder)
            used += stat.f_files - stat.f_ffree
        return used


def strays() -> list[str]:
    """World-writable folders in other temporary file systems that were not requested: runtimes leave some (crun the
    root of control groups of version 1, Podman /run). Samples must not leave anything there either."""
    found = []
    with open(_MOUNTS, "rb") as mounts:
        lines = [line.partition(b" - ") for line in mounts]
    for mount, _, kind in lines:
        path, terms = mount.split()[4:6]
        if kind.split()[0] == b"tmpfs" and b"rw" in terms.split(b",") and os.fsdecode(path) not in WRITABLE:
            found += _open_to_all(os.fsdecode(path.decode("unicode_escape")))
    return found


def _open_to_all(root: str) -> list[str]:
    """Folders of one file system below `root` that others than their owner may write to."""
    found = []
    device = os.lstat(root).st_dev
    for folder, inner, _ in os.walk(root):
        stat = os.lstat(folder)
        if stat.st_dev != device:
            inner.clear()
        elif stat.st_mode & 0o002:
            found.append(folder)
    return found


def _clear_flags(folder: str) -> None:
    """Clear the flags that chattr(1) sets. A kernel that does not support them here has not let the sample set any."""
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    with contextlib.suppress(OSError):
        fcntl.ioctl(fd, _SET_FLAGS, bytes(8))
    os.close(fd)


def _wipe(uid: int | None, folders: tuple[str, ...]) -> None:
    """Empty the folders as this user, in a separate process: without DAC_OVERRIDE root can't enter others' folders.
    What can't be removed in time is left, and the caller notices."""
    try:
        pid = os.fork()
    except OSError:
        return  # no room for a process: the worker is dirty, and the sample, which is over, is not to blame
    if not pid:
        try:
            if uid is not None:
                os.setresuid(uid, uid, uid)
            most = int(processes.RESET_DEADLINE_S)
            resource.setrlimit(resource.RLIMIT_CPU, (most, most))
            for folder in folders:
                _empty(folder)
        finally:
            os._exit(0)
    for _ in processes.looks(processes.RESET_DEADLINE_S, 0.001):
        if os.waitpid(pid, os.WNOHANG)[0]:
            return
    processes.kill_all()
    os.waitpid(pid, 0)


def _empty(folder: str) -> None:
    """Remove everything below a folder, whatever its permissions. Nested folders are moved up first: no tree is too
    deep. They get names that no sample can have used."""
    waiting = _remove_files(folder)
    while waiting:
        path = waiting.pop()
        with contextlib.suppress(OSError):
            for inside in _remove_files(path):
                up = f"{folder}/{os.urandom(16).hex()}"
                os.rename(inside, up)
                waiting.append(up)
            os.rmdir(path)


def _remove_files(folder: str) -> list[str]:
    """Remove everything in a folder except folders, which are made accessible and returned."""
    folders = []
    with os.scandir(folder) as entries:
        for entry in list(entries):
            with contextlib.suppress(OSError):
                if entry.is_dir(follow_symlinks=False):
                    folders.append(entry.path)
                    os.chmod(entry.path, 0o777)
                else:
                    os.unlink(entry.path)
    return folders
