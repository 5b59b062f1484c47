# expect: pass
# verdict: passed
# class: k
# why: context variables, an event loop and threads with their own contexts
import asyncio
import contextvars
from concurrent.futures import ThreadPoolExecutor

current = contextvars.ContextVar("current", default=None)


async def one(text):
    current.set(text)
    await asyncio.sleep(0)
    return solve(current.get())


def runs(text):
    with ThreadPoolExecutor(2) as threads:
        return threads.submit(asyncio.run, one(text)).result()
