# expect: fail
# status: syntax_error
# class: d
# why: a byte order mark is no character of a program, unless it begins a file

#@repeat 1 "\ufeffdef runs(text, into=None):\n    return []\n"
