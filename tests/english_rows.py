"""Small problems of our own in the schemas of HumanEval, MBPP and EvalPlus, for tests."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

HUMAN_EVAL: dict[str, Any] = {
    "task_id": "HumanEval/7",
    "prompt": 'def twice(n: int) -> int:\n    """Two times n."""\n',
    "entry_point": "twice",
    "canonical_solution": "    return 2 * n\n",
    "test": "METADATA = {}\n\n\ndef check(candidate):\n    assert candidate(2) == 4\n    assert candidate(0) == 0, 'zero'\n",
}
#: The tests call a helper of the prompt, as problems 32, 38 and 50 of HumanEval do.
WITH_HELPER: dict[str, Any] = {
    "task_id": "HumanEval/8",
    "prompt": (
        'def shift(s: str) -> str:\n    return s[1:] + s[:1]\n\n\ndef unshift(s: str) -> str:\n    """Undo shift."""\n'
    ),
    "entry_point": "unshift",
    "canonical_solution": "    return s[-1:] + s[:-1]\n",
    "test": "def check(candidate):\n    for s in ('', 'a', 'abc'):\n        assert candidate(shift(s)) == s\n",
}
MBPP: dict[str, Any] = {
    "task_id": 11,
    "text": "Write a function to find the elements that two lists share.",
    "code": "def common(a, b):\r\n    return tuple(set(a) & set(b))\r\n",
    "test_list": ["assert set(common([1, 2], [2, 3])) == set([2])", "assert common([1], [2]) == ()"],
    "test_setup_code": "",
    "challenge_test_list": ["assert common([], []) == ()"],
}
SANITIZED: dict[str, Any] = {
    "source_file": "x",
    "task_id": 12,
    "prompt": "Write a function to compute the length of a hypotenuse.",
    "code": "import math\n\ndef hypotenuse(a, b):\n    return math.hypot(a, b)\n",
    "test_imports": ["import math"],
    "test_list": ["assert math.isclose(hypotenuse(3, 4), 5)"],
}
#: The tests use a module that only the reference imports, as problem 596 of MBPP does.
BORROWED_IMPORT: dict[str, Any] = {
    **SANITIZED,
    "task_id": 13,
    "prompt": "Write a function to find the size of a tuple in bytes.",
    "code": "import sys\n\ndef size(t):\n    return sys.getsizeof(t)\n",
    "test_imports": [],
    "test_list": ["assert size((1, 'a')) == sys.getsizeof((1, 'a'))"],
}
#: The set-up uses a class of the program, as problem 367 of MBPP does.
CLASS_IN_SETUP: dict[str, Any] = {
    **MBPP,
    "task_id": 14,
    "text": "Write a function to find the height of a tree.",
    "code": (
        "class Node:\r\n    def __init__(self, data):\r\n        self.data = data\r\n        self.left = self.right = None\r\n"
        "def height(root):\r\n    return 0 if root is None else 1 + max(height(root.left), height(root.right))\r\n"
    ),
    "test_setup_code": "root = Node(1) \r\nroot.left = Node(2) \r\nroot.left.right = Node(3)",
    "test_list": ["assert height(root) == 3", "assert height(root.right) == 0"],
}
HUMAN_EVAL_PLUS: dict[str, Any] = {
    "task_id": "HumanEval/0",
    "prompt": 'def mean(xs):\n    """The mean of a list."""\n',
    "entry_point": "mean",
    "canonical_solution": "    return sum(xs) / len(xs)\n",
    "base_input": [[[1, 2, 3]], [[1.5, 2.5]]],
    "plus_input": [[[0.1, 0.2, 0.3]], [[]]],
    "contract": "\n    assert xs\n",
    "atol": 0,
}
MBPP_PLUS: dict[str, Any] = {
    "task_id": "Mbpp/2",
    "prompt": '"""\nElements that two tuples share.\nassert similar_elements((1,), (1,)) == (1,)\n"""\n',
    "entry_point": "similar_elements",
    "canonical_solution": "\ndef similar_elements(a, b):\n    return tuple(set(a) & set(b))\n",
    "base_input": [[[3, 4], [4, 5]]],
    "plus_input": [[[1, 2, 3], [3, 2]]],
    "contract": "",
    "assertion": "assert similar_elements((1,), (1,)) == (1,)",
    "atol": 0,
}
ALL = {
    "humaneval": HUMAN_EVAL,
    "mbpp": MBPP,
    "sanitized": SANITIZED,
    "humanevalplus": HUMAN_EVAL_PLUS,
    "mbppplus": MBPP_PLUS,
}


def write_rows(path: Path, *rows: dict[str, Any]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path
