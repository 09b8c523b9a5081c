"""The keys of a TLS Secret, as Kubernetes and its certificate managers call them.

The same names are the files that the Secret is mounted as. Whoever reads or makes such a Secret takes them from here.
"""

from typing import Final

TLS_CERTIFICATE: Final = "tls.crt"
TLS_PRIVATE_KEY: Final = "tls.key"
TLS_AUTHORITY: Final = "ca.crt"
TLS_SECRET_TYPE: Final = "kubernetes.io/tls"  # noqa: S105 - a type of Secret
