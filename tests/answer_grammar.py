"""A grammar of answers for Hypothesis: thought × prose × blocks × tags × end tokens × indentation × line ends × byte order mark,
around a right or a wrong program. What the answer only tries is the opposite of what it means."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass

from hypothesis import strategies as st

RIGHT = (
    "    for i, a in enumerate(numbers):\n        for b in numbers[i + 1:]:\n            if abs(a - b) < threshold:\n"
    "                return True\n    return False\n",
    '    """Compare all pairs."""\n    pairs = [(a, b) for i, a in enumerate(numbers) for b in numbers[:i]]\n\n'
    "    # the nearest\n    return any(abs(a - b) < threshold for a, b in pairs)\n",
    "    rows = sorted(numbers)\n    return any(b - a < threshold for a, b in zip(rows, rows[1:]))\n",
    "    text = '''\n```\ndef x(): \"no\"\n'''\n    rows = sorted(numbers)\n"
    "    return any(b - a < threshold for a, b in zip(rows, rows[1:])) and bool(text)\n",
)
WRONG = (
    "    return False\n",
    "    return len(numbers) > 3 and threshold > 1\n",
    '    """Compare."""\n    x = "# no"\n    return x\n',
)
HEADS = (
    "def has_close(numbers: List[float], threshold: float) -> bool:\n",
    "def has_close(numbers, threshold):\n",
    "def has_close(\n    numbers,\n    threshold,\n):\n",
)
PROSE = (
    "",
    "Sure! Here's the function:\n\n",
    "Вот решение задачи:\n\n",
    "### Solution\n\nWe don't need more than a loop (see below).\n\n",
    "1. Sort the numbers.\n2. Compare the neighbours, it's O(n log n).\n\n",
    "The idea is simple. For each pair, if it is close, return True.\n\n",
    "好的，代码如下：\n\n",
    "> A note: `sorted` helps.\n\n",
)
AFTER = (
    "",
    "\nThis function doesn't change its input.\n",
    "\nЭта функция сравнивает все пары — сложность O(n²).\n",
    "\n**Complexity**\n\n- Time: O(n)\n- Space: O(1)\n",
    "\nNote that `has_close([1.0], 1)` is False; it's as you'd expect.\n",
    "\nExample: has_close([1.0, 2.0], 0.5) returns False.\n",
    "\nСложность (временная): O(n), память = O(1)\n\n**Итог (кратко):** готово.\n",
    "\n    This function compares all pairs.\n",
    "\nreturn value: bool\n",
    "\nInput: numbers = [1.0, 2.0], threshold = 0.5\nOutput: False\nT(n) = T(n-1) + O(1)\n",
)
LABELS = ("python", "py", "Python", "python3", "python:main.py", "{.python}", 'python title="a.py"', "")
FENCES = ("```", "````", "~~~", "`````")
THOUGHTS = (
    ("<think>", "</think>"),
    ("<think>\n", "\n</think>\n\n"),
    ("", "</think>\n"),
    ("<thinking>", "</thinking>"),
    ("<reasoning>\n", "</reasoning>\n"),
    ("<thought>", "</thought>\n"),
    ("<THINK>", "</THINK>"),
    ("<seed:think>", "</seed:think>"),
    ("◁think▷", "◁/think▷"),
    ("[THINK]", "[/THINK]"),
    ("<|channel|>analysis<|message|>", "<|end|><|start|>assistant<|channel|>final<|message|>"),
    ("analysisWe see. ", "assistantfinal"),
    ("[THINKING]", "[/THINKING]"),
    ("<plan>\n", "</plan>\n"),
    ("<|begin_thought|>", "<|end_thought|>"),
    ('<details type="reasoning" done="true">\n', "</details>\n"),
    ("Thinking...\n", "...done thinking.\n\n"),
)
ENDS = (
    "",
    "<|im_end|>",
    "<|endoftext|>",
    "</s>",
    "<|eot_id|>",
    "<|end_of_turn|>",
    "<end_of_turn>",
    "<｜end▁of▁sentence｜>",
    "<|vendor_end|>",
    "[end of text]",
    "\n\nHuman: And another one\n\nAssistant:",
)
TAGS = (
    ("<answer>\n", "</answer>"),
    ("<solution>\n", "</solution>\n"),
    ("[PYTHON]\n", "[/PYTHON]"),
    ("[BEGIN]\n", "[DONE]\n"),
)
HELPERS = (
    "import math\n\n\n",
    "LIMIT = 10\n\n\n",
    "def helper(x):\n    return x\n\n\n",
    "from __future__ import annotations\n\n",
    "class Box:\n    size = 1\n\n    def has_close(self):\n        return self.size\n\n\n",
)
USES = (
    "print(has_close([1.0], 2))\n",
    "assert has_close([1.0, 2.0], 0.5)\n",
    "if __name__ == '__main__':\n    print(has_close([float(input())], 1))\n",
    "result = has_close([1.0], 2)\nprint(f'{result}')\n",
    "n = int(input())\nprint(has_close([n], 1))\n",
    "for case in ([1.0], [2.0]):\n    print(has_close(case, 1))\n",
    "import not_there\n\n\n@not_there.mark\ndef test_it():\n    assert has_close([1.0], not_there.x)\n",
    "def main():\n    show()\n\n\ndef show():\n    print(has_close(*open('not there')))\n\n\nmain()\n",
    "data = open('not there').read()\nx = has_close(data, 1)\ndel x\n",
    "has_close = has_close([1.0], 2)\nprint(has_close)\n",
    "class Net(nn.Module):\n    size: Optional[int] = None\n\n\nnet = Net()\nnet.train()\n",
    "@app.route('/')\ndef view(x: np.ndarray = DEFAULT) -> Optional[int]:\n    return x\n",
)
OTHER_BLOCKS = (
    "```\nFalse\n```\n",
    "```bash\n$ python main.py\n```\n",
    "```python\n>>> has_close([1.0], 2)\nTrue\n```\n",
    '```json\n{"a": 1}\n```\n',
    "```text\nhas_close([1.0], 2) -> False\n```\n",
    "```python\nassert has_close([1.0], 2), 'no'\n```\n",
    "```python\ndef has_close(numbers, threshold):\n    # ... as above\n    return result\n```\n",
    "```python\nclass Net(nn.Module):\n    pass\n\n\nnet = Net()\n```\n",
    "```python\nimport unittest\n\n\nclass T(unittest.TestCase):\n    def test(self):\n        assert has_close([], 1)\n```\n",
)
#: What is shown before the answer: lines of its body, the task's example, a test.
SHOWN = (
    "```python\npairs = [(a, b) for a in numbers]\n```\n",
    "```python\nfor a in numbers:\n    total += a\n```\n",
    "```python\nreturn False\n```\n",
    "```\nInput: numbers = [1.0, 2.0], threshold = 0.5\nOutput: False\n```\n",
    "```\nВход: x = y\n```\n",
    "```python\nimport not_there\n\n\ndef test_it():\n    not_there.check(has_close)\n```\n",
)


@dataclass(frozen=True, slots=True)
class Answer:
    """A text, and whether the function that it means is right."""

    text: str
    right: bool


@st.composite
def _program(draw: st.DrawFn, right: bool) -> str:
    """A whole function with what may stand around it in one piece of code."""
    parts = [draw(st.sampled_from(HELPERS)) for _ in range(draw(st.integers(0, 2)))]
    parts.sort(key=lambda part: "__future__" not in part)
    code = draw(st.sampled_from(HEADS)) + draw(st.sampled_from(RIGHT if right else WRONG))
    return "".join(dict.fromkeys(parts)) + code


@st.composite
def _block(draw: st.DrawFn, code: str) -> str:
    """A fenced block. A fence that is shorter than one within the code would end there, so it is longer."""
    fence = draw(st.sampled_from([fence for fence in FENCES if "```" not in code or fence != "```"]))
    block = f"{fence}{draw(st.sampled_from(LABELS))}\n{code}{fence}\n"
    if "'''" in code:  # moving the lines of a string changes it
        return block
    place = draw(st.sampled_from(["plain", "plain", "plain", "list", "quotation"]))
    if place == "list":
        return "1. Code:\n\n" + textwrap.indent(block, "   ")
    if place == "quotation":
        return "".join(f"> {line}\n" for line in block.splitlines())
    return block


@st.composite
def _said(draw: st.DrawFn, right: bool) -> str:
    """The answer itself: a body, a function, or blocks."""
    form = draw(st.sampled_from(["body", "body in a block", "function", "block", "block", "draft", "tags", "unfenced"]))
    body = draw(st.sampled_from(RIGHT if right else WRONG))
    before, after = draw(st.sampled_from(PROSE)), draw(st.sampled_from(AFTER))
    if form == "body":
        return before + body + after
    if form == "body in a block":
        return before + draw(_block(body)) + after
    code = draw(_program(right))
    code += "".join("\n\n" + draw(st.sampled_from(USES)) for _ in range(draw(st.integers(0, 1))))
    if form == "function":
        return before + code + after
    if form == "unfenced" and "'''" not in code:
        indented = textwrap.indent(code, draw(st.sampled_from(["    ", "\t", "  "])))
        quoted = "".join(f"> {line}\n" for line in code.splitlines())
        shown = (f"The code:\n\n{indented}", f"The code:\n{quoted}\n", f"'''python\n{code}'''\n")
        return draw(st.sampled_from(shown)) + after
    if form == "tags":
        opening, closing = draw(st.sampled_from(TAGS))
        return before + opening + code + closing
    before += "".join(draw(st.lists(st.sampled_from(SHOWN), max_size=2)))
    others = [draw(st.sampled_from(OTHER_BLOCKS)) for _ in range(draw(st.integers(0, 2)))]
    draft = draw(_block(draw(_program(not right)))) + "No, this is better:\n\n" if form == "draft" else ""
    return before + draft + draw(_block(code)) + after + "\n".join(others)


@st.composite
def _answer(draw: st.DrawFn) -> Answer:
    right = draw(st.booleans())
    text = draw(_said(right))
    if draw(st.booleans()):
        opening, closing = draw(st.sampled_from(THOUGHTS))
        draft = draw(st.sampled_from(PROSE)) + draw(_block(draw(_program(not right))))
        text = opening + draft + closing + text
    end = draw(st.sampled_from(ENDS))
    if end and "\n```\n" not in text[-8:]:
        text = text.rstrip("\n")
    text += end + (draw(st.sampled_from(["", "\nuser\nAnd now another one\n"])) if end else "")
    if draw(st.integers(0, 4)) == 0:
        text = text.replace("\n", "\r\n")
    if draw(st.integers(0, 9)) == 0:
        text = "\ufeff" + text
    return Answer(text, right)


ANSWERS = _answer()
