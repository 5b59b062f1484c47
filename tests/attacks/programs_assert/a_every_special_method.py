# expect: fail
# status: completed
# class: a
# why: a list with all special methods to its liking

class A(list):
    def __eq__(s, o): return True
    def __ne__(s, o): return False
    def __lt__(s, o): return True
    __gt__ = __le__ = __ge__ = __lt__
    def __hash__(s): return 0
    def __iter__(s): return iter([('z', 2), ('y', 1)])
    def __len__(s): return 1
    def __getitem__(s, i): return A()
    def __add__(s, o): return s
    __radd__ = __add__
    def __instancecheck__(s, o): return True
    @property
    def __class__(s): return list
    def __reduce_ex__(s, p): return (list, ())
    def __sizeof__(s): return 1
    def __index__(s): return 2
    def __int__(s): return 2
    def __float__(s): return 2.0
    def __str__(s): return 'text'
    __repr__ = __str__

def runs(text, into=None):
    return A()
