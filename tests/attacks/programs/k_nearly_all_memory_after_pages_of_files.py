# expect: pass
# verdict: passed
# class: k
# why: uses nearly all of its memory, right after a sample that has used the kernel's
# after: h_pages_of_files
# worker: lost
def runs(text):
    if text == "a":
        held = bytearray(450 << 20)
        held[:: 4096] = b"x" * len(held[:: 4096])
    return solve(text)
