"""The use cases: run, score, resume, rescore and what they are made of. Used by the command line and from Python."""
