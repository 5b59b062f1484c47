# expect: fail
# verdict: timeout
# class: g
# why: writes without end, a byte at a time, so that reading it costs as much as writing
# limits: cpu_s=0.5 wall_s=12
import os


def runs(text):
    while True:
        os.write(1, b"x")
