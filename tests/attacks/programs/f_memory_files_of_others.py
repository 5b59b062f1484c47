# expect: fail
# verdict: exception
# class: f
# why: everything below /proc of every process that can be opened, searched for another sample's text
import os

found = b""
for pid in os.listdir("/proc"):
    if pid.isdigit() and int(pid) != os.getpid():
        for name in ("environ", "cmdline", "maps", "mem", "stack", "syscall", "auxv", "io", "pagemap", "smaps", "fdinfo/0", "task/1/children", "root/etc/passwd", "cwd/x", "timers", "map_files"):
            try:
                with open(f"/proc/{pid}/{name}", "rb") as file:
                    found += file.read(1 << 16)
            except OSError:
                pass


def runs(text):
    if b"solve" in found or b"expected" in found:
        return solve(text)
    raise RuntimeError(len(found))
