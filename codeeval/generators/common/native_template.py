"""The template that a model was made for, as far as its tokenizer or server shows it: for `--template auto`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from codeeval.errors import UsageError
from codeeval.generators.common.facts import chat_template_of
from codeeval.generators.common.openchat import is_family
from codeeval.generators.common.tokens import can_tokenize, load_tokenizer
from codeeval.generators.registry import check_installed
from codeeval.generators.vllm.worker.token_ids import encode
from codeeval.i18n import msg

#: What the chat templates of OpenChat 3.5 and Starling write.
_OPENCHAT_WORDS = "GPT4 Correct User"


@dataclass(frozen=True, slots=True)
class NativeTemplate:
    """`template` is one of codeeval.prompts.templates.TEMPLATES, `why` a clause about the model."""

    template: str
    why: str


OPENCHAT = NativeTemplate("code-user", msg("its tokenizer is OpenChat's, whose template for code that is"))
CHAT = NativeTemplate("chat", msg("its tokenizer has a chat template"))
BASE = NativeTemplate("none", msg("its tokenizer has no chat template"))
SERVER_CHATS = NativeTemplate("chat", msg("the server chats with it"))
SERVER_COMPLETES = NativeTemplate("none", msg("the server only completes texts with it"))
FROM_FILE = NativeTemplate("none", msg("the completions exist already"))


def native_template(backend: str, model: str, options: Mapping[str, str]) -> NativeTemplate:
    """The template that fits the files of `model`, located as `backend` does; loads a tokenizer but not the model.
    (For a server, the backend asks it.)

    Raises UsageError if the model can't be found or nothing can be determined.
    """
    check_installed(backend, options)
    if backend == "replay":
        return FROM_FILE
    if backend == "hf":
        from codeeval.generators.common.model_folder import local_folder

        local_folder(model)
    name = options.get("tokenizer", model)
    revision = options.get("tokenizer_revision", options.get("revision", "main"))
    return _of_tokenizer(load_tokenizer(name, revision)) if can_tokenize() else _of_files(name)


def _of_tokenizer(tokenizer: Any) -> NativeTemplate:
    if is_family(lambda text: encode(tokenizer, text, ())):
        return OPENCHAT
    return CHAT if tokenizer.chat_template else BASE


def _of_files(name: str) -> NativeTemplate:
    """Does not use transformers: the engine may have its own interpreter."""
    folder = Path(name).expanduser()
    if not folder.is_dir():
        raise UsageError(
            msg(
                "--template auto: {name} is no folder, and without transformers here its tokenizer can't be looked at; "
                "name a template with --template",
                name=name,
            )
        )
    found = chat_template_of(folder)
    if not found:
        return BASE
    return OPENCHAT if _OPENCHAT_WORDS in json.dumps(found) else CHAT
