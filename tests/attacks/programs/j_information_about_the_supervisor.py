# expect: fail
# verdict: wrong_output exception
# class: j
# why: namespaces of the supervisor through a handle of it (PIDFD_GET_*_NAMESPACE), and through its own
import ctypes
import fcntl
import os


def runs(text):
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(4, 1, 0, 0, 0)  # dumpable again, so that it may open its own
    handles = []
    for pid in (1, os.getpid()):
        handle = os.pidfd_open(pid)
        for request in range(0xFF01, 0xFF0B):
            try:
                handles.append(fcntl.ioctl(handle, request, 0))
            except OSError:
                continue
    for name in os.listdir("/proc/self/ns"):
        handles.append(os.open(f"/proc/self/ns/{name}", os.O_RDONLY))
    entered = [libc.setns(handle, 0) == 0 for handle in handles]
    return solve(text) if any(entered) else None
