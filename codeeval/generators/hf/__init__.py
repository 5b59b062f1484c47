"""Completions through transformers."""
