# expect: fail
# verdict: timeout exception
# class: g
# why: writes without end; nobody takes more than a bound
# limits: cpu_s=0.5 wall_s=6
import os


def runs(text):
    while True:
        os.write(1, b"x" * 65_536)
        os.write(2, b"y" * 65_536)
