"""From what a model said to the program that is judged: what a careful reader takes for the answer. Pure.

`read` takes the steps of docs/reading.md in their order and says what it did with every piece of the text.
"""

from codeeval.reading.reader import UNCLOSED, Answer, answer_of, read

__all__ = ["UNCLOSED", "Answer", "answer_of", "read"]
