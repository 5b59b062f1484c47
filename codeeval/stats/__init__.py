"""Intervals, paired tests and power for pass@k. No I/O; numpy is imported only when something is computed.

`summarize` gives what a report needs: the estimate and its two intervals. `bootstrap_interval` and `clustered_interval` are
computed on request. `share_of_tests_passed`, `mean_over_problems` (for the share that compiles) and `consensus_at_k` are other
figures about samples.
"""

from __future__ import annotations

from codeeval.stats.best_of import best_of, best_of_k
from codeeval.stats.resampling import Resampling, bootstrap_interval, clustered_interval
from codeeval.stats.samples import ConsensusScore, consensus_at_k, mean_over_problems, share_of_tests_passed
from codeeval.stats.summary import KEstimate, summarize

__all__ = [
    "ConsensusScore",
    "KEstimate",
    "Resampling",
    "best_of",
    "best_of_k",
    "bootstrap_interval",
    "clustered_interval",
    "consensus_at_k",
    "mean_over_problems",
    "share_of_tests_passed",
    "summarize",
]
