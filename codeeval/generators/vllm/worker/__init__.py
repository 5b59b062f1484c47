"""What runs beside vLLM, in a process and possibly an interpreter of its own: standard library only, nothing of codeeval.

`engine.py` is started as a script, so its siblings are found as top-level modules; codeeval itself uses `token_ids` too.
"""
