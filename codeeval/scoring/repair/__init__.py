"""Name failures of format, and construct the program that a completion would be without them. Pure; nothing is
executed.

A strong chat model can score 0 / 0 / 0 although it solves every problem: its answers are fenced, or are whole
functions, or lost their indentation, while the benchmark executes prompt + completion as a continuation. `classify`
says which of these happened; `repair` makes the program that the completion would be if only its format were right. A
repair changes white space, removes what is not code, and undoes the cut of a stop sequence; it never changes a token of
the model's code.

The repair is chosen by the text alone, never by the result of executing it: one sample, one program.
"""

from codeeval.scoring.repair.failures import FormatFailure, classify, names
from codeeval.scoring.repair.repairs import Repair, repair

__all__ = ["FormatFailure", "Repair", "classify", "names", "repair"]
