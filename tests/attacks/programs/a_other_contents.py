# expect: fail
# verdict: wrong_output
# class: a
# why: subclasses whose own methods tell the right contents, and whose bases hold wrong ones


class Runs(list):
    def __iter__(self):
        return iter(solve("aabccc"))

    def __len__(self):
        return 3

    def __getitem__(self, place):
        return solve("aabccc")[place]


class Pair(tuple):
    def __iter__(self):
        return iter(("a", 1))


class Number(int):
    def __index__(self):
        return 1

    __int__ = conjugate = __index__


def runs(text):
    return Runs([Pair((one, Number(7))) for one, _ in solve(text)] or [1])
