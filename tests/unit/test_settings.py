"""Settings from flags, environment and file: what can't be meant is refused before anything starts."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codeeval.errors import UsageError
from codeeval.evaluation.choice import one_of
from codeeval.evaluation.effective_settings import effective
from codeeval.evaluation.request import ask
from codeeval.evaluation.resolve import resolve
from codeeval.evaluation.settings import NAMES, Settings
from codeeval.generators.registry import BACKENDS, check_installed


@pytest.mark.parametrize(
    ("variable", "meant"),
    [
        ("CODEEVAL_TEMPRATURE", "CODEEVAL_TEMPERATURE"),
        ("CODEEVAL_MAXTOKENS", "CODEEVAL_MAX_TOKENS"),
        ("CODEEVAL_PROTOCOLS", "CODEEVAL_PROTOCOL"),
    ],
)
def test_a_slip_in_a_variable_is_refused(variable: str, meant: str) -> None:
    """It would otherwise measure something else in silence."""
    with pytest.raises(UsageError, match=rf"^{variable}: there is no such setting; did you mean {meant}\?$"):
        resolve({}, None, {variable: "1"})


@pytest.mark.parametrize(
    "variable",
    [
        "DEBUG",
        "LANG",
        "BASE",
        "RUNTIME",
        "VLLM_PYTHON",
        "CHANNEL",
        "ENGINE_DIR",
        "ENGINE_DEADLINE",
        "FORK",
        "REF",
        "SOURCE",
    ],
)
def test_other_variables_of_ours_are_no_slips(variable: str) -> None:
    """Those of the sandbox and of CI, and whatever somebody else calls so."""
    assert (
        resolve({}, None, {f"CODEEVAL_{variable}": "1", "CODEEVAL_TEAM_X": "1", "temprature": "1"}).settings
        == Settings()
    )


def test_every_setting_has_its_variable() -> None:
    """None of them is taken for a slip of another one."""
    said = {
        "problems": "1,2",
        "model_options": "a=b",
        "rerank_options": "a=b",
        "cluster_options": "a=b",
        "rename": "true",
        "memory_mb": "64",
        "dedup": "true",
        "isolation": "fresh",
    }
    given = {f"CODEEVAL_{name.upper()}": said.get(name, "1") for name in NAMES}
    assert all(origin.startswith("environment ") for origin in resolve({}, None, given).origins.values())


def test_a_server_for_another_backend_is_a_contradiction() -> None:
    """Two flags of which one would be ignored; what an earlier run or a file says gives way to a flag as ever."""
    with pytest.raises(UsageError, match="--base-url is for --backend openai, and --backend hf was given"):
        resolve({"base_url": "http://127.0.0.1:1/v1", "backend": "hf"}, None, {})
    assert resolve({"base_url": "http://127.0.0.1:1/v1", "backend": "openai"}, None, {}).settings.backend == "openai"
    assert resolve({"backend": "hf"}, None, {}, {"base_url": "http://127.0.0.1:1/v1"}).settings.backend == "hf"


@pytest.mark.parametrize("given", [{"base_url": "http://127.0.0.1:1/v1"}, {"backend": "openai"}])
def test_a_server_needs_the_name_of_a_model(given: dict[str, Any]) -> None:
    """The bundled demo model is a folder here, which no server knows."""
    with pytest.raises(UsageError, match=r"which model.*by which the server knows it"):
        ask(Settings(**given))


def test_a_missing_package_is_named_with_its_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    """One, or several; before a model is looked for."""
    monkeypatch.setattr("codeeval.generators.registry.find_spec", lambda name: None)
    monkeypatch.delenv("CODEEVAL_VLLM_PYTHON", raising=False)
    with pytest.raises(UsageError, match=r"openai needs openai, which is not installed: pip install openai$"):
        check_installed("openai")
    with pytest.raises(UsageError, match="hf needs torch and transformers, which are not installed: pip install"):
        check_installed("hf")
    check_installed("vllm", {"python": "/somewhere/python"})
    check_installed("replay")


def test_what_is_installed_is_not_missed() -> None:
    """As the registry finds it and as Python does."""
    for name, backend in BACKENDS.items():
        if all(find_spec(package) for package in backend.needs):
            check_installed(name)


@pytest.mark.parametrize("given", ["1,,5", ",1", "1,", "", ","])
def test_a_gap_in_a_list_of_k_is_a_slip(given: str) -> None:
    """What was meant there can't be known."""
    with pytest.raises(UsageError, match=r"--k: must be positive integers separated by commas"):
        resolve({"k": given}, None, {})


@given(st.lists(st.one_of(st.integers(1, 200).map(str), st.text(" ,-.x", max_size=3)), max_size=4).map(",".join))
def test_what_is_read_as_a_list_of_k_is_one(text: str) -> None:
    """Every part of it is a number, and none is dropped; anything else is refused."""
    parts = [part.strip() for part in text.split(",")]
    if all(part.isdecimal() and int(part) for part in parts):
        assert resolve({"k": text}, None, {}).settings.k == tuple(sorted(set(map(int, parts))))
    else:
        with pytest.raises(UsageError):
            resolve({"k": text}, None, {})


def test_two_flags_of_which_one_would_be_ignored() -> None:
    """The message names both."""
    one_of({"--resume": None, "--like": "x"})
    with pytest.raises(UsageError, match="--resume and --like: only one"):
        one_of({"--resume": "a", "--like": "x", "--show-prompt": None})


@pytest.mark.parametrize(
    ("flags", "expected"),
    [
        ({}, {"model": "demo-model", "backend": "hf", "k": (1, 5, 10), "n": 10, "protocol": "mera-code"}),
        ({"n": 7}, {"k": (1, 5), "n": 7}),
        ({"task": "humaneval", "n": 20, "model": "x.jsonl"}, {"k": (1, 10), "backend": "replay", "temperature": 0.2}),
        ({"task": "humaneval", "protocol": "strict"}, {"protocol": "strict", "temperature": 0.2, "model": None}),
        ({"base_url": "http://127.0.0.1:1/v1"}, {"model": None, "backend": None}),
        ({"base_url": "http://127.0.0.1:1/v1", "model": "m", "template": "chat"}, {"backend": "openai"}),
    ],
)
def test_effective_settings_are_those_of_the_run(flags: dict[str, object], expected: dict[str, object]) -> None:
    """With what is chosen where nothing was given, and no other."""
    resolved = resolve(flags, None, {})
    found = effective(resolved)
    assert {name: found[name][0] for name in expected} == expected
    assert found.keys() == set(NAMES)
    if resolved.settings.model or (resolved.settings.task == "rustarter" and not flags.get("base_url")):
        asked = ask(resolved.settings, opens=False)
        assert (asked.model.backend, asked.ks, asked.sampling.n) == tuple(found[x][0] for x in ("backend", "k", "n"))
