# expect: fail
# verdict: wrong_output
# class: h
# why: changes rights, times, owners and attributes of the temporary folders themselves
import fcntl
import os
import struct

ACCESS = struct.pack("<I", 2) + b"".join(struct.pack("<HHI", tag, 0, 0xFFFFFFFF) for tag in (1, 4, 0x20))


def attempt(action, *arguments):
    try:
        action(*arguments)
    except OSError:
        pass


def set_flags(folder):
    """No dump, no access times."""
    fcntl.ioctl(os.open(folder, os.O_RDONLY), 0x40086602, struct.pack("l", 0xC0))


def runs(text):
    for folder in ("/tmp", "/dev/shm", "/dev", "/dev/null", "/"):
        attempt(os.setxattr, folder, "user.note", b"left for the next one")
        attempt(os.setxattr, folder, "system.posix_acl_default", ACCESS)
        attempt(os.chown, folder, os.getuid(), os.getgid())
        attempt(os.utime, folder, (123_456_789, 987_654_321))
        attempt(set_flags, folder)
        attempt(os.chmod, folder, 0o555)
