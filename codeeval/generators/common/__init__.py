"""What the backends share: context length, stop sequences during generation, retries, facts for the manifest."""
