"""The system-call filter of the local backend, as a classic BPF program (seccomp(2), Documentation/userspace-api/seccomp_filter).

The docker backend uses docker/seccomp.json, an allow-list that the engine compiles. Without a compiler, this is a
deny-list of the same forbidden calls. Foreign architectures (int 0x80, x32) are refused altogether.
"""

from __future__ import annotations

import platform
import struct
from dataclasses import dataclass

_EPERM, _ENOSYS, _EOPNOTSUPP = 1, 38, 95
_ALLOW, _ERRNO = 0x7FFF0000, 0x00050000
_LOAD, _AND, _JUMP_EQUAL, _JUMP_GREATER_EQUAL, _JUMP_ANY_BIT, _RETURN = 0x20, 0x54, 0x15, 0x35, 0x45, 0x06
_NUMBER, _ARCH, _FIRST_ARGUMENT, _SECOND_ARGUMENT, _THIRD_ARGUMENT, _FOURTH_ARGUMENT = 0, 4, 16, 24, 32, 40
#: Flags of clone(2): CLONE_NEW*, CLONE_FILES, CLONE_THREAD.
_NAMESPACES, _FILES, _THREAD = 0x7E020000, 0x400, 0x10000
_AF_UNIX = 1
_MAP_HUGETLB = 0x40000
#: Commands of fcntl(2): F_OFD_SETLK and F_OFD_SETLKW, F_SETLEASE, and the first (F_GET_RW_HINT) of those that are newer than
#: F_GET_SEALS.
_OFD_LOCKS, _SETLEASE, _HINTS = (37, 38), 1024, 1035
#: Commands of ioctl(2): those of terminals, the first 64 of sockets, and FS_IOC_GETFLAGS, FS_IOC_SETFLAGS, FICLONE and
#: FICLONERANGE.
_OF_TERMINALS, _OF_SOCKETS = (0xFF00, 0x5400), (0xFFC0, 0x8900)
_OF_FILES = 0x80086601, 0x40086602, 0x40049409, 0x4020940D
_SO_ATTACH_FILTER = 26
_PR_SET_SECCOMP, _PR_SCHED_CORE, _PR_FUTEX_HASH, _PR_SET_VMA = 22, 62, 78, 0x53564D41


@dataclass(frozen=True, slots=True)
class Table:
    """System-call numbers of one architecture."""

    audit: int
    denied: tuple[int, ...]
    attributes: tuple[int, ...]
    clone: int
    clone3: int
    sockets: tuple[int, int]
    on_oneself: tuple[int, int]
    setpriority: int
    mmap: int
    fcntl: int
    ioctl: int
    setsockopt: int
    prctl: int


# ptrace and other processes' memory · SysV IPC · POSIX queues · keys · userfaultfd, io_uring, bpf, perf · namespaces and
# mounts · modules, kexec, reboot, swap, clocks · handles, personality, accounting, NUMA placement · scheduling, which for a
# shared user could starve the supervisor and all later samples · memfd_create, memory that belongs to no process and that no
# counter would count · asynchronous input and output, of which the machine has one supply for all · sync and syncfs, which wait
# for the machine's disks · filters of calls, which may write to the machine's log. `attributes`, extended ones: a directory
# keeps them when it is emptied, and access lists, which are such, are memory of the kernel that no group is charged with. They
# are refused as by a file system that has none: `cp -p` and `sed -i` shrug at that, and not at EPERM.
_X86_64 = Table(
    audit=0xC000003E,
    denied=(
        *(101, 310, 311, 312, 438, 440),
        *(29, 30, 31, 67, 64, 65, 66, 220, 68, 69, 70, 71),
        *range(240, 246),
        *(248, 249, 250),
        *(323, 425, 426, 427, 321, 298),
        *(272, 308, 165, 166, 155, 161, 428, 429, 430, 431, 432, 433, 442, 467),
        *(246, 320, 175, 313, 176, 169, 167, 168, 164, 227, 159, 305),
        *(303, 304, 135, 179, 443, 103, 163, 153, 300, 301, 447, 172, 173, 154, 212, 279, 256, 237, 238),
        *(142, 144, 314, 251),
        *(319, 333, 162, 306, 317),
        *range(206, 211),
    ),
    attributes=(188, 189, 190, 463),
    clone=56,
    clone3=435,
    sockets=(41, 53),
    on_oneself=(302, 203),  # prlimit64, sched_setaffinity
    setpriority=141,
    mmap=9,
    fcntl=72,
    ioctl=16,
    setsockopt=54,
    prctl=157,
)
_AARCH64 = Table(
    audit=0xC00000B7,
    denied=(
        *(117, 270, 271, 272, 438, 440),
        *range(186, 198),
        *range(180, 186),
        *(217, 218, 219),
        *(282, 425, 426, 427, 280, 241),
        *(97, 268, 40, 39, 41, 51, 428, 429, 430, 431, 432, 433, 442, 467),
        *(104, 294, 105, 273, 106, 142, 224, 225, 170, 112, 171, 266),
        *(264, 265, 92, 60, 443, 116, 89, 58, 262, 263, 447, 18, 239, 238, 235, 237),
        *(118, 119, 274, 30),
        *(279, 292, 81, 267, 277),
        *range(5),
    ),
    attributes=(5, 6, 7, 463),
    clone=220,
    clone3=435,
    sockets=(198, 199),
    on_oneself=(261, 122),
    setpriority=140,
    mmap=222,
    fcntl=25,
    ioctl=29,
    setsockopt=208,
    prctl=167,
)
_TABLES = {"x86_64": _X86_64, "aarch64": _AARCH64}


def program(machine: str | None = None) -> bytes:
    """The filter for this machine (8 bytes per instruction), or b"" if its call numbers are unknown."""
    table = _TABLES.get(machine or platform.machine())
    return b"" if table is None else b"".join(_instructions(table))


def _instructions(table: Table) -> list[bytes]:
    """The rules for each call, one after the other. The number stays loaded if they are for another call."""
    out = [_op(_LOAD, _ARCH), _op(_JUMP_EQUAL, table.audit, 1, 0), _REFUSE, _op(_LOAD, _NUMBER)]
    out += [_op(_JUMP_GREATER_EQUAL, 0x40000000, 0, 1), _REFUSE]
    for number in table.denied:
        out += [_op(_JUMP_EQUAL, number, 0, 1), _REFUSE]
    for number in table.attributes:
        out += [_op(_JUMP_EQUAL, number, 0, 1), _op(_RETURN, _ERRNO | _EOPNOTSUPP)]
    out += [_op(_JUMP_EQUAL, table.clone3, 0, 1), _op(_RETURN, _ERRNO | _ENOSYS)]  # glibc falls back to clone
    for number in table.sockets:
        out += _unless_first_argument(number, _JUMP_EQUAL, _AF_UNIX)
    for number in table.on_oneself:
        out += _unless_first_argument(number, _JUMP_EQUAL, 0)
    out += [*_setpriority(table.setpriority), *_clone(table.clone), *_mmap(table.mmap), *_fcntl(table.fcntl)]
    return [*out, *_setsockopt(table.setsockopt), *_prctl(table.prctl), *_file_commands(table.ioctl)]


def _setpriority(number: int) -> list[bytes]:
    """Only PRIO_PROCESS 0: the process itself, not a group or a user."""
    out = [_op(_JUMP_EQUAL, number, 0, 7)]
    for argument in (_FIRST_ARGUMENT, _SECOND_ARGUMENT):
        out += [_op(_LOAD, argument), _op(_JUMP_EQUAL, 0, 1, 0), _REFUSE]
    return [*out, _PERMIT]


def _clone(number: int) -> list[bytes]:
    """No namespaces. Only threads have descriptors in common: locks taken by a process that has ended would be ascribed to no
    one."""
    out = [_op(_JUMP_EQUAL, number, 0, 6), _op(_LOAD, _FIRST_ARGUMENT), _op(_JUMP_ANY_BIT, _NAMESPACES, 2, 0)]
    return [*out, _op(_JUMP_ANY_BIT, _FILES, 0, 2), _op(_JUMP_ANY_BIT, _THREAD, 1, 0), _REFUSE, _PERMIT]


def _mmap(number: int) -> list[bytes]:
    """No huge pages: they are the machine's reserve, which no memory limit covers."""
    out = [_op(_JUMP_EQUAL, number, 0, 4), _op(_LOAD, _FOURTH_ARGUMENT), _op(_JUMP_ANY_BIT, _MAP_HUGETLB, 0, 1)]
    return [*out, _REFUSE, _PERMIT]


def _fcntl(number: int) -> list[bytes]:
    """None of these commands: a lease keeps others waiting that open the file; a hint stays with it; locks of open file
    descriptions are memory that nobody counts, and unlike those of processes (guest/record_locks.py) can't be ascribed to a
    worker."""
    out = [_op(_JUMP_EQUAL, number, 0, 7), _op(_LOAD, _SECOND_ARGUMENT), _op(_JUMP_GREATER_EQUAL, _HINTS, 3, 0)]
    out += [_op(_JUMP_EQUAL, _SETLEASE, 2, 0), _op(_JUMP_EQUAL, _OFD_LOCKS[0], 1, 0)]
    return [*out, _op(_JUMP_EQUAL, _OFD_LOCKS[1], 0, 1), _REFUSE, _PERMIT]


def _setsockopt(number: int) -> list[bytes]:
    """No filter for a socket: its machine code is the machine's one supply, which no memory limit covers."""
    out = [_op(_JUMP_EQUAL, number, 0, 4), _op(_LOAD, _THIRD_ARGUMENT)]
    return [*out, _op(_JUMP_GREATER_EQUAL, _SO_ATTACH_FILTER, 0, 1), _REFUSE, _PERMIT]


def _prctl(number: int) -> list[bytes]:
    """None of these options: a process's own table of futexes takes up to 1 GiB of the kernel's memory, and names of mappings
    are such memory, too; a process that shares its core with no other work keeps the core's other thread idle; a filter of
    calls may write to the machine's log."""
    refused = _PR_SET_SECCOMP, _PR_SCHED_CORE, _PR_FUTEX_HASH, _PR_SET_VMA
    out = [_op(_JUMP_EQUAL, number, 0, len(refused) + 3), _op(_LOAD, _FIRST_ARGUMENT)]
    out += [_op(_JUMP_EQUAL, option, len(refused) - place, 0) for place, option in enumerate(refused)]
    return [*out, _PERMIT, _REFUSE]


def _file_commands(ioctl: int) -> list[bytes]:
    """Only the commands above: a file system does some things for whoever has opened one of its files. It takes away the key
    of a user's encrypted folders (FS_IOC_REMOVE_ENCRYPTION_KEY), keeps one, or waits for the disks. For whoever asks a socket
    for a bridge or a VLAN (SIOCGIFBR, SIOCGIFVLAN) the kernel loads a module, or has root's modprobe look for one."""
    out = [_op(_JUMP_EQUAL, ioctl, 0, len(_OF_FILES) + 6), _op(_LOAD, _SECOND_ARGUMENT)]
    out += [_op(_JUMP_EQUAL, command, len(_OF_FILES) + 4 - number, 0) for number, command in enumerate(_OF_FILES)]
    for left, (mask, kind) in ((2, _OF_SOCKETS), (0, _OF_TERMINALS)):  # the second mask is part of the first
        out += [_op(_AND, mask), _op(_JUMP_EQUAL, kind, left + 1, 0)]
    return [*out, _REFUSE, _PERMIT]


def _unless_first_argument(number: int, test: int, value: int) -> list[bytes]:
    """Call `number` is allowed only if its first argument passes the test; the number stays loaded otherwise."""
    first = [_op(_JUMP_EQUAL, number, 0, 4), _op(_LOAD, _FIRST_ARGUMENT)]
    return [*first, _op(test, value, 0, 1), _PERMIT, _REFUSE]


def _op(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("=HBBI", code, if_true, if_false, value & 0xFFFFFFFF)


_REFUSE, _PERMIT = _op(_RETURN, _ERRNO | _EPERM), _op(_RETURN, _ALLOW)
