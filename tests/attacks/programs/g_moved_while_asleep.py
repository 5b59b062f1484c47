# expect: fail
# verdict: timeout
# class: g
# why: some kernels count the sleep of a task that another one moves between processors as waiting for one: no claim to a longer limit
# limits: cpu_s=5 wall_s=1
import os
import time

PERIOD, PAIRS = 0.3, 18


def runs(text):
    cpus = sorted(os.sched_getaffinity(0))
    for number in range(PAIRS):
        if not os.fork():
            pair(cpus, number * PERIOD / PAIRS)
    moved = os.fork()
    if not moved:
        time.sleep(100)
        os._exit(0)
    try:
        os.sched_setaffinity(moved, cpus)
    except OSError:
        time.sleep(1000)
    return solve(text)


def pair(cpus, phase):
    """A sleeper, and a partner on the same processor that moves it just after it has fallen asleep."""
    out, into = os.pipe()
    os.set_blocking(out, False)
    sleeper = os.fork()
    while True:
        at = phase - (0 if sleeper else 0.0004)
        time.sleep(PERIOD - (time.monotonic() - at) % PERIOD)
        os.sched_setaffinity(0, {cpus[0]})
        until = time.perf_counter() + (0.002 if sleeper else 0.0006)
        if not sleeper:
            while time.perf_counter() < until:
                pass
            os.write(into, b".")
            time.sleep(0.8 * PERIOD)
            continue
        while time.perf_counter() < until:
            try:
                os.read(out, 1)
                break
            except BlockingIOError:
                continue
        try:
            os.sched_setaffinity(sleeper, {cpus[-1]})
            os.sched_setaffinity(sleeper, cpus)
        except OSError:
            continue
