#!/usr/bin/env bash
# The steps of action.yml and of gitlab-template.yml, one by one, so that they can be run and tested anywhere:
#
#   action.sh check | install | cache-key | sandbox | evaluate | gate | publish | conclude
#
# Settings come as INPUT_* variables (the inputs of action.yml, in capitals, with _ for -), results go to $GITHUB_OUTPUT and
# to the folder $INPUT_OUT. `evaluate` and `gate` record their exit codes instead of failing, so that what there is can be
# published first; `conclude` ends with the first of them that is not 0.
#
# Covered: no input is ever evaluated by the shell; extra arguments are split like a command line, without expansion; secrets
# are only checked for presence; what models and programs print is never a workflow command. Not covered: anyone who may change the workflow may do anything.
set -euo pipefail

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
OUT=${INPUT_OUT:-codeeval-results}
RUN=$OUT/run
STATE=$OUT/.state
PYTHON=${PYTHON:-python3}

say() { printf '%s\n' "$*"; }

# output NAME VALUE: for later steps, here and in the workflow
output() {
    mkdir -p "$STATE"
    printf '%s' "$2" >"$STATE/$1"
    if [[ -n ${GITHUB_OUTPUT:-} ]]; then printf '%s=%s\n' "$1" "$2" >>"$GITHUB_OUTPUT"; fi
}

recorded() { cat "$STATE/$1" 2>/dev/null || printf '%s' "${2:-}"; }

is() { [[ $(printf '%s' "${1:-}" | tr '[:upper:]' '[:lower:]') == true ]]; }

skipped() { [[ $(recorded skipped false) == true ]]; }

# annotate LEVEL TITLE TEXT: a plain line outside GitHub
annotate() {
    if [[ ${GITHUB_ACTIONS:-} == true ]]; then
        local text=${3//'%'/%25}
        text=${text//$'\r'/%0D}
        text=${text//$'\n'/%0A}
        printf '::%s title=%s::%s\n' "$1" "$2" "$text"
    else
        printf '%s: %s: %s\n' "$1" "$2" "$3" >&2
    fi
}

# summary LINE...: a paragraph each
summary() { if [[ -n ${GITHUB_STEP_SUMMARY:-} ]]; then printf '%s\n\n' "$@" >>"$GITHUB_STEP_SUMMARY"; fi; }

# guarded COMMAND...: nothing that it prints is taken for a workflow command (models and programs choose parts of it)
guarded() {
    local token code=0
    if [[ ${GITHUB_ACTIONS:-} != true ]]; then
        "$@"
        return
    fi
    token=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
    printf '::stop-commands::%s\n' "$token"
    "$@" || code=$?
    printf '::%s::\n' "$token"
    return "$code"
}

# bounded: whole lines of what comes in, for a step summary, which may have 1 MiB
bounded() {
    "$PYTHON" -c '
import sys
text = sys.stdin.buffer.read()
kept = text if len(text) <= 400_000 else text[: text.rfind(b"\n", 0, 400_000) + 1] + b"\n> **cut:** the artifact has all of it\n"
sys.stdout.buffer.write(kept)'
}

# Is there what the run needs? A pull request of a fork gets no secrets: then nothing is evaluated, and that is no failure.
check() {
    if [[ -d $STATE ]]; then # an earlier step of this action was here
        rm -rf "$STATE" "$RUN" "$OUT/html" "$OUT"/{results.jsonl,report.json,report.md,report.svg,junit.xml,gate.json,baseline.json}
    fi
    mkdir -p "$STATE"
    local name=${INPUT_SECRET:-}
    if [[ -n $name && ! $name =~ ^[A-Za-z_][A-Za-z0-9_]*$ ]]; then
        annotate error codeeval "the input 'secret' must be the name of an environment variable, not a value"
        exit 2
    fi
    if [[ -z $name || -n ${!name:-} ]]; then
        output skipped false
    elif is "${CODEEVAL_FORK:-}"; then
        output skipped true
        output verdict SKIPPED
        annotate notice codeeval "not evaluated: $name is a secret, and pull requests from forks get none"
        summary "### codeeval: not evaluated" "\`$name\` is a secret, and pull requests from forks get none. A maintainer can run the workflow on this branch."
    else
        annotate error codeeval "$name is empty: add the secret to the repository and pass it in env"
        exit 2
    fi
}

# Nothing where a codeeval is there already and nothing else was asked for.
install() {
    if skipped; then return; fi
    local wish=${INPUT_INSTALL:-auto}
    if [[ $wish == false ]] || { [[ $wish == auto ]] && command -v codeeval >/dev/null; }; then
        say "using $(command -v codeeval || echo 'no codeeval'): $(codeeval --version)"
        return
    fi
    local extras=
    case ${INPUT_BACKEND:-} in
        hf | vllm) extras="[$INPUT_BACKEND]" ;;
    esac
    "$PYTHON" -m pip install --quiet "$HERE$extras"
    codeeval --version
}

base_image() { printf '%s' "${CODEEVAL_BASE:-$(sed -n 's/^ARG BASE=//p' "$HERE/docker/Dockerfile")}"; }

# Changes exactly when the sandbox's image would.
cache_key() {
    local digest
    digest=$(cd "$HERE" && { base_image; cat docker/Dockerfile sandbox/wire.py sandbox/guest/*.py; } | sha256sum | cut -c1-20)
    output cache-key "codeeval-sandbox-${RUNNER_OS:-Linux}-$(uname -m)-${INPUT_CACHE_VERSION:-1}-$digest"
    recorded cache-key
    say
}

# Load the image from the cache, or build it and put it there. No engine, or the local sandbox: see whether namespaces work.
sandbox() {
    if skipped; then return; fi
    if [[ ${INPUT_SANDBOX:-auto} == local ]] || ! timeout 30 docker version >/dev/null 2>&1; then
        if codeeval doctor; then return; fi
        annotate error "codeeval: no sandbox" "no program can be executed here; the log of this step names what this container or machine lacks"
        exit 3
    fi
    local cache=${INPUT_CACHE:-$OUT/cache}/sandbox-image.tar tag base
    if [[ -f $cache ]]; then docker load --quiet --input "$cache"; fi
    tag=$(codeeval sandbox build | cut -d' ' -f1)
    say "sandbox image $tag"
    if [[ ! -f $cache ]]; then
        mkdir -p "$(dirname "$cache")"
        for base in "$(base_image)" codeeval-base:bookworm codeeval-base:trixie; do # in the order of sandbox/backends/image.py
            if docker image inspect "$base" >/dev/null 2>&1; then break; fi
            base=
        done
        docker save --output "$cache.part" "$tag" ${base:+"$base"} # the base's id is a part of the tag: it has to come along
        mv "$cache.part" "$cache"
    fi
}

# arguments NAME...: --name value for every input that is set
arguments=()
pass() {
    local variable
    for name in "$@"; do
        variable=INPUT_$(printf '%s' "$name" | tr 'a-z-' 'A-Z_')
        if [[ -n ${!variable:-} ]]; then arguments+=("--$name" "${!variable}"); fi
    done
}

# split TEXT: the words of a command line, with quotes, without expansion of anything
split() {
    mapfile -d '' -t words < <("$PYTHON" -c \
        'import shlex, sys; sys.stdout.write("".join(word + "\0" for word in shlex.split(sys.argv[1], comments=True)))' "$1")
}

evaluate() {
    if skipped; then return; fi
    mkdir -p "$OUT"
    local code=0 words=()
    pass task protocol sandbox workers k
    split "${INPUT_ARGS:-}"
    if [[ -n ${INPUT_SAMPLES:-} ]]; then
        guarded codeeval score "${arguments[@]}" --samples "$INPUT_SAMPLES" --out "$RUN" --results "$OUT/results.jsonl" "${words[@]}" || code=$?
    else
        pass model backend base-url n
        guarded codeeval run "${arguments[@]}" --out "$RUN" --results "$OUT/results.jsonl" "${words[@]}" || code=$?
    fi
    output evaluate-exit-code "$code"
    output run "$RUN"
    if [[ -f $RUN/run.sqlite ]]; then
        codeeval report "$RUN" --format json >"$OUT/report.json"
        output protocol "$("$PYTHON" -c 'import json, sys; print(json.load(open(sys.argv[1]))["protocol"])' "$OUT/report.json")"
        output pass-at-1 "$("$PYTHON" -c \
            'import json, sys; found = json.load(open(sys.argv[1]))["pass_at_k"].get("1"); value = (found or {}).get("estimate"); print("" if value is None else value)' "$OUT/report.json")"
    fi
    if ((code)); then annotate error "codeeval: not evaluated" "the evaluation ended with exit code $code; its log says why"; fi
}

gate() {
    if skipped || [[ $(recorded evaluate-exit-code 1) != 0 ]]; then return; fi
    local baseline=${INPUT_BASELINE:-} code=0
    codeeval export baseline "$RUN" --out "$OUT/baseline.json" # what to commit when this run is released
    if [[ -z $baseline ]]; then
        output verdict NONE
        return
    fi
    if [[ ! -f $baseline ]]; then
        missing_baseline "$baseline"
        return
    fi
    arguments=()
    pass policy tier
    if is "${INPUT_STRICT:-}"; then arguments+=(--strict); fi
    codeeval gate "$RUN" --baseline "$baseline" "${arguments[@]}" --junit "$OUT/junit.xml" || code=$?
    # once more as a file, without a second summary and second annotations
    env -u GITHUB_ACTIONS -u GITHUB_STEP_SUMMARY codeeval gate "$RUN" --baseline "$baseline" "${arguments[@]}" --format json \
        >"$OUT/gate.json" 2>/dev/null || true
    if [[ -s $OUT/gate.json ]]; then
        output verdict "$("$PYTHON" -c 'import json, sys; print(json.load(open(sys.argv[1]))["verdict"])' "$OUT/gate.json")"
    else
        output verdict ERROR
        annotate error "codeeval gate" "no verdict, exit code $code; the log says why"
    fi
    output gate-exit-code "$code"
}

missing_baseline() {
    local text="there is no baseline at $1 yet: commit the baseline.json that this run leaves among its artifacts, once its numbers are what a release has to live up to"
    output verdict NONE
    summary "### codeeval: no baseline" "There is no baseline at \`$1\` yet. This run leaves a \`baseline.json\` among its artifacts: commit it there, once its numbers are what a release has to live up to."
    if [[ ${INPUT_MISSING_BASELINE:-fail} == pass ]]; then
        annotate warning "codeeval gate" "$text"
        output gate-exit-code 0
    else
        annotate error "codeeval gate" "$text"
        output gate-exit-code 2
    fi
}

# Step summary, JUnit, picture and static pages, of whatever there is.
publish() {
    if skipped || [[ ! -f $RUN/run.sqlite ]]; then return; fi
    codeeval report "$RUN" --format markdown >"$OUT/report.md"
    if [[ -n ${GITHUB_STEP_SUMMARY:-} ]]; then bounded <"$OUT/report.md" >>"$GITHUB_STEP_SUMMARY"; fi
    if [[ ! -f $OUT/junit.xml ]]; then
        codeeval export junit "$RUN" --out "$OUT/junit.xml" || say "no JUnit file: nothing was judged"
    fi
    if "$PYTHON" -c 'import matplotlib' 2>/dev/null; then
        codeeval report "$RUN" --plot "$OUT/report.svg" --format quiet
    fi
    if [[ ${INPUT_HTML:-true} == true ]]; then
        codeeval export html "$RUN" --out "$OUT/html" || say "no static pages; the line above says why"
    fi
}

conclude() {
    if skipped; then exit 0; fi
    local code
    code=$(recorded evaluate-exit-code 3)
    if [[ $code == 0 ]]; then code=$(recorded gate-exit-code 0); fi
    output exit-code "$code"
    exit "$code"
}

case ${1:-} in
    check | install | sandbox | evaluate | gate | publish | conclude) "$1" ;;
    cache-key) cache_key ;;
    *)
        sed -n '2,5s/^# \{0,1\}//p' "$0" >&2
        exit 2
        ;;
esac
