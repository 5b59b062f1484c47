"""Entry points for other programs: rewards for trainers, tasks for lm-eval, a scorer for Inspect
(docs/integrations.md)."""
