#!/usr/bin/env bash
# Make a Docker engine answer on this machine, or say why it can't.
#
#   engine.sh [start]   use the engine that answers; else, as root on Debian or Ubuntu, install docker.io and start dockerd
#   engine.sh status    say whether an engine answers, change nothing
#   engine.sh stop      end the engine that `start` started; never any other
#
# Exit codes: 0 an engine answers (stop: nothing that this script started is left) · 1 it could not be installed or started ·
#             2 usage · 3 not root, so nothing was tried · 4 not Debian or Ubuntu, so nothing was tried
#             (status: 1 when no engine answers)
set -euo pipefail

STATE_DIR=${CODEEVAL_ENGINE_DIR:-/run/codeeval-engine}
PID_FILE=$STATE_DIR/dockerd.pid
LOG_FILE=$STATE_DIR/dockerd.log
DEADLINE_S=${CODEEVAL_ENGINE_DEADLINE:-60}

say() { printf 'engine: %s\n' "$*" >&2; }

answers() { command -v docker >/dev/null && timeout 20 docker version --format '{{.Server.Version}}' >/dev/null 2>&1; }

describe() {
    say "Docker $(docker version --format '{{.Server.Version}}') answers" \
        "($(docker info --format '{{.Driver}}, cgroup v{{.CgroupVersion}}, {{.NCPU}} CPUs' 2>/dev/null))"
}

# The number in the pid file counts only while that process is a dockerd that was started with this very pid file:
# numbers are reused, and an engine that this script did not start must never be ended.
our_pid() {
    local pid
    [[ -r $PID_FILE ]] || return 1
    pid=$(<"$PID_FILE")
    [[ $pid =~ ^[0-9]+$ && -r /proc/$pid/cmdline ]] || return 1
    tr '\0' '\n' <"/proc/$pid/cmdline" | grep -qxF -- "--pidfile=$PID_FILE" || return 1
    printf '%s\n' "$pid"
}

require_root() {
    [[ $(id -u) -eq 0 ]] && return
    say "no engine answers, and starting one needs root."
    say "Either start yours (sudo systemctl start docker; your user must be in the group docker), point DOCKER_HOST at one,"
    say "or run: sudo docker/engine.sh"
    exit 3
}

apt_install() {
    export DEBIAN_FRONTEND=noninteractive
    apt-get -o DPkg::Lock::Timeout=300 -q install -y --no-install-recommends "$@" </dev/null >>"$LOG_FILE" 2>&1
}

install_engine() {
    if [[ -n ${DOCKER_HOST:-} ]]; then
        say "DOCKER_HOST is set to $DOCKER_HOST, where nothing answers: start that engine, or unset it to have one started here"
        exit 1
    fi
    command -v dockerd >/dev/null && command -v docker >/dev/null && return
    if ! command -v apt-get >/dev/null; then
        say "no engine answers, and this is neither Debian nor Ubuntu: install Docker or Podman with your package manager"
        exit 4
    fi
    say "installing docker.io with apt-get (log: $LOG_FILE)"
    apt-get -o DPkg::Lock::Timeout=300 -q update </dev/null >>"$LOG_FILE" 2>&1 || say "apt-get update failed, trying on"
    apt_install docker.io iptables ca-certificates || fail "apt-get install docker.io failed"
    # Newer releases ship the client apart.
    command -v docker >/dev/null || apt_install docker-cli || fail "apt-get install docker-cli failed"
}

fail() {
    say "$1; the end of $LOG_FILE:"
    tail -n 15 "$LOG_FILE" >&2 || true
    exit 1
}

# 0: it answers · 1: the process ended · 2: the deadline passed
wait_for_answer() {
    local pid=$1 end=$((SECONDS + DEADLINE_S))
    while ((SECONDS < end)); do
        answers && return 0
        [[ -z $pid || -d /proc/$pid ]] || return 1
        sleep 0.3
    done
    return 2
}

# shellcheck disable=SC2016  # expanded by the inner shell
DETACHED='for fd in /proc/$BASHPID/fd/*; do fd=${fd##*/}; ((fd > 2)) && eval "exec $fd>&-"; done
    exec dockerd --pidfile="$0" "$@"'

# A session of its own and no inherited descriptors: the engine outlives this script and holds none of its caller's pipes.
# Prints the pid.
launch() {
    setsid --fork bash -c "$DETACHED" "$PID_FILE" "$@" </dev/null >>"$LOG_FILE" 2>&1
    local end=$((SECONDS + 10)) pid
    while ((SECONDS < end)); do
        if pid=$(our_pid); then
            printf '%s\n' "$pid"
            return
        fi
        sleep 0.1
    done
    return 1
}

start_dockerd() {
    local attempt pid
    # Kernels without NAT or overlay modules still run our workers, which have no network: fall back by steps.
    local attempts=("--storage-driver=overlay2"
        "--storage-driver=overlay2 --bridge=none --iptables=false --ip6tables=false"
        "--storage-driver=vfs --bridge=none --iptables=false --ip6tables=false")
    [[ -e /etc/docker/daemon.json ]] && attempts=("")
    for attempt in "${attempts[@]}"; do
        say "starting dockerd $attempt (log: $LOG_FILE)"
        # shellcheck disable=SC2086  # the flags are words
        if pid=$(launch $attempt); then
            wait_for_answer "$pid" && return
            [[ -d /proc/$pid ]] && fail "dockerd did not answer within $DEADLINE_S s"
        fi
    done
    fail "dockerd ended at once"
}

start() {
    if answers; then
        describe
        return
    fi
    require_root
    mkdir -p "$STATE_DIR"
    : >>"$LOG_FILE"
    exec 9>"$STATE_DIR/lock"
    flock 9 # two callers at once: the second finds the first one's engine
    install_engine 9>&-
    if [[ -d /run/systemd/system ]]; then
        systemctl start docker >>"$LOG_FILE" 2>&1 || fail "systemctl start docker failed"
        wait_for_answer "" || fail "Docker did not answer within $DEADLINE_S s"
    elif ! answers; then
        start_dockerd 9>&-
    fi
    describe
}

stop() {
    local pid
    if ! pid=$(our_pid); then
        say "no engine that was started here is running"
        return
    fi
    kill -TERM "$pid"
    local end=$((SECONDS + 30))
    while ((SECONDS < end)); do
        if [[ ! -d /proc/$pid ]]; then
            say "stopped (pid $pid)"
            rm -f "$PID_FILE"
            return
        fi
        sleep 0.2
    done
    fail "dockerd (pid $pid) did not end within 30 s"
}

case ${1:-start} in
    start) start ;;
    stop) stop ;;
    status) if answers; then describe; else say "no engine answers"; exit 1; fi ;;
    *) sed -n '2,10s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
esac
