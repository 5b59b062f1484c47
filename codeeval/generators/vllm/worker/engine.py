"""The process that holds vLLM's engine: receives requests as JSON lines on stdin, writes answers as JSON lines.

vLLM changes LD_PRELOAD, the memory policy and the signal handlers of its process, starts processes of its own, and
takes everything down when it crashes. So it gets a separate process, and the caller only sees the lines end. What the
engine prints goes to stderr, because stdout is the channel. When stdin ends the caller is gone: the whole process group
exits, so that no GPU stays occupied.

To the engine, first: `{"engine": {arguments of LLM}, "lora": path or null}`, answered with `{"event": "ready",
"facts"}`. Then

- `{"op": "encode", "prompts": [[text, messages], …], "mera": bool or null}` (null: as codeeval encodes; a bool: as MERA's
  harness does, and whether it adds BOS): `{"event": "encoded", "prompts": [{"ids", "tail"} or {"problem"}, …]}`
- `{"op": "add", "requests": [{"id", "ids", "params"}, …]}`: for each, in the order of finishing,
  `{"event": "finished", "id", "text", "ids", "reason"}` or `{"event": "refused", "id", "message"}`
- `{"op": "drop", "ids": […]}`: these requests are answered no more
- `{"op": "cancel"}`: `{"event": "cancelled"}`; `{"op": "quit"}`: the end

`{"event": "failed", "kind", "message"}` precedes an end that was not requested.
"""

from __future__ import annotations

import json
import os
import queue
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

Message = dict[str, Any]
Send = Callable[[Message], None]


def main() -> int:
    send, inbox = channel(), inbox_of_stdin()
    start = inbox.get()
    try:
        llm, lora = _load(start["engine"], start["lora"])
        send({"event": "ready", "facts": _facts(llm)})
        _EngineServer(llm, lora, send).serve(inbox)
    except Exception as error:
        import traceback

        traceback.print_exc()
        send({"event": "failed", "kind": type(error).__name__, "message": str(error)})
        return 1
    return 0


def channel() -> Send:
    """Reserve stdout for the protocol: everything printed from now on goes to stderr."""
    stream = os.fdopen(os.dup(1), "w", encoding="ascii")
    os.dup2(2, 1)

    def send(message: Message) -> None:
        stream.write(json.dumps(message) + "\n")
        stream.flush()

    return send


def inbox_of_stdin() -> queue.SimpleQueue[Message]:
    inbox: queue.SimpleQueue[Message] = queue.SimpleQueue()

    def read() -> None:
        for line in os.fdopen(os.dup(0), encoding="ascii"):
            inbox.put(json.loads(line))
        if os.getpgrp() == os.getpid():
            os.killpg(os.getpid(), signal.SIGKILL)
        os._exit(1)

    threading.Thread(target=read, name="stdin", daemon=True).start()
    return inbox


def _load(arguments: Message, lora: str | None) -> tuple[Any, Any]:
    from vllm import LLM
    from vllm.platforms import current_platform

    if current_platform.is_cpu():
        arguments = {**_cpu_defaults(arguments), **arguments}
    adapter = None
    if lora is not None:
        from vllm.lora.request import LoRARequest

        arguments = {"max_lora_rank": _lora_rank(Path(lora)), **arguments, "enable_lora": True}
        adapter = LoRARequest("adapter", 1, lora)
    return LLM(**arguments), adapter


def _cpu_defaults(arguments: Message) -> Message:
    """vLLM's CPU build crashes on seeded requests with chunked prefill, and takes half of the machine's memory for its
    cache unless told how much to use."""
    os.environ.setdefault("VLLM_ENABLE_V1_MULTIPROCESSING", "0")
    try:
        config = json.loads(Path(str(arguments["model"]), "config.json").read_text(encoding="utf-8"))
        context = int(config["max_position_embeddings"])
    except (OSError, ValueError, KeyError, TypeError):
        context = 4096
    length = min(int(arguments.get("max_model_len", context)), 8192)
    return {
        "max_model_len": length,
        "enable_chunked_prefill": False,
        "max_num_batched_tokens": max(4096, length),
        "kv_cache_memory_bytes": 2**30,
        "enforce_eager": True,
        "dtype": "float32",  # with bfloat16 the samples depend on the rest of the batch
    }


def _lora_rank(folder: Path) -> int:
    """vLLM needs the smallest of its steps that holds the adapter's rank."""
    rank = int(json.loads((folder / "adapter_config.json").read_text(encoding="utf-8"))["r"])
    return next((step for step in (8, 16, 32, 64, 128, 256, 320, 512) if step >= rank), rank)


def _facts(llm: Any) -> dict[str, str | int | float | bool | None]:
    """What the manifest records about the engine; None for what a version of vLLM does not report."""
    import torch
    import vllm

    def look(*path: str) -> Any:
        value: Any = llm.llm_engine.vllm_config
        for name in path:
            value = getattr(value, name, None)
        return value if value is None or isinstance(value, (bool, int, float)) else str(value)

    from token_ids import lacks_system_role  # type: ignore[import-not-found]  # a sibling of this script

    architectures = getattr(llm.llm_engine.vllm_config.model_config, "architectures", None) or [None]
    return {
        "vllm_version": vllm.__version__,
        "torch_version": torch.__version__,
        "transformers_version": _version("transformers"),
        "cuda_version": torch.version.cuda,
        "architecture": architectures[0],
        "lacks_system_role": lacks_system_role(llm.get_tokenizer()) or None,
        "dtype": str(look("model_config", "dtype")).removeprefix("torch."),
        "quantization": look("model_config", "quantization"),
        "context_length": look("model_config", "max_model_len"),
        "batch_size": look("scheduler_config", "max_num_seqs"),
        "max_num_batched_tokens": look("scheduler_config", "max_num_batched_tokens"),
        "prefix_caching": look("cache_config", "enable_prefix_caching"),
        "tensor_parallel_size": look("parallel_config", "tensor_parallel_size"),
        "pipeline_parallel_size": look("parallel_config", "pipeline_parallel_size"),
        "device": look("device_config", "device_type"),
        "model_path": _folder(look("model_config", "model"), look("model_config", "revision")),
    }


def _version(name: str) -> str | None:
    from importlib import metadata

    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def _folder(model: str, revision: str | None) -> str | None:
    if Path(model).is_dir():
        return str(Path(model).resolve())
    try:
        from huggingface_hub import snapshot_download

        return str(snapshot_download(model, revision=revision, local_files_only=True))
    except Exception:
        return None


class _EngineServer:
    """One engine and the requests in progress."""

    def __init__(self, llm: Any, lora: Any, send: Send) -> None:
        self._llm, self._engine, self._lora, self._send = llm, llm.llm_engine, lora, send
        self._open: set[str] = set()  # by our ids: vLLM makes others of them, but takes these

    def serve(self, inbox: queue.SimpleQueue[Message]) -> None:
        """Serve until `quit`. New requests are accepted between two steps of the running ones."""
        while True:
            try:
                message = inbox.get(block=not self._open)
            except queue.Empty:
                self._step()
                continue
            if message["op"] == "quit":
                return
            if message["op"] == "encode":
                self._send(
                    {
                        "event": "encoded",
                        "prompts": [self._encode(*one, mera=message.get("mera")) for one in message["prompts"]],
                    }
                )
            elif message["op"] == "cancel":
                self._forget(self._open)
                self._send({"event": "cancelled"})
            elif message["op"] == "drop":
                self._forget(self._open.intersection(message["ids"]))
            else:
                for request in message["requests"]:
                    self._add(request)

    def _encode(self, text: str | None, messages: list[list[str]], *, mera: bool | None) -> Message:
        from token_ids import TemplateProblem, encode, encode_as_mera  # a sibling of this script

        tokenizer = self._llm.get_tokenizer()
        try:
            ids = (
                encode(tokenizer, text, messages)
                if mera is None
                else encode_as_mera(tokenizer, text, messages, bos=mera)
            )
        except TemplateProblem as problem:
            return {"problem": str(problem)}
        return {"ids": ids, "tail": tokenizer.decode(ids[-8:])}

    def _add(self, request: Message) -> None:
        from vllm import SamplingParams
        from vllm.sampling_params import RequestOutputKind

        try:
            params = SamplingParams(**request["params"], output_kind=RequestOutputKind.FINAL_ONLY)
            prompt = {"prompt_token_ids": request["ids"]}
            self._engine.add_request(request["id"], prompt, params, lora_request=self._lora)
            self._open.add(request["id"])
        except ValueError as error:
            self._send({"event": "refused", "id": request["id"], "message": str(error)})

    def _forget(self, ids: set[str]) -> None:
        self._engine.abort_request(sorted(ids))
        self._open -= ids

    def _step(self) -> None:
        for output in self._engine.step():
            if output.finished and output.request_id in self._open:
                self._open.remove(output.request_id)
                for one in output.outputs:
                    self._send(
                        {
                            "event": "finished",
                            "id": output.request_id,
                            "text": one.text,
                            "ids": list(one.token_ids),
                            "reason": one.finish_reason,
                        }
                    )


if __name__ == "__main__":
    sys.exit(main())
