"""Interpret a server's refusals and failures: which may pass, which name a parameter, which end the run.

Not every server supports every parameter. A refused parameter is left out from then on if that changes nothing: if
codeeval can do the work itself (stop sequences are cut here anyway, missing samples are requested one by one), if only
repeatability is lost (seed), or if the value is neutral (top_p 1, top_k 0, a temperature equal to the server's
default). Any other refusal ends the run, because without the parameter something else would be measured.
"""

from __future__ import annotations

import re
import ssl
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from codeeval.errors import GenerationError, UsageError
from codeeval.generators.common.retry import Exhausted, Later, retry_after_s
from codeeval.generators.openai.network import through
from codeeval.generators.openai.server_words import inert, named_in, words_of
from codeeval.generators.openai.settings import Key
from codeeval.i18n import msg
from codeeval.manifest import hidden

#: Parameters that don't change the samples when left out, and what that costs.
DISPENSABLE = {
    "stop": msg("every sample now runs to its end before it is cut here"),
    "seed": msg("samples can't be repeated"),
    "n": msg("samples are asked for one by one"),
}
_FLAGS = {"temperature": "--temperature", "top_p": "--top-p", "top_k": "--top-k"}
#: Words of a refusal about a parameter that it mentions without quotes.
_ABOUT = (
    r"(?:un|not |no longer |n't )?support|unknown|unrecogni|unexpected|not permitted|not allowed|forbidden|extra|invalid"
    r"|deprecated|must be|should be|only the default|has no|not a valid|(?:cannot|can't|can not) (?:both )?be"
    r"|не поддержив|недопустим|неизвестн|запрещ|不支持|不允许|无效|未知"
)
_DEFAULT = re.compile(r"default[^0-9]{0,20}?([0-9]+(?:\.[0-9]+)?)", re.IGNORECASE)
#: How chat templates without a system role refuse one, in the words of Gemma's, Mistral's and others.
_NO_SYSTEM = re.compile(
    r"system[ -_]?(?:role|message|prompt|instruction)|role.{0,20}system|roles must alternate", re.IGNORECASE
)
_NO_CHAT = re.compile(
    r"chat[ _-]?template|not a chat model|(?:not |un|n't )support.{0,60}chat|chat.{0,60}(?:not |un|n't )support"
    r"|chat.{0,30}(?:not available|disabled|not enabled|not implemented)|prompt\W{0,3} .{0,20}required|missing.{0,30}prompt",
    re.IGNORECASE,
)
_ONLY_CHAT = re.compile(
    r"(?<!not a )chat model|chat[/ ]completions|only .{0,20}chat|use .{0,20}(?:messages|chat)|messages\W{0,3} .{0,20}required"
    r"|missing.{0,30}messages",
    re.IGNORECASE,
)


class Refused(GenerationError):
    """The server will not answer this request, however often it is repeated."""


class Broken(Later):
    """The server closed the connection or failed internally, as some do if they lack the requested interface."""


class NoInterface(UsageError):
    """The server lacks this interface, or this model behind it."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """An unsuccessful response: status, body and headers. `chat`: which interface was used; `moved`: the address that
    the request was redirected to, or ""."""

    status: int
    body: str
    headers: Mapping[str, str]
    chat: bool
    moved: str = ""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Who was asked for what. Error texts made by it never contain the key."""

    base_url: str
    model: str
    key: Key

    def said(self, refusal: Refusal) -> str:
        """The server's own words."""
        return self.key.hide(words_of(self.key.hide(refusal.body))) or f"status {refusal.status}, without a word"

    def explain(self, refusal: Refusal) -> Exception:
        """The matching exception: Later if it may pass, otherwise Exhausted, UsageError or Refused."""
        said = self.said(refusal)
        found = self._of_address(refusal, said) or self._of_interface(refusal, said) or self._for_now(refusal, said)
        if found is None and refusal.chat and lacks_chat(said):
            found = NoInterface(
                msg(
                    "{url} does not chat with {model} ({reason}){hint}",
                    url=self.base_url,
                    model=self.model,
                    reason=said,
                    hint=_other(refusal),
                )
            )
        return found or Refused(msg("the server refused: {reason}", reason=said))

    def _of_address(self, refusal: Refusal, said: str) -> Exception | None:
        """A wrong key or address: nothing that waiting mends."""
        if refusal.status in (401, 403):
            return UsageError(
                msg(
                    "{url} refuses the key: set OPENAI_API_KEY or -M api_key_file=PATH ({reason})",
                    url=self.base_url,
                    reason=said,
                )
            )
        if 300 <= refusal.status < 400:
            return UsageError(
                msg(
                    "{url} answers with a redirection that can't be followed ({reason}); correct --base-url",
                    url=self.base_url,
                    reason=said,
                )
            )
        return None

    def _of_interface(self, refusal: Refusal, said: str) -> Exception | None:
        """No such interface or model, as the status says it, or the words about a text that was to be completed."""
        if refusal.moved and refusal.status in (404, 405):
            return NoInterface(
                msg(
                    "{url} sends requests on to {moved}, where there is no such interface ({reason}); give --base-url the "
                    "address to which it leads",
                    url=self.base_url,
                    moved=hidden(inert(refusal.moved, 200)),
                    reason=said,
                )
            )
        if refusal.status in (404, 405, 501):
            return NoInterface(
                msg(
                    "{url} has no such model or interface: {model} ({reason}){hint}",
                    url=self.base_url,
                    model=self.model,
                    reason=said,
                    hint=_other(refusal),
                )
            )
        if not refusal.chat and refusal.status in (400, 422) and _ONLY_CHAT.search(said):
            return NoInterface(
                msg(
                    "{url} does not complete texts with {model} ({reason}){hint}",
                    url=self.base_url,
                    model=self.model,
                    reason=said,
                    hint=_other(refusal),
                )
            )
        return None

    def _for_now(self, refusal: Refusal, said: str) -> Exception | None:
        """A quota that is used up, a server that is busy or failed: what may be otherwise later."""
        status, where = refusal.status, self.base_url
        if status == 402 or (status == 429 and "insufficient_quota" in refusal.body):
            return Exhausted(
                msg("the account's quota is used up ({reason}); continue later with --resume", reason=said)
            )
        if status == 500:
            return Broken(f"{where}: {said}", retry_after_s(refusal.headers.get("retry-after")))
        if status in (408, 409, 425, 429) or status >= 500:
            return Later(f"{where}: {said}", retry_after_s(refusal.headers.get("retry-after")))
        return None

    def unreachable(self, error: Exception) -> Exception:
        """The exception for a request without an answer: Later, or UsageError if waiting does not help."""
        causes = list(_causes(error))
        cause = next((one for one in causes if isinstance(one, ssl.SSLError)), error.__cause__ or error)
        said = self.key.hide(inert(f"{type(cause).__name__}: {cause}", 300))
        if "CERTIFICATE_VERIFY_FAILED" in said:
            return UsageError(
                msg(
                    "the certificate of {url} can't be verified ({reason}): name the certificates to trust with --ca-bundle "
                    "FILE or SSL_CERT_FILE, or do without the check by -M verify=0",
                    url=self.base_url,
                    reason=said,
                )
            )
        if "WRONG_VERSION_NUMBER" in said:
            return UsageError(
                msg(
                    "{url} does not speak TLS ({reason}): try http:// instead of https://",
                    url=self.base_url,
                    reason=said,
                )
            )
        where = f"{self.base_url}{through(self.base_url)} ({said})"
        return Broken(msg("no answer from {place}", place=where))


def _causes(error: BaseException) -> Iterator[BaseException]:
    found: BaseException | None = error
    for _ in range(10):
        if found is None:
            return
        yield found
        found = found.__cause__ or found.__context__


def _other(refusal: Refusal) -> str:
    """A hint at the other interface."""
    if refusal.chat:
        return msg("; where it only completes texts, use --template none")
    return msg("; where it only chats, use --template chat, or -M api=chat for a text as the user's turn")


def lacks_chat(said: str) -> bool:
    """Whether a refusal says that this model does not support chat."""
    return _NO_CHAT.search(said) is not None


def lacks_system_role(said: str) -> bool:
    """Whether a refusal may be about a system message."""
    return _NO_SYSTEM.search(said) is not None


def refused_parameters(refusal: Refusal, names: Mapping[str, object]) -> list[str]:
    """The sent parameters that a refusal is about: those it points to, quotes, or complains about; the least important
    first."""
    pointed = list(named_in(refusal.body))
    text = words_of(refusal.body)
    found = pointed or [name for name in names if _complains_of(text, name)]
    return sorted(
        (name for name in found if name in names),
        key=lambda name: name not in DISPENSABLE and not is_neutral(name, names[name], refusal),
    )


def _complains_of(text: str, name: str) -> bool:
    """A short name must be quoted, and one that can't be dropped must be next to a word of complaint: a refusal may
    also quote the prompt."""
    quoted, short = rf"""['"`]{re.escape(name)}['"`]""", "_" not in name and len(name) < 6
    if name.startswith("max_"):
        return re.search(quoted, text) is not None or (name in text and f"max_completion_{name[4:]}" in text)
    if name in DISPENSABLE:
        return re.search(rf"{quoted}|{_said_plainly(name)}", text, re.IGNORECASE) is not None
    word = quoted if short else rf"(?<![\w-]){re.escape(name)}(?![\w-])"
    return re.search(rf"(?:{_ABOUT})[^.]{{0,60}}{word}|{word}[^.]{{0,60}}(?:{_ABOUT})", text, re.IGNORECASE) is not None


def _said_plainly(name: str) -> str:
    """A pattern for a short parameter's name without quotes where it can't be a word of the prompt: called a parameter,
    or at the beginning next to a word of complaint, or at the end after a colon."""
    word = rf"{re.escape(name)}(?![\w-])"
    kinds = r"(?:parameter|argument|field|property|option|параметр\w*)s?(?: supplied| name)?"
    value = r"|\bn ?(?:=|>|!=|must be|greater than|above) ?1\b" if name == "n" else ""
    return rf"\b{kinds}[: ]{{1,2}}{word}|\A{word}[^.]{{0,40}}(?:{_ABOUT})|(?:{_ABOUT})[^.:]{{0,60}}: {word}\W*\Z{value}"


def is_neutral(name: str, value: Any, refusal: Refusal) -> bool:
    """Whether this value equals the server's default behaviour."""
    if name == "temperature":
        named = _DEFAULT.search(words_of(refusal.body))
        return bool(value == (float(named[1]) if named else 1))
    return (name, value) in (("top_p", 1), ("top_k", 0), ("min_p", 0), ("repetition_penalty", 1))


def cannot_do_without(name: str, value: object, said: str) -> UsageError:
    """The error for a refused parameter with a value that is not neutral."""
    flag = _FLAGS.get(name, "-M extra_body")
    return UsageError(
        msg(
            "the server refuses {name}={value} ({reason}): without it something else would be measured; change "
            "{flag} to what this server takes, or take another server",
            name=name,
            value=value,
            reason=said,
            flag=flag,
        )
    )
