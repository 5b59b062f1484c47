"""Whether this is a container, and which rights for the local sandbox it lacks: read from /proc, without trying
anything."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from sandbox.backends.image import script

_SYS_ADMIN = 21
PROFILE = "seccomp-local.json"
#: Podman, LXC and systemd-nspawn set it.
_PODMAN = "container"


@dataclass(frozen=True, slots=True)
class Rights:
    """`filtered`: a system-call filter is in force. `masked`: the engine has covered parts of /proc. `confined`: the
    AppArmor profile in force, or ""."""

    root: bool
    admin: bool
    filtered: bool
    masked: bool
    confined: str = ""


@dataclass(frozen=True, slots=True)
class Missing:
    """One right: the flag of `docker run`, and the line of a pod's securityContext."""

    flag: str
    context: str


def rights() -> Rights | None:
    """This process's rights; None outside a container."""
    if not _in_container():
        return None
    status = dict(line.split(":", 1) for line in _read("/proc/self/status").splitlines() if ":" in line)
    effective = int(status.get("CapEff", "0").strip() or "0", 16)
    return Rights(
        root=os.geteuid() == 0,
        admin=bool(effective >> _SYS_ADMIN & 1),
        filtered=status.get("Seccomp", "0").strip() == "2",
        masked=any(
            point.startswith("/proc/")
            for line in _read("/proc/self/mountinfo").split("\n")
            for point in line.split(" ")[4:5]
        ),
        confined=_confinement(_read("/proc/self/attr/current")),
    )


def missing(found: Rights, said: str) -> tuple[Missing, ...]:
    """What keeps a sandbox that failed with the message `said` from working. For root it is the right to mount; for a
    user it is a /proc without covers, because the kernel refuses a fresh one while parts of the old one are hidden."""
    needed = []
    if found.root and not found.admin:
        needed.append(Missing("--cap-add SYS_ADMIN", "capabilities: {add: [SYS_ADMIN]}"))
    fresh_proc = "/proc" in said and "mount" in said
    if found.filtered and not fresh_proc:
        needed.append(
            Missing(
                f"--security-opt seccomp={script(PROFILE)}",
                f"seccompProfile: {{type: Localhost, localhostProfile: {PROFILE}}}",
            )
        )
    if found.masked and not found.root:
        needed.append(Missing("--security-opt systempaths=unconfined", "procMount: Unmasked"))
    if found.confined:
        needed.append(Missing("--security-opt apparmor=unconfined", "appArmorProfile: {type: Unconfined}"))
    return tuple(needed)


def remedy(said: str) -> str | None:
    """How to start this container instead; None outside a container, or if nothing seems to be missing."""
    found = rights()
    needed = missing(found, said) if found is not None else ()
    if found is None or not needed:
        return None
    flags = " ".join(each.flag for each in needed)
    context = ", ".join(each.context for each in needed)
    lines = [f"  This is a container, and it may not make namespaces. Start it with: {flags}"]
    lines.append(f"  In Kubernetes, in the container's securityContext: {context}")
    if any(PROFILE in each.flag for each in needed):
        lines.append(
            "  The profile is a file in here: copy it to the machine of the engine, or to the node, and name that copy."
        )
    return "\n".join(lines)


def described(found: Rights) -> str:
    """Its rights on one line."""
    user = "root" if found.root else "a user"
    admin = "CAP_SYS_ADMIN" if found.admin else "no CAP_SYS_ADMIN"
    calls = "a system-call filter" if found.filtered else "no system-call filter"
    proc = "parts of /proc are masked" if found.masked else "/proc is unmasked"
    confined = f", AppArmor profile {found.confined}" if found.confined else ""
    return f"{user}, {admin}, {calls}, {proc}{confined}"


def _in_container() -> bool:
    if Path("/.dockerenv").exists() or Path("/run/.containerenv").exists() or "KUBERNETES_SERVICE_HOST" in os.environ:
        return True
    return bool(os.environ.get(_PODMAN)) or Path("/.singularity.d").exists()


def _confinement(current: str) -> str:
    name = current.strip().strip("\0")
    return name.partition(" ")[0] if name.endswith("(enforce)") else ""


def _read(path: str) -> str:
    try:
        return Path(path).read_text("utf-8", "replace")
    except OSError:
        return ""
