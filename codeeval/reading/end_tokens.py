"""Special tokens that a tokenizer's decoder left in the text. What follows an end token is not part of the answer."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

#: Names of tokens that end a turn or begin another's; written <|name|>, also with full-width bars.
_NAMED = (
    "im_end|im_start|im_sep|endoftext|end_of_text|begin_of_text|eot_id|eom_id|eot|eom|eos|end|return|call|end_of_turn|"
    "start_of_turn|end_of_sentence|start_header_id|header_start|end_of_turn_token|start_of_turn_token|eoc_id|"
    "end_of_role|start_of_role|endofturn|end_of_message|endofmessage|endofprompt|end_of_response|end_response|"
    "user|assistant|system|human|observation|role_sep|message_sep|separator|file_sep|file_separator|repo_name|"
    "fim_prefix|fim_suffix|fim_middle|fim_pad|fim_end|pad|sep|start|end_of_solution|end_of_box|flush|hy_eot"
)
_ANGLE = (
    rf"<(?:[|｜](?:{_NAMED})[|｜]>|[|｜](?:end|begin)▁of▁sentence[|｜]>|/s>|s>|eos>|bos>|pad>|sep>|unk>|EOT>|eoa>|eoh>|"
    r"end_of_turn>|start_of_turn>|end_of_utterance>|file_sep>|fim_(?:prefix|suffix|middle|pad)>|endoftext>|seed:eos>|"
    r"extra_id_\d{1,3}>|reserved_\d{1,4}>|SPECIAL_\d{1,4}>)"
)
_SQUARE = (
    r"\[(?:EOS\](?=[ \t]*(?:\n|\[EOS\]|\Z))|/?INST\]|gMASK\]|\|endofturn\|\]|e~\[|UNUSED_TOKEN_\d{1,4}\]|END_OF_TEXT\])"
)
_TOKEN = re.compile(f"{_ANGLE}|{_SQUARE}", re.IGNORECASE)
#: The same by the first character: a search for one is much faster than a search for any of two.
_ANGLE_TOKEN, _SQUARE_TOKEN = re.compile(_ANGLE, re.IGNORECASE), re.compile(_SQUARE, re.IGNORECASE)
#: Tokens of other vocabularies, and headers of another's turn in prose: they end an answer only after code. Excludes
#: the marks of a thought and those around an answer.
_UNKNOWN = re.compile(
    r"<[|｜](?![\w▁/]*(?:think|thought|reasoning)|begin_of_|start_response|inner|python_tag)[\w▁.-]{1,48}[|｜]>"
    r"|(?:<(?:end|stop|eod|eop|sop|hy_eos|s/|/ s|end_of_document|unused(?!9[45]>)\d{1,4}|turn\||\|turn|/?tool_call|"
    r"\|tool_(?:call|response))>|\[end of text\]|\[/SOL\]|\]~b\])(?=[ \t]*+(?:[<\[\n]|\Z|user\b))"
    r"|^(?:#{3,4}[ \t]*+(?:Instruction|Human|User)[ \t]*+:|(?:Human|HUMAN|User|USER):|<human>:)(?=[ \t\n])"
    r"|^<(?:reponame|filename|gh_stars|issue_start|jupyter_(?:start|text|code|output)|commit_(?:before|msg))>(?=[^\s<])"
    r"|^\[TOOL_CALLS\]|(?<=[\w)\]}\"'])assistant(?=\n\n|\n*+\Z)",
    re.IGNORECASE | re.MULTILINE,
)
#: A role that begins another turn where its special tokens were removed, and the role that answers it.
_ASKS = re.compile(
    r"^[ \t]?(?:(?:Пользователь|Человек|GPT4 Correct User):(?=[ \t\n])|#{3,4}[ \t]*+(?:Инструкция|Пользователь)[ \t]*+:"
    r"|(?:user|human)[ \t]*+$)|(?<=[\w)\]}\"'`])user(?=\n\n)",
    re.MULTILINE,
)
_REPLIES = re.compile(
    r"^[ \t]?(?:(?:Ассистент|Assistant|Бот|ИИ|GPT4 Correct Assistant):|#{3,4}[ \t]*+(?:Ответ|Ассистент)[ \t]*+:"
    r"|(?:assistant|model|bot)[ \t]*+$)",
    re.MULTILINE,
)
_CODE_LINE = re.compile(
    r"^[ \t>]*+(?:`{3}|~{3}|(?:async[ \t]++)?def[ \t]|class[ \t]++\w++[(:]|return\b|import[ \t])", re.MULTILINE
)
_MAX_GLUED = 8
_WORD = re.compile(r"\w+\Z")
_CONSTANTS = ("True", "False", "None")
_CODE = re.compile(
    r"^[ \t>]*+(?:`{3}|~{3}|(?:async[ \t]++)?def[ \t]|class[ \t]++\w++[(:]|return\b|import[ \t])|^[ \t]++\S",
    re.MULTILINE,
)
#: A token without its last characters: they were never generated, or were cut as a stop sequence.
_BEGUN = re.compile(r"<[|｜][\w▁]{0,24}[|｜]?\Z")
#: What a chat template writes before an answer.
_HEADER = re.compile(
    r"\s*+(?:<s>(?:bot\n)?|<bos>|<\|begin_of_text\|>|<[|｜]begin▁of▁sentence[|｜]>|\[/INST\]|"
    r"<\|im_start\|>(?!think\n|answer\n)(?:[ \t]*(?:assistant|model|bot)\b)?|"
    r"<start_of_turn>(?:model|assistant)?|<[|｜]assistant[|｜]>|"
    r"<\|(?:start_header_id|header_start)\|>[ \t]*assistant[ \t]*<\|(?:end_header_id|header_end)\|>|"
    r"<\|start_of_role\|>assistant<\|end_of_role\|>|<\|im_sep\|>|(?:assistant)?<\|role_sep\|>|\[\|assistant\|\]|"
    r"<[|｜]Assistant[|｜]>|<\|START_OF_TURN_TOKEN\|>(?:<\|CHATBOT_TOKEN\|>)?|<\|turn>(?:model)?)\n*"
)
#: A prompt that a backend gave back before the answer, from the header of its first turn. It has the function's code.
_ECHO = re.compile(
    r"\s*+(?:<s>|<bos>|<\|begin_of_text\|>)?\s*+(?:<\|im_start\|>(?:system|user)\n|\[INST\]|<\|(?:system|user)\|>|"
    r"<\|start_header_id\|>(?:system|user)<\|end_header_id\|>|<start_of_turn>user\n|(?<=<s>)(?:system|user)\n)"
)
_ECHO_END = re.compile(
    r"<\|im_start\|>assistant|\[/INST\]|<\|assistant\|>|<\|start_header_id\|>assistant<\|end_header_id\|>|"
    r"<start_of_turn>model|<s>(?:bot|assistant)\n"
)
#: What is cheap to look for, and in every text in which `_UNKNOWN` could find something.
_ANGLE_SIGN = re.compile(
    r"<(?:[|｜]|end|stop|eod|eop|sop|hy_eos|s/|/ s|unused|turn|/?tool_call|human>|reponame|filename|gh_|issue|jupyter|commit)",
    re.IGNORECASE,
)
_SQUARE_SIGN = re.compile(r"\[(?:end of text|/sol|tool_calls)\]", re.IGNORECASE)
_WORD_HEADER = re.compile(r"\s*+assistant[ \t]*+\n++(?=\s*+\S)")


def header_end(text: str) -> int:
    """The length of a template's answer header at the beginning of the text."""
    end = 0
    if text.lstrip()[:1] not in ("<", "[", "a"):
        return end
    if _ECHO.match(text) is not None and (echo := _ECHO_END.search(text)) is not None:
        end = echo.start() if _CODE_LINE.search(text, 0, echo.start()) is not None else 0
    while (found := _HEADER.match(text, end)) is not None and found.end() > end:
        end = found.end()
    if end == 0 and (found := _WORD_HEADER.match(text)) is not None:
        end = found.end()
    return end


def tokens(text: str, own: Sequence[str] = ()) -> Iterator[int]:
    """The offsets of special tokens, ascending. `own`: those of the model's tokenizer."""
    pattern = _pattern(tuple(own)) if own else None
    if pattern is None:
        pattern = _ANGLE_TOKEN if _ANGLE_TOKEN.search(text) else None
        if _SQUARE_TOKEN.search(text):
            pattern = _SQUARE_TOKEN if pattern is None else _TOKEN
    no_index: bool | None = None  # looked at once, because it takes a pass over the text
    for found in pattern.finditer(text) if pattern else ():
        if found[0].upper() == "[EOS]":
            no_index = is_no_index(text) if no_index is None else no_index
        if no_index or found[0].upper() != "[EOS]":
            yield found.start()
    last = _BEGUN.search(text, max(0, len(text) - 30))
    if last is not None:
        yield last.start()


@lru_cache(maxsize=64)
def _pattern(own: tuple[str, ...]) -> re.Pattern[str] | None:
    """The tokens of a model's tokenizer and the usual ones; None if it adds none."""
    wanted = [re.escape(token) for token in own if len(token) > 2 and not token.isspace()]
    return re.compile(f"{'|'.join(wanted)}|{_TOKEN.pattern}", re.IGNORECASE) if wanted else None


def _may_end_behind_code(text: str) -> bool:
    """Whether a text has anything that `behind_code` looks for; most have not."""
    if "###" in text or "]~" in text or _ANGLE_SIGN.search(text) or _SQUARE_SIGN.search(text):
        return True
    lower = text.encode("utf-8", "surrogatepass").lower()
    if b"assistant" in lower or b"human:" in lower or b"user:" in lower:
        return True
    return "ſ" in text or "ı" in text or "İ" in text  # letters that a search takes for s and i if it ignores case


def behind_code(text: str) -> Iterator[int]:
    """The offsets of tokens and headers that end an answer because code precedes them, ascending."""
    if not _may_end_behind_code(text):
        return
    code = _CODE.search(text)
    looked_at = 0
    for found in _UNKNOWN.finditer(text, code.end()) if code else ():
        if found[0] == "assistant":
            looked_at += 1
        if found[0] != "assistant" or (looked_at <= _MAX_GLUED and _is_glued(text, found.start())):
            yield found.start()


def _may_ask(text: str) -> bool:
    """Whether a text has anything that begins another turn in words; most have not."""
    return any(word in text for word in ("user", "User:", "human", "ользователь", "еловек:", "нструкция"))


def turns(text: str) -> Iterator[int]:
    """The offsets where another turn begins without a special token, ascending: below code, and answered further below."""
    if not _may_ask(text):
        return
    code = _CODE_LINE.search(text)
    replies = [found.start() for found in _REPLIES.finditer(text)] if code else []
    for found in _ASKS.finditer(text, code.end()) if code and replies else ():
        if found.start() < replies[-1]:
            yield found.start()


def _is_glued(text: str, place: int) -> bool:
    """Whether a role's name attached to a word is the rest of a header rather than the end of a name."""
    word = _WORD.search(text, max(0, place - 60), place)
    if word is None:
        return True
    name = word[0]
    if text.count(f"{name}assistant") > 1:
        return False
    return name.isdigit() or name in _CONSTANTS or re.search(rf"\b{name}\b", text) is not None


def is_no_index(text: str) -> bool:
    """Whether `[EOS]` is a token rather than an index: no variable in the text has that name."""
    return "[EOS]" in text and text.count("EOS") == text.count("[EOS]")
