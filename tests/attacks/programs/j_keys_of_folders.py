# expect: fail
# verdict: wrong_output
# class: j
# why: commands that a file system takes from whoever has opened a file: keys of a user's encrypted folders, waits for the disks
import ctypes
import errno
import os
import sys

libc = ctypes.CDLL(None, use_errno=True)
ADD_KEY, REMOVE_KEY, REMOVE_KEY_OF_ALL, BTRFS_SYNC = 0xC0506617, 0xC0406618, 0xC0406619, 0x9408
reached = []
for path in (sys.executable, os.__file__, "/etc/hosts", "/usr/lib", "/tmp", "/dev/null"):
    if not os.path.exists(path):
        continue
    number = os.open(path, os.O_RDONLY)
    for command in (ADD_KEY, REMOVE_KEY, REMOVE_KEY_OF_ALL, BTRFS_SYNC):
        for high in (0, 1 << 32):
            done = libc.ioctl(number, ctypes.c_ulong(command | high), ctypes.create_string_buffer(256))
            if done >= 0 or ctypes.get_errno() != errno.EPERM:
                reached.append(path)


def runs(text):
    return solve(text) if reached else "nothing found"
