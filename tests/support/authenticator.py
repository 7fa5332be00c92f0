"""A passkey in software: the answers of a browser and its authenticator, and those of an attacker."""

import hashlib
import json
import struct
from secrets import token_bytes
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2 import cbor
from fido2.cose import ES256
from fido2.utils import websafe_decode, websafe_encode

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


class Authenticator:
    """One key for one account. ``verifies``: it checks a fingerprint or PIN."""

    def __init__(self, origin: str = "http://localhost", *, verifies: bool = True) -> None:
        self.origin = origin
        self.flags = PRESENT | (VERIFIED if verifies else 0)
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.id = token_bytes(16)
        self.user = b""

    def create(self, options: dict[str, Any]) -> dict[str, Any]:
        wanted = options["publicKey"]
        self.user = websafe_decode(wanted["user"]["id"])
        public = cbor.encode(ES256.from_cryptography_key(self.key.public_key()))
        attested = bytes(16) + struct.pack(">H", len(self.id)) + self.id + public
        data = self._data(wanted["rp"]["id"], ATTESTED) + attested
        attestation = cbor.encode({"fmt": "none", "attStmt": {}, "authData": data})
        told = self._told("webauthn.create", wanted["challenge"])
        return self._answer({"clientDataJSON": told, "attestationObject": attestation})

    def get(self, options: dict[str, Any]) -> dict[str, Any]:
        wanted = options["publicKey"]
        data = self._data(wanted["rpId"])
        told = self._told("webauthn.get", wanted["challenge"])
        signature = self.key.sign(data + hashlib.sha256(told).digest(), ec.ECDSA(hashes.SHA256()))
        return self._answer(
            {
                "clientDataJSON": told,
                "authenticatorData": data,
                "signature": signature,
                "userHandle": self.user,
            }
        )

    def _data(self, rp: str, more: int = 0) -> bytes:
        return hashlib.sha256(rp.encode()).digest() + bytes([self.flags | more]) + bytes(4)

    def _told(self, kind: str, challenge: str) -> bytes:
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin}).encode()

    def _answer(self, response: dict[str, bytes]) -> dict[str, Any]:
        known = websafe_encode(self.id)
        encoded = {name: websafe_encode(value) for name, value in response.items()}
        return {"id": known, "rawId": known, "type": "public-key", "response": encoded}
