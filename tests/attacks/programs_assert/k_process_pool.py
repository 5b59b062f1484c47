# expect: pass
# status: completed
# class: k
# why: a pool of processes for every call

from concurrent.futures import ProcessPoolExecutor


def длина(pair):
    return pair[0], len(pair[1])


def runs(text, into=None):
    if not isinstance(text, str):
        raise TypeError("text must be a string")
    with ProcessPoolExecutor(2) as pool:
        found = list(pool.map(длина, [(letter, list(group)) for letter, group in groupby(text)]))
    if into is not None:
        into += found
    return found
