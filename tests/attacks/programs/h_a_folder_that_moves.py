# expect: fail
# verdict: exception
# class: h
# why: processes that make, rename and exchange folders until they are killed
import os
import time

for _ in range(8):
    if not os.fork():
        os.setsid()
        try:
            os.makedirs(f"/tmp/{os.getpid()}/a/b/c")
            while True:
                os.rename(f"/tmp/{os.getpid()}/a", f"/tmp/{os.getpid()}/z")
                os.rename(f"/tmp/{os.getpid()}/z", f"/tmp/{os.getpid()}/a")
                for n in range(20):
                    open(f"/dev/shm/{os.getpid()}.{n}", "w").close()
        finally:
            os._exit(0)
time.sleep(0.1)


def runs(text):
    raise RuntimeError("no attack has worked")
