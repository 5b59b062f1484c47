"""Interfaces of other evaluators, with programs executed in the sandbox: `code_eval` is Hugging Face's metric of that name."""
