# expect: pass
# verdict: passed
# class: k
# why: sets the encoding of its output, in the two usual ways
import io
import sys

sys.stdout.reconfigure(encoding="utf-8", line_buffering=True)
sys.stderr.reconfigure(errors="replace")
sys.stdin.reconfigure(encoding="utf-8")
sys.stdout = io.TextIOWrapper(sys.stdout.detach(), encoding="utf-8")


def runs(text):
    print("вывод", flush=True)
    return solve(text)
