# expect: fail
# status: completed crashed
# class: j
# why: exchanges the pipe of the questions for that of the answers

import os, fcntl
def pipes(mode=os.O_WRONLY):
    for fd in range(3, 256):
        try:
            if fcntl.fcntl(fd, fcntl.F_GETFL) & os.O_ACCMODE == mode: yield fd
        except OSError: pass

r = list(pipes(os.O_RDONLY)); w = list(pipes())
for a, b in zip(r, w):
    t = os.dup(a); os.dup2(b, a); os.dup2(t, b)


def runs(text, into=None):
    return []
