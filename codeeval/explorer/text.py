"""Hostile text, shown. Everything that a template prints goes through here.

Characters that steer instead of showing (controls, escapes, bidirectional marks, zero-width characters, lone surrogates)
are replaced by something that can be seen, and text is cut where it would overwhelm a page.
"""

from __future__ import annotations

import re

from markupsafe import Markup, escape

#: Characters of one block of text, and of one line in it, that a page shows; its JSON twin has all of it.
MAX_BLOCK, MAX_LINE = 60_000, 2_000

#: C0 without tab and newline, DEL and C1; bidirectional controls; zero-width and invisible ones; separators; surrogates;
#: noncharacters; tags.
_ODD = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\ud800-\udfff\U000e0000-\U000e0fff]"
)


#: Text that is shown as it is: most of it, and this is cheaper than to look for what is odd.
_HARMLESS = re.compile(r"[ !#-%(-;=?-~]*")

_CONTROLS = (
    *("NUL", "SOH", "STX", "ETX", "EOT", "ENQ", "ACK", "BEL", "BS", "HT", "LF", "VT", "FF", "CR", "SO", "SI"),
    *("DLE", "DC1", "DC2", "DC3", "DC4", "NAK", "SYN", "ETB", "CAN", "EM", "SUB", "ESC", "FS", "GS", "RS", "US"),
)


def _name(char: str) -> str:
    code = ord(char)
    return f"⟨{_CONTROLS[code]}⟩" if code < len(_CONTROLS) else f"⟨U+{code:04X}⟩"


def plain(text: str) -> str:
    """`text` without characters that steer; what replaces them can be read."""
    return _ODD.sub(lambda found: _name(found[0]), text)


def visible(text: str) -> Markup:
    """As `plain`, escaped, and with the replacements marked up so that they can be told from text that looks like them."""
    if _HARMLESS.fullmatch(text):
        return Markup(text)
    parts, at = [], 0
    for found in _ODD.finditer(text):
        parts.append(str(escape(text[at : found.start()])))
        parts.append(f'<i class="odd" title="U+{ord(found[0]):04X}">{_name(found[0])}</i>')
        at = found.end()
    parts.append(str(escape(text[at:])))
    return Markup("".join(parts))


def field(text: str) -> Markup:
    """For a form that is sent back: exactly the text, steering characters and all. What no page can hold (lone surrogates, NUL)
    becomes U+FFFD."""
    return escape(re.sub("[\0\ud800-\udfff]", "\N{REPLACEMENT CHARACTER}", text))


def clip(text: str, limit: int = MAX_LINE) -> str:
    """At most `limit` characters, with a note of how many are left out."""
    return text if len(text) <= limit else f"{text[:limit]} … (+{len(text) - limit})"


def block(text: str) -> Markup:
    """Several lines for a <pre>: each line cut at MAX_LINE, all of it at MAX_BLOCK."""
    left_out = len(text) - MAX_BLOCK
    shown = "\n".join(_line(line) for line in text[:MAX_BLOCK].split("\n"))
    return Markup(shown + (f'\n<i class="odd">… +{left_out}</i>' if left_out > 0 else ""))


def _line(line: str) -> str:
    if len(line) <= MAX_LINE:
        return str(visible(line))
    return f'{visible(line[:MAX_LINE])}<i class="odd">… +{len(line) - MAX_LINE}</i>'


def finalize(value: object) -> object:
    """What the templates do to every value that is not markup already."""
    return plain(value) if type(value) is str else value
