"""Writes signatures.json: what notes, trees and envelopes must be, by the definitions alone.

Nothing but Python's own library is used: Ed25519 is written out from RFC 8032, section 5.1, and trees are the recursion of
RFC 6962, section 2.1, without a stored hash. Run it from this folder: `python3 signatures.py`.
"""

import base64
import hashlib
import json

# Ed25519, RFC 8032, section 5.1.
P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P


def recover_x(y: int) -> int:
    """The even x of a point, section 5.1.3."""
    xx = (y * y - 1) * pow(D * y * y + 1, -1, P)
    x = pow(xx, (P + 3) // 8, P)
    if (x * x - xx) % P != 0:
        x = x * pow(2, (P - 1) // 4, P) % P
    return P - x if x % 2 else x


BASE_Y = 4 * pow(5, -1, P) % P
BASE = (recover_x(BASE_Y), BASE_Y)


def add(a, b):
    """The sum of two points in affine coordinates, section 5.1.4."""
    product = D * a[0] * b[0] * a[1] * b[1]
    x = (a[0] * b[1] + b[0] * a[1]) * pow(1 + product, -1, P)
    y = (a[1] * b[1] + a[0] * b[0]) * pow(1 - product, -1, P)
    return x % P, y % P


def times(scalar: int, point):
    result = (0, 1)
    while scalar:
        if scalar & 1:
            result = add(result, point)
        point = add(point, point)
        scalar >>= 1
    return result


def compress(point) -> bytes:
    return (point[1] | (point[0] & 1) << 255).to_bytes(32, "little")


def expand(seed: bytes):
    digest = hashlib.sha512(seed).digest()
    scalar = int.from_bytes(digest[:32], "little")
    return scalar & (2**254 - 8) | 2**254, digest[32:]


def public(seed: bytes) -> bytes:
    return compress(times(expand(seed)[0], BASE))


def sign(seed: bytes, message: bytes) -> bytes:
    scalar, prefix = expand(seed)
    number = lambda *parts: int.from_bytes(hashlib.sha512(b"".join(parts)).digest(), "little") % ORDER
    r = number(prefix, message)
    point = compress(times(r, BASE))
    s = (r + number(point, public(seed), message) * scalar) % ORDER
    return point + s.to_bytes(32, "little")


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


# Trees, RFC 6962, section 2.1.
def leaf(entry: bytes) -> bytes:
    return hashlib.sha256(b"\0" + entry).digest()


def node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\1" + left + right).digest()


def half(n: int) -> int:
    return 1 << (n - 1).bit_length() - 1


def root(entries) -> bytes:
    if not entries:
        return hashlib.sha256(b"").digest()
    if len(entries) == 1:
        return leaf(entries[0])
    k = half(len(entries))
    return node(root(entries[:k]), root(entries[k:]))


def inclusion(m: int, entries) -> list:
    if len(entries) == 1:
        return []
    k = half(len(entries))
    if m < k:
        return inclusion(m, entries[:k]) + [root(entries[k:])]
    return inclusion(m - k, entries[k:]) + [root(entries[:k])]


def consistency(m: int, entries, whole: bool = True) -> list:
    if m == len(entries):
        return [] if whole else [root(entries)]
    k = half(len(entries))
    if m <= k:
        return consistency(m, entries[:k], whole) + [root(entries[k:])]
    return consistency(m - k, entries[k:], False) + [root(entries[:k])]


# Notes, checkpoints and proofs in text, C2SP.
def key_id(name: str, key: bytes) -> bytes:
    return hashlib.sha256(name.encode() + b"\n\1" + key).digest()[:4]


def verifier_key(name: str, seed: bytes) -> str:
    key = public(seed)
    return f"{name}+{key_id(name, key).hex()}+{b64(bytes([1]) + key)}"


def note(text: str, signers) -> str:
    lines = [
        f"\u2014 {name} {b64(key_id(name, public(seed)) + sign(seed, text.encode()))}\n" for name, seed in signers
    ]
    return text + "\n" + "".join(lines)


def checkpoint(origin: str, seed: bytes, entries) -> str:
    return note(f"{origin}\n{len(entries)}\n{b64(root(entries))}\n", [(origin, seed)])


def proof(index: int, entries, signed: str, extra: bytes | None) -> str:
    lines = ["c2sp.org/tlog-proof@v1"]
    if extra is not None:
        lines.append(f"extra {b64(extra)}")
    lines.append(f"index {index}")
    lines += [b64(one) for one in inclusion(index, entries)]
    return "\n".join(lines) + "\n\n" + signed


# Envelopes, DSSE version 1, around an in-toto statement, version 1.
def envelope(statement: bytes, seeds) -> str:
    kind = "application/vnd.in-toto+json"
    signed = f"DSSEv1 {len(kind)} {kind} {len(statement)} ".encode() + statement
    prefix = bytes.fromhex("302a300506032b6570032100")
    signatures = [
        {"keyid": hashlib.sha256(prefix + public(seed)).hexdigest()[:16], "sig": b64(sign(seed, signed))} for seed in seeds[:2]
    ]
    whole = {"payload": b64(statement), "payloadType": kind, "signatures": signatures}
    return json.dumps(whole, separators=(",", ":"))


def main() -> None:
    # RFC 8032, section 7.1, test 1, so that the arithmetic above is known to be right.
    seed = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
    assert public(seed).hex() == "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
    assert sign(seed, b"").hex().startswith("e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155")

    seeds = [bytes([number]) * 32 for number in (1, 2)]
    origin, witness = "log.example/evidence", "witness.example/w1"
    entries = [f"entry {number}".encode() for number in range(300)]
    signed = checkpoint(origin, seeds[0], entries)
    statement = json.dumps(
        {
            "_type": "https://in-toto.io/Statement/v1",
            "subject": [{"name": "plan.json", "digest": {"sha256": hashlib.sha256(b"plan").hexdigest()}}],
            "predicateType": "https://example.org/plan/v1",
            "predicate": {"alpha": 0.01, "keys": ["a", "b"]},
        },
        separators=(",", ":"),
    ).encode()
    sizes = [1, 2, 3, 7, 8, 255, 256, 257, 300]
    pairs = [(1, 1), (1, 2), (3, 7), (4, 8), (6, 8), (128, 256), (255, 256), (256, 257), (199, 300), (256, 300)]
    vectors = {
        "seeds": [one.hex() for one in seeds],
        "keys": [verifier_key(origin, seeds[0]), verifier_key(witness, seeds[1])],
        "note": note("one line\n\nand another: \u00e4\n", [(origin, seeds[0]), (witness, seeds[1])]),
        "roots": [{"size": size, "root": root(entries[:size]).hex()} for size in [0, *sizes]],
        "inclusion": [
            {"index": index, "size": size, "proof": [one.hex() for one in inclusion(index, entries[:size])]}
            for size in sizes
            for index in sorted({0, size // 2, size - 1})
        ],
        "consistency": [
            {"old": old, "new": new, "proof": [one.hex() for one in consistency(old, entries[:new])]} for old, new in pairs
        ],
        "checkpoint": signed,
        "proofs": [proof(0, entries, signed, None), proof(299, entries, signed, b"the plan")],
        "envelope": envelope(statement, seeds),
    }
    with open("signatures.json", "w", encoding="utf-8") as file:
        json.dump(vectors, file, indent=1, ensure_ascii=False)
        file.write("\n")


if __name__ == "__main__":
    main()
