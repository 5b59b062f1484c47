"""A custom prompt template: `--template FILE`.

Two kinds of file, both UTF-8:

- `*.jinja`: a chat template as tokenizers carry it. It is rendered with `messages` (system, if there is one, and user),
  `add_generation_prompt` true, and empty `bos_token` and `eos_token`, because the tokenizer adds BOS itself. Rendered
  in Jinja's sandbox, as transformers does.
- anything else: text with `{prompt}` once, which becomes the user's turn, and `{system}` at most once. Other braces are
  kept. One newline at the end of the file is dropped.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from codeeval.errors import UsageError
from codeeval.files import read_text, reason
from codeeval.i18n import msg
from codeeval.prompts.templates import TEMPLATES, prompt_digest, user_turn
from codeeval.types import Problem, Prompt

PROMPT, SYSTEM = "{prompt}", "{system}"


@dataclass(frozen=True, slots=True)
class TemplateFile:
    """A template that was read from `path`."""

    path: str
    text: str

    @property
    def is_jinja(self) -> bool:
        return self.path.endswith((".jinja", ".jinja2"))

    def build(self, problem: Problem, system: str | None = None) -> Prompt:
        """What the model receives for `problem`. Raises UsageError."""
        return Prompt(text=self.render(user_turn(problem), system))

    def render(self, user: str, system: str | None) -> str:
        """The text for one user turn. Raises UsageError if there is a system prompt but the template has no place for
        it."""
        if self.is_jinja:
            return self._jinja(user, system)
        if system and SYSTEM not in self.text:
            raise UsageError(
                msg(
                    "--template {path}: it has no {name}, so the system prompt would be lost; add it",
                    path=self.path,
                    name=SYSTEM,
                )
            )
        head, _, tail = self.text.partition(PROMPT)
        return head.replace(SYSTEM, system or "") + user + tail.replace(SYSTEM, system or "")

    def _jinja(self, user: str, system: str | None) -> str:
        from jinja2 import TemplateError
        from jinja2.sandbox import ImmutableSandboxedEnvironment

        def refuse(message: str) -> None:
            raise TemplateError(message)

        environment = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True)
        environment.globals["raise_exception"] = refuse
        environment.filters["tojson"] = lambda value, indent=None: json.dumps(value, ensure_ascii=False, indent=indent)
        messages = [{"role": "system", "content": system}] if system else []
        messages.append({"role": "user", "content": user})
        try:
            template = environment.from_string(self.text)
            return template.render(messages=messages, add_generation_prompt=True, bos_token="", eos_token="")
        except Exception as error:  # whatever a template raises: it is somebody's program
            raise UsageError(f"--template {self.path}: {type(error).__name__}: {error}".removesuffix(": ")) from error


def is_template_file(name: str) -> bool:
    """Whether `--template NAME` must be a file: template names have neither dots nor slashes."""
    return name not in TEMPLATES and ("/" in name or "." in name or Path(name).is_file())


def read_template(path: str) -> TemplateFile:
    """Read a template. Raises UsageError for a file that can't be read or never mentions the prompt."""
    try:
        text = read_text(Path(path).expanduser())
    except (OSError, ValueError, RuntimeError) as error:  # RuntimeError: ~ of an unknown user
        raise UsageError(
            msg("--template {path}: can't read this file as UTF-8 text: {reason}", path=path, reason=reason(error))
        ) from error
    template = TemplateFile(path, text.removesuffix("\n"))
    if template.is_jinja:
        if find_spec("jinja2") is None:
            raise UsageError(
                msg("--template {path}: needs jinja2, which is not installed: pip install jinja2", path=path)
            )
        return template
    if text.count(PROMPT) != 1 or text.count(SYSTEM) > 1:
        raise UsageError(
            msg(
                "--template {path}: must have {one} once, where the problem goes, and {two} at most once (found {a} and "
                "{b})",
                path=path,
                one=PROMPT,
                two=SYSTEM,
                a=text.count(PROMPT),
                b=text.count(SYSTEM),
            )
        )
    return template


def file_template_digest(template: TemplateFile) -> str:
    """sha256 (hex) of the template's text."""
    return prompt_digest(Prompt(text=template.text or " "))
