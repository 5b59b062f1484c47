"""Ray's token mode: a token for the cluster that is started here, and what Ray says of a token, or a version, that is not the
cluster's.

Ray reads mode and token once and keeps them. A process that has imported Ray before, or has had another cluster of its own,
would go on with what it read then; so it is told to read anew.
"""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import sys
import tempfile
from collections.abc import Iterator

MODE, TOKEN = "RAY_AUTH_MODE", "RAY_AUTH_TOKEN"
#: How a line begins that Ray's C++ writes into the stream of errors of the process that it lives in.
_RAYS_OWN = re.compile(r"^\[\d{4}-\d\d-\d\d [\d:,]+ [A-Z] \d+ \d+\] ")


class OwnToken:
    """A token for one cluster, in the environment of this process and of what it starts, until `forget`. Not set where the
    user has chosen a mode."""

    def __init__(self) -> None:
        self._set = {} if MODE in os.environ else {MODE: "token", TOKEN: secrets.token_hex(32)}
        self._before = {name: os.environ.get(name) for name in self._set}
        os.environ.update(self._set)
        read_anew()

    def forget(self) -> None:
        """May be called twice."""
        for name, value in self._before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
        if self._before:
            read_anew()
        self._before = {}


def read_anew() -> None:
    """Have a Ray that was imported already read mode and token from the environment."""
    if "ray" not in sys.modules:
        return
    with contextlib.suppress(ImportError, AttributeError):  # a version that keeps nothing
        from ray import _raylet

        _raylet.Config.initialize("")  # type: ignore[attr-defined]
        _raylet.AuthenticationTokenLoader.instance().reset_cache()  # type: ignore[attr-defined]


class Said:
    """What Ray has written into the stream of errors."""

    text = ""


@contextlib.contextmanager
def rays_own_words() -> Iterator[Said]:
    """Keeps what Ray's C++ writes into the stream of errors of this process out of it: the same line once a second for as long
    as a token is refused. What others write meanwhile comes out at the end."""
    said = Said()
    try:
        kept = os.dup(2)
    except OSError:  # the stream is closed
        yield said
        return
    sys.stderr.flush()
    try:
        with tempfile.TemporaryFile() as file:
            os.dup2(file.fileno(), 2)
            try:
                yield said
            finally:
                sys.stderr.flush()
                os.dup2(kept, 2)
                file.seek(0)
                lines = file.read().splitlines(keepends=True)
                said.text = b"".join(lines).decode("utf-8", "replace")
                for line in lines:
                    if not _RAYS_OWN.match(line.decode("utf-8", "replace")):
                        os.write(2, line)
    finally:
        os.close(kept)


def _last_line(text: str) -> str:
    return text.strip().splitlines()[-1].strip()[:300]


def refusal(error: Exception, said: str) -> str | None:
    """Why a cluster does not take this process, with the remedy, where Ray has given a reason."""
    whole = f"{error}\n{said}"
    if "InvalidAuthToken" in whole or "Unauthenticated" in whole or type(error).__name__ == "AuthenticationError":
        has = os.environ.get(TOKEN) or "RAY_AUTH_TOKEN_PATH" in os.environ
        what = "the token of this process is not the cluster's" if has else "the cluster asks for a token"
        return f"{what}\n  Set {MODE}=token and {TOKEN} as on the cluster's nodes."
    if "ray[client]" in whole:
        return "ray:// needs Ray's client, which is not installed\n  Install it here and on the head: pip install 'ray[client]'"
    if "Initialization failure from server" in whole:
        return (
            f"its client server says: {_last_line(str(error))}\n"
            "  Its log on the head says more. Try again, or name the cluster without ray://."
        )
    if "ersion mismatch" in whole:
        words = re.findall(r"(?:Ray|Python): (\S+)", str(error))
        if len(words) == 4:
            theirs, ours = words[:2], words[2:]
            return (
                f"the cluster has Ray {theirs[0]} and Python {theirs[1]}, this process has Ray {ours[0]} and Python {ours[1]}\n"
                "  This machine and the nodes need the same versions of Ray and Python."
            )
        return f"{' '.join(str(error).split())[:500]}\n  This machine and the nodes need the same versions of Ray and Python."
    return None
