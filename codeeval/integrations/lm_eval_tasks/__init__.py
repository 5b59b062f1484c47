"""Tasks for lm-eval: `lm_eval --include_path "$(python -m codeeval.integrations.lm_eval_tasks)" --tasks rustarter`."""
