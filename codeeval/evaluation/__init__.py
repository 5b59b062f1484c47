"""The use cases of codeeval: run, resume, score, rescore, rerank. Shared by the command line and `codeeval.evaluate`.

A use case takes values, reports to a `Reporter`, and returns an `Ended`; it prints nothing and has no exit code.
"""
