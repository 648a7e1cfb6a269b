"""A passkey's other half, made of a key of our own: what a phone would answer, so that a server can be tried."""

from __future__ import annotations

import base64
import hashlib
import json
import os
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

PRESENT_AND_VERIFIED, ATTESTED = 0x05, 0x40


def _encoded(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


@dataclass
class Authenticator:
    """Holds one key for one site. `origin` is the page that its browser says it is on."""

    host: str = "localhost"
    origin: str = "http://localhost:8010"
    credential: bytes = field(default_factory=lambda: os.urandom(16))
    count: int = 0
    flags: int = PRESENT_AND_VERIFIED
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def create(self, options: dict[str, Any]) -> dict[str, Any]:
        """The answer to what a site asks for when a passkey is made."""
        point = self.key.public_key().public_numbers()
        public = {1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32, "big"), -3: point.y.to_bytes(32, "big")}
        attested = bytes(16) + len(self.credential).to_bytes(2, "big") + self.credential + cbor2.dumps(public)
        seen = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": self._seen(self.flags | ATTESTED) + attested})
        said = self._said("webauthn.create", options)
        return self._answer({"clientDataJSON": _encoded(said), "attestationObject": _encoded(seen)})

    def get(self, options: dict[str, Any]) -> dict[str, Any]:
        """The answer when somebody signs in."""
        self.count += 1
        seen, said = self._seen(self.flags), self._said("webauthn.get", options)
        signature = self.key.sign(seen + hashlib.sha256(said).digest(), ec.ECDSA(hashes.SHA256()))
        return self._answer(
            {
                "clientDataJSON": _encoded(said),
                "authenticatorData": _encoded(seen),
                "signature": _encoded(signature),
                "userHandle": None,
            }
        )

    def _seen(self, flags: int) -> bytes:
        return hashlib.sha256(self.host.encode()).digest() + bytes([flags]) + self.count.to_bytes(4, "big")

    def _said(self, kind: str, options: dict[str, Any]) -> bytes:
        said = {"type": kind, "challenge": options["challenge"], "origin": self.origin, "crossOrigin": False}
        return json.dumps(said).encode()

    def _answer(self, response: dict[str, Any]) -> dict[str, Any]:
        ident = _encoded(self.credential)
        return {"id": ident, "rawId": ident, "type": "public-key", "response": response, "clientExtensionResults": {}}
