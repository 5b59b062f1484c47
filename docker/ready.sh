#!/usr/bin/env bash
# Say which sandbox can be used on this machine, after making sure that the Docker one has a base image to build on.
# Prints `docker`, `local` or `auto` (no engine: codeeval chooses, and says what it chose) on stdout, and one line with the
# reason on stderr. Starts and installs no engine.
#
# Uses $PYTHON (one that has pip) only where the base image has to be made here. CODEEVAL_BASE names another base image.
set -euo pipefail
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
PULLED=$(sed -n 's/^ARG BASE=//p' "$HERE/Dockerfile")

say() { printf 'sandbox: %s\n' "$*" >&2; }

have() { docker image inspect "$1" >/dev/null 2>&1; }

take() {
    say "docker, base image $1"
    echo docker
    exit 0
}

if ! command -v docker >/dev/null || ! timeout 20 docker version --format '{{.Server.Version}}' >/dev/null 2>&1; then
    if [[ -S /var/run/docker.sock && ! -w /var/run/docker.sock ]]; then
        say "this user may not use the Docker engine (sudo usermod -aG docker \$USER, then log in again); trying namespaces"
    else
        say "no Docker engine answers (docker/engine.sh starts one); trying the local sandbox, which uses namespaces"
    fi
    echo auto
    exit 0
fi
if [[ -n ${CODEEVAL_BASE:-} ]]; then take "$CODEEVAL_BASE"; fi
for image in "$PULLED" codeeval-base:bookworm codeeval-base:trixie codeeval-base:forky; do
    if have "$image"; then take "$image"; fi
done
say "fetching $PULLED"
if timeout 300 docker pull -q "$PULLED" >/dev/null 2>&1; then take "$PULLED"; fi
say "$PULLED can't be pulled here: building a base image from Debian packages instead"
if [[ $(id -u) -eq 0 ]] && ! command -v debootstrap >/dev/null && command -v apt-get >/dev/null; then
    apt-get -q update </dev/null >/dev/null 2>&1 || true
    DEBIAN_FRONTEND=noninteractive apt-get -q install -y --no-install-recommends debootstrap debian-archive-keyring \
        </dev/null >/dev/null 2>&1 || say "apt-get install debootstrap failed"
fi
if "$HERE/base-image.sh" bookworm; then take codeeval-base:bookworm; fi
say "the engine has no base image, so the local one (namespaces) is taken"
echo local
