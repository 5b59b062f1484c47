"""lm-eval with `code_eval` executed in the sandbox: run `python -m codeeval.compat.lm_eval` in place of `lm_eval`.

The arguments are lm-eval's own. It still requires `--confirm_run_unsafe_code` for tasks that execute programs."""

from __future__ import annotations

from codeeval.compat.code_eval import install
from codeeval.errors import UsageError


def main() -> None:
    """Raises SystemExit with an explanation if lm-eval or evaluate is missing."""
    try:
        install()
        from lm_eval.__main__ import cli_evaluate
    except UsageError as error:
        raise SystemExit(f"error: {error}") from None
    except ModuleNotFoundError as error:
        raise SystemExit(f"error: {error.name} is not installed: pip install lm_eval") from None
    cli_evaluate()


if __name__ == "__main__":
    main()
