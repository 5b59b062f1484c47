"""The local backend's system-call filter, executed by a small interpreter of classic BPF (Linux, networking/filter.rst)."""

from __future__ import annotations

import struct
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.backends import seccomp

ALLOWED, EPERM, ENOSYS, EOPNOTSUPP = "allowed", "EPERM", "ENOSYS", "EOPNOTSUPP"
RESULTS = {0x7FFF0000: ALLOWED, 0x00050001: EPERM, 0x00050026: ENOSYS, 0x0005005F: EOPNOTSUPP}
AUDIT = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
MACHINES = sorted(AUDIT)

#: The forbidden calls with their numbers on x86_64 and aarch64, written down again from the kernel's tables.
FORBIDDEN = """
ptrace 101 117, process_vm_readv 310 270, process_vm_writev 311 271, kcmp 312 272, pidfd_getfd 438 438,
process_madvise 440 440, shmget 29 194, shmat 30 196, shmctl 31 195, shmdt 67 197, semget 64 190, semop 65 193,
semctl 66 191, semtimedop 220 192, msgget 68 186, msgsnd 69 189, msgrcv 70 188, msgctl 71 187, mq_open 240 180,
mq_unlink 241 181, mq_timedsend 242 182, mq_timedreceive 243 183, mq_notify 244 184, mq_getsetattr 245 185, add_key
248 217, request_key 249 218, keyctl 250 219, userfaultfd 323 282, io_uring_setup 425 425, io_uring_enter 426 426,
io_uring_register 427 427, bpf 321 280, perf_event_open 298 241, unshare 272 97, setns 308 268, mount 165 40,
umount2 166 39, pivot_root 155 41, chroot 161 51, open_tree 428 428, move_mount 429 429, fsopen 430 430, fsconfig
431 431, fsmount 432 432, fspick 433 433, mount_setattr 442 442, kexec_load 246 104, kexec_file_load 320 294,
init_module 175 105, finit_module 313 273, delete_module 176 106, reboot 169 142, swapon 167 224, swapoff 168 225,
settimeofday 164 170, clock_settime 227 112, adjtimex 159 171, clock_adjtime 305 266, name_to_handle_at 303 264,
open_by_handle_at 304 265, personality 135 92, quotactl 179 60, quotactl_fd 443 443, syslog 103 116, acct 163 89,
vhangup 153 58, fanotify_init 300 262, fanotify_mark 301 263, memfd_secret 447 447, iopl 172 -, ioperm 173 -,
modify_ldt 154 -, lookup_dcookie 212 18, move_pages 279 239, migrate_pages 256 238, mbind 237 235, set_mempolicy 238
237, sched_setparam 142 118, sched_setscheduler 144 119, sched_setattr 314 274, ioprio_set 251 30, memfd_create
319 279, io_setup 206 0, io_destroy 207 1, io_getevents 208 4, io_submit 209 2, io_cancel 210 3, io_pgetevents 333 292,
sync 162 81, syncfs 306 267, seccomp 317 277, open_tree_attr 467 467
"""
#: Refused as by a file system that has no such thing.
ATTRIBUTES = "setxattr 188 5, lsetxattr 189 6, fsetxattr 190 7, setxattrat 463 463"
#: What ordinary programs need.
ORDINARY = """
read 0 63, write 1 64, mmap 9 222, brk 12 214, futex 202 98, kill 62 129, execve 59 221, wait4 61 260, pipe2 293 59,
openat 257 56, exit_group 231 94, getrandom 318 278, clock_gettime 228 113, sched_setaffinity 203 122
"""
CLONE, CLONE3 = {"x86_64": 56, "aarch64": 220}, 435
SOCKETS = {"x86_64": (41, 53), "aarch64": (198, 199)}
PRLIMIT = {"x86_64": 302, "aarch64": 261}
AFFINITY = {"x86_64": 203, "aarch64": 122}
PRIORITY = {"x86_64": 141, "aarch64": 140}
FCNTL = {"x86_64": 72, "aarch64": 25}
IOCTL = {"x86_64": 16, "aarch64": 29}
SETSOCKOPT = {"x86_64": 54, "aarch64": 208}
PRCTL = {"x86_64": 157, "aarch64": 167}
SPECIAL = {
    machine: {
        *(CLONE[machine], CLONE3, *SOCKETS[machine], PRLIMIT[machine], AFFINITY[machine], PRIORITY[machine]),
        *(FCNTL[machine], IOCTL[machine], SETSOCKOPT[machine], PRCTL[machine]),
    }
    for machine in MACHINES
}
THREAD_FLAGS = 0x003D0F00  # what a C library passes to start a thread


def numbers(table: str, machine: str) -> dict[str, int]:
    """Name and number of the calls that the architecture has."""
    rows = [entry.split() for entry in table.replace("\n", " ").split(",")]
    return {row[0]: int(number) for row in rows if (number := row[1 + (machine == "aarch64")]) != "-"}


@dataclass(frozen=True)
class Call:
    """One system call as the filter sees it."""

    number: int
    first: int = 0
    second: int = 0
    third: int = 0
    fourth: int = 0
    audit: int | None = None


def run(machine: str, call: Call) -> str:
    """Executes the filter on one call."""
    code = list(struct.iter_unpack("=HBBI", seccomp.program(machine)))
    audit = AUDIT[machine] if call.audit is None else call.audit
    arguments = call.first & (2**64 - 1), call.second, call.third, call.fourth, 0, 0
    data = struct.pack("<IIQ6Q", call.number & 0xFFFFFFFF, audit, 0, *arguments)
    accumulator = at = 0
    while True:
        operation, if_true, if_false, value = code[at]
        at += 1
        match operation:
            case 0x20:
                (accumulator,) = struct.unpack_from("<I", data, value)
            case 0x54:
                accumulator &= value
            case 0x15:
                at += if_true if accumulator == value else if_false
            case 0x35:
                at += if_true if accumulator >= value else if_false
            case 0x45:
                at += if_true if accumulator & value else if_false
            case 0x06:
                return RESULTS[value]
            case _:
                pytest.fail(f"instruction {operation:#x} is not expected here")


@pytest.mark.parametrize("machine", MACHINES)
@pytest.mark.parametrize("first", [0, 1, 2**64 - 1])
def test_forbidden_calls_are_refused(machine: str, first: int) -> None:
    """Each forbidden call that the architecture has answers EPERM whatever its arguments."""
    table = numbers(FORBIDDEN, machine)
    assert {name: run(machine, Call(number, first)) for name, number in table.items()} == dict.fromkeys(table, EPERM)


@pytest.mark.parametrize("machine", MACHINES)
@given(st.integers(0, 600), st.integers(0, 2**64 - 1))
def test_nothing_else_is_refused(machine: str, number: int, first: int) -> None:
    """Every other call is allowed whatever its arguments, so that ordinary programs behave as they do elsewhere."""
    if number not in SPECIAL[machine] | {*numbers(f"{FORBIDDEN}, {ATTRIBUTES}", machine).values()}:
        assert run(machine, Call(number, first)) == ALLOWED


@pytest.mark.parametrize("machine", MACHINES)
@pytest.mark.parametrize("first", [0, 2**64 - 1])
def test_there_are_no_extended_attributes(machine: str, first: int) -> None:
    """EOPNOTSUPP, which tools that copy rights take for an answer, and not EPERM, which they take for a failure."""
    table = numbers(ATTRIBUTES, machine)
    assert {run(machine, Call(number, first)) for number in table.values()} == {EOPNOTSUPP}


@pytest.mark.parametrize("machine", MACHINES)
def test_ordinary_calls(machine: str) -> None:
    """Reading, mapping, forking, waiting and signalling are allowed."""
    table = numbers(ORDINARY, machine)
    assert {name: run(machine, Call(number)) for name, number in table.items()} == dict.fromkeys(table, ALLOWED)


@pytest.mark.parametrize("machine", MACHINES)
@pytest.mark.parametrize("flag", [0x00020000, 0x02000000, 0x04000000, 0x08000000, 0x10000000, 0x20000000, 0x40000000])
def test_clone_makes_no_namespace(machine: str, flag: int) -> None:
    """Any CLONE_NEW* flag, alone or with others, is refused; processes and threads are not."""
    number = CLONE[machine]
    assert [run(machine, Call(number, flags)) for flags in (flag, flag | THREAD_FLAGS, flag | 17)] == [EPERM] * 3
    assert [run(machine, Call(number, flags)) for flags in (17, THREAD_FLAGS)] == [ALLOWED] * 2


@pytest.mark.parametrize("machine", MACHINES)
def test_only_threads_have_descriptors_in_common(machine: str) -> None:
    """The locks of a process that has ended are no one's, and are not counted, if another one has its descriptors."""
    flags = (0x400, 0x511, 0x8411, 0x10400, 0x10100, 0x4111)
    assert [run(machine, Call(CLONE[machine], one)) for one in flags] == [EPERM] * 3 + [ALLOWED] * 3


@pytest.mark.parametrize("machine", MACHINES)
def test_no_huge_pages(machine: str) -> None:
    """A machine's reserve of huge pages is counted as nobody's memory; ordinary mappings are allowed."""
    number = {"x86_64": 9, "aarch64": 222}[machine]
    flags = (0x22, 0x40022, 0x54040022, 0x02)  # private anonymous memory, with huge pages, of another size; a file
    assert [run(machine, Call(number, fourth=one)) for one in flags] == [ALLOWED, EPERM, EPERM, ALLOWED]


@pytest.mark.parametrize("machine", MACHINES)
def test_clone3_does_not_exist(machine: str) -> None:
    """ENOSYS makes C libraries use clone, whose flags the filter can see."""
    assert run(machine, Call(CLONE3)) == ENOSYS


@pytest.mark.parametrize("machine", MACHINES)
@given(st.integers(0, 2**32 - 1))
def test_sockets_are_local(machine: str, family: int) -> None:
    """socket and socketpair are allowed for AF_UNIX and for nothing else."""
    assert {run(machine, Call(number, family)) for number in SOCKETS[machine]} == {ALLOWED if family == 1 else EPERM}
    assert {run(machine, Call(number, 1)) for number in SOCKETS[machine]} == {ALLOWED}


@pytest.mark.parametrize("machine", MACHINES)
@pytest.mark.parametrize("table", [PRLIMIT, AFFINITY])
def test_limits_are_set_on_oneself_only(machine: str, table: dict[str, int]) -> None:
    """With a process id one could change the limits and processors of others, the supervisor's among them."""
    assert [run(machine, Call(table[machine], pid)) for pid in (0, 1, 4321)] == [ALLOWED, EPERM, EPERM]


@pytest.mark.parametrize("machine", MACHINES)
def test_priority_is_set_on_oneself_only(machine: str) -> None:
    """PRIO_PROCESS 0 and nothing else: no other process, no group, no user, who may be the supervisor's too."""
    seen = {pair: run(machine, Call(PRIORITY[machine], *pair)) for pair in [(0, 0), (0, 1), (1, 0), (2, 0), (2, 1000)]}
    assert [pair for pair, answer in seen.items() if answer != EPERM] == [(0, 0)]


@pytest.mark.parametrize("machine", MACHINES)
@pytest.mark.parametrize("high", [0, 1 << 32])
def test_files_get_no_leases_and_no_hints(machine: str, high: int) -> None:
    """F_SETLEASE keeps others waiting that open a file; F_SET_RW_HINT and newer commands change what a file keeps.
    F_OFD_SETLK takes memory that nobody counts."""
    commands = {0, 4, 6, 9, 36, 37, 38, 1023, 1026, 1030, 1032, 1034, 1024, 1035, 1036, 1038, 1040, 2**32 - 1}
    answers = {number: run(machine, Call(FCNTL[machine], second=number | high)) for number in commands}
    refused = {number for number in commands if number in (37, 38, 1024) or number >= 1035}
    assert answers == {number: EPERM if number in refused else ALLOWED for number in commands}


@pytest.mark.parametrize("machine", MACHINES)
@pytest.mark.parametrize("high", [0, 1 << 32, 0xFFFFFFFF << 32])
def test_file_systems_do_nothing_but_copy_and_set_flags(machine: str, high: int) -> None:
    """Keys of encrypted folders (by which a user's home could be closed), waits for the disks, and anything unknown are refused.
    Terminals, FIONREAD, FIOCLEX, sockets, flags and FICLONE are not, but for what sockets do with bridges, VLANs and the like:
    the kernel loads modules for that."""
    keys = {0xC0506617, 0xC0406618, 0xC0406619, 0xC080661A, 0x800C6613, 0xC0096616}
    refused = {
        *keys,
        *(
            0x8940,
            0x8941,
            0x8946,
            0x894C,
            0x8980,
            0x8982,
            0x8983,
            0x89A0,
            0x89A3,
            0x89E0,
            0x89F0,
            0x40048940,
            0x8A00,
            0x8800,
        ),
        0x9408,
        0x80089418,
        0xC020660B,
        0x5879,
        0x40049408,
        0x80086600,
        0,
        1,
        0x10000,
        0x540000,
        2**32 - 1,
    }
    allowed = {
        0x5401,
        0x541B,
        0x5450,
        0x5451,
        0x80045430,
        0x8905,
        0x8912,
        0x8933,
        0x80108906,
        0x80086601,
        0x40086602,
        0x40049409,
        0x4020940D,
    }
    answers = {command: run(machine, Call(IOCTL[machine], 3, command | high)) for command in refused | allowed}
    assert answers == dict.fromkeys(refused, EPERM) | dict.fromkeys(allowed, ALLOWED)


@pytest.mark.parametrize("machine", MACHINES)
@pytest.mark.parametrize("high", [0, 1 << 32])
def test_sockets_get_no_filters(machine: str, high: int) -> None:
    """SO_ATTACH_FILTER (26), SO_ATTACH_BPF (50) and the like; sizes, times and credentials are set as elsewhere."""
    wanted = {2: ALLOWED, 7: ALLOWED, 16: ALLOWED, 21: ALLOWED, 26: EPERM, 50: EPERM, 51: EPERM, 2**32 - 1: EPERM}
    assert {option: run(machine, Call(SETSOCKOPT[machine], 3, 1, option | high)) for option in wanted} == wanted


@pytest.mark.parametrize("machine", MACHINES)
@pytest.mark.parametrize("high", [0, 1 << 32, 0xFFFFFFFF << 32])
def test_processes_get_no_filters_no_core_no_table_of_futexes_and_no_names_of_memory(machine: str, high: int) -> None:
    """The kernel reads 32 bits of the option."""
    refused = 22, 62, 78, 0x53564D41
    assert [run(machine, Call(PRCTL[machine], first=high | option)) for option in refused] == [EPERM] * len(refused)
    for option in (1, 4, 15, 21, 23, 36, 38, 61, 63, 77, 79, 0x53564D40):
        assert run(machine, Call(PRCTL[machine], first=high | option)) == ALLOWED


@pytest.mark.parametrize("machine", MACHINES)
@given(st.integers(0, 2**32 - 1), st.integers(0, 2**32 - 1))
def test_other_architectures_are_refused(machine: str, number: int, audit: int) -> None:
    """int 0x80 and the like have other numbers; x32 has the same architecture and a bit in the number."""
    if audit != AUDIT[machine]:
        assert run(machine, Call(number, audit=audit)) == EPERM
    assert run(machine, Call(number | 0x40000000)) == EPERM


def test_an_unknown_machine_has_no_filter() -> None:
    """Nothing is guessed where the numbers aren't known; `describe` says so."""
    assert seccomp.program("riscv64") == b""
