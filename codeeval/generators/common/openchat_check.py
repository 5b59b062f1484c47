"""The check of the OpenChat family's ids, run by every backend that loads a tokenizer."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

from codeeval.generators.common.openchat import first_mismatch, is_family

logger = logging.getLogger(__name__)


def warn_of_other_ids(name: str, encode: Callable[[str], Sequence[int]]) -> str | None:
    """If this is a tokenizer of that family, compare its ids with the model cards; log a warning if they differ, and
    return it for the manifest."""
    if not is_family(encode):
        return None
    mismatch = first_mismatch(encode)
    if mismatch:
        logger.warning("%s: %s", name, mismatch)
    return mismatch
