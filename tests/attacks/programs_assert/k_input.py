# expect: pass
# status: completed
# class: k
# why: asks for input, and goes on where there is none

def runs(text, into=None):
    try:
        input("Введите строку: ")
    except EOFError:
        pass
    if not isinstance(text, str):
        raise TypeError("text must be a string")
    found = [(letter, len(list(group))) for letter, group in groupby(text)]
    if into is not None:
        into += found
    return found
