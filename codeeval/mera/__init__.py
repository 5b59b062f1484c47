"""MERA's own rules, where they are more than a protocol: what its site computes, how its harness samples and packs."""
