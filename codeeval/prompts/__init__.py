"""From a problem to the exact text or messages that a model receives."""
