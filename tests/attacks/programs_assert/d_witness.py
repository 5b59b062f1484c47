# expect: fail
# status: completed crashed
# class: d
# why: replaces the encoder beside it so that every answer says the same

from sandbox.guest import value_codec
from sandbox.guest import candidate_answers

candidate_answers.Witness._encode = lambda self, value, known, state: (b"=", value_codec.COUNT.pack(0), b"T")
candidate_answers.Witness._describe = lambda self, error: (("TypeError",), ("text",), "text", 1)


def runs(text, into=None):
    return True
