"""Signs Shortcuts as Apple does, with keys made on the spot; another program, python-aea, writes the container (AEA1)."""

from __future__ import annotations

import datetime
import enum
import plistlib
import struct
import sys

import lzfse

# python-aea knows the same library by the name of another build of it, and needs Python 3.11 for one class.
sys.modules.setdefault("liblzfse", lzfse)
if not hasattr(enum, "StrEnum"):
    enum.StrEnum = type("StrEnum", (str, enum.Enum), {})

import aea  # noqa: E402
from cryptography import x509  # noqa: E402
from cryptography.hazmat.primitives import hashes, serialization  # noqa: E402
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa  # noqa: E402

DER = serialization.Encoding.DER


def named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])


def certificate(key, name: str, issuer_key, issuer: str) -> bytes:
    now = datetime.datetime.now(datetime.timezone.utc)
    builder = x509.CertificateBuilder(named(issuer), named(name), key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(now).not_valid_after(now + datetime.timedelta(days=1))
    return builder.sign(issuer_key, hashes.SHA256()).public_bytes(DER)


def chain(key) -> list[bytes]:
    """Of a key, of who has issued its certificate, and of who has issued that: the last is RSA, as Apple's root is."""
    root, middle = rsa.generate_private_key(65537, 2048), ec.generate_private_key(ec.SECP256R1())
    return [
        certificate(key, "Test Signer", middle, "Test Authority"),
        certificate(middle, "Test Authority", root, "Test Root"),
        certificate(root, "Test Root", root, "Test Root"),
    ]


def for_anyone() -> tuple[object, bytes]:
    """A key, and what a file says about it: as iCloud signs."""
    key = ec.generate_private_key(ec.SECP256R1())
    return key, plistlib.dumps({"SigningCertificateChain": chain(key)}, fmt=plistlib.FMT_BINARY)


def for_contacts() -> tuple[object, bytes]:
    """The same, as somebody's Apple Account signs: the account's key vouches for the one that signs."""
    account, key = rsa.generate_private_key(65537, 2048), ec.generate_private_key(ec.SECP256R1())
    public = key.public_key().public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
    salted = padding.PSS(padding.MGF1(hashes.SHA256()), hashes.SHA256.digest_size)
    about = {
        "AppleIDCertificateChain": chain(account),
        "SigningPublicKey": public,
        "SigningPublicKeySignature": account.sign(public, salted, hashes.SHA256()),
        "AppleIDValidationRecord": b"not looked at",
    }
    return key, plistlib.dumps(about, fmt=plistlib.FMT_BINARY)


def entry(kind: bytes, path: bytes, mode: int, data: bytes | None = None) -> bytes:
    fields = b"TYP1" + kind + b"PATP" + struct.pack("<H", len(path)) + path
    fields += b"MOD2" + struct.pack("<H", mode) + b"FLG1\0" + b"CTMT" + bytes(12) + b"MTMT" + bytes(12)
    if data is not None:
        small = len(data) < 1 << 16
        fields += b"DATA" + struct.pack("<H", len(data)) if small else b"DATB" + struct.pack("<I", len(data))
    return b"AA01" + struct.pack("<H", 6 + len(fields)) + fields + (data or b"")


def archive(shortcut: dict) -> bytes:
    """The folder that Apple puts a Shortcut into."""
    data = plistlib.dumps(shortcut, fmt=plistlib.FMT_BINARY)
    return entry(b"D", b"", 0o755) + entry(b"F", b"Shortcut.wflow", 0o644, data)


def sign(shortcut: dict, signer: tuple[object, bytes], **how) -> bytes:
    key, about = signer
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return aea.encode(archive(shortcut), signature_priv=pem, auth_data=about, **how)


def encrypted(shortcut: dict) -> bytes:
    return aea.encode(archive(shortcut), symmetric_key=bytes(32))
