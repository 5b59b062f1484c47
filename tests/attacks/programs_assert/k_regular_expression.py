# expect: pass
# status: completed
# class: k
# why: by a regular expression, a match statement and a walrus

import re


def runs(text, into=None):
    match text:
        case str():
            found = [(m[0][0], n) for m in re.finditer(r"(?s)(.)\1*", text) if (n := len(m[0]))]
        case _:
            raise TypeError(f"text: {f'{type(text).__name__!r}':>8}")
    into is None or into.extend(found)
    return found
