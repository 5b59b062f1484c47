# expect: fail
# verdict: wrong_output exception crashed
# class: d
# why: replaces the search of encodings and the error handlers
import codecs

codecs.register(lambda name: codecs.lookup("utf-8"))
codecs.register_error("strict", lambda error: ("[]", error.end))
codecs.register_error("surrogatepass", lambda error: ("[]", error.end))


def runs(text):
    return "\ud800"
