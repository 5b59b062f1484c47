"""Pages that show why samples failed: one set of templates for a live server and for a static export.

What a page shows is a frozen dataclass (`runs`, `series`, `history`, `overview`, `problem`, `sample`, `comparison`); its JSON
twin is that value and nothing else, so a page and its twin can't disagree.

Covered. Whatever a model or a program wrote is text: it is escaped, control and bidirectional characters are made
visible, long lines are cut where they are shown. Pages carry a Content-Security-Policy that allows nothing but the one
style and the one script of this package, by hash, or in files by a nonce that is new with every export. The server answers
to its own names only (DNS rebinding), takes annotations from and makes exports for its own pages only, opens run files
read-only, and looks names up instead of joining paths.
Not covered. Other users of the machine: anyone who can connect to the loopback interface can read the pages.
"""
