"""Pages that show why samples failed: one set of templates for a live server and for a static export.

The content of a page is a frozen dataclass (`runs`, `series`, `history`, `overview`, `problem`, `sample`,
`comparison`); its JSON twin is that value and nothing else, so a page and its twin can't disagree.

Covered. Text from a model or a program is escaped, control and bidirectional characters are made visible, and long
lines are cut for display. Pages carry a Content-Security-Policy that allows only this package's one style and one
script, by hash, or in files by a nonce that is new with every export. The server answers only to its own names (DNS
rebinding), accepts annotations and export requests only from its own pages, opens run files read-only, and looks names
up instead of joining paths. Not covered. Other users of the machine: anyone who can connect to the loopback interface
can read the pages.
"""
