"""The key that signs tokens of service accounts, which are JSON Web Tokens (RFC 7519).

Anybody can verify them with its public half. It is made and loaded, with the library for it, when the first token is
asked for or shown.
"""

import hashlib
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Final

from virtrigaud_localkube.credentials import write_private
from virtrigaud_localkube.document import Document, JsonValue

ALGORITHM: Final = "ES256"
# The time is looked at whenever a token is used; its signature is verified once.
_SIGNATURE_ONLY: Final[JsonValue] = {"verify_exp": False, "verify_nbf": False, "verify_iat": False, "verify_aud": False}


class TokenKey:
    """A private key in a file, made if it isn't there."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.claims = lru_cache(maxsize=1024)(self._claims)

    def sign(self, claims: Document) -> str:
        """The claims as a signed token."""
        import jwt  # noqa: PLC0415

        return jwt.encode(claims, self._private, ALGORITHM, headers={"kid": self._jwk["kid"]})

    def _claims(self, token: str) -> Document:
        """What a token says; it may be over.

        Raises:
            ValueError: The token is not signed with this key.
        """
        import jwt  # noqa: PLC0415

        try:
            return jwt.decode(token, self._private.public_key(), [ALGORITHM], _SIGNATURE_ONLY)
        except (jwt.PyJWTError, UnicodeError) as error:
            raise ValueError(str(error)) from error

    def public_keys(self) -> Document:
        """The JSON Web Key Set (RFC 7517) that verifies the tokens."""
        return {"keys": [self._jwk]}

    @cached_property
    def _private(self) -> JsonValue:
        from cryptography.hazmat.primitives import serialization  # noqa: PLC0415
        from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415

        if not self._path.exists():
            form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
            write_private(self._path, ec.generate_private_key(ec.SECP256R1()).private_bytes(*form).decode())
        return serialization.load_pem_private_key(self._path.read_bytes(), None)

    @cached_property
    def _jwk(self) -> Document:
        from jwt.algorithms import ECAlgorithm  # noqa: PLC0415

        numbers = ECAlgorithm.to_jwk(self._private.public_key(), as_dict=True)
        digest = hashlib.sha256(f"{numbers['x']}.{numbers['y']}".encode()).hexdigest()
        return {"use": "sig", "alg": ALGORITHM, "kid": digest[:32], **numbers}
