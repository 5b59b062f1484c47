"""Completions through vLLM's engine, in a process of its own."""
