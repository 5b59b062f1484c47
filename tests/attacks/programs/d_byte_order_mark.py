# expect: fail
# verdict: syntax_error
# class: d
# why: a byte order mark is no character of a program, unless it begins a file: as for exec, so for MERA and for us
#@repeat 1 "\ufeffdef runs(text):\n    return solve(text)\n"
