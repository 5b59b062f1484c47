# expect: pass
# verdict: passed
# class: k
# why: the system's tools that copy rights along with files, silently
import os
import shutil
import subprocess
import tempfile


def runs(text):
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory(dir="/dev/shm") as other:
        source = os.path.join(folder, "a")
        with open(source, "w") as file:
            file.write("one\n")
        for command in (
            ["cp", "-p", source, source + "p"],
            ["cp", "-a", folder, os.path.join(other, "copy")],
            ["cp", "--preserve=all", source, source + "b"],
            ["install", "-m", "644", source, source + "i"],
            ["sed", "-i", "s/one/two/", source],
            ["mv", source, os.path.join(other, "moved")],
        ):
            done = subprocess.run(command, capture_output=True, text=True)
            assert (done.returncode, done.stdout, done.stderr) == (0, "", ""), (command, done)
        shutil.copy2(source + "p", source + "2")
        with open(os.path.join(other, "moved")) as file:
            assert file.read() == "two\n"
    return solve(text)
