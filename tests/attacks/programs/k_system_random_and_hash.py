# expect: pass
# verdict: passed
# class: k
# why: secrets, system randomness, hashes, hmac, uuid, all that may need the kernel
import base64
import hashlib
import hmac
import random
import secrets
import uuid
import zlib


def runs(text):
    assert len(secrets.token_bytes(8)) == 8 and random.SystemRandom().random() < 1
    assert hmac.compare_digest(hashlib.sha3_256(b"a").digest(), hashlib.new("sha3_256", b"a").digest())
    assert hashlib.scrypt(b"a", salt=b"b", n=2, r=1, p=1) and uuid.uuid1() and uuid.uuid4()
    return solve(text)
