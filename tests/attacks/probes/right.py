# The right solution, and in its standard output everything that an earlier sample could have changed for this one.
import ctypes
import decimal
import fcntl
import gc
import json
import locale
import math
import mmap
import os
import random
import resource
import signal
import socket
import sys
import tempfile
import threading
import time
import warnings


def attempt(action, *arguments):
    try:
        return action(*arguments)
    except OSError as error:
        return type(error).__name__


def content(path):
    with open(path) as file:
        return file.read()


def flags(folder):
    """What chattr(1) sets."""
    number = os.open(folder, os.O_RDONLY)
    try:
        return int.from_bytes(fcntl.ioctl(number, 0x80086601, bytes(8)), sys.byteorder)
    finally:
        os.close(number)


def about_folders():
    for folder in ("/tmp", "/dev/shm", "/dev/mqueue"):
        if os.path.isdir(folder):
            stat, space = os.stat(folder), os.statvfs(folder)
            yield folder, os.listdir(folder), stat.st_mode, os.listxattr(folder), space.f_ffree, space.f_bfree
            # its times are those of this boot, and not what somebody has chosen
            yield attempt(flags, folder), all(abs(time.time() - when) < 1e7 for when in (stat.st_atime, stat.st_mtime))


def about_streams():
    for number in range(256):
        try:
            stat = os.fstat(number)
        except OSError:
            continue
        # size of the pipe; owner and signal of the opening
        yield number, stat.st_mode, *(attempt(fcntl.fcntl, number, what) for what in (fcntl.F_GETFL, 1032, 9, 11))


def about_processes():
    number = {"x86_64": 252, "aarch64": 31}[os.uname().machine]
    for process in (0, 1):
        yield os.getpriority(os.PRIO_PROCESS, process), os.sched_getscheduler(process)
        yield sorted(os.sched_getaffinity(process)), ctypes.CDLL(None).syscall(number, 1, process)
    for name in ("limits", "comm", "coredump_filter"):
        yield attempt(content, f"/proc/1/{name}"), attempt(content, f"/proc/self/{name}")
    yield attempt(content, "/proc/self/autogroup").rpartition("nice")[2]
    yield attempt(content, "/proc/self/oom_score_adj")  # PID 1's own is being put back about now
    yield sorted(int(name) not in (1, os.getpid()) for name in os.listdir("/proc") if name.isdigit())
    yield ctypes.CDLL(None).prctl(30, 0, 0, 0, 0), ctypes.CDLL(None).prctl(3, 0, 0, 0, 0)


def about_process():
    yield dict(os.environ), os.getcwd(), os.umask(0o022), socket.gethostname(), time.tzname
    yield [resource.getrlimit(limit) for limit in range(16)]
    yield [str(signal.getsignal(number)) for number in range(1, 65)], sorted(signal.pthread_sigmask(0, ()))
    yield attempt(content, "/proc/net/sockstat").partition("\n")[0]
    sockets = [line.split() for line in content("/proc/net/unix").splitlines()[1:]]
    yield [fields for fields in sockets if fields[3] == "00010000" or fields[-1].startswith("@")]


def about_interpreter():
    yield sys.path, sys.flags, sys.argv, sorted(sys.modules), sys.getrecursionlimit(), sys.getswitchinterval()
    yield gc.isenabled(), gc.get_threshold(), hash("x"), sorted(dir(__builtins__)), sys.get_int_max_str_digits()
    yield math.pi, json.dumps([1, "ж"]), decimal.getcontext().prec, len(warnings.filters), threading.stack_size()
    yield locale.setlocale(locale.LC_ALL), len(sys.meta_path), len(sys.path_hooks), random.Random(1).random()


def works():
    """What an earlier sample could have used up."""
    with mmap.mmap(-1, 32 << 20) as held:
        held[:] = bytes(32 << 20)
    threads = [threading.Thread(target=time.sleep, args=(0.001,)) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for _ in range(3):
        if not os.fork():
            os._exit(7)
        assert os.waitstatus_to_exitcode(os.wait()[1]) == 7
    with tempfile.TemporaryFile() as file:
        file.write(bytes(4 << 20))
    pair = os.pipe()
    assert os.write(pair[1], bytes(60_000)) == 60_000
    for number in pair:
        os.close(number)


if True:
    parts = [about_folders, about_streams, about_processes, about_process, about_interpreter]
    for part in parts:
        print(part.__name__, json.dumps(list(part()), default=str, sort_keys=True))
    works()


def runs(text):
    return solve(text)
