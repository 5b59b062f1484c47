"""What the reader looks for first, because it is cheap, is in every text in which the patterns behind it find something."""

from __future__ import annotations

import io
import re
import tokenize
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codeeval.reading import end_tokens, reader, tags, thoughts
from codeeval.reading.code import scan

ROOT = Path(__file__).resolve().parents[2]
WORDS = """
    </s> <s> <eos> <bos> <pad> <EOT> <end_of_turn> <fim_prefix> [EOS] [INST] [/INST] [gMASK] [|endofturn|] [e~[ <seed:eos> <|x|>
    <extra_id_1> <reserved_2> [UNUSED_TOKEN_3] <SPECIAL_4> [END_OF_TEXT] <｜end▁of▁sentence｜> <end> <stop> <eod> <eop> <sop>
    <hy_eos> <s/> <end_of_document> <unused12> <turn|> <|turn> <tool_call> </tool_call> <|tool_call> [/SOL] ]~b] [TOOL_CALLS]
    <think> </thinking> <seed:think> </reasoning> ◁think▷ ◁/think▷ [THINK] [/THINK] <|begin_of_thought|> <|end_of_thought|>
    <|/think|> <ctrl94> <ctrl95> <unused94> <unused95> <|message|> <|begin_of_solution|> <|START_RESPONSE|> <|python_tag|>
    [THINKING] [/THINKING] [REASONING] <plan> </plan> </draft> <мысли> </мысли> <|thought_start|> <|end_of_reasoning|>
    <reponame> <filename> <gh_stars> <jupyter_text> <commit_msg> <issue_start> <s>[INST]
    [PYTHON] [/PYTHON] [ANSWER] [BEGIN] [DONE] \\boxed{ <answer> </code> <pre><code> ''' `x` analysis finalHere
"""
MARKS = (
    *(f"<{bar}{name}{bar}>" for name in end_tokens._NAMED.split("|") for bar in "|｜"),
    *re.findall(r"\S+", WORDS),
    *(
        "</ s>",
        "[end of text]",
        "<human>: ",
        "### Instruction: ",
        "#### User :\n",
        "Human: ",
        "USER:\n",
        "x)assistant\n\n",
    ),
    *(
        "Пользователь: ",
        "Человек:\n",
        "GPT4 Correct User: ",
        "### Инструкция: ",
        "#### Пользователь :",
        "\nuser\n\n",
        "\nhuman\n",
    ),
    *(
        "[BEGIN FINAL RESPONSE]",
        "<|channel>thought",
        "<channel|>",
        "<|role_sep|>",
        "assistant<|role_sep|>",
        "[|assistant|]",
    ),
    *("\n assistant\n\n x", "BEGIN SOLUTION", "'''python\n", '"""py\n', "Here is my thought process:"),
    *("Thinking...\n...done thinking.\n", '<details type="reasoning">x</details>', "<|im_start|>think\n", "<s>bot\n"),
    *("<|im_start|>user\ndef f<|im_start|>assistant\n", "<s>user\ndef f</s>\n<s>bot\n", "[INST] def f [/INST] x"),
)


def spellings(mark: str) -> set[str]:
    """A mark as a search finds it that ignores case."""
    lower = mark.lower()
    return {mark, lower, mark.upper(), mark.title(), *(lower.replace(*pair) for pair in ("sſ", "iı", "iİ", "kK"))}


@pytest.mark.parametrize("frame", ["{}", "\n{}\n", "    x\n{} ", "a {}\n", "({})"])
def test_no_pattern_finds_anything_without_its_sign(frame: str) -> None:
    """Every pattern that is tried only where a sign of it is there, on each mark alone."""
    for text in [frame.format(spelled) for mark in MARKS for spelled in sorted(spellings(mark))]:
        found_of = {
            "end_tokens._UNKNOWN": end_tokens._UNKNOWN.search(text),
            "end_tokens._TOKEN": end_tokens._TOKEN.search(text),
            "end_tokens._ASKS": end_tokens._ASKS.search(text),
            "end_tokens._HEADER": end_tokens._HEADER.match(text) or end_tokens._WORD_HEADER.match(text),
            "thoughts": thoughts.spoken(text) != thoughts.Spoken(0, len(text)),
            "tags": any(opening.search(text) for opening, _ in tags._PAIRS) or tags._LONE_END.search(text),
            "tags._QUOTES": tags._QUOTES.search(text),
        }
        sign_of = {
            "end_tokens._UNKNOWN": end_tokens._may_end_behind_code(text),
            "end_tokens._TOKEN": end_tokens._ANGLE_TOKEN.search(text) or end_tokens._SQUARE_TOKEN.search(text),
            "end_tokens._ASKS": end_tokens._may_ask(text),
            "end_tokens._HEADER": text.lstrip()[:1] in ("<", "[", "a"),
            "thoughts": thoughts.may_begin(text),
            "tags": tags.has_sign(text),
            "tags._QUOTES": tags._MARKS.match(text) or tags._LABELLED.search(text),
        }
        assert [name for name, found in found_of.items() if found and not sign_of[name]] == [], text


@given(st.text(alphabet=" \t>adefnocsylx(\n"))
def test_a_quotation_has_a_head(text: str) -> None:
    """A program in a quotation is looked for only where a line of it could begin."""
    assert not reader._QUOTED.search(text) or reader._QUOTED_HEAD.search(text)


@pytest.mark.parametrize("package", ["codeeval/reading", "codeeval/scoring", "sandbox"])
def test_masks_are_those_of_pythons_tokenizer(package: str) -> None:
    """Strings and comments of real programs are masked, all other words and signs are not."""
    for path in sorted((ROOT / package).rglob("*.py")):
        text = path.read_text("utf-8")
        bare = scan(text).bare
        starts = [0, *(found.end() for found in re.finditer("\n", text))]
        inside = 0  # f-strings, from Python 3.12 on
        for kind, word, (line, column), (last_line, last_column), _ in tokenize.generate_tokens(
            io.StringIO(text).readline
        ):
            name = tokenize.tok_name[kind]
            start, end = starts[line - 1] + column, starts[last_line - 1] + last_column
            inside += (name == "FSTRING_START") - (name == "FSTRING_END")
            if name in ("STRING", "COMMENT"):
                quote = re.search("[\"'#]", word)
                assert quote is not None
                assert set(bare[start + quote.start() : end]) <= set('" '), f"{path}:{line}"
            elif name in ("NAME", "OP", "NUMBER") and not inside:
                assert bare[start:end] == word, f"{path}:{line}"
