"""MERA beyond its protocol: its submission, what its site computes, how its harness samples and packs.

    ruHumanEval.json    {"data": {"test": [{"outputs": O, "meta": {"id": 7}}, …]}}
    O                   [1][n][n_tests] (1.2.0 and MERA Code; [n][n_tests] of 1.1.0 can only be read); an entry is a
    text, "None"
                        for a call without a value; a sample that hung is the text "timed out" in place of its list

Source: MERA's public submission scripts and scorer.
"""
