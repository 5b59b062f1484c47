# expect: fail
# verdict: crashed wrong_output exception
# class: e
# why: two threads write records into the reply at once
import gc
import threading


def replies():
    return [one for one in gc.get_objects() if type(one).__name__ == "Reply"]


def flood():
    for reply in replies():
        for _ in range(200):
            try:
                reply.write('{"s":"returned","t":"[]","y":"list","p":true,"c":0.1}')
            except BaseException:
                return


for _ in range(2):
    threading.Thread(target=flood).start()


def runs(text):
    return None
