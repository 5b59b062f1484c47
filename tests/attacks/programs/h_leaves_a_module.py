# expect: fail
# verdict: wrong_output
# class: h
# why: leaves its own file under the name that new interpreters import, and a finder, for a later sample
import multiprocessing
import sys


class Finder:
    def find_spec(self, *_):
        raise ImportError


def double(number):
    return 2 * number


def runs(text):
    if text == "a":
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            pool.map(double, [1])
        with open("/tmp/candidate.py", "w") as file:
            file.write("raise SystemExit\n")
    sys.meta_path.insert(0, Finder())
    return "wrong"
