"""Train the demo model from scratch: `python demo/train.py` (three minutes on one core).

Needs the extra `hf`. One thread, AVX2 kernels only and fixed seeds: the same versions of torch,
transformers and tokenizers give the same bytes again. The digests of what comes out stand in DIGEST beside it.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import math
import os
import random
import sys
import time
from pathlib import Path

# Before torch is imported: processors with wider vectors would add in another order.
os.environ |= {"ATEN_CPU_CAPABILITY": "avx2", "MKL_CBWR": "AVX2", "ONEDNN_MAX_CPU_ISA": "AVX2"}
os.environ |= {"TOKENIZERS_PARALLELISM": "false", "RAYON_NUM_THREADS": "1"}

import corpus
import tokenizers
import torch
import transformers
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers

ROOT = Path(__file__).resolve().parent.parent
VOCABULARY, CONTEXT = 1400, 2048
BATCH, PEAK_RATE, SEED = 4, 3e-3, 7
BOS, EOS, END_OF_TURN = "<s>", "</s>", "<|end_of_turn|>"
CHAT_TEMPLATE = (
    "{{ bos_token }}{% for message in messages %}{{ message['role'] + ':\n' + message['content'] + '<|end_of_turn|>' }}"
    "{% endfor %}{% if add_generation_prompt %}{{ 'assistant:\n' }}{% endif %}"
)


def train_tokenizer(lessons: list[corpus.Lesson]) -> transformers.PreTrainedTokenizerFast:
    """Byte-level BPE over the prompts and the bodies; BOS comes first, as with the models that the templates belong
    to."""
    raw = Tokenizer(models.BPE())
    raw.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    raw.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY,
        special_tokens=[BOS, EOS, END_OF_TURN],
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        show_progress=False,
    )
    texts = [corpus.build_prompt(lesson.problem, "code-user").text for lesson in lessons]
    texts += [body for lesson in lessons for body in (*lesson.right, *lesson.wrong)]
    raw.train_from_iterator(texts, trainer)
    raw.post_processor = processors.TemplateProcessing(
        single=f"{BOS} $A", pair=f"{BOS} $A {BOS} $B", special_tokens=[(BOS, raw.token_to_id(BOS))]
    )
    return transformers.PreTrainedTokenizerFast(
        tokenizer_object=raw,
        bos_token=BOS,
        eos_token=EOS,
        pad_token=EOS,
        additional_special_tokens=[END_OF_TURN],
        chat_template=CHAT_TEMPLATE,
        clean_up_tokenization_spaces=False,
        model_max_length=CONTEXT,
    )


def new_model(tokenizer: transformers.PreTrainedTokenizerFast) -> transformers.LlamaForCausalLM:
    torch.manual_seed(SEED)
    config = transformers.LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=96,
        intermediate_size=256,
        num_hidden_layers=3,
        num_attention_heads=3,
        head_dim=32,
        max_position_embeddings=CONTEXT,
        tie_word_embeddings=True,
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )
    return transformers.LlamaForCausalLM(config)


#: ids of a prompt; ids and share of each of its answers
Example = tuple[list[int], list[tuple[list[int], float]]]


class Encoder:
    """Prompts and answers as ids, each text encoded once."""

    def __init__(self, tokenizer: transformers.PreTrainedTokenizerFast) -> None:
        self._tokenizer = tokenizer
        self._known: dict[str, list[int]] = {}

    def example(self, prompt: corpus.Prompt, answers: list[corpus.Answer]) -> Example:
        """The prompt's ids are those that the hf backend gives the model; every answer ends with EOS."""
        text = prompt.text
        if text is None:
            messages = [{"role": role, "content": content} for role, content in prompt.messages]
            text = self._tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)
            text = text.removeprefix(BOS)
        ends = [([*self._ids(answer), self._tokenizer.eos_token_id], share) for answer, share in answers]
        return [self._tokenizer.bos_token_id, *self._ids(text)], ends

    def _ids(self, text: str) -> list[int]:
        if text not in self._known:
            self._known[text] = self._tokenizer(text, add_special_tokens=False)["input_ids"]
        return self._known[text]


def loss_of(model: transformers.LlamaForCausalLM, examples: list[Example]) -> torch.Tensor:
    """Cross-entropy of the answers' tokens, weighted by their shares; prompts are read, not learned.

    The answers to a prompt stand behind it in one row and don't see each other, so that the long part, the prompt, is
    computed once: each answer sees what it would see alone, at the same positions.
    """
    width = max(len(prompt) + sum(len(answer) for answer, _ in answers) for prompt, answers in examples)
    ids, positions, part = (torch.zeros(len(examples), width, dtype=torch.long) for _ in range(3))
    predicts: list[tuple[int, int, int]] = []  # (row, where the prediction is made, the right token)
    weights: list[float] = []
    for row, (prompt, answers) in enumerate(examples):
        ids[row, : len(prompt)] = torch.tensor(prompt)
        positions[row, : len(prompt)] = torch.arange(len(prompt))
        at = len(prompt)
        for number, (answer, share) in enumerate(answers, 1):
            here = slice(at, at + len(answer))
            ids[row, here], part[row, here] = torch.tensor(answer), number
            positions[row, here] = torch.arange(len(prompt), len(prompt) + len(answer))
            seen_from = [len(prompt) - 1, *range(at, at + len(answer) - 1)]
            predicts += [(row, place, token) for place, token in zip(seen_from, answer, strict=True)]
            weights += [share] * len(answer)
            at += len(answer)
    rows, places, tokens = torch.tensor(predicts).T
    causal = torch.ones(width, width, dtype=torch.bool).tril()
    sees = causal & ((part[:, None, :] == part[:, :, None]) | (part[:, None, :] == 0))
    mask = torch.zeros(sees.shape).masked_fill(~sees, torch.finfo(torch.float32).min)[:, None]
    hidden = model.model(input_ids=ids, attention_mask=mask, position_ids=positions).last_hidden_state
    losses = torch.nn.functional.cross_entropy(model.lm_head(hidden[rows, places]), tokens, reduction="none")
    return (losses * torch.tensor(weights)).sum() / sum(weights)


def train(model: transformers.LlamaForCausalLM, encoder: Encoder, lessons: list[corpus.Lesson], steps: int) -> None:
    optimizer = torch.optim.AdamW(model.parameters(), lr=PEAK_RATE, betas=(0.9, 0.98), weight_decay=0.01)
    rng = random.Random(SEED)
    model.train()
    started = time.monotonic()
    for step in range(steps):
        warm = min(1.0, (step + 1) / 20)
        for group in optimizer.param_groups:
            group["lr"] = PEAK_RATE * warm * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * step / steps)))
        batch = [encoder.example(*corpus.draw(lesson, rng)) for lesson in rng.sample(lessons, BATCH)]
        loss = loss_of(model, batch)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        if step % 50 == 0 or step == steps - 1:
            print(
                f"step {step}  loss {loss.item():.3f}  {time.monotonic() - started:.0f} s", file=sys.stderr, flush=True
            )


def save(model: transformers.LlamaForCausalLM, tokenizer: transformers.PreTrainedTokenizerFast, out: Path) -> None:
    model.to(torch.bfloat16).save_pretrained(out)
    tokenizer.save_pretrained(out)
    _for_transformers_4_too(out / "tokenizer_config.json")
    (out / "model.safetensors").chmod(0o644)


def _for_transformers_4_too(path: Path) -> None:
    """A class that both versions know; the extra special token stands in tokenizer.json, and version 4 wants no list
    here."""
    config = json.loads(path.read_text(encoding="utf-8"))
    config["tokenizer_class"] = "PreTrainedTokenizerFast"
    config.pop("extra_special_tokens", None)
    path.write_text(json.dumps(config, indent=2, sort_keys=True) + "\n", encoding="utf-8")


def write_digest(out: Path) -> None:
    """DIGEST, to be checked with `sha256sum -c DIGEST`."""
    files = sorted(path for path in out.iterdir() if path.suffix in {".safetensors", ".json", ".jinja"})
    lines = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in files]
    (out / "DIGEST").write_text("".join(lines), encoding="ascii")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--out", type=Path, default=ROOT / "demo" / "model")
    parser.add_argument("--steps", type=int, default=750)
    options = parser.parse_args()
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    transformers.utils.logging.disable_progress_bar()
    lessons = corpus.read_lessons(ROOT / "problems")
    tokenizer = train_tokenizer(lessons)
    model = new_model(tokenizer)
    train(model, Encoder(tokenizer), lessons, options.steps)
    save(model, tokenizer, options.out)
    facts = {
        "corpus_sha256": corpus.digest(lessons),
        "parameters": model.num_parameters(),
        "steps": options.steps,
        "seed": SEED,
        "torch": torch.__version__.partition("+")[0],
        "transformers": transformers.__version__,
        "tokenizers": tokenizers.__version__,
    }
    (options.out / "training.json").write_text(json.dumps(facts, indent=1) + "\n", encoding="ascii")
    write_digest(options.out)


if __name__ == "__main__":
    main()
