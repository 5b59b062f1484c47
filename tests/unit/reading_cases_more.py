"""More kinds of answers, each with its verdict: marks that are spoken of, code without a fence, other vocabularies' tokens,
outlines, a function that is written again, values that are filled in beside the function.
"""

# ruff: noqa: E501 - a case is one line

from __future__ import annotations

import textwrap

from reading_cases import BODY, DOC, DRAFT, EMPTY, FN, FULL, PASSED, SIG, SYNTAX_ERROR, WRONG_OUTPUT, F

#: (kind, answer, verdict)
MORE: list[tuple[str, str, str]] = []
WRONG = SIG + "    return True\n"
BLOCK, WRONG_BLOCK, BODY_BLOCK = (f"{F}python\n{code}{F}\n" for code in (FN, WRONG, BODY))
INDENTED, TABBED = textwrap.indent(FN, "    "), textwrap.indent(FN, "\t")
QUOTED = "".join(f"> {line}\n" for line in FN.splitlines())


def _case(kind: str, text: str, verdict: str = PASSED) -> None:
    MORE.append((kind, text, verdict))


# Marks of thoughts that are spoken of, or stand in code.
_case("opening mark in a sentence", f"I won't use <think> tags.\n{BLOCK}")
_case("opening mark in a list of words", f"Models use marks (<think>, <reasoning>), I don't.\n{BLOCK}")
_case("closing mark in a sentence", f"<think>hm</think>\n{BLOCK}\nI used the </think> tag to stop.")
_case("both marks in a sentence", f"{BLOCK}\nI used no <think> or </think> tags here.")
_case("opening mark at a line's end is one", f"Okay, let me see. <think>\n{BLOCK}", EMPTY)
_case("opening mark behind a sentence is one", f"Sure! <think>Let me see.\n{BLOCK}", EMPTY)
_case("closing mark amid a line is one", f"so this is it\n{WRONG_BLOCK} and done</think>Here:\n{BLOCK}")
_case("opening mark in a comment", f"{F}python\n{SIG}    # <think> about pairs\n{BODY}{F}")
_case("both marks in a comment", f"{F}python\n{SIG}    # <think>a</think> pairs\n{BODY}{F}")
_case("both marks in a docstring", f'{F}python\n{SIG}    """Not\n    <think>\n    </think>\n    """\n{BODY}{F}')
_case("closing mark in a body's comment", f"{F}python\n    # not </think>\n{BODY}{F}")
_case(
    "mark in a string behind a thought", f'<think>a\n{WRONG_BLOCK}</think>{F}python\n{SIG}    s = "</think>"\n{BODY}{F}'
)
_case("thought around everything in a fence", f"{F}python\n<think>\nhm\n</think>\n{FN}{F}\n")
_case("thought that ends within its draft's fence", f"<think>\n{F}python\n{SIG}    return True\n</think>\n{BLOCK}")
_case("answered, then thought again", f"<think>a</think>\n{BLOCK}\n<think>wait {WRONG_BLOCK}")
# Special tokens of any vocabulary, roles, other turns.
for token in (
    *("<|tool_call_end|>", "<|diff_marker|>", "<|reserved_special_token_0|>", "<｜fim▁hole｜>", "<|stop|>", "<stop>", "<end>", "<eod>"),
    *("<|extra_0|>", "<|cursor|>", "<s/>", "<|message_end|>", "<|channel|>", "</tool_call>", "[end of text]", " [end of text]", "[/SOL]"),
    *("<|turn_end|>", "<turn|>", "<unused0>", "<hy_eos>", "<eop>", "</code>", "assistant", "assistant\n\nIs there more?"),
    *("<|weird|>\nmore words", "\n\nHuman: more", "\n\nUser: thanks\n\nAssistant: welcome", "\n### Instruction:\nmore"),
):  # fmt: skip
    _case("token behind a body " + token, BODY.rstrip() + token)
    _case("token behind a block " + token, BLOCK.rstrip() + token)
    _case("token within a block " + token, f"{F}python\n{FN.rstrip()}{token}")
for turn in ("### Instruction:\nmore\n### Response:", "### Human: again\n### Assistant:", "Human: again\n\nAssistant:"):
    _case("another turn behind a body " + turn, f"{BODY}\n{turn}\n{WRONG}")
    _case("another turn behind a block " + turn, f"{BLOCK}\n{turn}\n{WRONG_BLOCK}")
_case("unknown token in a string", f"    s = '<|weird|>'\n{BODY}")
_case("unknown token in a string of a block", f"{F}python\n{SIG}    s = '<|weird|>'\n{BODY}{F}<|weird|>")
_case("unknown token before the code", f"<|dummy_84|>{BLOCK}")
_case("a turn's header in a string", f'{F}python\n{SIG}    s = """\nHuman: a\n"""\n{BODY}{F}')
_case("a heading before the code", f"### Instruction: compare pairs\n{BLOCK}")
_case("a name that ends with a role", SIG + "    assistant = threshold\n" + BODY.replace("< threshold", "< assistant"))
# Code without a fence.
_case("indented below a sentence", f"Here is the code:\n\n{INDENTED}\nIt works.\n")
_case("indented by tabs below a sentence", f"Here is the code:\n\n{TABBED}\nIt works.\n")
_case("reStructuredText", f".. code-block:: python\n\n{INDENTED}")
_case("reStructuredText, short", f"Solution::\n\n{INDENTED}\nDone.\n")
_case("indented wrong function", f"Here is the code:\n\n{textwrap.indent(WRONG, '    ')}", WRONG_OUTPUT)
_case("quotation", QUOTED)
_case("quotation below a sentence", f"Answer:\n{QUOTED}\nok")
_case("transcript is no quotation", ">>> " + "\n... ".join(FN.rstrip().splitlines()) + "\n...\n", SYNTAX_ERROR)
_case("one backtick around it", f"`{FN.rstrip()}`\n")
_case("two backticks around it", f"``python\n{FN}``\n")
for marks in ("'''", '"""'):
    _case(f"{marks} as a fence", f"{marks}python\n{FN}{marks}")
    _case(f"{marks} as a fence between sentences", f"Here:\n{marks}python\n{FN}{marks}\nDone. It's fine.\n")
    _case(f"{marks} as a fence behind blank lines", f"\n\n{marks}python\n{FN}{marks}\n\nDone. It's fine.\n")
    _case(f"{marks} as a fence, never closed", f"{marks}python\n{FN}")
    _case(f"{marks} around it", f"{marks}\n{FN}{marks}")
    _case(f"{marks} around it between marks", f"[BEGIN]\n{marks}\n{FN}{marks}\n[DONE]")
    _case(
        f"{marks} of the module's docstring",
        f"{marks}\nModule.\n\ndef has_close(a): no\n{marks}\n{FN}\n{marks}\nend\n{marks}",
    )
    _case(f"{marks} around a right one, a wrong one below", f"{marks}\n{FN}{marks}\n{WRONG}", WRONG_OUTPUT)
for label in ("solution.py", "file=solution.py", 'title="src/a.py"', "javascript", "jupyter", "питон", "[python]"):
    _case("label " + label, f"{F}{label}\n{FN}{F}")
_case("label of another file", f"{BLOCK}{F}out.txt\ndef has_close(a): no\n{F}")
_case("order of growth alone on a line", FN + "\nO(n^2)\n")
# A body, and the function again.
_case("body, then the wrong function", f"{BODY}\n\n{WRONG}", WRONG_OUTPUT)
_case("wrong body, then the function", f"    return True\n\nActually:\n\n{FN}")
_case("broken body, then the function", f"    return (\n\nActually:\n\n{FN}")
_case("body, then a test that imports it", f"{BODY}\n\nfrom solution import has_close\n")
_case("function, then a test that imports it", f"{FN}\n\nfrom solution import has_close\nprint(has_close([], 1))\n")
_case(
    "right block, then its truncated version", f"{BLOCK}\nFaster:\n{F}python\n{SIG}    for i, a in enum", SYNTAX_ERROR
)
_case("right block, then a wrong one", f"{BLOCK}\nA mistake:\n{WRONG_BLOCK}", WRONG_OUTPUT)
_case("right block, then its head", f"{BLOCK}\nThe head:\n{F}python\n{SIG}    ...\n{F}")
_case("right function, then its head", f"{F}python\n{FN}\n\n{SIG}    pass\n{F}")
_case("outline, then the body", f"Start:\n{F}python\n{SIG}    pass\n{F}\nThe body:\n{BODY_BLOCK}")
_case("right function, then the prompt's stub", f"{F}python\n{FN}\n\n{SIG}{DOC}{F}")
_case("outline alone", f"{F}python\n{SIG}    pass\n{F}", WRONG_OUTPUT)
_case(
    "outline with a docstring, then the function",
    f"{F}python\n{SIG}{DOC}    raise NotImplementedError()\n{F}\n{F}python\n{FULL}{F}",
)
# What stands beside the function and belongs to it.
_case(
    "attribute of the function", SIG + "    has_close.n += 1\n" + BODY + "\nhas_close.n = 0\nprint(has_close([], 1))\n"
)
_case("list filled in an earlier block", f"{F}python\nT = []\nT.append(1)\n{F}\n{F}python\n{SIG}    T[0]\n{BODY}{F}")
_case("a result kept in an earlier block", f"{F}python\nT = []\nT.append(has_close([], 1))\n{F}\n{BLOCK}")
_case(
    "class and its base in a later block",
    f"{F}python\n{SIG}    B()\n{BODY}{F}\n{F}python\nclass A:\n    pass\nclass B(A):\n    pass\n{F}",
)
_case(
    "helpers in a later block, last first",
    f"{F}python\n{SIG}    return h(numbers, threshold)\n{F}\n{F}python\ndef g(numbers, threshold):\n{BODY}\ndef h(a, b):\n    return g(a, b)\n{F}",
)
_case(
    "helper twice in later blocks",
    f"{F}python\n{SIG}    return h(numbers, threshold)\n{F}\n{F}python\ndef h(a, b):\n    return 1\n{F}\n{F}python\ndef h(numbers, threshold):\n{BODY}{F}",
)
_case(
    "helper twice, the last one wrong",
    f"{F}python\n{SIG}    return h(numbers, threshold)\n{F}\n{F}python\ndef h(numbers, threshold):\n{BODY}{F}\n{F}python\ndef h(a, b):\n    return 1\n{F}",
    WRONG_OUTPUT,
)
_case("draft in a thought of two words", f"<think>{DRAFT}</think> {FN}")
