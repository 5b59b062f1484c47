#!/usr/bin/env bash
# Build the sandbox's base image from Debian packages, for machines whose engine can't pull python:3.12-slim.
#
#   base-image.sh [bookworm|trixie|forky]     imports codeeval-base:SUITE; nothing to do if it is there already
#
# Needs root, debootstrap, an engine that answers, and a Python with pip: $PYTHON, else python3. FORCE=1 builds anew.
# The image holds Debian's minimal base, its python3 and the numpy that docker/Dockerfile pins; nothing of this machine.
# Exit codes: 0 the image is there · 1 a step failed · 2 usage · 3 not root · 4 a tool is missing
set -euo pipefail
umask 022

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
SUITE=${1:-bookworm}
IMAGE=codeeval-base:$SUITE
PYTHON=${PYTHON:-python3}
NUMPY=$(sed -n 's/^ARG NUMPY=//p' "$HERE/Dockerfile")
case $SUITE in
    bookworm | trixie | forky) ;;
    *) sed -n '2,8s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
esac

say() { printf 'base-image: %s\n' "$*" >&2; }

present() {
    local labels
    labels=$(docker image inspect --format '{{json .Config.Labels}}' "$IMAGE" 2>/dev/null) || return 1
    [[ $labels == *"\"codeeval.numpy\":\"$NUMPY\""* ]]
}

require_tools() {
    if [[ $(id -u) -ne 0 ]]; then
        say "debootstrap needs root. Either run: sudo PYTHON=$PYTHON docker/base-image.sh $SUITE"
        say "or let the engine pull an image: docker pull python:3.12-slim"
        exit 3
    fi
    if ! command -v debootstrap >/dev/null; then
        say "debootstrap is missing: apt-get install debootstrap debian-archive-keyring"
        exit 4
    fi
    if ! "$PYTHON" -m pip --version >/dev/null 2>&1; then
        say "$PYTHON has no pip: set PYTHON to one that has (a virtual environment's python)"
        exit 4
    fi
}

cleanup() {
    local mount
    # debootstrap undoes its mounts itself, but not when it is interrupted; deepest first.
    while read -r mount; do
        umount "$mount" || umount -l "$mount"
    done < <(awk -v dir="$WORK/" 'index($2, dir) == 1 {print $2}' /proc/mounts | sort -r)
    rm -rf --one-file-system "$WORK"
}

bootstrap() {
    say "1/4 debootstrap $SUITE with python3 (about a minute)"
    local script=()
    # An older debootstrap has no script for a newer suite; all of Debian's recent suites share that of sid.
    [[ -e /usr/share/debootstrap/scripts/$SUITE ]] || script=("" sid)
    debootstrap --variant=minbase --include=python3 "$SUITE" "$ROOT" "${script[@]}" </dev/null >"$WORK/log" 2>&1 && return
    say "debootstrap failed; its last lines:"
    tail -n 15 "$WORK/log" "$ROOT/debootstrap/debootstrap.log" >&2 || true
    exit 1
}

add_numpy() {
    local machine platforms=() policy version
    machine=$(uname -m)
    version=$(chroot "$ROOT" python3 -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    for policy in 2_17 2_27 2_28; do platforms+=(--platform "manylinux_${policy}_$machine"); done
    say "2/4 numpy $NUMPY for Python $version"
    "$PYTHON" -m pip download --quiet --disable-pip-version-check --only-binary=:all: --no-deps --dest "$WORK/wheels" \
        --implementation cp --python-version "$version" "${platforms[@]}" "numpy==$NUMPY"
    "$PYTHON" -m zipfile -e "$WORK"/wheels/numpy-*.whl "$ROOT/usr/lib/python3/dist-packages"
    # zipfile keeps no modes; shared objects need none but r, and everything must be readable by the sample's user
    chmod -R a+rX "$ROOT/usr/lib/python3/dist-packages"
    find "$ROOT/usr/lib/python3/dist-packages/numpy" -type d -name tests -prune -exec rm -rf {} +
}

strip() {
    say "3/4 removing caches, documentation and what names this machine"
    (
        cd "$ROOT"
        rm -rf var/lib/apt/lists/* var/cache/apt/* var/cache/debconf/*-old var/cache/ldconfig/* var/log/* \
            usr/share/doc/* usr/share/man/* usr/share/info/* usr/share/locale/* usr/share/lintian/* \
            tmp/* var/tmp/* root/.[!.]* etc/hostname etc/resolv.conf etc/machine-id
        find . -xdev -type d -name __pycache__ -prune -exec rm -rf {} +
    )
    chroot "$ROOT" python3 -c 'import numpy; assert numpy.arange(4).sum() == 6'
    find "$ROOT" -xdev -type d -name __pycache__ -prune -exec rm -rf {} +
}

import_image() {
    say "4/4 importing $IMAGE"
    tar -C "$ROOT" --sort=name --numeric-owner --mtime=2025-01-01Z --one-file-system -c . |
        docker import --change "LABEL codeeval.base=$SUITE codeeval.numpy=$NUMPY" --change 'CMD ["python3"]' \
            - "$IMAGE" >/dev/null
    say "$IMAGE is ready ($(docker image inspect --format '{{.Size}}' "$IMAGE" | awk '{printf "%.0f MB", $1 / 1e6}'))"
}

if ! docker version --format '{{.Server.Version}}' >/dev/null 2>&1; then
    say "no engine answers: run docker/engine.sh first"
    exit 1
fi
if [[ -z ${FORCE:-} ]] && present; then
    say "$IMAGE is there already"
    exit 0
fi
require_tools
# Not /tmp: it is often mounted nodev, and a root file system needs device nodes while it is being made.
WORK=$(mktemp -d "${TMPDIR:-/var/tmp}/codeeval-base.XXXXXX")
ROOT=$WORK/root
trap cleanup EXIT
trap 'exit 130' INT TERM
bootstrap
add_numpy
strip
import_image
