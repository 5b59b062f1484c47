"""Extract the program to judge from what a model wrote, as a careful reader would. Pure.

`read` takes the steps of docs/reading.md in order and records what it did with every piece of the text.
"""

from codeeval.reading.answer import UNCLOSED, Answer, answer_of
from codeeval.reading.reader import read
from codeeval.reading.thoughts import begins as begins_with_thought

__all__ = ["UNCLOSED", "Answer", "answer_of", "begins_with_thought", "read"]
