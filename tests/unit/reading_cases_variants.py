"""Versions that only repeat a part of an earlier one, what fails beside the function, what stands without a fence, listings,
echoed prompts, and further forms of thoughts and labels.
"""

# ruff: noqa: E501 - a case is one line

from __future__ import annotations

import textwrap

from reading_cases import BODY, DOC, DRAFT, EMPTY, FN, NO_ENTRY_POINT, PASSED, SIG, SYNTAX_ERROR, WRONG_OUTPUT, F
from reading_cases_more import BLOCK, BODY_BLOCK, WRONG, WRONG_BLOCK

#: (kind, answer, verdict)
VARIANTS: list[tuple[str, str, str]] = []
CORE = FN.replace("has_close", "core")
CALLS_CORE = SIG + "    return core(numbers, threshold)\n"
WRONG_BODY = "    return True\n"


def _case(kind: str, text: str, verdict: str = PASSED) -> None:
    VARIANTS.append((kind, text, verdict))


def _block(code: str, label: str = "python") -> str:
    return f"{F}{label}\n{code}{F}\n"


def _both(kind: str, right: str, wrong: str) -> None:
    """An answer that means the right function, and the same that means a wrong one."""
    _case(kind, right)
    _case(f"{kind}, wrong", wrong, WRONG_OUTPUT)


# A version that is the beginning of an earlier one.
BEGINNING = SIG + "    rows = sorted(numbers)\n"
WHOLE = BEGINNING + "    return any(b - a < threshold for a, b in zip(rows, rows[1:]))\n"
WHOLE_DOC = WHOLE.replace(SIG, SIG + DOC)
_case("its beginning explained in a block", f"{_block(WHOLE)}1. Sort:\n{_block(BEGINNING)}")
_case("its beginning explained, with a comment", f"{_block(WHOLE_DOC)}1. Sort:\n{_block(SIG + '    # sort' + chr(10) + '    rows = sorted(numbers)' + chr(10))}")  # fmt: skip
_case("its beginning explained, in the same text", f"{WHOLE}\nFirst we sort:\n\n{BEGINNING}\nThen we compare.\n")
_case("a shorter version that returns", f"{_block(WHOLE)}No:\n{_block(BEGINNING + '    return True' + chr(10))}", WRONG_OUTPUT)  # fmt: skip
_case("a version that does not return and is another", f"{BLOCK}No:\n{_block(BEGINNING)}", WRONG_OUTPUT)
_case("a block again and again, cut off", f"{BLOCK}\n{BLOCK}\n{BLOCK}\n{F}python\n{FN[:-9]}")
_case("a function again and again, cut off", f"{FN}\n\n{FN}\n\n{FN}\n\n{FN[:-9]}")
_case("a function again, cut off", f"{FN}\n\n{FN[:-40]}")
_case("a body, the function again, cut off", f"{BODY}\n\n{SIG}{DOC}{BODY[:50]}")
_case("a body, the function's head cut off", f"{BODY}\n\ndef has_close(num")
_case("a block, the function again, cut off", f"{BLOCK}\n{F}python\n{FN[:-40]}", SYNTAX_ERROR)
_case("another version, cut off", f"{FN}\n\n{SIG}    rows = sorted(num", SYNTAX_ERROR)
# A beginning of an earlier version that returns is a version.
SHORT = "    rows = sorted(numbers)\n    for _ in (1,):\n        return any(b - a < threshold for a, b in zip(rows, rows[1:]))\n"
for said, own, draft in (
    ("without its last lines", SHORT, SHORT + "    yield 0\n    return False\n"),
    ("without the end of a line", SHORT, SHORT[:-1] + " and False\n    return False\n"),
):
    _case(f"a version {said}", f"{_block(SIG + draft)}Fixed:\n{_block(SIG + own)}")
    _case(f"a version {said}, in the same block", _block(f"{SIG}{draft}\n\n# Fixed\n{SIG}{own}"))
    _case(f"a version {said}, without a fence", f"{SIG}{draft}\nFixed:\n\n{SIG}{own}")
    _case(f"a version {said}, without a line's end", f"{SIG}{draft}\nFixed:\n\n{SIG}{own[:-1]}")
    _case(f"a body {said}", f"{draft}\nFixed:\n\n{SIG}{own}")
for dots in ("    ...\n", "    # ...\n", "    # ... as above\n", "    # … как раньше …\n"):
    _both(f"a version in part, {dots!r}", f"{BLOCK}Scheme:\n{_block(SIG + dots + '    return result' + chr(10))}", f"{WRONG_BLOCK}Scheme:\n{_block(SIG + dots + '    return result' + chr(10))}")  # fmt: skip
_both("dots within an inner class", f"{WRONG_BLOCK}{_block(SIG + '    class E(Exception):' + chr(10) + '        ...' + chr(10) + BODY)}", f"{BLOCK}{_block(SIG + '    class E(Exception):' + chr(10) + '        ...' + chr(10) + WRONG_BODY)}")  # fmt: skip
_both("dots in a docstring", f'{WRONG_BLOCK}{_block(SIG + "    " + chr(34) * 3 + chr(10) + "    ..." + chr(10) + "    # ..." + chr(10) + "    " + chr(34) * 3 + chr(10) + BODY)}', f'{BLOCK}{_block(SIG + "    " + chr(34) * 3 + chr(10) + "    ..." + chr(10) + "    " + chr(34) * 3 + chr(10) + WRONG_BODY)}')  # fmt: skip
_both("dots at the beginning of a comment's word", f"{WRONG_BLOCK}{_block(SIG + '    # ...so we begin' + chr(10) + BODY)}", f"{BLOCK}{_block(SIG + '    # ...so we begin' + chr(10) + WRONG_BODY)}")  # fmt: skip
for dots in (
    "    # ... compare all pairs\n",
    "    # … теперь сравниваем\n",
    "    # 1, 2,\n    # ...\n    # n\n",
    "    ...\n",
):
    for between in ("{0}Fixed:\n{1}", "{0}{1}Usage:\n{2}"):
        blocks = [_block(SIG + dots + code) for code in (BODY, WRONG_BODY)]
        example = _block("print(has_close([1.0], 2))\n")
        _both(f"dots above a complete version {dots!r} {between!r}", between.format(WRONG_BLOCK, blocks[0], example), between.format(BLOCK, blocks[1], example))  # fmt: skip
_case("dots above a version without a line of the first", f"{_block(WHOLE)}{_block(WHOLE.replace('(numbers)', '(numbers)[:0]').replace(SIG, SIG + '    # ... none' + chr(10)))}", WRONG_OUTPUT)  # fmt: skip
_case("dots for lines of the first", f"{_block(WHOLE)}{_block(SIG + '    # ...' + chr(10) + WHOLE.splitlines()[-1] + chr(10))}")  # fmt: skip
_case("dots in the only version", _block(SIG + "    # ...\n" + BODY))
_both("a draft body, words, the body", f"{WRONG_BODY}\nWait, that is wrong:\n\n{BODY}", f"{BODY}\nWait, that is wrong:\n\n{WRONG_BODY}")  # fmt: skip
for words, code in (
    ("Full:", textwrap.indent(FN, "    ")), ("Fixed:", textwrap.indent(WRONG, "    ")), ("A naive version would be wrong:", WRONG_BODY),
    ("Now the second function:", "    return len(xs)\n"), ("Instead of", WRONG_BODY), ("Not this one:", WRONG_BODY),
    ("The test, fixed:", "    def test():\n        assert has_close([], 1)\n        return True\n"), ("The check, fixed:", "    raise ValueError\n"),
):  # fmt: skip
    _case(f"a body, then {words!r} {code!r}", f"{BODY}\n{words}\n\n{code}")
_case("a body, its end written otherwise", "    rows = sorted(numbers)\n    return any(b - a < threshold for a, b in zip(rows, rows[1:]))\n\nFixed:\n\n    if rows:\n        return False\n    return True\n")  # fmt: skip
_both("a draft body that changes a parameter, words, the body", f"    numbers = numbers[:0]\n    return bool(numbers)\n\nОшибка, исправим:\n\n{BODY}", "    numbers = sorted(numbers)\n    return any(b - a < threshold for a, b in zip(numbers, numbers[1:]))\n\nActually:\n\n    return bool(numbers)\n")  # fmt: skip
_case("a body, words, a line of it", f"{BODY}\nIf there is none:\n\n    return False\n")
_case("a body, words, an example", f"{BODY}\nFor example:\n\n    x = [1.0]\n    print(has_close(x, 1))\n")
# The function's own name.
_case("a result by the function's name", f"{F}python\n{FN}\nhas_close = has_close([1.0], 2)\nprint(has_close)\n{F}")
_case("a result by the function's name in a later block", f"{BLOCK}{_block('has_close = has_close([1.0], 2)' + chr(10) + 'print(has_close)' + chr(10))}")  # fmt: skip
for result in ("has_close = any(has_close(x, 1) for x in [[1.0]])", "has_close = bool(has_close([1.0], 2))", "has_close, n = has_close([1.0], 2), 2", "has_close: bool = has_close([1.0], 2)", "n, has_close = 2, not has_close([1.0], 2)"):  # fmt: skip
    _case(f"a result {result!r} below", f"{FN}\n{result}\nprint(has_close)\n")
    _case(f"a result {result!r} in a later block", f"{BLOCK}{_block(result + chr(10) + 'print(has_close)' + chr(10))}")
_case("wrapped by a lambda that calls it", f"{WRONG_BLOCK}{_block('has_close = lambda *a, f=has_close: not f(*a)' + chr(10))}", WRONG_OUTPUT)  # fmt: skip
_case(
    "a lambda below that calls it", f"{BLOCK}{_block('has_close = (lambda f: lambda *a: f(*a))(has_close)' + chr(10))}"
)
MAKES = "def has_close(limit):\n    def inner(numbers, threshold):\n" + textwrap.indent(BODY, "    ")
for maker in (f"{MAKES}    return inner\n", f"{CORE}\n\ndef has_close(limit):\n    return lambda *a: core(*a)\n", f"{CORE}\n\nclass has_close:\n    def __init__(self, limit):\n        self.limit = limit\n\n    def __call__(self, *a):\n        return core(*a)\n"):  # fmt: skip
    _case(f"made by what has its name {maker[-40:]!r}", f"{F}python\n{maker}\n\nhas_close = has_close(0)\n{F}")
    _case(f"made by what has its name {maker[-40:]!r}, without a fence", f"{maker}\n\nhas_close = has_close(limit=0)\n")
_case(
    "a result of a function with one inside",
    f"{F}python\n{FN[:-1].replace(SIG, SIG + '    def core(x):' + chr(10) + '        return x' + chr(10))}\n\nhas_close = has_close([1.0], 2)\n{F}",
)
_both(
    "wrapped in a later block",
    f"{BLOCK}{_block('def same(f):' + chr(10) + '    return lambda *a: f(*a)' + chr(10))}{_block('has_close = same(has_close)' + chr(10))}",
    f"{WRONG_BLOCK}{_block('def same(f):' + chr(10) + '    return lambda *a: f(*a)' + chr(10) + 'has_close = same(has_close)' + chr(10))}",
)
_case("made right by what wraps it", f"{WRONG_BLOCK}{_block('def near(f):' + chr(10) + textwrap.indent(FN, '    ') + '    return has_close' + chr(10) + 'has_close = near(has_close)' + chr(10))}")  # fmt: skip
# The next task of a model that does not stop.
for code in (
    *("@app.route('/')\ndef view():\n    return 1\n", "def next_one(x: np.ndarray) -> Optional[int]:\n    return x\n", "def next_one(x=settings.X):\n    return x\n"),
    *("class Net(nn.Module):\n    pass\n\n\nnet = Net()\nnet.train()\n\n\ndef use():\n    return net\n\n\nuse()\n", "class Color(Enum):\n    RED = auto()\n\n\nX = Color.RED\n"),
    *("@dataclass\nclass Item:\n    x: int\n\n\nitem = Item(1)\n", "class Node:\n    left: Optional['Node'] = None\n"),
):  # fmt: skip
    _case(f"{code!r} below a body", f"{BODY}\n\n{code}")
    _case(f"{code!r} in the block", f"{F}python\n{FN}\n\n{code}{F}")
    _case(f"{code!r} in a block before", f"{_block(code)}{BLOCK}")
_case("a needed helper with a name that nothing binds", f"{CALLS_CORE}\n\n@cached\n{CORE}", "NameError")
_case("a class that binds what it reads", f"{F}python\nclass A:\n    x: int = 1\n    y = [x for x in (x, 2)]\n\n\n{SIG}    A.y\n{BODY}{F}")  # fmt: skip
_case(
    "a star import binds any name",
    f"{F}python\nfrom math import *\n\n\n@ceil\ndef g():\n    pass\n\n\n{FN}{F}",
    "TypeError",
)
LATE = "from __future__ import annotations\n"
RULES = "RULES = []\n\n\ndef rule(f):\n    RULES.append(f)\n    return f\n\n\n@rule\ndef first(x: Number, *y: A, z: B = 1) -> Boolean:\n    return True\n"
BASE = "class Base:\n    pass\n\n\nclass First(Base):\n    other: Foo\n"
for made, condition in ((RULES, "RULES"), (BASE, "Base.__subclasses__()")):
    uses_it = f"{SIG}    if not {condition}:\n        return None\n{BODY}"
    _case(f"{condition} filled, with late annotations", f"{F}python\n{LATE}{made}\n\n{uses_it}{F}")
    _case(f"{condition} filled in a block before, with late annotations", f"{_block(LATE + made)}{_block(uses_it)}")
    fails = made.replace("= 1", "= unknown").replace(": Foo", " = unknown")
    _case(f"{condition} filled by what fails", f"{F}python\n{fails}\n\n{uses_it}{F}", "NameError")
PLUGIN = "class Seen:\n    pass\n\n\ndef plain(x: Number = 1) -> Number:\n    globals()['CALLED'] = x\n    return x\n"
_case(
    "a function with late annotations is kept", f"{F}python\n{LATE}{PLUGIN}\n\n{SIG}    globals()['plain']\n{BODY}{F}"
)
# The prompt's own names.
_case("a stub with the imports of the prompt's", f"{SIG}    import math\n{DOC}\nThe body:\n{BODY_BLOCK}")
_case("a stub with imports only", f"{SIG}    import math\n{DOC}", NO_ENTRY_POINT)
# Without a fence beside blocks.
for beside in ("First:\n\n{0}\nThen:\n{1}", "{1}\nwhere\n\n{0}\nis the helper.\n"):
    _both(f"a helper without a fence, {beside!r}", beside.format(CORE, _block(CALLS_CORE)), beside.format(WRONG.replace("has_close", "core"), _block(CALLS_CORE)))  # fmt: skip
    _case(
        f"an import without a fence, {beside!r}", beside.format("import math as m\n", _block(f"{SIG}    m.pi\n{BODY}"))
    )
    _case(
        f"a constant without a fence, {beside!r}", beside.format("LIMIT = 10\n", _block(f"{SIG}    LIMIT + 1\n{BODY}"))
    )
for outline in ("    ...\n", "    # ... as above\n    return result\n", '    """Core."""\n'):
    head = CORE.partition("\n")[0] + "\n" + outline
    if '"' not in outline:
        _both(f"a helper's outline {outline!r} above the function", f"{_block(CORE)}{_block(head + chr(10) * 2 + CALLS_CORE)}", f"{_block(WRONG.replace('has_close', 'core'))}{_block(head + chr(10) * 2 + CALLS_CORE)}")  # fmt: skip
    _case(
        f"a helper's outline {outline!r} below the function", f"{_block(CORE + chr(10) * 2 + CALLS_CORE)}{_block(head)}"
    )
    _case(
        f"a helper's outline {outline!r}, the helper below", f"{_block(head + chr(10) * 2 + CALLS_CORE)}{_block(CORE)}"
    )
# A helper that the final version empties.
NORM = "def norm(numbers):\n"
CALLS_NORM = SIG + "    norm(numbers)\n" + BODY
for empty in ("    pass\n", '    """No longer needed."""\n', "    # ... nothing to do\n    return\n"):
    _case(f"a helper emptied with {empty!r}", f"{_block(NORM + '    numbers.clear()' + chr(10) * 3 + CALLS_NORM)}Unneeded:\n{_block(NORM + empty + chr(10) * 2 + CALLS_NORM)}")  # fmt: skip
    _case(f"a needed helper emptied with {empty!r}", f"{_block(CORE + chr(10) * 2 + CALLS_CORE)}Final:\n{_block(CORE.partition(chr(10))[0] + chr(10) + empty + chr(10) * 2 + CALLS_CORE)}", WRONG_OUTPUT)  # fmt: skip
_case("names in prose that blocks bind", f"numbers = 5\n\n{_block('LIMIT = 10' + chr(10))}LIMIT = x\n\n{_block(f'{SIG}    LIMIT + 1' + chr(10) + BODY)}")  # fmt: skip
_case(
    "an indented function above an example in a block",
    f"  {FN}\nExample:\n{_block('print(has_close([1.0], 2))' + chr(10))}",
)
# Sentences.
for line in (
    *("return value: bool", "del is not used", "global variables: none", "yield is not used", "Okay,", "...", r"\begin{lstlisting}", r"\end{code}"),
):  # fmt: skip
    _case(f"{line!r} below", f"{FN}\n{line}\n")
    _case(f"{line!r} below a body", f"{BODY}\n{line}\n")
    _case(f"{line!r} above a body", f"{line}\n{BODY}")
_case("a lambda that lost its indentation", f"{SIG}    x = 1\nreturn lambda: 1\n", SYNTAX_ERROR)
for words in ("    This function checks all pairs.\n", "    Explanation:\n    - we check\n    - we return\n", "  Эта функция сравнивает все пары.\n", "        Here we return it.\n"):  # fmt: skip
    _case(f"{words!r} below", f"{FN}\n{words}")
    _case(f"{words!r} below a body", f"{BODY}\n{words}\n")
for words in (
    "    Here we loop over all pairs.\n",
    "  Сначала сравним все пары.\n\n",
    "    Here we loop.\n    It is quick:\n\n",
):
    _case(f"{words!r} above a body", words + BODY)
_case("an indented typing error", f"{BODY}\n    retrun False\n", SYNTAX_ERROR)
for typo in ("    Return False\n", "    If numbers: return False\n", "    Raise ValueError\n"):
    _case(f"{typo!r} below", f"{FN}\n{typo}", SYNTAX_ERROR)
    _case(f"{typo!r} below a body", f"{BODY}\n{typo}", SYNTAX_ERROR)
    _case(f"{typo!r} above a body", f"{typo}{BODY}", SYNTAX_ERROR)
_case("a sentence below a function that does not return", f"{SIG}    near = False\n\n    Then give it back:\n", SYNTAX_ERROR)  # fmt: skip
for words in ("    If there is none, it is False.\n", "    For each pair we compare.\n", "    Return value: a bool.\n"):
    _case(f"{words!r} below", f"{FN}\n{words}")
_case("an indented sentence above code", f"{SIG}    near = False\n\n    Now we loop:\n{BODY}", SYNTAX_ERROR)
# Listings and labels.
for number in ("{0}. {1}", "{0:2} | {1}", "{0:3} {1}", "{0:6}\t{1}", "{0}: {1}"):
    for code, verdict in ((FN, PASSED), (WRONG, WRONG_OUTPUT)):
        lines = [number.format(n, line) for n, line in enumerate(code.splitlines(), 1)]
        _case(f"lines with numbers {number!r} {verdict}", _block("\n".join(lines) + "\n"), verdict)
_case("an output with numbers", f"{BLOCK}{_block('1 True' + chr(10) + '2 False' + chr(10), '')}")
for label in ("pyhton", "питон", "cython", "sage", "java", "yaml", "bash"):
    _case(f"label {label}, an example below", f"{_block(FN, label)}{_block('print(has_close([1.0], 2))' + chr(10))}")
    _case(
        f"label {label}, a body, an example below",
        f"{_block(BODY, label)}{_block('print(has_close([1.0], 2))' + chr(10))}",
    )
_case("another language's function of that name", f"{BLOCK}{_block('def has_close(x)' + chr(10) + '  x' + chr(10) + 'end' + chr(10), 'ruby')}")  # fmt: skip
for label in ("cython", "sage", "starlark"):
    for code in (
        WRONG,
        "cimport cython\n\n\n" + FN,
        FN.replace("has_close(numbers: List[float]", "has_close(list numbers"),
    ):
        _case(f"{label} below the function {code[:9]!r}", f"{BLOCK}Faster:\n{_block(code, label)}")
_case("a label of another language beside the function", f"{BLOCK}{_block(WRONG, 'java')}")
# Thoughts.
for opening, closing in (
    *(("<plan>\n", "</plan>\n"), ("<planning>", "</planning>"), ("<draft>\n", "</draft>\n"), ("<размышление>\n", "</размышление>\n"), ("[THINKING]", "[/THINKING]")),
    *(("<|begin_thought|>", "<|end_thought|>"), ("<|reasoning_start|>", "<|reasoning_end|>"), ("<|im_start|>think\n", "<|im_start|>answer\n"), ("[REASONING]\n", "[/REASONING]\n")),
    *(("Thinking...\n", "...done thinking.\n\n"), ('<details type="reasoning" done="true">\n<summary>Thought</summary>\n', "</details>\n")),
):  # fmt: skip
    for said, code, other in (("block", BLOCK, WRONG_BLOCK), ("function", FN, WRONG), ("body", BODY, WRONG_BLOCK)):
        _case(f"thought {opening!r} above a {said}", f"{opening}Maybe:\n{other}\n{closing}{code}")
EXAMPLE = _block("print(has_close([1.0], 2))\n")
LAMBDA = "has_close = lambda numbers, threshold: any(abs(a - b) < threshold for i, a in enumerate(numbers) for b in numbers[:i])\n"
for text in (
    *("{0}<plan>\nExplain it.\n</plan>\n{1}", "{0}<step_by_step>\n1. add\n</step_by_step>\nExample:\n{1}", "<draft>\n{0}</draft>\nUsage:\n{1}"),
    *("<plan>\ncompare\n{0}</plan>\n\n{1}", "I'll <plan> first. {0}</plan>\n{1}", "{0}[REASONING]\nWe sum.\n[/REASONING]\n{1}"),
    *("{0}<plan>\n1. Test it.\n</plan>\nTest:\n{2}", "<draft>\n{0}</draft>\nTest:\n{2}"),
):  # fmt: skip
    test = _block("def test_it():\n    assert has_close([1.0], 2) is True\n")
    _both(f"elements beside the answer {text!r}", text.format(BLOCK, EXAMPLE, test), text.format(WRONG_BLOCK, EXAMPLE, test))  # fmt: skip
for before in ("{0}<think>No.</think>\n", "<think>\n{0}</think>\n", "{0}no\n</think>\n", "<plan>\n{0}</plan>\n"):
    _both(f"a lambda below {before!r}", before.format(WRONG_BLOCK) + LAMBDA, f"{before.format(BLOCK)}has_close = lambda *a: True\n")  # fmt: skip
_case("a plan that is never closed", f"<plan>\n1. Compare.\n\n{BLOCK}")
_case("a draft with the only code", f"<draft>\n{BLOCK}</draft>\nDone.\n")
_case("words of a thought without its end", f"Thinking...\n\n{BLOCK}")
_both("an answer in tags behind a thought that is never closed", f"<think>\n{WRONG_BLOCK}so\n<answer>\n{BLOCK}</answer>", f"<think>\n{BLOCK}so\n<answer>\n{WRONG_BLOCK}</answer>\n")  # fmt: skip
_case("a draft in tags within a thought", f"<think>\nso\n<answer>\n{BLOCK}</answer>\nWait, no", EMPTY)
_both("a reflection, then a sentence", f"{BLOCK}<reflection>\n{WRONG_BLOCK}no\n</reflection>\nSo that is it.\n", f"{WRONG_BLOCK}<reflection>\n{BLOCK}no\n</reflection>\nSo that is it.\n")  # fmt: skip
# Prompts that came back, tokens of StarCoder.
TASK = f"Complete it:\n{SIG}{DOC}"
for before in (
    *(f"<|im_start|>system\nBe kind.<|im_end|>\n<|im_start|>user\n{TASK}<|im_end|>\n<|im_start|>assistant\n", f"[INST] {TASK} [/INST] ", f"<s>[INST] {TASK}[/INST]\n"),
    *(f"<bos><start_of_turn>user\n{TASK}<end_of_turn>\n<start_of_turn>model\n", f"<|user|>\n{TASK}</s>\n<|assistant|>\n", f"<s>system\nТы — Сайга.</s>\n<s>user\n{TASK}</s>\n<s>bot\n"),
    f"<|begin_of_text|><|start_header_id|>user<|end_header_id|>\n\n{TASK}<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n",
):  # fmt: skip
    for said, code in (("block", BLOCK), ("body", "\n" + BODY)):
        _case(f"a {said} below the prompt {before[:24]!r}", before + code)
_case(
    "another turn without the prompt",
    f"<|im_start|>user\nMore?<|im_end|>\n<|im_start|>assistant\n{BLOCK}",
    SYNTAX_ERROR,
)
for token in ("<reponame>a/b<filename>a.py\n", "<filename>a.py\n", "<jupyter_text>More\n", "<gh_stars>10\n"):
    _case(f"{token!r} below a body", f"{BODY}\n{token}{DRAFT}")
for place in ("<filename>\n", "<reponame>\n", "<filename> \n", "Usage:\n<filename>\n"):
    _both(f"a placeholder {place!r} above a helper", f"{_block(CALLS_CORE)}{place}{_block(CORE)}", f"{_block(CALLS_CORE)}{place}{_block(WRONG.replace('has_close', 'core'))}")  # fmt: skip
