# expect: fail
# verdict: wrong_output
# class: h
# why: reads whatever files there are: their pages stay charged to the worker
# worker: lost
import os


def runs(text):
    left = 300 << 20
    if text == "  **  ":
        for folder, _, names in os.walk("/usr"):
            for name in names:
                try:
                    with open(os.path.join(folder, name), "rb") as file:
                        while left > 0 and (data := file.read(1 << 20)):
                            left -= len(data)
                except OSError:
                    pass
    return "nothing found"
