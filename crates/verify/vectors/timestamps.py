"""Writes timestamps.json: RFC 3161 tokens that OpenSSL made, good ones and each kind of bad one.

An authority of `openssl ts` signs the first ones. It refuses to sign what a bad authority would, so that the others are signed by
`openssl cms` over contents that are put together here. Keys are new at every run; names, verdicts and words stay. Run it from this
folder: `python3 timestamps.py`; it needs OpenSSL 3.
"""

import base64
import hashlib
import json
import subprocess
import tempfile
from pathlib import Path

DATA = b"what was stamped"
DIGEST = hashlib.sha256(DATA).digest()
STAMPED = "20300102030405Z"
SPOKEN = "2030-01-02T03:04:05Z"

TSA = "extendedKeyUsage=critical,timeStamping\nkeyUsage=critical,digitalSignature\nsubjectKeyIdentifier=hash\n"
CA = "basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign\nsubjectKeyIdentifier=hash\n"

RSA = ["rsa:2048"]
P256 = ["ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
P384 = ["ec", "-pkeyopt", "ec_paramgen_curve:P-384"]

CONFIG = """
[tsa]
serial = serial
crypto_device = builtin
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1, millisecs:500, microsecs:100
ordering = yes
tsa_name = yes
ess_cert_id_chain = no
ess_cert_id_alg = {ess}
"""


def openssl(*arguments: str, folder: Path, fails: bool = False) -> None:
    done = subprocess.run(["openssl", *arguments], cwd=folder, capture_output=True, check=False)
    if (done.returncode != 0) != fails:
        raise SystemExit(f"openssl {' '.join(arguments)}: {done.stderr.decode()}")


# DER, as much as a timestamp's content needs.
def tlv(tag: int, *parts: bytes) -> bytes:
    value = b"".join(parts)
    if len(value) < 128:
        return bytes([tag, len(value)]) + value
    length = len(value).to_bytes((len(value).bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + value


SHA256 = tlv(0x30, bytes.fromhex("0609608648016503040201"), b"\5\0")
SHA512 = tlv(0x30, bytes.fromhex("0609608648016503040203"), b"\5\0")
POLICY = bytes.fromhex("06032a0304")


def content(time: str = STAMPED, *, algorithm=SHA256, digest=DIGEST, version=1, serial=b"\x2a", rest=b"") -> bytes:
    imprint = tlv(0x30, algorithm, tlv(4, digest))
    return tlv(0x30, tlv(2, bytes([version])), POLICY, imprint, tlv(2, serial), tlv(0x18, time.encode()), rest)


class Keys:
    """A folder of keys and certificates."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def root(self, name: str, key: list[str], extensions: str = CA, digest: str = "sha256") -> None:
        self.request(name, key)
        (self.folder / "ext").write_text(extensions)
        openssl(
            *["x509", "-req", "-in", f"{name}.csr", "-signkey", f"{name}.key", "-days", "20000", f"-{digest}"],
            *["-extfile", "ext", "-out", f"{name}.pem"],
            folder=self.folder,
        )

    def issue(self, name: str, issuer: str, key: list[str], extensions: str, digest: str = "sha256") -> None:
        self.request(name, key)
        (self.folder / "ext").write_text(extensions)
        openssl(
            *["x509", "-req", "-in", f"{name}.csr", "-CA", f"{issuer}.pem", "-CAkey", f"{issuer}.key"],
            *["-CAcreateserial", "-days", "20000", f"-{digest}", "-extfile", "ext", "-out", f"{name}.pem"],
            folder=self.folder,
        )

    def request(self, name: str, key: list[str]) -> None:
        openssl(
            *["req", "-new", "-newkey", *key, "-nodes", "-keyout", f"{name}.key"],
            *["-subj", f"/O=Example/CN={name}", "-out", f"{name}.csr"],
            folder=self.folder,
        )

    def read(self, name: str) -> str:
        return (self.folder / f"{name}.pem").read_text()

    def reply(self, signer: str, chain: list[str], *options: str, ess: str = "sha256") -> bytes:
        """A token of OpenSSL's own authority, checked by OpenSSL."""
        (self.folder / "tsa.cnf").write_text(CONFIG.format(ess=ess))
        (self.folder / "serial").write_text("01\n")
        (self.folder / "data").write_bytes(DATA)
        (self.folder / "chain").write_text("".join(self.read(name) for name in chain))
        openssl(*["ts", "-query", "-data", "data", "-sha256", "-cert", "-out", "query"], folder=self.folder)
        openssl(
            *["ts", "-reply", "-config", "tsa.cnf", "-section", "tsa", "-queryfile", "query", "-signer", f"{signer}.pem"],
            *["-inkey", f"{signer}.key", "-chain", "chain", "-token_out", "-out", "token", *options],
            folder=self.folder,
        )
        return (self.folder / "token").read_bytes()

    def sign(self, signer: str, chain: list[str], made: bytes, *options: str, cades: bool = True, kind="1.2.840.113549.1.9.16.1.4"):
        """A token of `openssl cms`, whatever it says."""
        (self.folder / "content").write_bytes(made)
        (self.folder / "chain").write_text("".join(self.read(name) for name in chain))
        extra = ["-certfile", "chain"] if chain else []
        extra += ["-cades"] if cades else []
        extra += list(options) or ["-md", "sha256"]
        openssl(
            *["cms", "-sign", "-binary", "-nodetach", "-nosmimecap", "-econtent_type", kind, "-in", "content"],
            *["-signer", f"{signer}.pem", "-inkey", f"{signer}.key", "-outform", "DER", "-out", "token", *extra],
            folder=self.folder,
        )
        return (self.folder / "token").read_bytes()

    def verdict(self, token: bytes, root: str, *, holds: bool) -> None:
        """What OpenSSL says of the token today must be what is expected, where it can judge."""
        (self.folder / "token").write_bytes(token)
        openssl(
            *["ts", "-verify", "-digest", DIGEST.hex(), "-token_in", "-in", "token", "-CAfile", f"{root}.pem"],
            folder=self.folder,
            fails=not holds,
        )


def main() -> None:
    cases = []
    with tempfile.TemporaryDirectory() as place:
        keys = Keys(Path(place))

        def case(name: str, token: bytes, root: str, *, time: str | None = None, error: str | None = None, judge=True) -> None:
            # Not judged by OpenSSL: what it cannot read, and where it is less strict.
            if judge:
                keys.verdict(token, root, holds=error is None)
            one = {"name": name, "root": keys.read(root), "token": base64.b64encode(token).decode()}
            cases.append(one | ({"error": error} if error else {"time": time}))

        keys.root("rsa root", RSA)
        keys.issue("middle", "rsa root", P256, CA)
        keys.issue("rsa tsa", "middle", ["rsa:3072"], TSA)
        keys.root("p384 root", P384, digest="sha384")
        keys.issue("p384 tsa", "p384 root", P384, TSA, digest="sha512")
        keys.root("ed25519 root", ["ed25519"])
        keys.issue("p256 tsa", "ed25519 root", P256, TSA)

        # Times of the first ones are those of this run.
        case("rsa under two authorities", keys.reply("rsa tsa", ["middle", "rsa root"]), "rsa root")
        case("root left out", keys.reply("rsa tsa", ["middle"]), "rsa root")
        case("p384 and sha512", keys.reply("p384 tsa", ["p384 root"], "-sha512"), "p384 root")
        case("p256 under ed25519", keys.reply("p256 tsa", []), "ed25519 root")
        case("older attribute", keys.reply("rsa tsa", ["middle"], ess="sha1"), "rsa root")
        case("longer attribute", keys.reply("rsa tsa", ["middle"], ess="sha512"), "rsa root")

        chain = ["middle"]
        good = content()
        case("put together", keys.sign("rsa tsa", chain, good), "rsa root", time=SPOKEN)
        case("by key id", keys.sign("rsa tsa", chain, good, "-keyid", "-md", "sha384"), "rsa root", time=SPOKEN, judge=False)
        case("fraction", keys.sign("rsa tsa", chain, content("20300102030405.678Z")), "rsa root", time="2030-01-02T03:04:05.678Z")
        rest = tlv(0x30, tlv(2, b"\5"), tlv(0x80, b"\x03\xe7"), tlv(0x81, b"\1")) + tlv(1, b"\xff") + tlv(2, b"\0\xff")
        case("all fields", keys.sign("rsa tsa", chain, content(rest=rest)), "rsa root", time=SPOKEN)

        # The content.
        other = content(digest=hashlib.sha256(b"other").digest())
        case("other digest", keys.sign("rsa tsa", chain, other), "rsa root", error="another digest")
        long = content(algorithm=SHA512, digest=hashlib.sha512(DATA).digest())
        case("other algorithm", keys.sign("rsa tsa", chain, long), "rsa root", error="not SHA-256")
        short = content(digest=DIGEST[:31])
        case("short digest", keys.sign("rsa tsa", chain, short), "rsa root", error="32 bytes")
        case("version 2", keys.sign("rsa tsa", chain, content(version=2)), "rsa root", error="version 1")
        case("negative serial", keys.sign("rsa tsa", chain, content(serial=b"\x80")), "rsa root", error="negative", judge=False)
        case("no time", keys.sign("rsa tsa", chain, content("20300102030405")), "rsa root", error="time", judge=False)
        critical = tlv(0xA1, tlv(0x30, POLICY, tlv(1, b"\xff"), tlv(4, b"x")))
        case("critical extension", keys.sign("rsa tsa", chain, content(rest=critical)), "rsa root", error="critical", judge=False)
        case("more behind", keys.sign("rsa tsa", chain, good + b"\5\0"), "rsa root", error="follows its end", judge=False)
        case("not a timestamp", keys.sign("rsa tsa", chain, good, kind="1.2.840.113549.1.7.1"), "rsa root", error="no timestamp")

        # The time, before the certificates were made and after they run out.
        case("too early", keys.sign("rsa tsa", chain, content("20010102030405Z")), "rsa root", error="was not valid at", judge=False)
        case("too late", keys.sign("rsa tsa", chain, content("21990102030405Z")), "rsa root", error="was not valid at", judge=False)

        # The signature.
        case("certificate not named", keys.sign("rsa tsa", chain, good, cades=False), "rsa root", error="do not name")
        case("no certificate", keys.sign("rsa tsa", [], good, "-nocerts", "-md", "sha256"), "rsa root", error="neither in")
        second = ["-signer", "p384 tsa.pem", "-inkey", "p384 tsa.key", "-md", "sha256"]
        case("two signers", keys.sign("rsa tsa", chain, good, *second), "rsa root", error="more than one")
        case("sha-1", keys.sign("rsa tsa", chain, good, "-md", "sha1"), "rsa root", error="not one of those known", judge=False)
        pss = ["-keyopt", "rsa_padding_mode:pss", "-md", "sha256"]
        case("pss", keys.sign("rsa tsa", chain, good, *pss), "rsa root", error="not one of those known")
        case("no attributes", keys.sign("rsa tsa", chain, good, "-noattr", cades=False), "rsa root", error="no signed attributes")

        # The way to the root.
        case("other root", keys.sign("rsa tsa", chain, good), "p384 root", error="no certificates lead")
        case("middle left out", keys.sign("rsa tsa", [], good), "rsa root", error="no certificates lead")
        openssl(
            *["req", "-new", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "false.key", "-days", "20000"],
            *["-subj", "/O=Example/CN=rsa root", "-out", "false.pem"],
            folder=keys.folder,
        )
        case("false root of the same name", keys.sign("rsa tsa", chain, good), "false", error="does not hold")

        def issued(name: str, extensions: str, error: str, *, key=P256, judge=True) -> None:
            keys.issue(name, "middle", key, extensions)
            case(name, keys.sign(name, chain, good), "rsa root", error=error, judge=judge)

        issued("no purpose", "keyUsage=digitalSignature\n", "for timestamping alone")
        issued("not critical", "extendedKeyUsage=timeStamping\n", "for timestamping alone")
        issued("two purposes", "extendedKeyUsage=critical,timeStamping,codeSigning\n", "for timestamping alone")
        issued("other purpose", "extendedKeyUsage=critical,codeSigning\n", "for timestamping alone")
        issued("wrong usage", TSA.replace("digitalSignature", "keyEncipherment"), "not for signatures")
        issued("unknown critical", TSA + "1.2.3.4=critical,ASN1:NULL\n", "which is unknown here")
        issued("short key", TSA, "too short", key=["rsa:1024"], judge=False)
        issued("other curve", TSA, "does not make it", key=["ec", "-pkeyopt", "ec_paramgen_curve:P-521"], judge=False)

        def under(name: str, extensions: str, error: str, *, digest: str = "sha256", judge=True) -> None:
            keys.issue(name, "rsa root", P256, extensions, digest)
            keys.issue(f"{name} tsa", name, P256, TSA)
            case(name, keys.sign(f"{name} tsa", [name], good), "rsa root", error=error, judge=judge)

        under("no authority", "keyUsage=critical,digitalSignature\n", "is no authority's")
        under("said to be none", "basicConstraints=critical,CA:FALSE\n", "is no authority's")
        under("may not sign", CA.replace("keyCertSign", "digitalSignature"), "not for signing certificates")
        under("for something else", CA + "extendedKeyUsage=codeSigning\n", "is not for timestamping", judge=False)
        under("constrained", CA + "nameConstraints=critical,permitted;DNS:example.org\n", "which is unknown here", judge=False)
        under("signed with sha-1", CA, "not one of those known", digest="sha1", judge=False)
        keys.root("short root", RSA, CA.replace("CA:TRUE", "CA:TRUE,pathlen:0"))
        keys.issue("one too many", "short root", P256, CA)
        keys.issue("one too many tsa", "one too many", P256, TSA)
        case("one too many", keys.sign("one too many tsa", ["one too many"], good), "short root", error="fewer authorities")

    with open("timestamps.json", "w", encoding="utf-8") as file:
        json.dump({"sha256": DIGEST.hex(), "cases": cases}, file, indent=1)
        file.write("\n")


if __name__ == "__main__":
    main()
