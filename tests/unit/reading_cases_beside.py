"""What stands beside the function: lines of its body that are explained one by one, sentences and formulas that look like
code, tests in the function's own block, an end that was cut off, turns and thoughts of further models.
"""

# ruff: noqa: E501 - a case is one line

from __future__ import annotations

import textwrap

from reading_cases import BODY, DRAFT, EMPTY, FN, NO_ENTRY_POINT, PASSED, SIG, SYNTAX_ERROR, WRONG_OUTPUT, F

#: (kind, answer, verdict)
BESIDE: list[tuple[str, str, str]] = []
BLOCK, DRAFT_BLOCK = (f"{F}python\n{code}{F}\n" for code in (FN, DRAFT))
FRAGMENTS = (
    "pairs = []",
    "if not numbers:\n    return False",
    "for a in numbers:\n    pairs.append(a)",
    "return bool(pairs)",
)
PARTS = (
    "    rows = sorted(numbers)\n",
    "    near = False\n    for a, b in zip(rows, rows[1:]):\n        near = near or b - a < threshold\n",
    "    return near\n",
)


def _case(kind: str, text: str, verdict: str = PASSED) -> None:
    BESIDE.append((kind, text, verdict))


def _block(code: str, label: str = "python") -> str:
    return f"{F}{label}\n{code}\n{F}\n"


def _below(kind: str, code: str, verdict: str = PASSED) -> None:
    """The same below the function in its block, below it without a fence, and below a body."""
    _case(f"{kind}, in the block", f"{F}python\n{FN}\n\n{code}{F}", verdict)
    _case(f"{kind}, without a fence", f"{FN}\n\n{code}", verdict)
    _case(f"{kind}, below a body", f"{BODY}\n\n{code}", verdict)


# Steps and fragments.
_STEPS = "".join(f"{n}. Шаг {n}:\n{_block(line)}" for n, line in enumerate(FRAGMENTS, 1))
_case("lines of the body one by one, then the function", f"{_STEPS}Всё вместе:\n{BLOCK}")
_case("the function, then the lines of the body one by one", f"{BLOCK}Разбор:\n{_STEPS}")
for fragment in (
    *("total = sum(items)", "for item in items:\n    total += item", "while left < right:\n    left += 1", "data[0] = 1"),
    *("if n % 2:\n    result = n\nelse:\n    result = 0", "a, b = b, a + b", "return x", "class A(Base):\n    pass", "@cached\ndef g():\n    pass"),
    *("with open('input.txt') as file:\n    data = file.read()", "raise ValueError(x)", "del items[0]"),
):  # fmt: skip
    _case(f"{fragment!r} shown before the function", f"Так:\n{_block(fragment)}Решение:\n{BLOCK}")
    _case(f"{fragment!r} shown after the function", f"{BLOCK}Так:\n{_block(fragment)}")
_case(
    "an example in the words of the task before",
    f"{_block('Вход: numbers = [1.0, 2.0]' + chr(10) + 'Выход: False', '')}{BLOCK}",
)
_case(
    "a value that a helper's call fills",
    f"{_block('T = []' + chr(10) * 3 + 'def fill():' + chr(10) + '    T.append(1)' + chr(10) * 3 + 'fill()')}{F}python\n{SIG}    T[0]\n{BODY}{F}",
)
_case(
    "a value that a loop fills",
    f"{_block('T = {}' + chr(10) + 'keys = (1, 2)' + chr(10) + 'for k in keys:' + chr(10) + '    T[k] = 1')}{F}python\n{SIG}    T[1]\n{BODY}{F}",
)
_case(
    "a setting of the interpreter whose value an earlier block has",
    f"{_block('import sys' + chr(10) + 'LIMIT = 12_345')}{F}python\nsys.setrecursionlimit(LIMIT)\n\n{SIG}"
    f"    assert sys.getrecursionlimit() == 12_345\n{BODY}{F}",
)
_case("a counter", f"{_block('count = 0')}{F}python\n{SIG}    global count\n    count += 1\n{BODY}{F}")
_case(
    "a module that an earlier block writes",
    f"{_block('def near(a, b, t):' + chr(10) + '    return abs(a - b) < t')}{F}python\nfrom helpers_not_there import near\n\n\n{SIG}{BODY.replace('abs(a - b) < threshold', 'near(a, b, threshold)')}{F}",
)
_case(
    "a test that needs a package, in a block before",
    f"{_block('import not_there' + chr(10) + 'from solution import has_close' + chr(10) * 3 + 'def test_it():' + chr(10) + '    not_there.check(has_close)')}{BLOCK}",
)
# A function in several blocks.
_IN_PARTS = "далее\n".join(f"{F}python\n{part}{F}\n" for part in PARTS)
_case(
    "a function in pieces",
    f"{F}python\n{SIG}{PARTS[0]}{F}\nдалее\n" + "далее\n".join(f"{F}python\n{part}{F}\n" for part in PARTS[1:]),
)
_case("a body in pieces", _IN_PARTS)
_case("a body in pieces behind a guard", f"{F}python\n    if not numbers:\n        return False\n{F}\n{_IN_PARTS}")
_case(
    "a function in pieces that never returns",
    f"{F}python\n{SIG}{PARTS[0]}{F}\nдалее\n{F}python\n{PARTS[1]}{F}\n",
    WRONG_OUTPUT,
)
_case("a whole function, then its tail", f"{BLOCK}конец:\n{F}python\n    return True\n{F}")
_case(
    "a draft body with else, then the body",
    f"{F}python\n    if numbers:\n        return True\n    else:\n        return False\n{F}\nлучше\n{F}python\n{BODY}{F}",
)
# Without a fence below a block.
_case("a better version without a fence", f"{DRAFT_BLOCK}\nИсправлю:\n\n{FN}\nТак лучше.\n")
_case("a worse version without a fence", f"{BLOCK}\nИсправлю:\n\n{DRAFT}\nТак лучше.\n", WRONG_OUTPUT)
_case("a version without a fence that is no program", f"{BLOCK}\nСтрока:\n\n{SIG}объявляет функцию.\n")
_case("its head without a fence", f"{BLOCK}\nЗаголовок:\n\n{SIG}    ...\n")
# Sentences and formulas that look like code.
for line in (
    *("Сложность (временная): O(n)", "Сложность = O(n)", "**Сложность:** O(n)", "T(n) = O(n)", "T(n) = T(n-1) + O(1)", "Time (worst-case): O(n)"),
    *("Input: numbers = [1.0, 2.0], threshold = 0.5", "Input: numbers = [1.0, 2.0]", "Вход: x = 5", "Пример: x = y", "(см. пример)", "(Примечание)"),
    *("[Источник](https://example.com)", r"\(x\)", "if x > 0:", "for x in numbers:", "print(x)", "Counter({'a': 1})", "numbers.sort()", "f(5) == 120"),
    *("fact(5) = 5 * fact(4)", "1 + 2 = 3", "Готово (нет).", "Готово (нет): да", "Решение (Python):", "total += x", "total += 1", "a, b = b, a", "=готово"),
):  # fmt: skip
    for place, text in (("below", f"{FN}\n{line}\n"), ("above", f"{line}\n\n{FN}"), ("below a body", f"{BODY}\n{line}\n"), ("in the block", f"{F}\n{FN}\n{line}\n{F}")):  # fmt: skip
        _case(f"{line!r} {place}", text)
_case("a heading, then the body", f"**Ответ:**\n{BODY}")
_case("a word, then the body", f"python\n{BODY}")
_case("never closed, then a formula", f"{F}python\n{FN}\nСложность (временная): O(n), память = O(1)\n")
# Tests and examples beside the function that need a package, a file, arguments.
_below("test with a package", "import not_there\n\n\n@not_there.mark\ndef test_it():\n    assert has_close([1.0], 1)\n")
_below(
    "fixture",
    "import not_there\n\n\n@not_there.fixture\ndef data():\n    return [1.0]\n\n\ndef test_it(data):\n    assert has_close(data, 1)\n",
)
_below("plot", "import not_there.pyplot as plt\n\nplt.plot([has_close([1.0], 1)])\nplt.show()\n")
_below(
    "test case without its import",
    "class T(unittest.TestCase):\n    def test(self):\n        self.assertTrue(has_close([1.0], 1))\n",
)
_below("class with a result", "class Demo:\n    result = has_close()\n")
_below("default that is a result", "def demo(value=has_close()):\n    print(value)\n\n\ndemo()\n")
_below("main above its helper", "def main():\n    show()\n\n\ndef show():\n    print(has_close())\n\n\nmain()\n")
_below("file", "with open('not there.txt') as file:\n    data = file.read()\nprint(has_close(data, 1))\n")
_below(
    "arguments",
    "import argparse\n\nparser = argparse.ArgumentParser()\nparser.add_argument('x')\nargs = parser.parse_args()\nprint(has_close(args.x, 1))\n",
)
_below("time of it", "import timeit\nprint(timeit.timeit('has_close()', globals=globals(), number=1))\n")
_below("exit", "print(has_close([1.0], 1))\nexit()\n")
_below("exit with a result", "raise SystemExit(has_close())\n")
_below("deleted function", "x = has_close([1.0], 1)\ndel has_close\n", NO_ENTRY_POINT)
_below("deleted example", "x = has_close([1.0], 1)\ndel x\n")
_case(
    "package of a test above the function",
    f"{F}python\nimport not_there\nimport math\n\n\n{FN}\n\ndef test_it():\n    not_there.check(has_close)\n{F}",
)
# What the function needs, or may be reached by other ways, stays.
_case(
    "helper that calls the function",
    f"{F}python\ndef again(n, t):\n    return has_close(n[1:], t)\n\n\n{SIG}    if len(numbers) > 2 and again(numbers, threshold):\n        return True\n{BODY}{F}",
)
_case(
    "helper's helper that calls the function",
    f"{F}python\ndef again(n, t):\n    return once(n, t)\n\n\ndef once(n, t):\n    return has_close(n[1:], t)\n\n\n{SIG}    if len(numbers) > 2 and again(numbers, threshold):\n        return True\n{BODY}{F}",
)
_case(
    "registered helper",
    f"{F}python\nH = {{}}\n\n\ndef register(f):\n    H[f.__name__] = f\n    return f\n\n\n@register\ndef other(n):\n    return has_close(n, 1)\n\n\n{SIG}    H['other']\n{BODY}{F}",
)
_case(
    "single dispatch",
    f"{F}python\nfrom functools import singledispatch\n\n\n@singledispatch\n{FN}\n\n@has_close.register(list)\ndef _(numbers, threshold):\n    return has_close(tuple(numbers), threshold)\n{F}",
)
_case(
    "base of a kept class",
    f"{F}python\n{FN}\n\nclass A:\n    def f(self):\n        return has_close([1.0], 1)\n\n\nclass B(A):\n    pass\n{F}",
)
_case(
    "wrapped below",
    f"{F}python\n{FN}\n\ndef same(f):\n    return lambda *a: f(*a)\n\n\nhas_close = same(has_close)\n{F}",
)
_case("filled below", f"{SIG}    T[0]\n{BODY}\n\nT = []\nfor i in range(3):\n    T.append(i)\n")
# An end that was cut off.
for end in (
    *("def test_it():\n    assert has_close([1.0", "def test_it(", "def main():\n    data = [1, 2", 'def test_it():\n    """Проверка', "cases = [\n    ([1.0"),
    *("class T(unittest.TestCase):\n    def test(self):\n        self.assertTrue(has_close([1", "@pytest.mark.param", "import unittes", "from typing import Lis"),
    *('def next_task(x: int) -> int:\n    """ Возвращает число.\n    >>> next_task(1)', "print('Результат: ", "if __name__ == '__ma", "for case in [(1, 2), (3"),
):  # fmt: skip
    for place, text in (("the block", f"{F}python\n{FN}\n\n{end}"), ("the text", f"{FN}\n\n{end}"), ("what follows a body", f"{BODY}\n\n{end}")):  # fmt: skip
        _case(f"{place} cut off in {end!r}", text)
_case(
    "cut off in a helper that is needed",
    f"{F}python\n{SIG}    return helper(numbers)\n\n\ndef helper(x):\n    return (x +",
    SYNTAX_ERROR,
)
_case("cut off in the function", f"{F}python\n{FN.rstrip()} (", SYNTAX_ERROR)
_case("cut off in the function's second version", f"{FN}\n\n{SIG}    for i in (", SYNTAX_ERROR)
_case("closed, but broken", f"{F}python\n{FN}\n\ndef test_it(\n{F}", SYNTAX_ERROR)
# A broken function stays broken.
_case("else at the margin", f"{F}python\n{FN}else:\n    return True\n{F}", SYNTAX_ERROR)
_case("except at the margin", f"{FN}except ValueError:\n    return True\n", SYNTAX_ERROR)
_case("else at the margin below a body", f"{BODY}else:\n    return True\n", SYNTAX_ERROR)
_case(
    "last statement at the margin",
    f"{F}python\n{FN.removesuffix('    return False' + chr(10))}return False\n{F}",
    SYNTAX_ERROR,
)
_case("loop at the margin", f"{SIG}    near = False\n{textwrap.dedent(BODY)}", SYNTAX_ERROR)
_case("loop at the margin below a body", f"    near = False\n{textwrap.dedent(BODY)}", SYNTAX_ERROR)
# No-break spaces that are no part of the code.
for blank in ("\xa0", "\u2003", "\u3000"):
    _case(f"{blank!r} above and below", f"{blank}\n{FN}\n{blank}\n")
    _case(f"{blank!r} before the closing fence", f"{F}python\n{FN}{blank}{F}\n")
    _case(f"{blank!r} below a body", f"{BODY}{blank}")
    _case(f"{blank!r} within the function", f"{SIG}{blank}\n{BODY}", SYNTAX_ERROR)
# Thoughts, headers and turns of further models.
_case("thought of Gemma", f"<|channel>thought\n{DRAFT_BLOCK}<channel|>{FN}")
_case("thought of Gemma, never closed", f"<|channel>thought\n{BLOCK}", EMPTY)
_case("empty thought of Gemma", f"<|channel>thought\n<channel|>{BODY}")
_case(
    "steps of Apriel",
    f"Here are my reasoning steps:\n{DRAFT}\n[BEGIN FINAL RESPONSE]\n{FN}[END FINAL RESPONSE]\n<|end|>",
)
_case(
    "steps of Apriel, opened by the template", f"Hm.\n{DRAFT_BLOCK}\n[BEGIN FINAL RESPONSE]{BODY}[END FINAL RESPONSE]"
)
_case("chain of thought in tags", f"<chain_of_thought>\n{DRAFT}</chain_of_thought>\n{FN}")
for header in (
    "assistant<|role_sep|>\n",
    "<|role_sep|>\n",
    "[|assistant|]",
    "<｜Assistant｜>",
    "<|START_OF_TURN_TOKEN|><|CHATBOT_TOKEN|>",
    "<|turn>model\n",
    "<s>bot\n",
):
    for said, code in (("a block", BLOCK), ("a body", BODY)):
        _case(f"header {header!r} above {said}", header + code)
for asks, replies in (
    *(("\n\nПользователь: Иначе, пожалуйста.\n\n", "Ассистент:\n"), ("\nuser\nИначе, пожалуйста.\n", "assistant\n"), ("\nuser\nИначе, пожалуйста.\n", "model\n")),
    *(("\nGPT4 Correct User: Иначе.\n", "GPT4 Correct Assistant:\n"), ("\n\n### Инструкция:\nИначе.\n\n", "### Ответ:\n"), ("user\n\nИначе.\n", "assistant\n\n")),
):  # fmt: skip
    for said, code, other in (("block", BLOCK.rstrip(), DRAFT_BLOCK), ("function", FN.rstrip(), DRAFT), ("body", BODY.rstrip(), DRAFT)):  # fmt: skip
        _case(f"a turn {asks!r} behind a {said}", f"{code}{asks}{replies}{other}")
_case("a role that nobody answers", f"{DRAFT_BLOCK}\nПользователь: так неверно, исправлю:\n{BLOCK}")
_case("a role before the code", f"Пользователь: вводит числа.\nАссистент: отвечает.\n{BLOCK}")
_case("a role in a string", f'{F}python\n{SIG}    s = """\nПользователь: a\nАссистент: b\n"""\n{BODY}{F}')
_case(
    "a name that ends with a role",
    f"{SIG}    superuser = [b - a for a, b in zip(sorted(numbers), sorted(numbers)[1:])]\n    return min(superuser) < threshold if superuser\\\n        else False\n",
)
_case(
    "another name only",
    f"{F}python\ndef close(a, b):\n    return a < b\n{F}\nСложность (время): O(1)\n",
    NO_ENTRY_POINT,
)
