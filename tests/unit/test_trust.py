"""What is taken from the manifest of somebody else's run, option by option."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from run_values import make_manifest

from codeeval.errors import DataError, UsageError
from codeeval.evaluation.trust import (
    HARMLESS,
    Again,
    check_workers,
    harmless,
    model_to_resume,
    refuse_unasked,
    repeated_settings,
)
from codeeval.generators import BACKENDS
from codeeval.generators.base import Options
from codeeval.generators.hf.model import HFSettings
from codeeval.generators.openai.settings import ServerSettings
from codeeval.generators.vllm.settings import VLLMSettings
from codeeval.manifest import Manifest, ModelInfo, RewardInfo
from codeeval.tasks.bundled import DEMO_MODEL

RUN = Path("theirs")
GIVEN = Again("m", "vllm")


def manifest(backend: str = "vllm", location: str = "/m", name: str = "m", **options: str) -> Manifest:
    model = ModelInfo(name=name, location=location, backend=backend, options=options)
    return make_manifest().model_copy(update={"model": model})


def test_every_backend_has_a_list() -> None:
    """A new backend starts with nothing harmless."""
    assert HARMLESS.keys() == set(BACKENDS)


def test_harmless_options_exist() -> None:
    """Every name is an option of its backend, with a value that both take."""
    values = {"dtype": "float32", "device": "cpu", "api": "chat"}

    def chosen(who: str) -> dict[str, str]:
        return {key: values.get(key, "1") for key in HARMLESS[who]}

    HFSettings.parse(Options("hf", chosen("hf")))
    ServerSettings.parse(Options("openai", chosen("openai")))
    VLLMSettings.parse(chosen("vllm"))
    for who in ("hf", "openai", "vllm"):
        assert harmless(who, chosen(who)) == chosen(who)


@pytest.mark.parametrize(
    ("backend", "name"),
    [
        *(
            ("vllm", name)
            for name in ("python", "lora", "trust_remote_code", "hf_overrides", "tokenizer", "chat_template")
        ),
        *(
            ("vllm", name)
            for name in ("load_format", "speculative_config", "worker_cls", "download_dir", "quantization")
        ),
        *(("vllm", name) for name in ("distributed_executor_backend", "revision", "swap_space", "no_such_option", "")),
        *(("hf", name) for name in ("lora", "revision", "adapter", "python")),
        *(("openai", name) for name in ("base_url", "api_key_file", "extra_body", "python")),
        *(("replay", name) for name in ("path", "rows")),
        ("samples", "python"),
    ],
)
def test_an_option_that_is_not_listed_is_asked_for(backend: str, name: str) -> None:
    """It is never in what is taken, whatever its value; --resume and --like both name it."""
    for value in ("1", "", "true", "/x"):
        assert harmless(backend, {name: value}) == {}
    found = manifest(backend, **{name: "/x"})
    with pytest.raises(UsageError, match="/x"):
        model_to_resume(RUN, found, own=False, again=Again("m", backend))
    taken, asked = repeated_settings(found, {"task": "x", "model_options": {name: "/x"}, "base_url": "/x"})
    assert "base_url" not in taken
    assert ("model_options" in taken) is (name == "base_url")  # which --like takes out of them
    assert any("/x" in word for each in asked for word in each.words)
    kept = model_to_resume(RUN, found, own=True, again=Again())
    assert kept.options == {name: "/x"}


@given(st.sampled_from(sorted(HARMLESS)), st.dictionaries(st.text(max_size=20), st.text(max_size=40)), st.data())
def test_harmless_values_name_nothing(backend: str, options: dict[str, str], data: st.DataObject) -> None:
    """No path, address or variable passes under any name, nor a line break."""
    known = data.draw(st.sampled_from(sorted(HARMLESS[backend]) or [""]))
    for key, value in harmless(backend, {**options, known: data.draw(st.text(max_size=40))}).items():
        assert key in HARMLESS[backend]
        assert not set(value) & set("/\\~$:%\n\r\0\"'`{}<>|;&@") or key == "device"


@pytest.mark.parametrize("value", ["cuda:1\n", "cuda:999", "/dev/x", "meta", "privateuseone", "CPU", "cpu "])
def test_devices(value: str) -> None:
    """Of the usual kinds only."""
    assert harmless("hf", {"device": value}) == {}


@pytest.mark.parametrize("value", ["9999", "1000000000", "-1", "1e9", "１"])
def test_numbers_of_processes_are_small(value: str) -> None:
    """A manifest does not start a thousand engines."""
    assert harmless("vllm", {"data_parallel_size": value}) == {}


def test_the_bundled_model_needs_no_question() -> None:
    """By its name and with transformers; nothing else of the manifest says where it is."""
    found = model_to_resume(RUN, manifest("hf", "/evil", DEMO_MODEL, rows="8"), own=False, again=Again())
    assert found.location.endswith("model")
    assert found.options == {"rows": "8"}
    for other in (manifest("vllm", "/evil", DEMO_MODEL), manifest("hf", "/evil", DEMO_MODEL, lora="/x")):
        with pytest.raises(UsageError, match="not made by you"):
            model_to_resume(RUN, other, own=False, again=Again())


@pytest.mark.parametrize(
    "again",
    [Again(), Again("m"), Again(backend="vllm"), Again(options={"python": "/mine"}), replace(GIVEN, model=None)],
)
def test_all_of_it_is_given_again(again: Again) -> None:
    """A part is not enough."""
    with pytest.raises(UsageError, match="not made by you"):
        model_to_resume(RUN, manifest(python="/x"), own=False, again=again)


@pytest.mark.parametrize(
    ("given_options", "expected"),
    [({"python": "/mine"}, {"python": "/mine", "dtype": "float16"}), ({"python": ""}, {"dtype": "float16"})],
)
def test_what_is_given_again_is_what_is_used(given_options: dict[str, str], expected: dict[str, str]) -> None:
    """Empty: left out."""
    found = manifest(python="/x", dtype="float16")
    again = replace(GIVEN, options=given_options)
    assert model_to_resume(RUN, found, own=False, again=again).options == expected


def test_another_backend_is_another_run() -> None:
    """Of one's own run the model can't be changed either."""
    with pytest.raises(UsageError, match="--backend"):
        model_to_resume(RUN, manifest(), own=False, again=Again("m", "hf"))
    for again in (Again("other"), Again(backend="hf")):
        with pytest.raises(UsageError, match="can't be changed"):
            model_to_resume(RUN, manifest(), own=True, again=again)
    assert model_to_resume(RUN, manifest(), own=True, again=Again("m", "vllm")).backend == "vllm"


def test_a_scored_run_vouches_for_no_model() -> None:
    """`score --samples RUN` copies what somebody's run says of its model into a run of one's own."""
    copied = manifest(python="/x").model_copy(update={"kind": "score"})
    with pytest.raises(UsageError, match="not made by you"):
        model_to_resume(RUN, copied, own=True, again=Again())


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("memory_mb", 1e9),
        ("memory_mb", 0.5),
        ("cpu_s", float("nan")),
        ("wall_s", float("inf")),
        ("pids", -1),
        ("reply_bytes", 1e12),
    ],
)
def test_workers_are_bounded(name: str, value: float) -> None:
    """Those of every protocol pass."""
    info = make_manifest().sandbox
    check_workers(info, "here")
    with pytest.raises(DataError, match=name):
        check_workers(info.model_copy(update={"limits": {name: value}}), "here")


def like(found: Manifest, settings: dict[str, Any], *given_again: str, backend: str | None = None) -> dict[str, object]:
    taken, asked = repeated_settings(found, settings)
    refuse_unasked(RUN, asked, given_again.__contains__, backend)
    return taken


def test_a_repetition_takes_what_is_harmless(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Bundled problems with the bundled model need no question; a folder of that name in the way does."""
    monkeypatch.chdir(tmp_path)
    found = manifest("hf", "/x", DEMO_MODEL, rows="8")
    settings = {"task": "rustarter", "model": DEMO_MODEL, "backend": "hf", "n": 3, "model_options": {"rows": "8"}}
    assert like(found, settings) == settings
    (tmp_path / DEMO_MODEL).mkdir()
    with pytest.raises(UsageError, match="-m "):
        like(found, settings)


def test_a_repetition_asks_for_the_rest() -> None:
    """The problems' file, the template's, the reward model; options of a backend that was replaced need not be given."""
    ranked = manifest(python="/x").model_copy(update={"rankers": (RewardInfo(name="r", location="/r"),)})
    ranked = ranked.model_copy(update={"prompt": ranked.prompt.model_copy(update={"template": "/t.jinja"})})
    settings = {"task": "/tasks", "template": "/t.jinja", "rerank": "/r", "model_options": {"python": "/x"}}
    everything = ("task", "model", "backend", "model_options", "template", "rerank")
    assert like(ranked, settings, *everything, backend="vllm") == {}
    assert like(ranked, settings, *(name for name in everything if name != "model_options"), backend="hf") == {}
    for missing in everything:
        with pytest.raises(UsageError, match="not made by you"):
            like(ranked, settings, *(name for name in everything if name != missing), backend="vllm")
