"""From a completion to a verdict: what is executed, within which limits, and what counts as correct."""
