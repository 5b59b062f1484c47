"""The parts of the project that are not Python: scripts, the seccomp profile, and what the repository may contain."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = sorted([*(ROOT / "docker").glob("*.sh"), ROOT / ".ci" / "run"])

#: What a sample could use to look at other processes, to leave its namespaces, to reach the kernel's rarely used parts,
#: to keep something beyond its end (SysV objects, keys), or to change the machine.
FORBIDDEN = re.findall(
    r"\w+",
    """
    ptrace process_vm_readv process_vm_writev pidfd_getfd kcmp process_madvise
    shmget shmat shmctl shmdt msgget msgsnd msgrcv msgctl semget semop semtimedop semctl ipc
    mq_open mq_unlink mq_timedsend mq_timedreceive mq_notify mq_getsetattr
    keyctl add_key request_key userfaultfd io_uring_setup io_uring_enter io_uring_register bpf perf_event_open seccomp
    unshare setns mount umount umount2 mount_setattr move_mount open_tree fsopen fsconfig fsmount fspick
    pivot_root chroot open_by_handle_at name_to_handle_at fanotify_init fanotify_mark memfd_secret
    kexec_load kexec_file_load init_module finit_module delete_module create_module query_module get_kernel_syms
    quotactl quotactl_fd syslog acct swapon swapoff reboot settimeofday clock_settime clock_settime64 clock_adjtime
    adjtimex stime lookup_dcookie vhangup nfsservctl sethostname setdomainname iopl ioperm modify_ldt uselib vm86
    sched_setscheduler sched_setparam sched_setattr ioprio_set mbind set_mempolicy migrate_pages move_pages vm86old
    """,
)

AF_UNIX, CLONE_NEW_FLAGS, ENOSYS, EOPNOTSUPP = 1, 0x7E020000, 38, 95
CLONE_FILES, CLONE_THREAD = 0x400, 0x10000


@pytest.fixture(scope="module")
def rules() -> list[dict[str, Any]]:
    """The profile's rules, each with names and an action."""
    profile = json.loads((ROOT / "docker" / "seccomp.json").read_text("utf-8"))
    assert profile["defaultAction"] == "SCMP_ACT_ERRNO"  # and EPERM, the format's default number
    assert "defaultErrnoRet" not in profile
    return list(profile["syscalls"])


def rules_of(rules: list[dict[str, Any]], name: str) -> list[dict[str, Any]]:
    return [rule for rule in rules if name in rule["names"]]


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_scripts_parse_and_are_executable(script: Path) -> None:
    """Every shell script is executable, stops at the first error, and is valid bash."""
    subprocess.run(["bash", "-n", str(script)], check=True, timeout=30)
    assert os.access(script, os.X_OK)
    assert "\nset -euo pipefail\n" in script.read_text("utf-8")


@pytest.mark.parametrize("name", FORBIDDEN)
def test_the_profile_never_names_a_forbidden_call(rules: list[dict[str, Any]], name: str) -> None:
    """What is not named is refused with EPERM, so a forbidden call must appear nowhere."""
    assert rules_of(rules, name) == []


def test_the_profile_allows_or_answers(rules: list[dict[str, Any]]) -> None:
    """No rule logs, traces, notifies or kills: allowed, or one of two answers that callers know what to do with."""
    other = [rule for rule in rules if rule["action"] != "SCMP_ACT_ALLOW"]
    attributes = [f"{prefix}{verb}xattr" for verb in ("set", "remove") for prefix in ("", "l", "f")]
    assert [(rule["names"], rule["action"], rule["errnoRet"]) for rule in other] == [
        (["clone3"], "SCMP_ACT_ERRNO", ENOSYS),
        (attributes, "SCMP_ACT_ERRNO", EOPNOTSUPP),
    ]


def test_no_call_is_named_twice_without_arguments(rules: list[dict[str, Any]]) -> None:
    """A second rule could widen the first: only those whose values are alternatives have several."""
    names = [name for rule in rules for name in rule["names"]]
    assert {name for name in names if names.count(name) > 1} == {"personality", "clone", "fcntl", "ioctl", "prctl"}


def test_sockets_are_local(rules: list[dict[str, Any]]) -> None:
    """A socket can only be made in the family AF_UNIX."""
    for name in ("socket", "socketpair"):
        (rule,) = rules_of(rules, name)
        assert [(arg["index"], arg["value"], arg["op"]) for arg in rule["args"]] == [(0, AF_UNIX, "SCMP_CMP_EQ")]


def test_clone_makes_no_namespaces(rules: list[dict[str, Any]]) -> None:
    """`clone` is allowed only with none of the namespace flags, and descriptors are shared by threads only."""
    asked = [arg for rule in rules_of(rules, "clone") for arg in rule["args"]]
    assert {(arg["index"], arg["op"]) for arg in asked} == {(0, "SCMP_CMP_MASKED_EQ")}
    processes, threads = ((arg["value"], arg["valueTwo"]) for arg in asked)
    assert processes == (CLONE_NEW_FLAGS | CLONE_FILES, 0)
    assert threads == (CLONE_NEW_FLAGS | CLONE_FILES | CLONE_THREAD, CLONE_FILES | CLONE_THREAD)


def test_a_process_chooses_its_own_processors_only(rules: list[dict[str, Any]]) -> None:
    """Some kernels count the sleep of a task that another one moves as waiting, which would extend the wall limit."""
    (rule,) = rules_of(rules, "sched_setaffinity")
    assert [(arg["index"], arg["value"], arg["op"]) for arg in rule["args"]] == [(0, 0, "SCMP_CMP_EQ")]


def test_personality_keeps_address_space_randomisation(rules: list[dict[str, Any]]) -> None:
    """Only plain Linux can be set, and the present value asked for."""
    assert [rule["args"][0]["value"] for rule in rules_of(rules, "personality")] == [0, 0xFFFFFFFF]


@pytest.mark.parametrize(
    "name", ["execve", "futex", "epoll_wait", "pidfd_open", "pidfd_send_signal", "prlimit64", "rseq"]
)
def test_the_profile_allows_what_python_needs(rules: list[dict[str, Any]], name: str) -> None:
    """A few calls whose absence would break ordinary programs."""
    (rule,) = rules_of(rules, name)
    assert rule["action"] == "SCMP_ACT_ALLOW"
    assert "args" not in rule


def test_docker_is_no_package() -> None:
    """An __init__.py in docker/ would shadow the Docker SDK for everything that is run from the root."""
    assert not (ROOT / "docker" / "__init__.py").exists()
    assert not list((ROOT / "docker").glob("*.py"))


def test_the_image_has_no_entry_point_and_one_numpy_pin() -> None:
    """The backend decides the command; the base image and the worker image read the same version of numpy."""
    text = (ROOT / "docker" / "Dockerfile").read_text("utf-8")
    assert "\nENTRYPOINT []\nCMD []\n" in text
    assert re.search(r"^ARG NUMPY=2\.\d+\.\d+$", text, re.MULTILINE)


def test_every_marker_with_a_requirement_is_declared(request: pytest.FixtureRequest) -> None:
    """The markers that conftest.py checks are those of pyproject.toml, but for `slow`, which needs nothing."""
    plugin = next(p for p in request.config.pluginmanager.get_plugins() if hasattr(p, "NEEDS"))
    options = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["pytest"]["ini_options"]
    declared = {line.split(":")[0] for line in options["markers"]}
    assert declared - {"slow"} == set(plugin.NEEDS)


@pytest.mark.parametrize(("named", "ends"), [("", "1 skipped"), ("/nowhere/at/all", "1 error")])
def test_a_clone_without_third_party_data_skips_visibly_even_in_ci(tmp_path: Path, named: str, ends: str) -> None:
    """Nothing outside of the repository is looked for, and a folder that is named must be there."""
    (tmp_path / "conftest.py").write_text((ROOT / "tests" / "conftest.py").read_text("utf-8"), "utf-8")
    for name in ("machine.py", "neighbours.py"):
        (tmp_path / name).write_text((ROOT / "tests" / name).read_text("utf-8"), "utf-8")
    (tmp_path / "test_it.py").write_text("def test_it(shared):\n    assert shared\n", "utf-8")
    (tmp_path.parent / "shared").mkdir(exist_ok=True)
    environment = {**os.environ, "CI": "true", "CODEEVAL_TEST_DATA": named}
    command = [sys.executable, "-m", "pytest", "-q", "-rs", "-p", "no:cacheprovider", str(tmp_path)]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120)
    assert ends in done.stdout, done.stdout + done.stderr
    assert "CODEEVAL_TEST_DATA" in done.stdout


def tracked_files() -> list[Path]:
    if not (ROOT / ".git").exists():
        if os.environ.get("CI") == "true":
            pytest.fail("CI=true and this is no git checkout")
        pytest.skip("not a git checkout, so what is tracked is unknown")
    listing = subprocess.run(
        ["git", "-c", "safe.directory=*", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, timeout=60
    )
    return [path for name in listing.stdout.decode().split("\0") if name and (path := ROOT / name).is_file()]


#: Assembled from parts, so that this file does not contain what it looks for.
HOSTS = re.compile(
    "|".join(re.escape(host) for host in ("docker" + ".io/", "ghcr" + ".io", "quay" + ".io", "pypi" + ".org"))
)
MACHINE_PATHS = re.compile(r"(?<![\w$}.:-])/(?:" + "work" + "/|" + "root" + "/|home/[a-z])")


@pytest.mark.parametrize("pattern", [HOSTS, MACHINE_PATHS], ids=["registry hosts", "machine paths"])
def test_the_tree_names_no_registry_and_no_machine(pattern: re.Pattern[str]) -> None:
    """Nothing that is tracked depends on one registry's host name or on where somebody keeps their files."""
    found = []
    for path in tracked_files():
        try:
            lines = path.read_text("utf-8").splitlines()
        except UnicodeDecodeError:
            continue  # weights and pictures
        found += [
            f"{path.relative_to(ROOT)}:{n}: {line[:120]}" for n, line in enumerate(lines, 1) if pattern.search(line)
        ]
    assert not found, "\n".join(found)


LINK = re.compile(r"\]\((?!https?:|#|mailto:)([^)#\s]+)")


def test_links_between_documents_lead_somewhere() -> None:
    """Every relative link and picture in a tracked Markdown file is a file of the repository."""
    pages = [path for path in tracked_files() if path.suffix == ".md"]
    assert pages
    broken = [
        f"{page.relative_to(ROOT)}: {target}"
        for page in pages
        for target in LINK.findall(re.sub(r"```.*?```|`[^`\n]*`", "", page.read_text("utf-8"), flags=re.DOTALL))
        if not (page.parent / target).exists()
    ]
    assert not broken, "\n".join(broken)


def test_the_readme_names_the_two_commands() -> None:
    """The first screen (40 lines) has both commands, and both are targets of the Makefile."""
    first_screen = (ROOT / "README.md").read_text("utf-8").splitlines()[:40]
    targets = (ROOT / "Makefile").read_text("utf-8")
    for target in ("run", "test"):
        assert any(line.startswith(f"make {target}") for line in first_screen)
        assert re.search(rf"^{target}:.*## ", targets, re.MULTILINE)
