"""pass@k and its relatives, from the number of samples `n` and of correct samples `c` of each problem. Pure.

- pass@k = 1 - C(n-c, k) / C(n, k): the probability that at least one of k samples drawn without replacement from the n is
  correct; unbiased for 1 - (1-p)^k (Chen et al. 2021, "Evaluating Large Language Models Trained on Code", eq. 1).
- pass^k = C(c, k) / C(n, k): the probability that all k are correct; unbiased for p^k (Yao et al. 2024, "τ-bench").

Both are evaluated in exact integers and rounded once, so the error is within the last bit. If k > n no unbiased estimate
exists: the scalar functions return None, the array functions NaN. Never 1.0, never an extrapolation.
"""

from __future__ import annotations

from math import comb, nan
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


def pass_at_k(n: int, c: int, k: int) -> float | None:
    """Unbiased estimate of "at least one of k samples is correct", or None if k > n.

    Raises ValueError unless 0 <= c <= n and k >= 1.
    """
    _check(n, c, k)
    if k > n:
        return None
    total = comb(n, k)
    return (total - comb(n - c, k)) / total


def pass_hat_k(n: int, c: int, k: int) -> float | None:
    """Unbiased estimate of "all of k samples are correct" (pass^k), or None if k > n.

    Raises ValueError unless 0 <= c <= n and k >= 1.
    """
    _check(n, c, k)
    if k > n:
        return None
    return comb(c, k) / comb(n, k)


def pass_at_k_array(n: ArrayLike, c: ArrayLike, k: int) -> NDArray[Any]:
    """`pass_at_k` over integer arrays `n` and `c` that broadcast together; float64, NaN where k > n.

    Evaluated once per distinct (n, c); runs have few of them, so exact integers are cheap.
    """
    import numpy as np

    n_all, c_all = np.broadcast_arrays(np.asarray(n), np.asarray(c))
    if n_all.size and not (np.issubdtype(n_all.dtype, np.integer) and np.issubdtype(c_all.dtype, np.integer)):
        raise ValueError("n and c must be arrays of integers")
    if n_all.size == 0:
        _check(0, 0, k)
        return np.empty(n_all.shape)
    if int(c_all.min()) < 0 or bool(np.any(c_all > n_all)):
        raise ValueError("need 0 <= c <= n for every problem")
    width = int(c_all.max()) + 1
    keys = (n_all.astype(np.int64) * width + c_all.astype(np.int64)).ravel()
    distinct, inverse = _distinct(keys)
    values = [pass_at_k(int(key) // width, int(key) % width, k) for key in distinct]
    table = np.array([nan if value is None else value for value in values])
    result: NDArray[Any] = table[inverse].reshape(n_all.shape)
    return result


def _distinct(keys: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    """Distinct keys and the index of each input among them; counts instead of sorting if the keys are small (the usual case)."""
    import numpy as np

    top = int(keys.max()) + 1
    if top > max(1 << 16, keys.size):
        return np.unique(keys, return_inverse=True)
    present = np.zeros(top, dtype=bool)
    present[keys] = True
    return np.flatnonzero(present), (np.cumsum(present) - 1)[keys]


def _check(n: int, c: int, k: int) -> None:
    if not 0 <= c <= n:
        raise ValueError(f"need 0 <= c <= n, got n={n}, c={c}")
    if k < 1:
        raise ValueError(f"k must be at least 1, got {k}")
