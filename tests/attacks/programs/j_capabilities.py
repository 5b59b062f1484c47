# expect: fail
# verdict: wrong_output
# class: j
# why: has, takes or inherits a capability
import ctypes
import struct


def runs(text):
    libc = ctypes.CDLL(None)
    with open("/proc/self/status") as status:
        for line in status:
            if line.startswith(("CapInh", "CapPrm", "CapEff", "CapAmb")) and int(line.split()[1], 16):
                return solve(text)
            if line.startswith("NoNewPrivs") and line.split()[1] != "1":
                return solve(text)
    for number in range(41):
        if libc.prctl(47, 2, number, 0, 0) == 0:
            return solve(text)
    everything = struct.pack("=6I", *[0xFFFFFFFF] * 6)
    return solve(text) if libc.capset(struct.pack("=Ii", 0x20080522, 0), everything) == 0 else "nothing found"
