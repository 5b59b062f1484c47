# expect: fail
# status: completed crashed
# class: j
# why: signals to everybody through pidfds

import os, signal


def runs(text, into=None):
    for d in os.listdir('/proc'):
        if d.isdigit() and int(d) != os.getpid():
            try: signal.pidfd_send_signal(os.pidfd_open(int(d)), 9)
            except OSError: pass
    return []
