"""Completions from any OpenAI-compatible server."""
