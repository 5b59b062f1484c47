# expect: fail
# verdict: exception
# class: j
# why: mount trees, pid descriptors of others, process memory advice, kernel modules, quotas, secret memory
import ctypes
import errno
import os

libc = ctypes.CDLL(None, use_errno=True)
allowed = []
for name, number, arguments in (
    ("open_tree", 428, (-100, b"/", 1)),
    ("fsopen", 430, (b"tmpfs", 0)),
    ("move_mount", 429, (-100, b"/", -100, b"/", 0)),
    ("mount_setattr", 442, (-100, b"/", 0, None, 0)),
    ("setns", 308, (os.pidfd_open(os.getpid()), 0x10000000)),
    ("pidfd_getfd", 438, (os.pidfd_open(1), 0, 0)),
    ("process_madvise", 440, (os.pidfd_open(1), None, 0, 4, 0)),
    ("init_module", 175, (None, 0, b"")),
    ("quotactl", 179, (0x80000700, None, 0, None)),
    ("unshare", 272, (0x10000000,)),
    ("clone3", 435, (None, 0)),
    ("syslog", 103, (3, None, 0)),
    ("acct", 163, (b"/tmp/x",)),
    ("swapon", 167, (b"/tmp/x", 0)),
    ("reboot", 169, (0, 0, 0, None)),
    ("sethostname", 170, (b"x", 1)),
    ("chroot", 161, (b"/tmp",)),
    ("pivot_root", 155, (b"/tmp", b"/tmp")),
):
    if os.uname().machine == "x86_64" and libc.syscall(number, *arguments) >= 0:
        allowed.append(name)


def runs(text):
    if allowed:
        return solve(text)
    raise RuntimeError("no attack has worked")
