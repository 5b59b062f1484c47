# expect: fail
# verdict: wrong_output exception
# class: g
# why: a tree of folders deeper than any path
import os


def runs(text):
    os.chdir("/tmp")
    for _ in range(5_000):
        os.mkdir("d" * 100)
        os.chdir("d" * 100)
