"""Answers in the kinds that people report in public trackers, each with the verdict that a careful reader gives.

The kinds: fences and their labels, thoughts and their marks, end tokens of public tokenizers, tags, templates' headers, prose
around code, examples and tests beside it, drafts, line ends, other names than the one that was asked for.
"""

# ruff: noqa: E501 - a case is one line

from __future__ import annotations

from codeeval.types import Problem

PASSED, WRONG_OUTPUT, EMPTY = "passed", "wrong_output", "empty"
NO_ENTRY_POINT, SYNTAX_ERROR = "no_entry_point", "syntax_error"
PROMPT = (
    "from typing import List\n\n\ndef has_close(numbers: List[float], threshold: float) -> bool:\n"
    '    """ Check.\n    >>> has_close([1.0, 2.0], 0.5)\n    False\n    """\n'
)
PROBLEM = Problem("0", "{function}", PROMPT, "has_close", (), ())
BODY = (
    "    for i, a in enumerate(numbers):\n        for b in numbers[i + 1:]:\n            if abs(a - b) < threshold:\n"
    "                return True\n    return False\n"
)
SIG = "def has_close(numbers: List[float], threshold: float) -> bool:\n"
FN = SIG + BODY
DOC = '    """ Check.\n    >>> has_close([1.0, 2.0], 0.5)\n    False\n    """\n'
FULL = "from typing import List\n\n\n" + SIG + DOC + BODY
DRAFT = SIG + "    return False\n"
F = "```"
#: (kind, answer, verdict)
CASES: list[tuple[str, str, str]] = []


def _case(kind: str, text: str, verdict: str = PASSED) -> None:
    CASES.append((kind, text, verdict))


_case("plain body", BODY)
_case("fence python", f"{F}python\n{FN}{F}")
_case("fence full", f"{F}python\n{FULL}{F}\n")
_case("prose fence prose", f"Sure! Here is it:\n\n{F}python\n{FN}{F}\n\nThis works because it's fine. Don't worry.")
_case("bare function", FN)
_case(
    "bare function with prose",
    f"Here's the function you asked for:\n\n{FN}\nThis function checks each pair. It's O(n^2).\n",
)
_case("full prompt repeated", FULL)
_case("prose then body", "Here is the implementation:\n\n" + BODY)
_case("body then prose", BODY + "\nThis function uses two loops.\n\nTime complexity: O(n^2)\n")
_case("body fence close", BODY + f"{F}\n\nExplanation: it works.\n")
_case("body in fence", f"{F}python\n{BODY}{F}")
_case("body in unlabelled fence", f"{F}\n{BODY}{F}")
_case("tilde", f"~~~python\n{FN}~~~")
_case("4 backticks", f"````python\n{FN}````")
_case("4 tick holding 3", f"````markdown\nAnswer:\n{F}python\n{FN}{F}\n````")
_case("md fence 3 holding 3", f"{F}markdown\n{F}python\n{FN}{F}\n{F}")
_case(
    "indented list fence",
    "1. Code:\n\n   "
    + f"{F}python\n".replace("\n", "\n")
    + "".join("   " + line + "\n" for line in FN.splitlines())
    + f"   {F}\n2. Done.",
)
_case("list dash fence", "- " + f"{F}python\n" + "".join("  " + line + "\n" for line in FN.splitlines()) + f"  {F}\n")
_case(
    "quoted fence",
    "> Here:\n" + f"> {F}python\n" + "".join("> " + line + "\n" for line in FN.splitlines()) + f"> {F}\n",
)
for lab in [
    "py",
    "Python",
    "PYTHON",
    "python3",
    "Python3",
    "python 3",
    "python:main.py",
    "{.python}",
    "{python}",
    'python title="a.py"',
    "python=",
    "py3",
    "python3.11",
    "language-python",
    "ipython",
    "{.python .numberLines}",
    "code",
    "",
    "python copy",
    "python code",
    "python,linenos",
    "Python Code",
    "pyi",
]:
    _case("label " + lab, f"{F}{lab}\n{FN}{F}")
_case("space label", f"{F} python\n{FN}{F}")
_case("crlf", f"Hi\r\n{F}python\r\n{FN}{F}\r\n".replace("\r\n", "\n").replace("\n", "\r\n"))
_case("crlf body", BODY.replace("\n", "\r\n"))
_case("cr body", BODY.replace("\n", "\r"))
_case("bom", "\ufeff" + FN)
_case("bom fence", "\ufeff" + f"{F}python\n{FN}{F}")
_case("bom in fence", f"{F}python\n\ufeff{FN}{F}")
_case("fence end of code", f"{F}python\n{FN.rstrip()}{F}")
_case("fence end of code + prose", f"{F}python\n{FN.rstrip()}{F}\nDone.")
_case("close with text", f"{F}python\n{FN}{F} This is the answer.")
_case("unclosed+prose", f"{F}python\n{FN}\nThis function works well.")
_case("midline open", f"Here is the code: {F}python\n{FN}{F}")
_case("code on fence line", f"{F}{FN}{F}")
_case("code on fence line py", f"{F}python {FN}{F}")
_case("docstring with fence", f'{F}python\n{SIG}    """Doc\n\n    {F}\n    has_close(1)\n    {F}\n    """\n{BODY}{F}')
_case("docstring with fence margin", f'{F}python\n{SIG}    """Doc\n\n{F}python\nhas_close(1)\n{F}\n    """\n{BODY}{F}')
_case("example in block", f"{F}python\n{FN}\nprint(has_close([1.0], 2))\nassert has_close([], 1) == True\n{F}")
_case(
    "main guard", f'{F}python\n{FN}\nif __name__ == "__main__":\n    n = int(input())\n    print(has_close([], n))\n{F}'
)
_case(
    "input at margin",
    f"{F}python\n{FN}\nnums = list(map(float, input().split()))\nt = float(input())\nprint(has_close(nums, t))\n{F}",
)
_case("tests block after", f"{F}python\n{FN}{F}\nTests:\n{F}python\nassert has_close([1.0], 1) == True\n{F}")
_case(
    "pytest block after",
    f"{F}python\n{FN}{F}\nTests:\n{F}python\nimport pytest\nfrom solution import has_close\n\ndef test_it():\n    assert has_close([1.0], 1)\n\npytest.main()\n{F}",
)
_case(
    "unittest block after",
    f"{F}python\n{FN}{F}\n{F}python\nimport unittest\nclass T(unittest.TestCase):\n    def test(self):\n        self.assertTrue(has_close([], 1))\nunittest.main()\n{F}",
)
_case("example before", f"Example:\n{F}python\nhas_close([1.0], 2)\n{F}\nCode:\n{F}python\n{FN}{F}")
_case("input block after", f"{F}python\n{FN}{F}\n{F}python\nn = int(input())\nprint(has_close([], n))\n{F}")
_case("bash block", f"{F}bash\npip install x\n{F}\n{F}python\n{FN}{F}")
_case("json after", f'{F}python\n{FN}{F}\n{F}json\n{{"a": 1}}\n{F}')
_case("console", f"{F}python\n{FN}{F}\n{F}console\n$ python a.py\nTrue\n{F}")
_case("doctest block after", f"{F}python\n{FN}{F}\n{F}python\n>>> has_close([1.0], 2)\nFalse\n{F}")
_case("unlabelled output 2", f"{F}python\n{FN}{F}\n{F}\nTrue\nFalse\n{F}")
_case(
    "unlabelled traceback",
    f'{F}python\n{FN}{F}\n{F}\nTraceback (most recent call last):\n  File "x", line 1\nNameError: x\n{F}',
)
_case("indented output", f"{F}python\n{FN}{F}\n{F}\n    True\n    False\n{F}")
_case("two versions", f"{F}python\n{DRAFT}{F}\nBetter:\n{F}python\n{FN}{F}")
_case("broken draft", f"{F}python\n{SIG}    for x in (\n{F}\nOops. Fixed:\n{F}python\n{FN}{F}")
_case("alt later wrong", f"{F}python\n{FN}{F}\nAlternative:\n{F}python\n{DRAFT}{F}", WRONG_OUTPUT)
_case("stub later", f"{F}python\n{FN}{F}\nSignature:\n{F}python\n{SIG}{DOC}{F}")
_case("stub first", f"{F}python\n{SIG}{DOC}{F}\nAnswer:\n{F}python\n{FN}{F}")
_case("only stub", f"{F}python\n{SIG}{DOC}{F}", NO_ENTRY_POINT)
_case("only stub bare", SIG + DOC, NO_ENTRY_POINT)
_case("imports+body blocks", f"{F}python\nimport math\n{F}\n{F}python\n{BODY}{F}")
_case(
    "helper after",
    f"{F}python\n{SIG}    return helper(numbers, threshold)\n{F}\nwith\n{F}python\ndef helper(numbers, threshold):\n{BODY}{F}",
)
_case(
    "helper after same block",
    f"{F}python\n{SIG}    return helper(numbers, threshold)\n\n\ndef helper(numbers, threshold):\n{BODY}{F}",
)
_case("body then helper", f"    return helper(numbers, threshold)\n\n\ndef helper(numbers, threshold):\n{BODY}")
_case("helper const", f"{F}python\nLIMIT = 0\n{F}\n{F}python\n{SIG}    numbers = numbers[LIMIT:]\n{BODY}{F}")
_case(
    "lambda",
    f"{F}python\nhas_close = lambda numbers, threshold: any(abs(a-b)<threshold for i,a in enumerate(numbers) for b in numbers[i+1:])\n{F}",
)
_case("alias", f"{F}python\ndef solve(numbers, threshold):\n{BODY}\nhas_close = solve\n{F}")
_case(
    "class alias",
    f"{F}python\nclass Solution:\n    def has_close(self, numbers, threshold):\n"
    + "".join("    " + line + "\n" for line in BODY.splitlines())
    + f"\nhas_close = Solution().has_close\n{F}",
)
_case(
    "decorator",
    f"{F}python\nimport functools\n\ndef deco(f):\n    @functools.wraps(f)\n    def inner(*a):\n        return f(*a)\n    return inner\n\n@deco\n{FN}{F}",
)
_case("if def", f"{F}python\nif True:\n" + "".join("    " + line + "\n" for line in FN.splitlines()) + F)
_case(
    "future if def",
    f"{F}python\nfrom __future__ import annotations\nif True:\n"
    + "".join("    " + line + "\n" for line in FN.splitlines())
    + F,
)
_case(
    "try def", f"{F}python\ntry:\n    import numpy_not_there\nexcept ImportError:\n    numpy_not_there = None\n{FN}{F}"
)
_case("future fn", f"{F}python\nfrom __future__ import annotations\n{FN}{F}")
_case("future bare", f"from __future__ import annotations\n\n{FN}")
_case("future second block", f"{F}python\nimport math\n{F}\n{F}python\nfrom __future__ import annotations\n{FN}{F}")
_case("think", f"<think>\nhm, don't\n{F}python\n{DRAFT}{F}\n</think>\n\n{F}python\n{FN}{F}")
_case("think missing open", f"hm, maybe\n{F}python\n{DRAFT}{F}\n</think>\n\n{F}python\n{FN}{F}")
_case("think body", f"<think>ok</think>{BODY}")
_case("think body nl", f"<think>ok</think>\n\n{BODY}")
_case("think unclosed", f"<think>\n{F}python\n{FN}{F}\n", EMPTY)
_case("think unclosed w/ pre", f"\n\n<think>\n{F}python\n{FN}{F}\n", EMPTY)
_case("think unclosed after word", f"Okay.\n<think>\n{F}python\n{FN}{F}\n", EMPTY)
for a, b in [
    ("<thinking>", "</thinking>"),
    ("<reasoning>", "</reasoning>"),
    ("<thought>", "</thought>"),
    ("<THINK>", "</THINK>"),
    ("<seed:think>", "</seed:think>"),
    ("◁think▷", "◁/think▷"),
    ("[THINK]", "[/THINK]"),
    ("<|begin_of_thought|>", "<|end_of_thought|>"),
    ("<scratchpad>", "</scratchpad>"),
    ("<think>", "</think>\n<answer>"),
    ("<|START_THINKING|>", "<|END_THINKING|>"),
]:
    _case("thought " + a, f"{a}\nWe do:\n{F}python\n{DRAFT}{F}\n{b}\n{F}python\n{FN}{F}")
    _case("thought open only " + a, f"{a}\nWe do:\n{F}python\n{FN}{F}\n", EMPTY)
    _case("thought close only " + a, f"We do:\n{F}python\n{DRAFT}{F}\n{b}\n{F}python\n{FN}{F}")
_case("nested think", f"<think>\n<think>\na\n</think>\n{DRAFT}</think>\n{F}python\n{FN}{F}")
_case("double open", f"<think>\n<think>\na\n</think>\n{F}python\n{FN}{F}")
_case(
    "harmony",
    f"<|channel|>analysis<|message|>We need.\n{DRAFT}<|end|><|start|>assistant<|channel|>final<|message|>Here:\n{F}python\n{FN}{F}<|return|>",
)
_case(
    "harmony start",
    f"<|start|>assistant<|channel|>analysis<|message|>We need.<|end|><|start|>assistant<|channel|>final<|message|>{FN}<|return|>",
)
_case(
    "harmony body",
    f"<|channel|>analysis<|message|>We need.<|end|><|start|>assistant<|channel|>final<|message|>{BODY}<|return|>",
)
_case("harmony bare", f"analysisWe need to write it. def has_close...assistantfinal{F}python\n{FN}{F}")
_case(
    "harmony bare prose",
    f"analysisWe need to write it.\n{F}python\n{DRAFT}{F}assistantfinalHere is the code:\n\n{F}python\n{FN}{F}",
)
_case("harmony unfinished", f"<|channel|>analysis<|message|>We need.\n{FN}", EMPTY)
_case("harmony bare unfinished", f"analysisWe need.\n{F}python\n{FN}{F}", EMPTY)
_case(
    "harmony no open",
    f"We need.\n{DRAFT}<|end|><|start|>assistant<|channel|>final<|message|>{F}python\n{FN}{F}<|return|>",
)
_case(
    "harmony commentary",
    f"<|channel|>analysis<|message|>x<|end|><|start|>assistant<|channel|>commentary<|message|>y<|end|><|start|>assistant<|channel|>final<|message|>{F}python\n{FN}{F}",
)
_case("answer tag", f"Reason.\n<answer>\n{FN}</answer>")
_case("answer tag fence", f"Reason.\n<answer>\n{F}python\n{FN}{F}\n</answer>")
_case("answer tag prose after code", f"{F}python\n{FN}{F}\n<answer>see above</answer>")
_case("answer body", f"<answer>\n{BODY}</answer>")
_case("boxed", f"\\boxed{{\n{F}python\n{FN}{F}\n}}")
_case("code tag", f"<code>\n{FN}</code>")
_case("precode", f'<pre><code class="language-python">\n{FN}</code></pre>')
_case("solution tag", f"<solution>\n{FN}</solution>")
_case("PYTHON tag", f"[PYTHON]\n{FN}[/PYTHON]\n[TESTS]\nassert x\n[/TESTS]")
_case("BEGIN DONE", f"[BEGIN]\n{FN}[DONE]\nYou are")
_case("DONE only", f"{FN}[DONE]\n\nYou are an expert")
_case("PYTHON close only", f"{FN}[/PYTHON]\n")
_case("python_tag", f"<|python_tag|>{FN}<|eom_id|>")
for t in [
    "<|im_end|>",
    "<|endoftext|>",
    "</s>",
    "<|eot_id|>",
    "<|end_of_turn|>",
    "<end_of_turn>",
    "<|end|>",
    "<|return|>",
    "<｜end▁of▁sentence｜>",
    "<eos>",
    "<|EOT|>",
    "<|eom_id|>",
    "<|end_of_text|>",
    "<|file_sep|>",
    "<|END_OF_TURN_TOKEN|>",
    "[EOS]",
    "<|user|>",
    "<|im_start|>",
    "<|eot|>",
    "[/INST]",
    "<|endofturn|>",
    "[|endofturn|]",
    "<pad>",
]:
    _case("token body " + t, BODY.rstrip() + t)
    _case("token fence " + t, f"{F}python\n{FN}{F}{t}")
    _case("token then turn " + t, f"{F}python\n{FN}{F}{t}\nuser\nGive another\n{F}python\n{DRAFT}{F}")
    _case("token repeated " + t, BODY.rstrip() + t * 3 + "\n" + t)
_case("token in fence code", f"{F}python\n{FN}<|im_end|>")
_case("im_start header", f"<|im_start|>assistant\n{F}python\n{FN}{F}<|im_end|>")
_case("llama header", f"<|start_header_id|>assistant<|end_header_id|>\n\n{F}python\n{FN}{F}<|eot_id|>")
_case("assistant header word", f"assistant\n\n{F}python\n{FN}{F}")
_case("gemma header", f"<start_of_turn>model\n{F}python\n{FN}{F}<end_of_turn>")
_case("string token fence", f"{F}python\n{SIG}    x = '<|im_end|>'\n{BODY}{F}")
_case("string token body", f"    x = '<|im_end|>'\n{BODY}")
_case("string token body+token", f"    x = '<|im_end|>'\n{BODY}<|im_end|>")
_case("docstring token fence", f'{F}python\n{SIG}    """Doc <|im_end|> x\n    more\n    """\n{BODY}{F}')
_case("comment token fence", f"{F}python\n{SIG}    # Doc <|im_end|> x\n{BODY}{F}")
_case("string think", f'{F}python\n{SIG}    x = "<think>"\n{BODY}{F}')
_case("string think2", f'{F}python\n{SIG}    x = "a".split("</think>")\n{BODY}{F}')
_case("leading space def", " " + FN)
_case("indented fn", "".join("    " + line + "\n" for line in FN.splitlines()))
_case("leading space import", " from typing import List\n\n" + FN)
_case("heading prose", "### Solution\n\n" + f"{F}python\n{FN}{F}\n\n**Explanation**\n- a\n- b")
_case("heading bare", "# Solution\n\n" + FN + "\n# Explanation\nWe loop.\n")
_case("numbered prose bare", "1. First we loop.\n2. Then we compare.\n\n" + FN)
_case("prose w unclosed paren", "I think (see below:\n\n" + FN + "\nIt's done :)\n")
_case("russian prose", "Вот решение задачи:\n\n" + FN + "\nЭта функция сравнивает все пары. Сложность — O(n²).\n")
_case("russian prose body", "Решение:\n" + BODY + "\nГотово.\n")
_case(
    "class Solution",
    f"{F}python\nclass Solution:\n    def has_close(self, numbers, threshold):\n        return True\n{F}",
    NO_ENTRY_POINT,
)
_case("other name", f"{F}python\ndef hasClose(numbers, threshold):\n{BODY}{F}", NO_ENTRY_POINT)
_case("other name bare", f"def hasClose(numbers, threshold):\n{BODY}", NO_ENTRY_POINT)
_case("other name after nl", f"\n\ndef hasClose(numbers, threshold):\n{BODY}", NO_ENTRY_POINT)
_case("refusal", "I'm sorry, I can't help with that.", SYNTAX_ERROR)
_case("comment only", "    # TODO\n", NO_ENTRY_POINT)
_case("pass body", "    pass\n", WRONG_OUTPUT)
_case("lost indent", "return True\n", SYNTAX_ERROR)
_case("lost indent fence", f"{F}python\nreturn any(x for x in numbers)\n{F}", SYNTAX_ERROR)
_case("strip first", BODY.strip(), SYNTAX_ERROR)
_case("diff", f"{F}diff\n-a\n+b\n{F}", SYNTAX_ERROR)
_case("js", f"{F}javascript\nfunction has_close(a) {{ return true }}\n{F}", SYNTAX_ERROR)
_case("nfkc", f"{F}python\n" + FN.replace("has_close", "ｈas_close") + F)
_case("globals", f'{F}python\ndef g(numbers, threshold):\n{BODY}\nglobals()["has_close"] = g\n{F}')
_case(
    "walrus",
    f"{F}python\n(has_close := lambda numbers, threshold: any(abs(a-b)<threshold for i,a in enumerate(numbers) for b in numbers[i+1:]))\n{F}",
)
_case(
    "ann assign",
    f"{F}python\nfrom typing import Callable\nhas_close: Callable = lambda numbers, threshold: any(abs(a-b)<threshold for i,a in enumerate(numbers) for b in numbers[i+1:])\n{F}",
)
_case("truncated tests", f"{F}python\n{FN}{F}\nTests:\n{F}python\nassert has_close([1.0, 2")
_case("truncated prose", f"{F}python\n{FN}{F}\nThe function wor")
_case("inline code prose", f"Use `sorted` and `zip`:\n\n{F}python\n{FN}{F}\nHere `threshold` is a float.")
_case(
    "body two blocks",
    f"{F}python\n    pairs = [(a, b) for i, a in enumerate(numbers) for b in numbers[i + 1:]]\n{F}\nthen\n{F}python\n    return any(abs(a - b) < threshold for a, b in pairs)\n{F}",
)
_case("body draft then body", f"{F}python\n    return False\n{F}\nbetter\n{F}python\n{BODY}{F}")
_case("fn then fragment", f"{F}python\n{FN}{F}\nThe key line:\n{F}python\n            if abs(a - b) < threshold:\n{F}")
_case("fn then pseudo unlabelled", f"{F}python\n{FN}{F}\n{F}\nfor each pair\n    compare\n{F}")
_case("pip line in block", f"{F}python\n!pip install numpy\n{FN}{F}")
_case("ipython", f"{F}python\nIn [1]: has_close([1],2)\nOut[1]: False\n{F}\n{F}python\n{FN}{F}")
_case("html br", f"<p>Answer</p>\n{F}python\n{FN}{F}\n<p>bye</p>")
_case("type alias + const used in ex", f"{F}python\n{FN}\nresult = has_close([1.0], 2)\nprint(result)\n{F}")
_case("async", f"{F}python\nasync def has_close(numbers, threshold):\n{BODY}{F}", WRONG_OUTPUT)
_case("solution", FULL)
