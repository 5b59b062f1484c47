"""Intervals, paired tests and power for pass@k. Pure; numpy is imported only when something is computed.

`summarize` is what a report needs: the estimate and its two intervals. On request: `bootstrap_interval`,
`clustered_interval`. Other figures about samples: `share_of_tests_passed`, `mean_over_problems` (share that compiles),
`consensus_at_k`.
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
