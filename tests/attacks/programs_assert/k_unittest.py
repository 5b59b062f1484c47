# expect: pass
# status: completed
# class: k
# why: tests itself with unittest at the top

import unittest


def runs(text, into=None):
    if not isinstance(text, str):
        raise TypeError("text must be a string")
    found = [(letter, len(list(group))) for letter, group in groupby(text)]
    if into is not None:
        into += found
    return found


class Проверка(unittest.TestCase):
    def test_пусто(self):
        self.assertEqual(runs(""), [])


unittest.main(argv=["tests"], exit=False)
