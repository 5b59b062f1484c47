"""Are the samples of `--sampling mera` on transformers those of lm-evaluation-harness? Needs lm-eval beside transformers.

    python tests/benchmarks/mera_sampling.py [--problems N] [--n N] [--bos]

Both draw from the bundled demo model on a CPU with one thread and one seed; prints how many samples are equal, and the others.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import replace
from pathlib import Path

from codeeval.generators import create
from codeeval.mera.sampling import SEED, build_prompt
from codeeval.scoring.protocols import get
from codeeval.tasks import load
from codeeval.tasks.bundled import bundled
from codeeval.types import Prompt, Request, Sampling


def theirs(folder: Path, prompts: dict[str, Prompt], sampling: Sampling, *, bos: bool) -> dict[tuple[str, int], str]:
    """(problem id, index) -> completion, as lm-evaluation-harness asks for repeated samples: one request after another."""
    import torch
    from lm_eval.api.instance import Instance
    from lm_eval.models.huggingface import HFLM

    model = HFLM(pretrained=str(folder), device="cpu", dtype="float32", batch_size=1, add_bos_token=bos)
    how = {"do_sample": True, "temperature": sampling.temperature, "until": list(sampling.stop)}
    how["max_gen_toks"] = sampling.max_tokens
    keys = [(pid, index) for pid in prompts for index in range(sampling.n)]
    torch.manual_seed(SEED)
    asked = [Instance("generate_until", {}, (prompts[pid].text, how), 0) for pid, _ in keys]
    return dict(zip(keys, model.generate_until(asked, disable_tqdm=True), strict=True))


def ours(folder: Path, prompts: dict[str, Prompt], sampling: Sampling, *, bos: bool) -> dict[tuple[str, int], str]:
    """(problem id, index) -> completion of the hf backend."""
    generator = create("hf", str(folder), {"add_bos_token": "1"} if bos else {})
    requests = [Request(pid, prompt, tuple(range(sampling.n))) for pid, prompt in prompts.items()]
    try:
        return {(one.problem_id, one.index): one.completion for one in generator.generate(requests, sampling)}
    finally:
        generator.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--problems", type=int, default=8)
    parser.add_argument("--n", type=int, default=3)
    parser.add_argument("--bos", action="store_true")
    arguments = parser.parse_args()
    import torch

    torch.set_num_threads(1)
    folder = Path(str(bundled("demo-model")))
    problems = load("rustarter").problems[: arguments.problems]
    prompts = {problem.id: build_prompt(problem, "none") for problem in problems}
    sampling = replace(get("mera-code").sampling, n=arguments.n, max_tokens=40, harness="mera")
    wanted = theirs(folder, prompts, sampling, bos=arguments.bos)
    found = ours(folder, prompts, sampling, bos=arguments.bos)
    unequal = {
        f"{pid}/{index}": (found[pid, index], text)
        for (pid, index), text in wanted.items()
        if found[pid, index] != text
    }
    print(f"{len(wanted) - len(unequal)} of {len(wanted)} samples are equal")
    if unequal:
        print(json.dumps(unequal, ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
