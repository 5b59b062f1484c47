"""Convert the body of a server's answer into completions. Detects failures wrapped in an answer, so that they don't
become completions.

Servers in front of other servers may answer 200 and put the failure inside: an `error` beside the choices, in a choice
or in its message, a `finish_reason` such as "error" or "abort" with half a text. Half an answer would be judged as if
the model had written it, so all of these are requested again. What the model itself declined to say is an answer: a
refusal, a tool call, an answer that a filter withheld, null without an error.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from codeeval import bounded_json
from codeeval.generators.common.finish import EngineAnswer
from codeeval.generators.common.retry import Later
from codeeval.generators.openai.server_words import complaint, inert, words_in
from codeeval.i18n import at, msg
from codeeval.types import FinishReason

Fields = dict[str, object]

_REASONS: dict[str, FinishReason] = {
    **dict.fromkeys(("stop", "eos", "eos_token", "end_turn", "stop_sequence", "completed", "tool_calls"), "stop"),
    **dict.fromkeys(("length", "max_tokens", "max_length", "model_length", "max_output_tokens"), "length"),
    **dict.fromkeys(("content_filter", "content-filter", "safety", "recitation", "guardrail"), "content_filter"),
    "refusal": "refusal",
}
#: Values of `finish_reason` which mean that the answer is incomplete.
_FAILED = re.compile(
    r"error|abort|cancel|fail|internal|time.?out|timed.?out|unavailable|overload|insufficient|interrupt|disconnect|preempt|crash"
    r"|exception|kill|terminat|reject|dropped|lost|busy|unhealthy|expired|shed|oom"
)
_TEXT_PARTS = frozenset({"text", "output_text", "input_text"})
#: Kinds of message parts with text that was not addressed to the user.
_NO_TEXT = re.compile(
    r"(?:tool|function|server_tool|image|audio|video|file|input|refus|redact|encrypt|search|citation|code_exec)"
)
_THOUGHT_FIELDS = ("reasoning_content", "reasoning", "thinking", "reasoning_text")
_DEPTH = 8


@dataclass(frozen=True, slots=True)
class MessageParts:
    """The content of one message: the answer's text, or None; the thought; a refusal in the model's words."""

    text: str | None
    thought: str | None = None
    refusal: str | None = None


def text_of(content: bytes, charset: str | None) -> str:
    """Decode a body. JSON is UTF-8, with or without a byte order mark, whatever a header claims; anything else may be
    in another encoding of Unicode, or in the header's `charset`."""
    try:
        return content.decode(json.detect_encoding(content))
    except UnicodeDecodeError:
        pass
    try:
        return content.decode(charset or "utf-8", "replace")
    except LookupError:
        return content.decode("utf-8", "replace")


def parse(content: str) -> Fields:
    """The answer's JSON object, also from a server that streams unasked. Raises Later."""
    try:
        body = _streamed(content) if content.lstrip()[:5] in ("data:", "event") else bounded_json.loads(content)
    except (ValueError, RecursionError) as error:
        raise Later(
            f"the server's answer is not understandable ({type(error).__name__}): {inert(content, 200)}"
        ) from None
    if not isinstance(body, dict):
        raise Later(f"the server's answer is not understandable: {inert(content, 200)}")
    return body


def answers(body: Fields, n: int, seeds: Sequence[int | None]) -> list[EngineAnswer]:
    """The first `n` completions in order of index, up to the first that is not one; at least one. `seeds[i]`: the seed
    of completion i. Raises Later, with the server's own words, if there is none."""
    said = complaint(body.get("error"))
    if said is None and _is_failure(body):
        said = words_in({name: value for name, value in body.items() if name != "choices"}) or "an error"
    choices = body.get("choices")
    found: list[EngineAnswer] = []
    for choice in _in_order(choices)[:n] if isinstance(choices, list) and said is None else ():
        failure = _failure(choice)
        answer = None if failure else _answer(choice)
        if answer is None:
            said = said or failure
            break
        found.append(answer)
    if not found:
        said = said or words_in({name: value for name, value in body.items() if name != "choices"})
        raise Later(
            at(msg("the server answered without a completion"), inert(said))
            if said
            else msg("the server answered without a completion")
        )
    usage = body.get("usage")
    counts: Fields = usage if isinstance(usage, dict) else {}
    alone = isinstance(choices, list) and len(choices) == 1
    return [
        replace(
            answer,
            tokens_in=_count(counts.get("prompt_tokens")),
            tokens_out=_count(counts.get("completion_tokens")) if alone else None,
            seed=seed,
        )
        for answer, seed in zip(found, seeds, strict=False)
    ]


def model_named(body: Fields) -> set[str]:
    """The model that wrote the answer, according to the server, if it says so."""
    name = body.get("model")
    return {inert(name, 200)} if isinstance(name, str) and name else set()


def _is_failure(body: Fields) -> bool:
    """Whether the reply as a whole indicates that it holds no answer."""
    return (
        "error" in (body.get("object"), body.get("type"))
        or body.get("success") is False
        or _FAILED.search(_reason(body, "status")) is not None
    )


def _in_order(choices: list[object]) -> list[Fields]:
    known = [choice if isinstance(choice, dict) else {} for choice in choices]
    places = [choice.get("index") for choice in known]
    if all(type(place) is int for place in places) and len(set(places)) == len(places):
        return sorted(known, key=lambda choice: int(str(choice["index"])))
    return known


def _failure(choice: Fields) -> str | None:
    """Why this is not a completion, in the server's words if it has any; None if it may be one."""
    message = choice.get("message")
    inner: Fields = message if isinstance(message, dict) else {}
    if said := complaint(choice.get("error")) or complaint(inner.get("error")):
        return said
    for name in ("finish_reason", "native_finish_reason", "status"):
        reason = _reason(choice, name)
        if reason not in _REASONS and _FAILED.search(reason):
            return f"{name} {reason!r}"
    return None


def _reason(choice: Fields, name: str = "finish_reason") -> str:
    value = choice.get(name)
    if isinstance(value, dict):  # {"type": "stop"}
        value = value.get("type")
    return value.strip().lower()[:100] if isinstance(value, str) else ""


def _answer(choice: Fields) -> EngineAnswer | None:
    """None if the choice holds neither a message nor a text."""
    message = choice.get("message")
    if isinstance(message, dict):
        if isinstance(message.get("content"), bool | int | float):
            return None
        said = read_message(message)
    elif isinstance(message, str):
        said = MessageParts(message)
    elif isinstance(choice.get("text"), str | list) or (
        "text" in choice and choice["text"] is None and _reason(choice)
    ):
        said = read_message({**choice, "content": choice["text"]})
    else:
        return None
    reason: FinishReason = _REASONS.get(_reason(choice), "unknown")
    if said.refusal is not None and not said.text:
        reason = "refusal"
    elif said.text is None and reason == "stop":
        reason = "unknown"  # nothing was written, so nothing was stopped
    return EngineAnswer(text=said.text or "", reason=reason, thought=said.thought)


def read_message(message: Fields) -> MessageParts:
    """The parts of a chat message, whatever names the server gives them."""
    texts: list[str] = []
    thoughts: list[str] = []
    refusals: list[str] = []
    for kind, text in _parts(message.get("content"), _DEPTH):
        {"thought": thoughts, "refusal": refusals}.get(kind, texts).append(text)
    refusal = message.get("refusal")
    if isinstance(refusal, str) and refusal.strip():
        refusals.append(refusal)
    thought = "".join(thoughts) or _thought(message)
    return MessageParts("".join(texts) if texts else None, thought, "\n".join(refusals) if refusals else None)


def _parts(content: object, depth: int) -> Iterator[tuple[str, str]]:
    """("text", "thought" or "refusal", its text) of every part of a content; parts of other kinds have no text."""
    if isinstance(content, str):
        yield "text", content
    elif isinstance(content, list) and depth:
        for part in content:
            yield from _parts(part, depth - 1)
    elif isinstance(content, dict):
        kind = str(content.get("type", "text"))
        if "think" in kind or "reason" in kind or "thought" in kind:
            held = next((content[name] for name in (*_THOUGHT_FIELDS, "text", "summary") if content.get(name)), None)
            yield from (("thought", text) for _, text in _parts(held, depth - 1 if depth else 0))
        elif kind == "refusal":
            yield "refusal", str(content.get("refusal") or content.get("text") or "")
        elif kind in _TEXT_PARTS or not _NO_TEXT.match(kind):
            text = content.get("text", content.get("content"))
            if isinstance(text, dict):
                text = text.get("value")
            if isinstance(text, str):
                yield "text", text


def _thought(holder: Fields) -> str | None:
    """The reasoning that a server's own parser separated from the answer; servers use different names for it."""
    for name in (*_THOUGHT_FIELDS, "reasoning_details"):
        value = holder.get(name)
        text = "".join(part for _, part in _parts(value, _DEPTH))
        if text:
            return text
    return None


def _count(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def _streamed(content: str) -> Fields:
    """Assemble streamed events into the answer that they represent. Raises ValueError for events that are not JSON, and
    for an incomplete stream."""
    choices: dict[int, Fields] = {}
    body: Fields = {}
    for line in content.splitlines():
        data = line.removeprefix("data:").strip()
        if not line.startswith("data:") or not data or data == "[DONE]":
            continue
        event = json.loads(data)
        if not isinstance(event, dict):
            raise ValueError("an event that is no object")
        body |= {name: event[name] for name in ("error", "model", "usage") if event.get(name)}
        parts = event.get("choices")
        for part in parts if isinstance(parts, list) else ():
            if isinstance(part, dict):
                at = part.get("index")
                _add(choices.setdefault(at if isinstance(at, int) else 0, {"message": {}}), part)
    if not body.get("error") and not all(choice.get("finish_reason") for choice in choices.values()):
        raise ValueError("the stream breaks off")
    return {**body, "choices": [{"index": at, **choice} for at, choice in choices.items()]}


def _add(choice: Fields, part: Fields) -> None:
    for name in ("finish_reason", "error"):
        if part.get(name):
            choice[name] = part[name]
    if isinstance(part.get("text"), str):
        choice.pop("message", None)
        choice["text"] = f"{choice.get('text', '')}{part['text']}"
    delta, message = part.get("delta"), choice.get("message")
    if isinstance(delta, dict) and isinstance(message, dict):
        for name in ("content", "refusal", *_THOUGHT_FIELDS):
            if isinstance(delta.get(name), str):
                message[name] = f"{message.get(name, '')}{delta[name]}"
