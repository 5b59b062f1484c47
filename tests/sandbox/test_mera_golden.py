"""The published golden vectors of MERA's executor, on every backend and on another Python: the semantics are ours."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator

import pytest

from codeeval.reading.extract import extract
from codeeval.scoring import protocols
from codeeval.scoring.grade import outputs
from codeeval.scoring.job import make_job
from codeeval.scoring.mera_outputs import Outputs
from codeeval.types import Problem, ScoringProtocol
from sandbox import Job, Limits, Pool, select

#: Base images with a newer Python, whose `locals()` behaves differently; docker/base-image.sh makes them.
OTHER_PYTHONS = {"docker-3.13": "codeeval-base:trixie", "docker-3.14": "codeeval-base:forky"}

HEAD = 'def f(n):\n    """Doc."""'
WITH_HELPER = 'def g(n):\n    return n\n\n\ndef f(n):\n    """Doc."""'
WITH_LIST = 'from typing import List\n\n\ndef f(n: int) -> List[int]:\n    """Doc."""'
WITH_MATH = 'import math\n\n\ndef f(n):\n    """Doc."""'
NAMED_RES, NAMED_TEST = HEAD.replace("f(", "res("), HEAD.replace("f(", "test(")
INSIDE_MATH = "\n    import math\n    return math.floor(n)\n"

#: name -> (prompt, completion, entry point, calls, MERA's list)
GOLDEN: dict[str, tuple[str, str, str, tuple[str, ...], Outputs]] = {
    "body on a new line": (HEAD, "\n    return n+1\n", "f", ("{'n': 1}", "{'n': 2}"), ("2", "3")),
    "recursion": (
        HEAD,
        "\n    return 1 if n < 2 else n * f(n - 1)\n",
        "f",
        ("{'n': 1}", "{'n': 3}"),
        ("1", None),
    ),
    "module imported at the top": (WITH_MATH, "\n    return math.floor(n)\n", "f", ("{'n': 1}",), (None,)),
    "import used in the signature only": (WITH_LIST, "\n    return n\n", "f", ("{'n': 1}",), ("1",)),
    "helper in the prompt": (WITH_HELPER, "\n    return g(n)\n", "f", ("{'n': 1}",), (None,)),
    "module imported in the body": (HEAD, INSIDE_MATH, "f", ("{'n': 1}",), ("1",)),
    "a name of the scorer's module": (HEAD, "\n    return np.sum([n, 2])\n", "f", ("{'n': 1}",), ("3",)),
    "one call hangs": (
        HEAD,
        "\n    while n == 2: pass\n    return n\n",
        "f",
        ("{'n': 1}", "{'n': 2}", "{'n': 3}"),
        "timed out",
    ),
    "the definitions hang": (HEAD, "\n    return n\nwhile True: pass\n", "f", ("{'n': 1}",), (None,)),
    "sys.exit in the body": (HEAD, "\n    import sys\n    sys.exit(0)\n", "f", ("{'n': 1}",), "timed out"),
    "numpy imported in the body": (
        HEAD,
        "\n    import numpy\n    return numpy.sum([n, 2])\n",
        "f",
        ("{'n': 1}",),
        ("3",),
    ),
    "multiprocessing imported": (HEAD, "\n    return n\nimport multiprocessing\n", "f", ("{'n': 1}",), ("1",)),
    "the definitions print": (HEAD, "\n    return n\nprint('text', flush=True)\n", "f", ("{'n': 1}",), ("1",)),
    "the definitions read": (HEAD, "\n    return n\nimport sys\nsys.stdin.read()\n", "f", ("{'n': 1}",), (None,)),
    "the definitions expect an end of input": (
        HEAD,
        "\n    return n\ntry:\n    input()\nexcept EOFError:\n    pass\n",
        "f",
        ("{'n': 1}",),
        (None,),
    ),
    "the definitions print bytes": (
        HEAD,
        "\n    return n\nimport sys\nsys.stdout.write(b'text')\n",
        "f",
        ("{'n': 1}",),
        (None,),
    ),
    "the definitions close their output": (
        HEAD,
        "\n    return n\nimport sys\nsys.stdout.close()\nprint('text')\n",
        "f",
        ("{'n': 1}",),
        (None,),
    ),
    "the definitions look at what they printed": (
        HEAD,
        "\n    return n\nimport sys\nprint('text')\nassert sys.stderr.getvalue() == 'text\\n'\n",
        "f",
        ("{'n': 1}",),
        ("1",),
    ),
    "a temporary file": (
        HEAD,
        "\n    import tempfile\n    with tempfile.NamedTemporaryFile('w') as file:\n        return file.write('text')\n",
        "f",
        ("{'n': 1}",),
        ("4",),
    ),
    "the definitions reconfigure their output": (
        HEAD,
        "\n    return n\nimport sys\nsys.stdout.reconfigure(encoding='utf-8')\n",
        "f",
        ("{'n': 1}",),
        (None,),
    ),
    "a call has the usual streams": (
        HEAD,
        "\n    import sys\n    sys.stdout.reconfigure(encoding='utf-8')\n    return sys.stdin.read()\n",
        "f",
        ("{'n': 1}",),
        ("",),
    ),
    "a byte order mark": (HEAD, "\ufeff\n    return n\n", "f", ("{'n': 1}",), (None,)),
    "None is returned": (HEAD, "\n    return None\n", "f", ("{'n': 1}",), (None,)),
    "the call raises": (HEAD, "\n    return 1/0\n", "f", ("{'n': 1}",), (None,)),
    "the entry point is a local of the executor: res": (
        NAMED_RES,
        "\n    return n\n",
        "res",
        ("{'n': 1}", "{'n': 2}"),
        (None, None),
    ),
    "the entry point is a local of the executor: test": (
        NAMED_TEST,
        "\n    return n\n",
        "test",
        ("{'n': 1}", "{'n': 2}"),
        (None, None),
    ),
}


def is_here(image: str) -> bool:
    """Whether the engine holds this image."""
    asked = subprocess.run(["docker", "image", "inspect", image], capture_output=True, check=False)
    return asked.returncode == 0


@pytest.fixture(
    scope="module",
    params=[
        pytest.param("docker", marks=pytest.mark.docker),
        pytest.param("local", marks=pytest.mark.local),
        *(pytest.param(name, marks=pytest.mark.docker) for name in OTHER_PYTHONS),
    ],
)
def pool(request: pytest.FixtureRequest) -> Iterator[Pool]:
    """Two workers, under each Python that is here."""
    with pytest.MonkeyPatch.context() as patch:
        if (base := OTHER_PYTHONS.get(request.param)) is not None:
            if not is_here(base):
                pytest.skip(f"the engine has no {base}: docker/base-image.sh {base.partition(':')[2]} makes it")
            patch.setenv("CODEEVAL_BASE", base)
        backend = select(request.param.partition("-")[0])
    try:
        with Pool(backend, workers=2) as made:
            yield made
    finally:
        backend.close()


MERA = tuple(protocols.get(name) for name in ("mera-code", "mera-1.2", "mera-1.1"))
PROBLEMS = {
    name: Problem(name, "{function}", prompt, entry, calls, None)
    for name, (prompt, _, entry, calls, _) in GOLDEN.items()
}


def job(name: str, protocol: ScoringProtocol) -> Job:
    problem = PROBLEMS[name]
    return make_job(problem, extract(problem, GOLDEN[name][1], protocol.extraction), protocol, Limits())


ONE = ("{'n': 1}",)
TWO = ("{'n': 1}", "{'n': 2}")
#: What differs by version: name -> (prompt, completion, calls, {protocol: MERA's list})
VERSIONS: dict[str, tuple[str, str, tuple[str, ...], dict[str, Outputs]]] = {
    "np": (HEAD, "\n    return np.sum([n, 2])", ONE, {"mera-code": ("3",), "mera-1.2": ("3",), "mera-1.1": (None,)}),
    "re": (
        HEAD,
        "\n    return re.sub('a', 'b', 'a')",
        ONE,
        {"mera-code": ("b",), "mera-1.2": (None,), "mera-1.1": (None,)},
    ),
    "ast": (
        HEAD,
        "\n    return ast.literal_eval('[1]')",
        ONE,
        {"mera-code": ("[1]",), "mera-1.2": ("[1]",), "mera-1.1": (None,)},
    ),
    "List": (
        HEAD,
        "\n    return List[int]",
        ONE,
        {"mera-code": ("typing.List[int]",), "mera-1.2": ("typing.List[int]",), "mera-1.1": (None,)},
    ),
    "Dict in a local annotation is not looked up": (
        HEAD,
        "\n    x: Dict[str, int] = {}\n    return x",
        ONE,
        dict.fromkeys(("mera-code", "mera-1.2", "mera-1.1"), ("{}",)),
    ),
    "ThreadPoolExecutor": (
        HEAD,
        "\n    return ThreadPoolExecutor.__name__",
        ONE,
        {"mera-code": ("ThreadPoolExecutor",), "mera-1.2": ("ThreadPoolExecutor",), "mera-1.1": (None,)},
    ),
    "mp": (
        HEAD,
        "\n    return mp.current_process() is not None",
        ONE,
        {"mera-code": ("True",), "mera-1.2": ("True",), "mera-1.1": (None,)},
    ),
    "multiprocessing": (
        HEAD,
        "\n    return multiprocessing.__name__",
        ONE,
        {"mera-code": (None,), "mera-1.2": (None,), "mera-1.1": ("multiprocessing",)},
    ),
    "numpy is installed with every version": (
        HEAD,
        "\n    import numpy\n    return numpy.sum([n, 2])",
        ONE,
        dict.fromkeys(("mera-code", "mera-1.2", "mera-1.1"), ("3",)),
    ),
    "what every version imports": (
        HEAD,
        "\n    return [x.__name__ for x in (contextlib, faulthandler, io, os, platform, signal, tempfile)]",
        ONE,
        dict.fromkeys(
            ("mera-code", "mera-1.2", "mera-1.1"),
            ("['contextlib', 'faulthandler', 'io', 'os', 'platform', 'signal', 'tempfile']",),
        ),
    ),
    "TimeoutException": (
        HEAD,
        "\n    try:\n        raise TimeoutException('x')\n    except TimeoutException as error:\n        return error",
        ONE,
        dict.fromkeys(("mera-code", "mera-1.2", "mera-1.1"), ("x",)),
    ),
    "Filter": (
        HEAD,
        "\n    return Filter.__name__",
        ONE,
        {"mera-code": ("Filter",), "mera-1.2": ("Filter",), "mera-1.1": (None,)},
    ),
    "functions of the metric": (
        HEAD,
        "\n    return check_solution(['1'], [1]) + compute_pass_k(10, 5, 1)",
        ONE,
        {"mera-code": ("1.5",), "mera-1.2": ("1.5",), "mera-1.1": (None,)},
    ),
    "the extraction of each version": (
        HEAD,
        "\n    return preprocess_generation('XXXpython\\n1XXX') + preprocess_generation('```python\\n2\\n```')",
        ONE,
        {"mera-code": ("XXXpython\n1XXX\n2\n",), "mera-1.2": ("\n1\n2\n",), "mera-1.1": (None,)},
    ),
    "the definitions of a helper are not those of the executor": (
        HEAD.replace("def f", "def check_solution(a, b):\n    return 'own'\n\n\ndef f"),
        "\n    return check_solution('a', 'b')",
        ONE,
        {"mera-code": ("0",), "mera-1.2": ("0",), "mera-1.1": (None,)},
    ),
    "functions that belong to the executor": (
        HEAD,
        "\n    name = unsafe_execute.__name__\n    return name if n == 1 else unsafe_execute()",
        TWO,
        dict.fromkeys(("mera-code", "mera-1.2", "mera-1.1"), ("unsafe_execute", None)),
    ),
    "a name as the parser normalises it": (
        HEAD,
        "\n    return n\uff50.sum([n, 2])",
        ONE,
        {"mera-code": ("3",), "mera-1.2": ("3",), "mera-1.1": (None,)},
    ),
    "a name made at run time": (
        HEAD,
        "\n    return globals()['n' + 'p'].sum([n, 2])",
        ONE,
        {"mera-code": ("3",), "mera-1.2": ("3",), "mera-1.1": (None,)},
    ),
    "a name in a text that is evaluated": (
        HEAD,
        "\n    return eval('n' + 'p.sum([1, 2])')",
        ONE,
        {"mera-code": ("3",), "mera-1.2": ("3",), "mera-1.1": (None,)},
    ),
    "a name in an annotation that is evaluated": (
        "from __future__ import annotations\nfrom functools import singledispatch\n\n\n" + HEAD,
        "\n    return n\n\n\n@singledispatch\ndef g(n): return n\n\n\n@g.register\ndef _(n: np.ndarray): return n\n",
        ONE,
        {"mera-code": ("1",), "mera-1.2": ("1",), "mera-1.1": (None,)},
    ),
    "a data class whose annotations are texts": (
        "from __future__ import annotations\nfrom dataclasses import dataclass\n\n\n" + HEAD,
        "\n    return n\n\n\n@dataclass\nclass A:\n    b: int\n",
        ONE,
        {"mera-code": (None,), "mera-1.2": (None,), "mera-1.1": ("1",)},
    ),
    "SystemExit in a call": (
        HEAD,
        "\n    if n == 2: raise SystemExit\n    return n",
        (*TWO, "{'n': 3}"),
        {"mera-code": "timed out", "mera-1.2": "timed out", "mera-1.1": ("1", None, "3")},
    ),
    "KeyboardInterrupt in a call": (
        HEAD,
        "\n    if n == 2: raise KeyboardInterrupt\n    return n",
        TWO,
        {"mera-code": "timed out", "mera-1.2": "timed out", "mera-1.1": ("1", None)},
    ),
    "GeneratorExit in a call": (
        HEAD,
        "\n    if n == 2: raise GeneratorExit\n    return n",
        TWO,
        {"mera-code": "timed out", "mera-1.2": "timed out", "mera-1.1": ("1", None)},
    ),
    "a BaseException of its own in a call": (
        HEAD,
        "\n    class Own(BaseException): pass\n    if n == 2: raise Own\n    return n",
        TWO,
        {"mera-code": "timed out", "mera-1.2": "timed out", "mera-1.1": ("1", None)},
    ),
    "SystemExit in the definitions": (
        HEAD,
        "\n    return n\nraise SystemExit\n",
        TWO,
        {"mera-code": "timed out", "mera-1.2": "timed out", "mera-1.1": (None, None)},
    ),
}


def test_the_versions_are_executed_in_modes_of_their_own() -> None:
    """The same program is another job under each, since it sees other names."""
    assert [job("recursion", protocol).mode for protocol in MERA] == ["mera", "mera-1.2", "mera-1.1"]


def test_golden_vectors(pool: Pool) -> None:
    """Every vector gives MERA's list, under every version where they don't differ. What hangs is executed once."""
    alike = [name for name in GOLDEN if name not in ("a name of the scorer's module", "sys.exit in the body")]
    for protocol in MERA:
        names = list(GOLDEN) if protocol.name == "mera-code" else [name for name in alike if "hang" not in name]
        outcomes = zip(names, pool.map(job(name, protocol) for name in names), strict=True)
        found = {name: outputs(PROBLEMS[name], outcome, protocol) for name, outcome in outcomes}
        assert found == {name: GOLDEN[name][4] for name in names}


@pytest.mark.parametrize("version", ["mera-code", "mera-1.2", "mera-1.1"])
def test_golden_vectors_of_each_version(pool: Pool, version: str) -> None:
    """What the module of each version's executor gives, and 1.1's bare `except`."""
    protocol = protocols.get(version)
    problems = {
        name: Problem(name, "{function}", prompt, "f", calls, None) for name, (prompt, _, calls, _) in VERSIONS.items()
    }
    jobs = [
        make_job(problems[name], extract(problems[name], VERSIONS[name][1], "none"), protocol, Limits())
        for name in VERSIONS
    ]
    found = {name: outputs(problems[name], out, protocol) for name, out in zip(VERSIONS, pool.map(jobs), strict=True)}
    assert found == {name: wanted[version] for name, (*_, wanted) in VERSIONS.items()}


def test_the_other_python_is_another_one(pool: Pool, request: pytest.FixtureRequest) -> None:
    """The image with Python 3.13 really runs 3.13; else its vectors would prove nothing."""
    problem = Problem("version", "{function}", HEAD, "f", ("{'n': 1}",), None)
    strict = protocols.get("strict")
    code = "\n    import sys\n    return sys.version_info[:2]\n"
    outcome = next(pool.map([make_job(problem, extract(problem, code, "strict"), strict, pool.limits)]))
    version = outputs(problem, outcome, strict)[0]
    if "docker-3.13" in request.node.name:
        assert version == "(3, 13)"
    else:
        assert version is not None
