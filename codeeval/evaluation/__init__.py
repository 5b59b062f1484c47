"""What can be asked of codeeval: run, resume, score, rescore, rerank. Used by the command line and by `codeeval.evaluate` alike.

A use case takes values, says what happens to a `Reporter`, and returns an `Ended`; it prints nothing and knows no exit code.
"""
