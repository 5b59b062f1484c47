"""Completions through vLLM's engine, in a separate process."""
