# expect: fail
# status: completed
# class: a
# why: a coroutine in the place of a result, which nobody awaits
async def runs(text, into=None):
    return []
