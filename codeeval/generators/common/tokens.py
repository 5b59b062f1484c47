"""A model's tokenizer without the model, to show a prompt as the model will see it."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

from codeeval.errors import UsageError
from codeeval.generators.common.openchat import warn_of_other_ids
from codeeval.generators.common.readable_tokens import Token, readable
from codeeval.generators.vllm.worker.token_ids import TemplateProblem, apply_template, encode, encode_as_mera
from codeeval.i18n import at, msg
from codeeval.types import Prompt


@dataclass(frozen=True, slots=True)
class Shown:
    """A prompt as text and as tokens, and what is wrong with the tokenizer, if anything."""

    text: str
    tokens: tuple[Token, ...]
    warning: str | None

    @property
    def ids(self) -> tuple[int, ...]:
        return tuple(token.id for token in self.tokens)


def can_tokenize() -> bool:
    return find_spec("transformers") is not None


def load_tokenizer(model: str, revision: str = "main") -> Any:
    """transformers' tokenizer for a folder or a Hub model. Raises UsageError."""
    import transformers

    try:
        return transformers.AutoTokenizer.from_pretrained(model, revision=revision, trust_remote_code=False)
    except Exception as error:  # transformers raises nearly every type
        reason = str(error).strip().partition("\n")[0][:300]
        raise UsageError(
            at(model, msg("can't load its tokenizer: {reason}", reason=f"{type(error).__name__}: {reason}"))
        ) from error


def tokenize(model: str, prompt: Prompt, revision: str = "main", mera: bool | None = None) -> Shown:
    """`mera`: whether MERA's harness adds BOS; None encodes as codeeval does. Raises UsageError for a model without a
    tokenizer, and for messages that its template refuses."""
    tokenizer = load_tokenizer(model, revision)
    try:
        text = apply_template(tokenizer, prompt.messages) if prompt.text is None else prompt.text
        if mera is None:
            ids = encode(tokenizer, prompt.text, prompt.messages)
        else:
            ids = encode_as_mera(tokenizer, prompt.text, prompt.messages, bos=mera)
    except TemplateProblem as problem:
        raise UsageError(msg("{model}: {problem}", model=model, problem=problem)) from problem
    warning = warn_of_other_ids(model, lambda words: encode(tokenizer, words, ()))
    return Shown(text, readable(tokenizer, ids), warning)
