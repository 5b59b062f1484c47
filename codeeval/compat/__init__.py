"""Interfaces of other evaluators, executing programs in the sandbox: `code_eval` is Hugging Face's metric of that
name."""
