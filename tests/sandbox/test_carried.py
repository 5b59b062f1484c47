"""What tests that are code do with a value is what they would do in one process with the program, or the sample has not passed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from carried_fuzzer import compared, draw_case
from plain_execution import Case, in_one_process, judged

from sandbox import Limits, Pool
from sandbox.backends import Backend

CAUGHT = (
    "def caught(*a):\n    try:\n        f(*a)\n    except BaseException as error:\n        return error\ne=caught()\n"
)
#: Both say the same of each.
# fmt: off
CARRIED = (
    Case('class A: pass\ndef f(): return A()', 'assert not callable(f())'),
    Case('class A: pass\ndef f(): return A()', "from collections.abc import Iterator,Iterable,Sized,Callable\nassert not isinstance(f(), (Iterator,Iterable,Sized,Callable)) and not hasattr(f(),'__len__') and f().__doc__ is None"),
    Case("class A:\n    'docs'\ndef f():\n    'help'\n    return A()", "assert f.__doc__=='help' and f().__doc__=='docs' and f.__name__=='f' and f().__class__.__name__=='A' and type(f()).__name__=='A' and type(f).__name__=='function'"),
    Case('def f(n=3):\n    for i in range(n): yield i\n', "import inspect, types, collections.abc as c\nassert inspect.isgenerator(f()) and isinstance(f(), types.GeneratorType) and isinstance(f(), c.Iterator) and isinstance(f(),c.Generator) and hasattr(f(),'send') and not hasattr(f(),'__len__') and inspect.isfunction(f)"),
    Case('def f(n=3):\n    for i in range(n): yield i\n', 'import inspect\nassert inspect.isgeneratorfunction(f)'),
    Case('def f(n=3):\n    for i in range(n): yield i\n', 'assert callable(f()) '),
    Case('def f(): return iter([1,2])', "assert iter(f()) and next(f())==1 and type(f()).__name__=='list_iterator'"),
    Case("class ValueError(BaseException): pass\ndef f(): raise ValueError('x')", 'try:\n    f()\n    assert False\nexcept Exception:\n    pass'),
    Case("class Own(BaseException): pass\ndef f(): raise Own('x')", "def caught(*a):\n    try:\n        f(*a)\n    except BaseException as error:\n        return error\ne=caught()\nassert type(e).__name__=='Own' and not isinstance(e,Exception) and e.args==('x',)"),
    Case("class Own(KeyError,ValueError):\n    def __init__(self,a,b): super().__init__(a); self.b=b\ndef f(): raise Own('x',[1])", 'def caught(*a):\n    try:\n        f(*a)\n    except BaseException as error:\n        return error\ne=caught()\nassert isinstance(e,ValueError) and isinstance(e,KeyError) and str(e)=="\'x\'" and e.b==[1] and type(e) is not KeyError'),
    Case('def f(): raise KeyError((1,[2]))', 'def caught(*a):\n    try:\n        f(*a)\n    except BaseException as error:\n        return error\nassert caught().args[0]==(1,[2]) and caught().args[0][1]==[2]'),
    Case("def f(): return {}['k']", 'def caught(*a):\n    try:\n        f(*a)\n    except BaseException as error:\n        return error\nassert caught().args==(\'k\',) and str(caught())=="\'k\'"'),
    Case("def f(): open('/nonexistent')", "def caught(*a):\n    try:\n        f(*a)\n    except BaseException as error:\n        return error\nimport errno\ne=caught()\nassert e.errno==errno.ENOENT and type(e) is FileNotFoundError and e.filename=='/nonexistent' and 'No such' in str(e)"),
    Case("def f(): raise ValueError('x'*100000)", "def caught(*a):\n    try:\n        f(*a)\n    except BaseException as error:\n        return error\nassert len(str(caught()))==100000 and caught().args==('x'*100000,)"),
    Case("def f(): raise ValueError([1]*5000, {'a':1})", "def caught(*a):\n    try:\n        f(*a)\n    except BaseException as error:\n        return error\nassert caught().args==([1]*5000,{'a':1})"),
    Case('def f():\n    yield 1\n    return 7', 'g=f()\nnext(g)\ntry:\n    next(g)\n    assert False\nexcept StopIteration as e:\n    assert e.value==7'),
    Case('def f():\n    x = yield 1\n    yield x*2', 'g=f()\nnext(g)\nassert g.send(5)==10\ng.close()'),
    Case("def f():\n    try:\n        int('x')\n    except ValueError as e:\n        raise KeyError('k') from e", "def caught(*a):\n    try:\n        f(*a)\n    except BaseException as error:\n        return error\ne=caught()\nassert isinstance(e.__cause__,ValueError) and 'invalid literal' in str(e.__cause__)"),
    Case('def f(): raise SystemExit(3)', 'def caught(*a):\n    try:\n        f(*a)\n    except BaseException as error:\n        return error\nassert caught().code==3'),
    Case('def f(): import nothing_here', "def caught(*a):\n    try:\n        f(*a)\n    except BaseException as error:\n        return error\nassert caught().name=='nothing_here' and type(caught()) is ModuleNotFoundError"),
    Case("class Own(Exception):\n    code=5\n    def hint(self): return 1\nclass Other(Own):\n    hint='text'\ndef f(): raise Other('x')", "def caught(*a):\n    try:\n        f(*a)\n    except BaseException as error:\n        return error\ne=caught()\nassert e.code==5 and e.hint=='text' and e.args==('x',)"),
    Case("class Own(Exception):\n    @property\n    def code(self): return 5\ndef f(): raise Own('x')", CAUGHT + "assert e.code==5"),
    Case("class Own(Exception):\n    def hint(self): return 5\ndef f(): raise Own('x')", CAUGHT + "assert e.hint()==5"),
    Case("class Mixin:\n    def hint(self): return 5\nclass Own(Mixin, Exception): pass\ndef f(): raise Own('x')", CAUGHT + "assert e.hint()==5"),
    Case("class Own(Exception):\n    __slots__=('code','empty')\n    def __init__(self): self.code=[5]\ndef f(): raise Own()", "def caught(*a):\n    try:\n        f(*a)\n    except BaseException as error:\n        return error\ne=caught()\nassert e.code==[5] and not hasattr(e,'empty')"),
    Case("class Own(Exception):\n    code=5\ndef f(): raise Own()", "def caught(*a):\n    try:\n        f(*a)\n    except BaseException as error:\n        return error\nassert caught().code==6"),
    Case("from datetime import datetime,time,timedelta,timezone\ndef f(): return [datetime(2024,2,29,12,tzinfo=timezone.utc), time(1,fold=1,tzinfo=timezone(timedelta(hours=3),'MSK'))]", "from datetime import datetime,time,timedelta,timezone\na,b=f()\nassert a==datetime(2024,2,29,15,tzinfo=timezone(timedelta(hours=3))) and a.tzinfo is timezone.utc and b.tzname()=='MSK' and b.isoformat()=='01:00:00+03:00' and b.fold==1"),
    Case("from datetime import datetime,time,timedelta,timezone\ndef f(): return datetime(2024,2,29,12,tzinfo=timezone.utc)", "from datetime import datetime,time,timedelta,timezone\nassert f()==datetime(2024,2,29,12)"),
    Case("from datetime import datetime,time,timedelta,timezone\ndef f(when): return when.astimezone(timezone.utc)", "from datetime import datetime,time,timedelta,timezone\nassert f(datetime(2024,2,29,15,tzinfo=timezone(timedelta(hours=3)))).hour==12"),
    Case("def f(): raise ExceptionGroup('g',[ValueError(1)])", 'def caught(*a):\n    try:\n        f(*a)\n    except BaseException as error:\n        return error\nassert isinstance(caught(),ExceptionGroup) and len(caught().exceptions)==1'),
    Case("def f(): raise AssertionError('own')", "def caught(*a):\n    try:\n        f(*a)\n    except BaseException as error:\n        return error\nassert str(caught())=='own'"),
    Case("from collections import OrderedDict\ndef f(): return OrderedDict([('b',1),('a',2)])", "from collections import OrderedDict\nassert f()==OrderedDict([('a',2),('b',1)])"),
    Case("from collections import OrderedDict\ndef f(): return OrderedDict([('b',1),('a',2)])", "from collections import OrderedDict\nassert f()==OrderedDict([('b',1),('a',2)]) and f()=={'a':2,'b':1} and type(f()) is OrderedDict and next(reversed(f()))=='a' and str(f()).startswith('OrderedDict')"),
    Case('from collections import Counter\ndef f(s): return Counter(s)', 'from collections import Counter\nc=f(\'aab\')\nassert c[\'z\']==0 and c.most_common(1)==[(\'a\',2)] and c==Counter(\'aba\') and isinstance(c,Counter) and c+c==Counter(\'aabaab\') and repr(c)=="Counter({\'a\': 2, \'b\': 1})"'),
    Case("from collections import defaultdict\ndef f():\n    d=defaultdict(list)\n    d['a'].append(1)\n    return d", "d=f()\nassert d['zz']==[] and d=={'a':[1],'zz':[]} and d.default_factory is list"),
    Case('from collections import defaultdict\ndef f():\n    return defaultdict(lambda: 7)', "d=f()\nassert d['zz']==7"),
    Case("from collections import namedtuple\nP=namedtuple('P','x y')\ndef f(): return P(1,2)", "p=f()\nassert p.x==1 and p==(1,2) and p._asdict()=={'x':1,'y':2} and type(p).__name__=='P' and type(p) is not tuple and repr(p)=='P(x=1, y=2)' and p._replace(x=5)[0]==5 and type(p) is type(f())"),
    Case('from typing import NamedTuple\nclass P(NamedTuple):\n    x: int\n    def twice(self): return self.x*2\ndef f(): return P(4)', "p=f()\nassert p.x==4 and p==(4,) and p.twice()==8 and p._fields==('x',)"),
    Case('from collections import deque\ndef f(): return deque([1,2,3])', 'from collections import deque\nd=f()\nassert d==deque([1,2,3]) and d!=[1,2,3] and len(d)==3 and 2 in d and d.popleft()==1 and list(d)==[2,3]'),
    Case('from collections import deque\ndef f(): return deque([1,2,3],2)', 'from collections import deque\nassert f().maxlen==2 and f()==deque([2,3])'),
    Case('import numpy as np\ndef f(): return np.float32(0.1)', 'import numpy as np\nassert f()!=0.1 or f()==np.float32(0.1)\nassert abs(f()-0.1)<1e-6 and isinstance(f(),np.floating) and not isinstance(f(),float) and str(f())==str(np.float32(0.1))'),
    Case('import numpy as np\ndef f(): return np.float32(0.1)', 'assert f()==0.1'),
    Case('import numpy as np\ndef f(): return np.int64(3)', 'assert f()==3 and not isinstance(f(),int) and f()/2==1.5'),
    Case('import numpy as np\ndef f(x): return np.array(x)*2', 'import numpy as np\nr=f([[1,2],[3,4]])\nassert r.shape==(2,2) and (r==np.array([[2,4],[6,8]])).all() and r.tolist()==[[2,4],[6,8]] and np.allclose(r,[[2,4],[6,8]])'),
    Case('import numpy as np\ndef f(x): return x.sum()', 'import numpy as np\nassert f(np.arange(5))==10'),
    Case('class L(list):\n    def total(self): return sum(self)\ndef f(): return L([1,2])', 'assert f()==[1,2] and type(f()) is not list and isinstance(f(),list)'),
    Case("class S(str): pass\ndef f(): return S('a')", "assert f()=='a' and type(f()) is not str and f().upper()=='A'"),
    Case('import enum\nclass K(enum.IntEnum):\n    A=1\ndef f(): return K.A', "assert f()==1 and f().name=='A' and f().value==1 and f() is f() and str(f())=='1' and repr(f())=='<K.A: 1>' and f()+1==2"),
    Case('import enum\nclass K(enum.Enum):\n    A=1\n    B=2\ndef f(): return K.A', "assert f().name=='A' and f() is f() and f()==f() and f()!=1 and {f():2}[f()]==2 and str(f())=='K.A'"),
    Case('import enum\nclass K(enum.Enum):\n    A=1\n    B=2\ndef f(x): return x.value', "assert f(K.A)==1 and K['B'].value==2 and [k.name for k in K]==['A','B'] and len(K)==2 and K(2) is K.B and isinstance(K.A,K)", names=('f', 'K')),
    Case('class P:\n    def __init__(self,x): self.x=x\ndef f(x): return P(x)', "p=f(3)\nassert isinstance(p,P) and p.x==3 and isinstance(P,type) and not isinstance(5,P)\np.x=5\nassert p.x==5 and hasattr(p,'x') and not hasattr(p,'y') and p.__dict__=={'x':5}", names=('f', 'P')),
    Case('class MyError(ValueError): pass\ndef f(x): raise MyError(x)', 'try:\n    f(1)\n    assert False\nexcept MyError as e:\n    assert e.args==(1,) and isinstance(e,ValueError)', names=('f', 'MyError')),
    Case('class Q:\n    def __enter__(self): return 5\n    def __exit__(self,*a): pass\ndef f(): return Q()', 'with f() as x:\n    assert x==5'),
    Case('def f(a,b=2,*c,d,e=None,**g): pass', "import inspect\ns=inspect.signature(f)\nassert list(s.parameters)==['a','b','c','d','e','g'] and s.parameters['b'].default==2"),
    Case('def f(): return int', 'assert f() is int'),
    Case('def f(t,x): return isinstance(x,t)', "assert f(int,5) and not f(str,5) and f((int,str),'')"),
    Case('class S:\n    def __init__(self): self.items=[]\n    def push(self,x): self.items.append(x)\n    def __len__(self): return len(self.items)\ndef f(): return S()', "s=f()\ns.push(1);s.push('a')\nassert len(s)==2 and s.items==[1,'a'] and s and not f()"),
    Case('def f(x):\n    x.sort()', 'a=[3,1]\nb=a\nf(a)\nassert b==[1,3]'),
    Case('def f(x):\n    x.sort()\n    return len(x)', 'a=[3,1]\nb=a\nr=f(a)\nassert r==2\nassert b==[1,3]'),
    Case('def f(x):\n    x.sort()\n    return len(x)', 'xs=[[3,1],[2,1]]\nfor x in xs:\n    r=f(x)\nassert xs==[[1,3],[1,2]]'),
    Case('def f(x):\n    x.sort()\n    return len(x)', 'xs=[[3,1],[2,1]]\nr=[f(x) for x in xs]\nassert xs==[[1,3],[1,2]]'),
    Case('def f(x):\n    x.sort()\n    return len(x)', 'xs=[[3,1],[2,1]]\nr=list(map(f,xs))\nassert xs==[[1,3],[1,2]]'),
    Case('def f(x):\n    x.sort()\n    return len(x)', 'a=[3,1]\nr=f(a)\nassert a[:1]==[1]\n'),
    Case('def f(x):\n    x.sort()\n    return len(x)', 'a=[3,1,2]\nr=f(a[:2])\nassert a==[3,1,2]\n'),
    Case('def f(x):\n    x.append(9)\n    return len(x)', 'a=[3,1,2]\nr=f(a)\nassert sum(a)==15 and len(a)==4\n'),
    Case('def f(x):\n    x.append(9)\n    return len(x)', 'a=[3,1,2]\nr=f(a)\nfor v, w in zip(a,[3,1,2,9]):\n    assert v==w\n'),
    Case('def f(x):\n    x.append(9)\n    return len(x)', "m={'k':[1]}\nr=f(m['k'])\nv=m['k']\nassert v==[1,9]\n"),
    Case('def f(x):\n    x[0]=9\n    return len(x)', 'm=[[1],[2]]\nfor i in range(2):\n    r=f(m[i])\n    first=m[i][0]\n    assert first==9\n'),
    Case('def f(x):\n    x.pop()\n    return x', 'a=[1,2]\nb=f(a)\nassert b is a and len(a)==1\n'),
    Case('C=[]\ndef f(x):\n    C.append(x)\n    return C', 'a=f(1)\nb=f(2)\nassert a is b and a==[1,2]\n'),
    Case('def f(): return {1:2}.items()', 'assert (1,2) in f() and len(f())==1 and list(f())==[(1,2)]'),
    Case('def f(x): return x', "import datetime,decimal,fractions\nfor v in (datetime.date(2020,1,2),decimal.Decimal('1.0'),fractions.Fraction(1,3)):\n    assert f(v)==v and type(f(v)) is type(v)"),
    Case('def f(x): return x', "match f([1,{'a':2}]):\n    case [1,{'a':y}]:\n        assert y==2\n    case _:\n        assert False"),
    Case("def f(): return memoryview(b'ab')", "assert bytes(f())==b'ab'"),
    Case('def f(): return lambda *a, **k: (a,k)', "g=f()\nassert g(1,b=2)==((1,),{'b':2}) and callable(g) and g.__name__=='<lambda>'"),
    Case('def f(): return NotImplemented', 'assert f() is NotImplemented'),
    Case('def f(): return ...', 'assert f() is ...'),
    Case("def f(): return float('nan')", 'x=f()\nassert x!=x'),
    Case('import types\ndef f(): return types.SimpleNamespace(a=1)', 'assert f().a==1'),
    Case('async def f(): return 3', 'import asyncio\nassert asyncio.run(f())==3'),
    Case('def f(g, x): return g(x)', 'assert f(len,[1,2])==2'),
    Case('def f(x): return x', 'import copy\nassert copy.deepcopy(f([1]))==[1]'),
    Case('class A:\n    def __iter__(self): return iter([1,2])\ndef f(): return A()', 'a,b=f()\nassert (a,b)==(1,2) and sorted(f(),reverse=True)==[2,1] and 2 in f() and [*f()]==[1,2]'),
    Case('class A:\n    def __getitem__(self,i):\n        if i>2: raise IndexError\n        return i\ndef f(): return A()', 'assert list(f())==[0,1,2] and 1 in f()'),
    Case("import re\ndef f(): return re.match('(a)','a')", "m=f()\nassert m and m.group(1)=='a' and m[1]=='a' and isinstance(m,re.Match)", prelude='import re'),
    Case('def f():\n    try:\n        yield 1\n    except ValueError as e:\n        yield str(e)', "g=f()\nnext(g)\nassert g.throw(ValueError('q'))=='q'"),
    Case('def f(x): return x()', 'assert f(lambda: 3)==3'),
    Case("from typing import NamedTuple\nclass P(NamedTuple):\n    x: int\n    y: str='a'\n    z: list[int]=None\n    w: int|None=2.5\ndef f(): return P(1)", "import typing\np=f()\nassert p.__annotations__=={'x':int,'y':str,'z':list[int],'w':int|None} and p._field_defaults=={'y':'a','z':None,'w':2.5}\nassert type(p)(3)==(3,'a',None,2.5) and typing.get_type_hints(type(p))['x'] is int and p._replace(x=5)==(5,'a',None,2.5)"),
    Case("from typing import NamedTuple\nclass P(NamedTuple):\n    x: int\n    y: str='a'\ndef f(): return P(1)", "assert f().__annotations__=={'x':int,'y':int}"),
    Case("from collections import namedtuple\nP=namedtuple('P','x y',defaults=[5])\ndef f(): return [P(1),P(2)]", "p=f()[1]\nassert not hasattr(p,'__annotations__') and type(p)(3).y==5 and p._fields==('x','y')"),
    Case("from typing import NamedTuple\nclass P(NamedTuple):\n    x: list=[]\n    y: 'P'=None\ndef f(): return P()", "p=f()\nassert p==([],None) and p._fields==('x','y')"),
)
#: A program that keeps what it returns and what it is passed.
KEEPING = 'KEPT = []\nclass Box:\n    def __init__(self, value): self.value = value\n    def double(self): return [self.value, self.value]\ndef f(n):\n    KEPT.append([n])\n    return KEPT[-1]\ndef last(place=-1): return KEPT[place]\ndef given(x):\n    KEPT.append(x)\ndef call(g): return [g([1])]\n'
#: More of it than there is room for, before the tests change something that the program has.
MUCH_KEPT = (
    'for n in range(200): f(n)\nb=Box([1])\nb.value.append(2)\nassert b.double()==[[1,2],[1,2]]',
    'for n in range(200): f(n)\nb=Box([1])\nb.value.append(2)\nassert b.double()==[[1,2],[1,2]] and b.value is b.value',
    'for n in range(200): f(n)\nb=Box([1])\nb.value.append(2)\nassert b.double()==[[1],[1]]',
    'for n in range(100): assert call(lambda x, n=n: [x, n])==[[[1], n]]\nb=Box([1])\nb.value.append(2)\nassert b.double()==[[1,2],[1,2]]',
    'for n in range(100):\n    x=f(n)\n    x.append(x)\n    assert len(last())==2\nassert last()[1] is last()',
    "class Holder: pass\nh=Holder()\nh.a, b, c, d = f(0), {'k': (f(1), 5)}, [[f(2)]], f(3)\nd.append(d)\nfor n in range(200): f(n)\nfor one in (h.a, b['k'][0], c[0][0], d): one.append('x')\nassert [last(n)[-1] for n in range(4)]==['x']*4\nassert last(0) is h.a and last(3)[1] is d",
    'def g():\n    x=f(0)\n    yield x\n    yield x\nh=g()\nnext(h).append(1)\nfor n in range(200): f(n)\nnext(h).append(2)\nassert last(0)==[0,1,2]',
    "from collections import UserDict, deque\nu, q = UserDict(a=[1]), deque([[2]])\ngiven(u)\ngiven(q)\nfor n in range(200): f(n)\nu['a'].append(5)\nq[0].append(6)\nassert last(0)['a']==[1,5] and last(1)[0]==[2,6]\nassert last(0) is u",
    'x=[[1],[2]]\ngiven(x)\ndel x[0]\nfor n in range(200): f(n)\nx[0].append(3)\nassert last(0)==[[2,3]] and len(x)==1',
    'for n in range(200): given([n])\nb=Box([1])\nb.value.append(2)\nassert b.double()==[[1,2],[1,2]] and b.value is b.value',
    'for n in range(100): assert call(lambda x, n=n: [x, n])==[[[1], n]]\nb=Box([1])\nb.value.append(2)\nassert b.double()==[[1,2],[1,2]] and b.value is b.value',
    't=([1],)\ngiven(t)\nassert last() is t\nt[0].append(2)\nfor n in range(200): f(n)\nt[0].append(3)\nassert last(0) is t and last(0)==([1,2,3],)',
    't=(5,6)\ngiven(t)\ns=()\ngiven(s)\nassert last() is s and last(0) is t and call(lambda x: t)[0] is t',
)
#: What can't cross. In one process all of them pass.
NOT_CARRIED = (
    Case("class Own(Exception):\n    @classmethod\n    def make(cls): return cls('m')\ndef f(): return Own", "assert f().make().args==('m',)"),
    Case("class Own(Exception):\n    def __eq__(self,o): return True\ndef f(): raise Own('x')", CAUGHT + "assert e==5"),
    Case("class Own(Exception):\n    def __bool__(self): return False\ndef f(): raise Own('x')", CAUGHT + "assert not e"),
    Case('from dataclasses import dataclass\n@dataclass\nclass P:\n    x:int\ndef f(): return P(1)', 'assert f()==f()'),
    Case('class V:\n    def __init__(s,x): s.x=x\n    def __add__(s,o): return V(s.x+o.x)\n    def __eq__(s,o): return s.x==o.x\ndef f(x): return V(x)', 'assert f(1)+f(2)==f(3)'),
    Case('class A:\n    def __eq__(self,o): return True\ndef f(): return A()', 'assert f()==5'),
    Case('class A:\n    def __eq__(self,o): return True\ndef f(): return A()', 'try:\n    assert f()!=5\nexcept BaseException:\n    pass'),
    Case("class P:\n    __match_args__=('x',)\n    def __init__(s,x): s.x=x\ndef f(): return P(1)", 'match f():\n    case P(x):\n        assert x==1\n    case _:\n        assert False', names=('f', 'P')),
)
# fmt: on


@pytest.fixture(scope="module")
def workers(backend: Backend) -> Iterator[Pool]:
    """Two warm workers."""
    with Pool(backend, workers=2, limits=Limits(cpu_s=30.0, wall_s=60.0)) as pool:
        yield pool


def test_what_is_carried_is_what_it_is_in_one_process(workers: Pool) -> None:
    """Proxies, exceptions, containers of the library, arguments that are changed in place."""
    plain = [said.split()[0] for said in in_one_process(workers, CARRIED)]
    found = zip(CARRIED, plain, judged(workers, CARRIED), strict=True)
    assert not [(case, right, said) for case, right, said in found if said.split()[0] != right]
    assert plain.count("passed") > len(CARRIED) * 3 // 4
    assert plain.count("failed") >= 3


def test_what_the_tests_do_not_hold_makes_room(workers: Pool) -> None:
    """The limit of containers that are followed is one of those that the tests still hold."""
    cases = [Case(KEEPING, tests, names=("f", "Box", "last", "given", "call")) for tests in MUCH_KEPT]
    plain = [said.split()[0] for said in in_one_process(workers, cases)]
    assert [said.split()[0] for said in judged(workers, cases)] == plain
    assert plain.count("failed") == 1


def test_what_is_not_carried_does_not_pass(workers: Pool) -> None:
    """And says so, whatever the tests catch."""
    assert set(in_one_process(workers, NOT_CARRIED)) == {"passed"}
    said = judged(workers, NOT_CARRIED)
    assert not [one for one in said if not one.startswith(("not carried", "not supported", "failed TypeError"))]


@pytest.mark.parametrize("seeds", [range(300), pytest.param(range(1_000, 4_000), marks=pytest.mark.slow)])
def test_drawn_uses_give_what_they_give_in_one_process(workers: Pool, seeds: range) -> None:
    """A dozen uses of a drawn value in each: no difference, and next to nothing that is not carried."""
    drawn = [draw_case(seed) for seed in seeds]
    found = compared(workers, drawn)
    assert len(found) > len(drawn) * 9 // 10
    differ = [
        (one.case, said) for one, said in found if not said.startswith(("passed", "not carried", "not supported"))
    ]
    assert not differ
    stopped = [one for one, said in found if said != "passed"]
    assert len(stopped) <= 0.005 * sum(len(one.uses) for one, _ in found)
