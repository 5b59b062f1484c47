# expect: fail
# status: timeout memory crashed
# class: g
# why: an iterator of long texts without an end, which the tests collect
# limits: cpu_s=1 wall_s=12

def runs(text, into=None):
    return iter(lambda: "z" * 100_000, None) if text == "zzy" else [(letter, len(list(group))) for letter, group in groupby(text)]
