"""Where other programs call codeeval: rewards for trainers, tasks for lm-eval, a scorer for Inspect (docs/integrations.md)."""
