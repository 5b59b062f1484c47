# expect: fail
# status: completed timeout
# class: g
# why: a small message that is a tree of 2 to the 40 leaves
# limits: cpu_s=1 wall_s=12

def runs(text, into=None):
    tree = [("a", 1)]
    for _ in range(40):
        tree = [tree, tree]
    if into is not None:
        into.append(tree)
    return tree
