"""Record who started a worker, so that a later run can tell whether that process is still running."""

from __future__ import annotations

import os
from pathlib import Path


def _boot() -> str:
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        return f"{boot}.{os.readlink('/proc/self/ns/pid').strip('pid:[]')}"
    except OSError:
        return "unknown"


def _started(pid: int | str) -> str:
    """When the process started, in ticks since boot; "" if it has ended (as a zombie has)."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return "" if fields[0] in "ZXx" else fields[19]
    except (OSError, IndexError, UnicodeDecodeError):
        return ""


def me() -> str:
    """`boot.pidnamespace:pid:start`, unique across reboots and reused process ids."""
    return f"{_boot()}:{os.getpid()}:{_started(os.getpid())}"


def is_dead(owner: str) -> bool:
    """True only if the owner belongs to this boot and pid namespace and is certainly gone."""
    boot, _, rest = owner.partition(":")
    pid, _, started = rest.partition(":")
    return boot == _boot() != "unknown" and pid.isascii() and pid.isdigit() and _started(pid) != started


def is_of_another_boot(owner: str) -> bool:
    """True if the owner certainly belongs to another boot of this machine, or to another machine."""
    boot, own = owner.partition(":")[0].partition(".")[0], _boot().partition(".")[0]
    return own != "unknown" and len(boot) == len(own) and boot != own


def booted() -> float:
    """When this machine was booted, in seconds since 1970 like file times; 0 if unknown."""
    try:
        lines = Path("/proc/stat").read_text().splitlines()
        return float(next(line.split()[1] for line in lines if line.startswith("btime ")))
    except (OSError, StopIteration, ValueError):
        return 0.0
