"""From evidence to a verdict: protocols, limits, jobs, comparison of values, grading, causes and repairs. Pure."""
