"""From what a model said to the program that is judged: what a careful reader takes for the answer. Pure.

`read` takes the steps of docs/reading.md in their order and says what it did with every piece of the text.
"""

from codeeval.reading.answer import UNCLOSED, Answer, answer_of
from codeeval.reading.reader import read
from codeeval.reading.thoughts import begins as begins_with_thought

__all__ = ["UNCLOSED", "Answer", "answer_of", "begins_with_thought", "read"]
