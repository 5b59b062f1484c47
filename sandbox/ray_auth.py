"""Ray's token mode: a token for the cluster that is started here, and Ray's messages about a wrong token or version.

Ray reads mode and token once and caches them. A process that imported Ray before, or had another cluster, would
continue with old values, so it is made to read them again.
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
#: How lines begin that Ray's C++ code writes to the standard error of its process.
_RAYS_OWN = re.compile(r"^\[\d{4}-\d\d-\d\d [\d:,]+ [A-Z] \d+ \d+\] ")


class OwnToken:
    """A token for one cluster, in the environment of this process and its children, until `forget`. Not set if the user
    has chosen a mode."""

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
    """Make an already imported Ray read mode and token from the environment again."""
    if "ray" not in sys.modules:
        return
    with contextlib.suppress(ImportError, AttributeError):  # a version without this cache
        from ray import _raylet

        _raylet.Config.initialize("")  # type: ignore[attr-defined]
        _raylet.AuthenticationTokenLoader.instance().reset_cache()  # type: ignore[attr-defined]


class Said:
    """What Ray has written to standard error."""

    text = ""


@contextlib.contextmanager
def rays_own_words() -> Iterator[Said]:
    """Keep Ray's C++ messages out of this process's standard error: the same line once a second for as long as a token
    is refused. Other output is written at the end."""
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
    """Why a cluster refuses this process, with the remedy, if Ray gave a reason."""
    whole = f"{error}\n{said}"
    if "InvalidAuthToken" in whole or "Unauthenticated" in whole or type(error).__name__ == "AuthenticationError":
        has = os.environ.get(TOKEN) or "RAY_AUTH_TOKEN_PATH" in os.environ
        what = "the token of this process is not the cluster's" if has else "the cluster asks for a token"
        return f"{what}\n  Set {MODE}=token and {TOKEN} as on the cluster's nodes."
    if "ray[client]" in whole:
        return "ray:// needs Ray's client, which is not installed\n  Install it here and on the head: pip install 'ray[client]'"
    if "ray client connection timeout" in whole:
        return (
            "no client server of Ray answers there\n"
            "  ray:// needs the port of `ray start --head --ray-client-server-port=10001`. Name the head's own port without ray://."
        )
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
