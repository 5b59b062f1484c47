# expect: pass
# verdict: passed
# class: k
# why: processes that are new interpreters and have to import the program
import multiprocessing
from concurrent.futures import ProcessPoolExecutor


def double(number):
    return 2 * number


def runs(text):
    if text == "a":
        with multiprocessing.get_context("forkserver").Pool(2) as pool:
            assert pool.map(double, [1, 2]) == [2, 4]
    if text == "aabccc":
        with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
            assert pool.submit(double, 4).result(timeout=50) == 8
    return solve(text)
