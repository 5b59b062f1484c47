"""Code that runs beside vLLM, in a separate process and possibly another interpreter: standard library only, nothing of
codeeval.

`engine.py` is started as a script, so its siblings are found as top-level modules; codeeval itself also uses
`token_ids`.
"""
