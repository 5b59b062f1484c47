"""The shapes in which models write one and the same answer, for tests and for a benchmark.

Each shape is made of a right and a wrong version of a function, `final` being the one that the model means. What it only tries
(in a thought, in a draft) is the other one, so that a reader who takes the wrong piece gets the opposite verdict.
"""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from codeeval.types import Problem


@dataclass(frozen=True, slots=True)
class Function:
    """A function in its parts: what stands above it, its head, its docstring and two bodies."""

    above: str
    head: str
    docstring: str
    final: str
    other: str
    name: str

    @property
    def code(self) -> str:
        """The function that the model means, without the docstring."""
        return self.head + self.final

    @property
    def draft(self) -> str:
        return self.head + self.other

    @property
    def full(self) -> str:
        """As the prompt has it, and with its body."""
        return self.above + self.head + self.docstring + self.final

    @property
    def other_name(self) -> str:
        return self.head.replace(f"def {self.name}", f"def {self.name}_helper", 1)


def function_of(problem: Problem, final: str, other: str) -> Function:
    """The parts of a problem's prompt, read by Python's own parser."""
    source = problem.prompt + "    pass\n"
    node = next(
        node
        for node in ast.parse(source).body
        if isinstance(node, ast.FunctionDef) and node.name == problem.entry_point
    )
    lines = source.splitlines(keepends=True)
    first = node.body[0]
    end = first.end_lineno or first.lineno
    return Function(
        above="".join(lines[: node.lineno - 1]),
        head="".join(lines[node.lineno - 1 : first.lineno - 1]),
        docstring="".join(lines[first.lineno - 1 : end]),
        final=final,
        other=other,
        name=problem.entry_point,
    )


def fenced(code: str, label: str = "python", fence: str = "```") -> str:
    return f"{fence}{label}\n{code}{fence}\n"


def _quoted(text: str) -> str:
    return "".join(f"> {line}\n" for line in text.splitlines())


def _listed(text: str) -> str:
    return "1. The code:\n\n" + textwrap.indent(text, "   ") + "\n2. Done.\n"


def _harmony(f: Function, answer: str) -> str:
    return (
        f"<|channel|>analysis<|message|>Maybe:\n{fenced(f.draft)}<|end|>"
        f"<|start|>assistant<|channel|>final<|message|>{answer}<|return|>"
    )


def _wrapped(f: Function) -> str:
    """The work is in a function of another name, in a block of its own."""
    helper = fenced(f.other_name + f.final)
    return f"First the work:\n{helper}Then the function:\n{_call(f)}"


def _arguments(head: str) -> str:
    node = ast.parse(head + "    pass\n").body[0]
    assert isinstance(node, ast.FunctionDef)
    return ", ".join(argument.arg for argument in node.args.args)


def _steps(f: Function) -> list[str]:
    """The statements of the body one by one, at the margin."""
    source = textwrap.dedent(f.final)
    lines = source.splitlines(keepends=True)
    return ["".join(lines[node.lineno - 1 : node.end_lineno]) for node in ast.parse(source).body]


def _pieces(f: Function) -> str:
    """The function over several blocks; in one if it has a single statement, or ends with a branch."""
    first, *rest = [textwrap.indent(step, "    ") for step in _steps(f)]
    if not rest or not rest[-1].lstrip().startswith("return"):
        return fenced(f.code)
    return "".join(f"Step {n}:\n{fenced(piece)}" for n, piece in enumerate([f.head + first, *rest], 1))


def _beginnings(f: Function) -> list[str]:
    """The function up to each of its statements but the last."""
    steps = [textwrap.indent(step, "    ") for step in _steps(f)]
    return [f.head + "".join(steps[:count]) for count in range(1, len(steps)) if "return" not in steps[count - 1]]


def _call(f: Function) -> str:
    return fenced(f.head + f"    return {f.name}_helper({_arguments(f.head)})\n")


def _module(f: Function) -> str:
    """The work is in a module of its own."""
    helper = fenced(f.other_name + f.final)
    call = fenced(
        f"from helpers_of_mine import {f.name}_helper\n\n\n{f.head}    return {f.name}_helper({_arguments(f.head)})\n"
    )
    return f"helpers_of_mine.py:\n{helper}solution.py:\n{call}"


Shape = Callable[[Function], str]
SHAPES: dict[str, Shape] = {
    "body": lambda f: f.final,
    "body, then a sentence": lambda f: f.final + "\nThis function doesn't need anything else.\n",
    "a sentence, then the body": lambda f: "Here's the body:\n\n" + f.final,
    "body, then a closing fence": lambda f: f.final + "```\n\nIt's the shortest way.\n",
    "body with CRLF": lambda f: f.final.replace("\n", "\r\n"),
    "body in a fence": lambda f: fenced(f.final),
    "body in a fence without a label": lambda f: fenced(f.final, ""),
    "body, then an example in a fence": lambda f: f.final + "\n" + fenced(f"print({f.name})\n"),
    "body behind a thought": lambda f: f"<think>short</think>\n{f.final}",
    "body with an end token": lambda f: f.final.rstrip() + "<|im_end|>",
    "function": lambda f: f.code,
    "function between sentences": lambda f: f"Sure! Here's the function:\n\n{f.code}\nIt's O(n), I think (roughly.\n",
    "prompt and body": lambda f: f.full,
    "function behind a blank": lambda f: " " + f.code if not f.above.strip() else f.code,
    "function with an end token": lambda f: f.code + "</s>",
    "function in a fence": lambda f: fenced(f.code),
    "prompt and body in a fence": lambda f: fenced(f.full),
    "fence with prose around it": lambda f: f"Of course.\n\n{fenced(f.code)}\n**Why?** Because it's right.\n",
    "fence labelled py": lambda f: fenced(f.code, "py"),
    "fence labelled Python3": lambda f: fenced(f.code, "Python3"),
    "fence with a file name": lambda f: fenced(f.code, "python:solution.py"),
    "fence with attributes": lambda f: fenced(f.code, "{.python .numberLines}"),
    "fence without a label": lambda f: fenced(f.code, ""),
    "fence of tildes": lambda f: fenced(f.code, fence="~~~"),
    "fence of four backticks": lambda f: fenced(f.code, fence="````"),
    "fence within a fence": lambda f: fenced(f"Answer:\n{fenced(f.code)}", "markdown", "````"),
    "fence never closed": lambda f: f"```python\n{f.code}",
    "fence closed on a code line": lambda f: f"```python\n{f.code.rstrip()}```",
    "fence closed with a sentence": lambda f: f"```python\n{f.code}``` This is it.\n",
    "fence opened behind a sentence": lambda f: f"Here is the code: {fenced(f.code)}",
    "fence in a list": lambda f: _listed(fenced(f.code)),
    "fence in a quotation": lambda f: _quoted(fenced(f.code)),
    "fence with CRLF": lambda f: fenced(f.code).replace("\n", "\r\n"),
    "fence behind a byte order mark": lambda f: "\ufeff" + fenced(f.code),
    "fence and an end token": lambda f: fenced(f.code).rstrip() + "<|endoftext|>",
    "fence and the next turn": lambda f: fenced(f.code) + f"<|im_end|>\n<|im_start|>user\nMore\n{fenced(f.draft)}",
    "imports in their own block": lambda f: fenced("import math\nimport collections\n") + "\n" + fenced(f.code),
    "helper in a block before": _wrapped,
    "draft, then the answer": lambda f: f"First try:\n{fenced(f.draft)}That is wrong. Better:\n{fenced(f.code)}",
    "broken draft, then the answer": lambda f: f"{fenced(f.head + '    return (')}Oops:\n{fenced(f.code)}",
    "example in a block after": lambda f: f"{fenced(f.code)}Use it:\n{fenced(f'print({f.name}(1, 2, 3))')}",
    "example in a block before": lambda f: f"You want:\n{fenced(f'{f.name}(1, 2, 3)')}So:\n{fenced(f.code)}",
    "tests in a block after": lambda f: f"{fenced(f.code)}Tests:\n{fenced(f'assert {f.name}() == 1, 2')}",
    "test case in a block after": lambda f: (
        fenced(f.code)
        + fenced(
            f"import unittest\nclass T(unittest.TestCase):\n    def test(self):\n        {f.name}()\nunittest.main()\n"
        )
    ),
    "output in a block after": lambda f: f"{fenced(f.code)}Output:\n{fenced('6', '')}",
    "shell in a block before": lambda f: f"{fenced('pip install nothing', 'bash')}{fenced(f.code)}",
    "transcript in a block after": lambda f: f"{fenced(f.code)}{fenced(f'>>> {f.name}(1)' + chr(10) + '2' + chr(10))}",
    "main guard": lambda f: fenced(f"{f.code}\nif __name__ == '__main__':\n    print({f.name}(int(input())))\n"),
    "dialogue at the end": lambda f: fenced(f"{f.code}\nvalue = int(input())\nprint({f.name}(value))\n"),
    "wrong examples at the end": lambda f: fenced(f"{f.code}\nassert {f.name}(1, 2, 3) == 4\n"),
    "future import": lambda f: fenced(f"from __future__ import annotations\n{f.code}"),
    "defined within an if": lambda f: fenced("if True:\n" + textwrap.indent(f.code, "    ")),
    "alias": lambda f: fenced(f"{f.other_name}{f.final}\n{f.name} = {f.name}_helper\n"),
    "thought with a draft": lambda f: f"<think>\nA draft:\n{fenced(f.draft)}No.\n</think>\n\n{fenced(f.code)}",
    "thought that the template opened": lambda f: f"A draft:\n{fenced(f.draft)}No.\n</think>\n\n{fenced(f.code)}",
    "thought in capitals": lambda f: f"<THINKING>\n{f.draft}\n</THINKING>\n{f.code}",
    "thought of Seed": lambda f: f"<seed:think>\n{fenced(f.draft)}</seed:think>{fenced(f.code)}",
    "thought of Kimi": lambda f: f"◁think▷{fenced(f.draft)}◁/think▷{fenced(f.code)}",
    "thought of Mistral": lambda f: f"[THINK]Hm:\n{fenced(f.draft)}[/THINK]{fenced(f.code)}",
    "thought and solution of OpenThinker": lambda f: (
        f"<|begin_of_thought|>\n{fenced(f.draft)}<|end_of_thought|>\n\n"
        f"<|begin_of_solution|>\n{fenced(f.code)}<|end_of_solution|>"
    ),
    "harmony": lambda f: _harmony(f, fenced(f.code)),
    "harmony, a body": lambda f: _harmony(f, f.final),
    "harmony without its tokens": lambda f: (
        f"analysisWe try:\n{fenced(f.draft)}assistantfinalHere:\n\n{fenced(f.code)}"
    ),
    "answer tag": lambda f: f"<think>hm</think>\n<answer>\n{fenced(f.code)}</answer>",
    "code tag": lambda f: f"<code>\n{f.code}</code>",
    "tags of CodeLlama": lambda f: f"[PYTHON]\n{f.code}[/PYTHON]\n[TESTS]\nassert {f.name}() == 1\n[/TESTS]",
    "marks of a few-shot prompt": lambda f: f"[BEGIN]\n{f.code}[DONE]\nYou are an expert",
    "indented below a sentence": lambda f: f"Here is the code:\n\n{textwrap.indent(f.code, '    ')}\nIt works.\n",
    "quotation without a fence": lambda f: f"The code:\n\n{_quoted(f.code)}\nThat's it.\n",
    "quotation marks for a fence": lambda f: (
        f"Here:\n'''python\n{f.code}'''\nDone.\n" if "'''" not in f.code else f.code
    ),
    "label that is a file's name": lambda f: fenced(f.code, "solution.py"),
    "unknown end token": lambda f: f.code.rstrip() + "<|vendor_end|>\nand more",
    "what is left of a header": lambda f: f"{fenced(f.code).rstrip()}assistant\n\nIs there anything else?\n",
    "another turn in words": lambda f: f"{f.code}\n\nHuman: Another one\n\nAssistant:\n{f.draft}",
    "body, then the function again": lambda f: f"{f.other}\n\nBetter:\n\n{f.code}",
    "function, then its head": lambda f: f"{fenced(f.code)}Its head:\n{fenced(f.head + '    ...' + chr(10))}",
    "mark of a thought in a sentence": lambda f: f"I don't need <think> tags here.\n{fenced(f.code)}",
    "lines one by one, then the function": lambda f: "".join(map(fenced, _steps(f))) + f"All of it:\n{fenced(f.code)}",
    "function, then its lines one by one": lambda f: (
        f"{fenced(f.code)}Line by line:\n" + "".join(map(fenced, _steps(f)))
    ),
    "function in pieces": _pieces,
    "helper in a module of its own": _module,
    "second version without a fence": lambda f: f"First try:\n{fenced(f.draft)}No, better:\n\n{f.code}\nThat is it.\n",
    "formulas below": lambda f: (
        f"{f.code}\nTime (worst case): O(n)\nT(n) = T(n-1) + O(1)\nInput: n = 1, m = 2\nx = f(y)\n"
    ),
    "formulas below a body": lambda f: f"{f.final}\nTime (worst-case): O(n)\n**Space:** O(1)\nOutput: x = 5\n",
    "formulas in a block before": lambda f: (
        f"{fenced('Input: n = x' + chr(10), '')}{fenced('total = n + m' + chr(10))}{fenced(f.code)}"
    ),
    "tests that need a package": lambda f: fenced(
        f"import not_there\n\n\n{f.code}\n\n@not_there.mark\ndef test_it():\n    assert {f.name}() == not_there.x\n"
    ),
    "plot below": lambda f: f"{f.code}\n\nimport not_there.pyplot as plt\n\nplt.plot({f.name}())\nplt.show()\n",
    "test that is cut off": lambda f: f"```python\n{f.code}\n\ndef test_it():\n    assert {f.name}([1, 2",
    "next function that is cut off": lambda f: f'{f.final}\n\ndef next_one(x: int) -> int:\n    """ Returns',
    "turn in Russian": lambda f: f"{fenced(f.code)}\nПользователь: Иначе.\nАссистент:\n{fenced(f.draft)}",
    "roles without their tokens": lambda f: f"{f.code}\nuser\nTry something else.\nassistant\n{f.draft}",
    "thought of Gemma": lambda f: f"<|channel>thought\n{fenced(f.draft)}<channel|>{f.code}",
    "final response of Apriel": lambda f: f"Steps:\n{f.draft}\n[BEGIN FINAL RESPONSE]\n{f.code}[END FINAL RESPONSE]",
    "two names in two blocks": lambda f: f"{fenced(f.code)}Faster:\n{fenced(f.other_name + f.final)}",
    "result by the function's name": lambda f: fenced(f"{f.code}\n{f.name} = {f.name}(1, 2, 3)\nprint({f.name})\n"),
    "wrapped in a block after": lambda f: (
        fenced(f.code) + fenced(f"{f.name} = (lambda g: lambda *a, **k: g(*a, **k))({f.name})\n")
    ),
    "version in part after": lambda f: (
        f"{fenced(f.code)}Scheme:\n{fenced(f.head + f'    # ...{chr(10)}    return result{chr(10)}')}"
    ),
    "beginning explained after": lambda f: fenced(f.code) + "".join(map(fenced, _beginnings(f))),
    "again and again, cut off": lambda f: (f"{fenced(f.code)}\n" * 3 + f"```python\n{f.code}")[
        : -len(f.final) // 2 - 1
    ],
    "draft of a body, then the body": lambda f: f"{f.other}\nNo, that is wrong:\n\n{f.final}",
    "helper without a fence": lambda f: f"First:\n\n{f.other_name}{f.final}\nThen:\n{_call(f)}",
    "import without a fence": lambda f: (
        f"import math as math_here\n\n{fenced(f.head + '    math_here.pi' + chr(10) + f.final)}"
    ),
    "next function without its imports": lambda f: (
        f"{f.final}\n\ndef next_one(x: NotThere, y=not_there.x):\n    return x\n"
    ),
    "next class without its imports": lambda f: (
        f"{f.final}\n\nclass Net(nn.Module):\n    pass\n\n\nnet = Net()\nnet.run()\n"
    ),
    "indented sentence below": lambda f: f"{f.final}\n    This function returns what was asked for.\n",
    "lines with numbers": lambda f: fenced(
        "".join(f"{n:3}  {line}\n" for n, line in enumerate(f.code.splitlines(), 1))
    ),
    "label of another language": lambda f: f"{fenced(f.code, 'java')}{fenced(f'print({f.name})' + chr(10))}",
    "LaTeX around a body": lambda f: f"\\begin{{lstlisting}}[language=Python]\n{f.final}\\end{{lstlisting}}\n",
    "thought as Ollama prints it": lambda f: f"Thinking...\n{fenced(f.draft)}...done thinking.\n\n{f.final}",
    "thought as Open WebUI keeps it": lambda f: f'<details type="reasoning">\n{fenced(f.draft)}</details>\n{f.final}',
    "plan, then the body": lambda f: f"<plan>\n{fenced(f.draft)}</plan>\n{f.final}",
    "thought closed by its answer": lambda f: f"<think>\n{fenced(f.draft)}\n<answer>\n{fenced(f.code)}</answer>",
    "prompt given back": lambda f: f"[INST] Complete:\n{f.head}{f.docstring} [/INST] {fenced(f.code)}",
    "tokens of StarCoder": lambda f: f"{f.final}\n<reponame>a/b<filename>c.py\n{f.draft}",
    "header of a chat template": lambda f: f"<|im_start|>assistant\n{fenced(f.code)}<|im_end|>",
}


def answers(function: Function, names: Sequence[str] = tuple(SHAPES)) -> dict[str, str]:
    """The answer in each of the shapes."""
    return {name: SHAPES[name](function) for name in names}
