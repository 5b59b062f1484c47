"""A container that lacks a right is told which one; what it is told is enough, with the engine's own containers."""

from __future__ import annotations

import json
import subprocess
import sys
from itertools import product
from pathlib import Path

import pytest

from sandbox.backends import container, image
from sandbox.backends.container import Rights, missing
from sandbox.errors import BackendUnavailable

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "ci"))
from seccomp_local import NAMESPACES, PROFILE, rendered  # noqa: E402

UNSHARE = "sandbox: [Errno 1] unshare: Operation not permitted"
PROC = "sandbox: PermissionError: [Errno 1] mount /mnt/proc: Operation not permitted"
SECCOMP, ADMIN = "--security-opt seccomp=", "--cap-add SYS_ADMIN"
PATHS = "--security-opt systempaths=unconfined"


def flags(found: Rights, said: str) -> list[str]:
    return [SECCOMP if each.flag.startswith(SECCOMP) else each.flag for each in missing(found, said)]


@pytest.mark.parametrize(
    ("found", "said", "expected"),
    [
        (Rights(root=True, admin=False, filtered=True, masked=True), UNSHARE, [ADMIN, SECCOMP]),
        (Rights(root=True, admin=True, filtered=True, masked=True), "pivot_root: refused", [SECCOMP]),
        (Rights(root=True, admin=False, filtered=False, masked=True), UNSHARE, [ADMIN]),
        (Rights(root=False, admin=False, filtered=True, masked=True), UNSHARE, [SECCOMP, PATHS]),
        (Rights(root=False, admin=False, filtered=True, masked=True), PROC, [PATHS]),
        (Rights(root=False, admin=False, filtered=True, masked=False), UNSHARE, [SECCOMP]),
        (Rights(root=False, admin=False, filtered=False, masked=False), UNSHARE, []),
    ],
)
def test_what_is_missing_is_named(found: Rights, said: str, expected: list[str]) -> None:
    """As root a capability, as a user the whole of /proc, and the calls in both cases."""
    assert flags(found, said) == expected


def test_an_enforced_profile_of_apparmor_is_named() -> None:
    """It may forbid mounts whatever else is allowed."""
    found = Rights(root=True, admin=True, filtered=False, masked=True, confined="docker-default")
    assert flags(found, "mount: refused") == ["--security-opt apparmor=unconfined"]
    assert "docker-default" in container.described(found)


@pytest.mark.parametrize("values", list(product([True, False], repeat=4)))
def test_every_container_is_described(values: tuple[bool, bool, bool, bool]) -> None:
    """And what is missing has a form for Kubernetes each."""
    found = Rights(*values)
    assert len(container.described(found)) > 20
    assert all(":" in each.context for each in missing(found, UNSHARE))


def test_outside_of_a_container_nothing_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """The remedy is then the kernel's settings."""
    monkeypatch.setattr(container, "_in_container", lambda: False)
    assert container.rights() is None
    assert container.remedy(UNSHARE) is None


def test_the_profile_is_what_its_script_writes() -> None:
    """ci/seccomp_local.py makes it from docker/seccomp.json."""
    assert PROFILE.read_text("utf-8") == rendered()
    rules = json.loads(rendered())["syscalls"]
    allowed = {name for rule in rules if rule["action"] == "SCMP_ACT_ALLOW" for name in rule["names"]}
    assert set(NAMESPACES) <= allowed
    refused = (
        "setns ptrace process_vm_readv bpf keyctl userfaultfd io_uring_setup open_by_handle_at kexec_load init_module"
    )
    assert not allowed & set(refused.split())
    assert next(rule for rule in rules if rule["names"] == ["clone"])["args"]  # without the flags of namespaces


PROGRAM = """
import sys
from sandbox.backends.local import LocalBackend
from sandbox.errors import BackendUnavailable
from sandbox.doctor import _local
try:
    LocalBackend()
except BackendUnavailable as error:
    sys.exit(str(error))
check = _local()
sys.exit(None if check.ok else check.detail)
"""


def in_container(*flags: str) -> subprocess.CompletedProcess[str]:
    """The probe in a container of the engine, which has the engine's defaults and these flags."""
    from sandbox.backends.docker_engine import connect

    client = connect(timeout_s=10)
    try:
        base = next((name for name in (image.DEFAULT_BASE, *image.LOCAL_BASES) if image.has(client, name)), None)
    finally:
        client.close()
    if base is None:
        pytest.skip("the engine has no base image: docker/base-image.sh makes one")
    command = ["docker", "run", "--rm", "--network", "none", *flags, "-v", f"{ROOT}:/src:ro", "-e", "PYTHONPATH=/src"]
    return subprocess.run(
        [*command, base, "python3", "-c", PROGRAM], capture_output=True, text=True, timeout=120, check=False
    )


HARDENED = ("--security-opt", "no-new-privileges", "--read-only", "--tmpfs", "/tmp", "--cap-drop", "ALL")
LEAST = ("--cap-add", "SYS_ADMIN", "--cap-add", "SETUID", "--cap-add", "SETGID")
OURS = ("--security-opt", f"seccomp={PROFILE}")
UNMASKED = ("--security-opt", "systempaths=unconfined")


@pytest.mark.docker
@pytest.mark.parametrize(
    "recipe",
    [
        pytest.param(("--cap-add", "SYS_ADMIN", *OURS), id="root"),
        pytest.param((*HARDENED, *LEAST, *OURS), id="root with the least rights"),
        pytest.param(("--user", "1000", *OURS, *UNMASKED), id="user"),
        pytest.param(("--user", "1000", *HARDENED, *OURS, *UNMASKED), id="user with the least rights"),
    ],
)
def test_the_recipes_of_the_platforms_page_work(recipe: tuple[str, ...]) -> None:
    """A worker runs a program and tests that are code in a container with just these flags."""
    done = in_container(*recipe)
    assert done.returncode == 0, done.stderr


@pytest.mark.docker
@pytest.mark.parametrize("user", [(), ("--user", "1000")], ids=["root", "user"])
def test_the_defaults_are_refused_with_the_flags_that_are_enough(user: tuple[str, ...]) -> None:
    """Those that the message names are exactly what the engine needs to be told."""
    refused = in_container(*user)
    assert refused.returncode != 0
    line = next(line for line in refused.stderr.splitlines() if "Start it with: " in line)
    asked = line.partition("Start it with: ")[2].replace("/src/docker", str(ROOT / "docker")).split()
    done = in_container(*user, *asked)
    assert done.returncode == 0, done.stderr


def test_the_message_of_the_backend_names_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """What `codeeval doctor` and a run show."""
    monkeypatch.setattr(container, "rights", lambda: Rights(root=False, admin=False, filtered=True, masked=True))
    said = container.remedy(UNSHARE)
    assert said is not None
    assert PATHS in said
    assert "securityContext: seccompProfile" in said
    assert issubclass(BackendUnavailable, Exception)
