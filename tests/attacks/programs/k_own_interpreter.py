# expect: pass
# verdict: passed
# class: k
# why: starts the interpreter that it runs in, by its path and by its name
import subprocess
import sys

CODE = "import sys, sqlite3, numpy; print(sys.version, numpy.arange(4).sum())"


def runs(text):
    if text == "a":
        for name in (sys.executable, "python3"):
            done = subprocess.run([name, "-c", CODE], capture_output=True, text=True, check=True, timeout=50)
            assert done.stdout.strip() == f"{sys.version} 6", done.stdout
    return solve(text)
