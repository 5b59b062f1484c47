"""The action's steps on a machine without anything of codeeval: a separate root file system with only Python, in which
`install` really installs and everything after it uses what was installed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from cli_runs import RIGHT, ROOT, WRONG, write_samples, write_tasks
from gate_runs import BEFORE, LOST, N
from junitparser import JUnitXml

IMAGES = ("python:3.12-slim", "codeeval-base:bookworm", "codeeval-base:trixie")
#: How this machine reaches its package indexes; the clean one does it in the same way.
NETWORK = ("resolv.conf", "hosts", "pip.conf", "apt", "ssl/certs/ca-certificates.crt")

#: Not chroot, in which no user namespaces can be made: the root itself is exchanged.
ENTER = """
import ctypes, os, subprocess, sys
root, checkout = sys.argv[1:]
def mount(*words):
    subprocess.run(["mount", *words], check=True)
mount("--bind", root, root)
for folder in ("proc", "sys", "dev"):
    mount("--rbind", f"/{folder}", f"{root}/{folder}")
mount("-t", "tmpfs", "tmpfs", f"{root}/tmp")
os.makedirs(f"{root}/checkout")
mount("--bind", "-o", "ro", checkout, f"{root}/checkout")
libc = ctypes.CDLL(None, use_errno=True)
os.chdir(root)
if libc.syscall({"x86_64": 155, "aarch64": 41}[os.uname().machine], b".", b".") or libc.umount2(b".", 2):
    raise OSError(ctypes.get_errno(), "pivot_root")
os.chdir("/")
os.execv("/bin/bash", ["bash", "/jobs.sh"])
"""

JOBS = """
set -eu
export DEBIAN_FRONTEND=noninteractive LANG=C.UTF-8 HOME=/root PATH=/venv/bin:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin
cd /jobs
if ! python3 -m venv /venv 2>/dev/null; then
    apt-get -q update && apt-get -q install -y --no-install-recommends python3-venv
    python3 -m venv --clear /venv
fi >/jobs/setup.log 2>&1
if [ -f /known.crt ]; then cp /known.crt /etc/ssl/certs/ca-certificates.crt; fi # apt may have made another one
job() {
    local name=$1 code=0 step
    shift
    for step in check install cache-key sandbox evaluate gate publish conclude; do
        env GITHUB_ACTIONS=true GITHUB_OUTPUT="/jobs/$name.outputs" GITHUB_STEP_SUMMARY="/jobs/$name.summary" \\
            INPUT_SANDBOX=local INPUT_TASK=tasks.jsonl INPUT_BASELINE=baseline.json "$@" \\
            /checkout/ci/action.sh "$step" >>"/jobs/$name.log" 2>&1 </dev/null || { code=$?; break; }
    done
    echo "$code" >"/jobs/$name.code"
    if [ -d codeeval-results ]; then cp -r codeeval-results "/jobs/$name.results"; fi
}
job fork INPUT_SAMPLES=released.jsonl INPUT_SECRET=API_KEY CODEEVAL_FORK=true
job first INPUT_SAMPLES=released.jsonl
cp first.results/baseline.json baseline.json
job same INPUT_SAMPLES=same.jsonl
job worse INPUT_SAMPLES=worse.jsonl
"""


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder /jobs of the clean machine, after four jobs."""
    if os.geteuid() != 0:
        pytest.skip("needs root, to make a root file system")
    root = tmp_path_factory.mktemp("clean")
    _fill(root)
    folder = root / "jobs"
    folder.mkdir()
    write_tasks(folder, len(BEFORE))
    for name, counts in (("released", BEFORE), ("same", BEFORE), ("worse", LOST)):
        texts = {pid: [RIGHT] * c + [WRONG] * (N - c) for pid, c in enumerate(counts, start=1)}
        write_samples(folder, texts).rename(folder / f"{name}.jsonl")
    (root / "jobs.sh").write_text(JOBS, "utf-8")
    inside = ["unshare", "--mount", "--propagation", "private", sys.executable, "-c", ENTER, str(root), str(ROOT)]
    done = subprocess.run(inside, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=900)
    said = "".join(path.read_text("utf-8", "replace") for path in sorted(folder.glob("*.log")))
    assert done.returncode == 0, done.stdout + done.stderr + said
    yield folder
    shutil.rmtree(root, ignore_errors=True)


def _fill(root: Path) -> None:
    """What an image of Python holds, and this machine's way to the network."""
    known = (image for image in IMAGES if _docker("image", "inspect", image).returncode == 0)
    image = next(known, None)
    if image is None:
        pytest.skip(f"none of {', '.join(IMAGES)} is here: docker/base-image.sh")
    container = _docker("create", image, "true").stdout.strip()
    try:
        exported = subprocess.Popen(["docker", "export", container], stdout=subprocess.PIPE)
        subprocess.run(["tar", "-x", "-C", str(root)], stdin=exported.stdout, check=True)
        assert exported.stdout is not None
        exported.stdout.close()
        assert exported.wait() == 0
    finally:
        _docker("rm", container)
    for name in NETWORK:
        here, there = Path("/etc") / name, root / "etc" / name
        if here.is_dir():
            shutil.rmtree(there, ignore_errors=True)
            shutil.copytree(here, there)
        elif here.exists():
            there.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(here, there)
    if (bundle := Path("/etc/ssl/certs/ca-certificates.crt")).exists():
        shutil.copyfile(bundle, root / "known.crt")
    shutil.copytree("/usr/share/keyrings", root / "usr/share/keyrings", dirs_exist_ok=True)


def _docker(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["docker", *words], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=300)


def outputs(work: Path, name: str) -> dict[str, str]:
    """Exit code and outputs of a job."""
    lines = (work / f"{name}.outputs").read_text("utf-8").splitlines()
    return {"code": (work / f"{name}.code").read_text().strip(), **dict(line.split("=", 1) for line in lines)}


@pytest.mark.slow
@pytest.mark.docker
def test_a_clean_machine(work: Path) -> None:
    """A fork's pull request installs nothing; the first job installs, and has no baseline; then the same model passes and a worse
    one fails, with annotations, summary, JUnit, report and run file."""
    assert outputs(work, "fork")["verdict"] == "SKIPPED"
    assert "Installing" not in (work / "fork.log").read_text("utf-8")
    first = outputs(work, "first")
    assert (first["code"], first["verdict"]) == ("2", "NONE")
    same = outputs(work, "same")
    assert (same["code"], same["verdict"]) == ("0", "PASS")
    assert float(same["pass-at-1"]) == pytest.approx(sum(BEFORE) / (N * len(BEFORE)))
    worse = outputs(work, "worse")
    assert (worse["code"], worse["verdict"]) == ("1", "FAIL")
    assert "::error title=" in (work / "worse.log").read_text("utf-8")
    assert "codeeval gate: FAIL" in (work / "worse.summary").read_text("utf-8")
    left = {path.name for path in (work / "worse.results").glob("[!.]*")}
    assert {"run", "html", "results.jsonl", "report.json", "report.md", "report.svg", "junit.xml"} <= left
    (suite,) = JUnitXml.fromfile(str(work / "worse.results" / "junit.xml"))
    assert (suite.tests, suite.failures) == (20, 8)
