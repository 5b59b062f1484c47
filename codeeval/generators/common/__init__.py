"""What the backends share: context, stop sequences while a model generates, retries, facts for the manifest."""
