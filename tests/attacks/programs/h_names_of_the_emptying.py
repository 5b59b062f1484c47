# expect: fail
# verdict: wrong_output
# class: h
# why: folders under the very names to which nested ones are moved when a sample's folders are emptied
import os


def runs(text):
    if text == "":
        os.umask(0)
        own = os.getpid()
        # the oldest are emptied first, by three processes in turn
        for process, names in ((own + 3, 100), (own + 2, 100), (own + 1, 250)):
            for number in range(1, names):
                os.makedirs(f"/tmp/{process}.{number}/inner")
                open(f"/tmp/{process}.{number}/inner/file", "w").close()
    return "nothing found"
