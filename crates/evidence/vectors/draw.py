"""The draw of accounts into cohorts, computed from docs/formats.md: the values in src/cohorts/draw.rs."""
import hashlib
import hmac

SEED = bytes([7] * 32)
WEIGHTS = [1, 0, 2, 5]


def mac(label, message):
    return hmac.new(SEED, b"hallmark cohort draw v1:" + label + b"\0" + message, hashlib.sha256)


def cohort(unit):
    u = int.from_bytes(mac(b"unit", unit.encode()).digest()[:8], "big")
    place, total = u * sum(WEIGHTS) >> 64, 0
    for at, weight in enumerate(WEIGHTS):
        total += weight
        if total > place:
            return at


print([cohort(unit) for unit in ("a", "account-17", "", "ü")])
print(hashlib.sha256(b"hallmark cohort draw v1:seed\0" + SEED).hexdigest())
print(mac(b"map", b"map").hexdigest())
