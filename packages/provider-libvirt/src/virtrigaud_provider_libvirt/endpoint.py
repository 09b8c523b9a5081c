"""The connection URI: what the Provider names as its endpoint, with the credentials' files filled in.

SSH goes through libvirt's own client, so that no ssh program and no writable home is needed, and the
host's key is verified against `known_hosts` of the credentials unless that was switched off.
URI parameters: https://libvirt.org/uri.html
"""

from pathlib import Path
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from virtrigaud_api.contract import InvalidSpec, Refused

SSH_KEY, KNOWN_HOSTS, USERNAME, PASSWORD = "ssh-privatekey", "known_hosts", "username", "password"
_SSH_TRANSPORTS = {"ssh", "libssh", "libssh2"}


def connection_uri(endpoint: str, credentials: Path, *, username: str | None, verify: bool) -> str:
    """Write the URI for libvirt.

    Args:
        endpoint: The address as the user gave it, such as qemu+ssh://host/system.
        credentials: The folder of the credentials' files.
        username: Who logs in, where the address does not say.
        verify: Refuse a peer whose key or certificate is not known.

    Raises:
        InvalidSpec: The endpoint is no libvirt URI.
        Refused: The credentials lack the host's key.
    """
    parts = urlsplit(endpoint)
    driver, _, transport = parts.scheme.partition("+")
    if not driver:
        raise InvalidSpec(f"{endpoint!r} is no libvirt URI, such as qemu:///system or qemu+ssh://host/system")
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    netloc = parts.netloc
    if transport in _SSH_TRANSPORTS:
        transport = "libssh2" if transport == "ssh" else transport
        query |= _ssh_parameters(credentials, verify=verify)
        if username and "@" not in netloc:
            netloc = f"{quote(username, safe='')}@{netloc}"
    elif not verify and transport == "tls":
        query["no_verify"] = "1"
    scheme = f"{driver}+{transport}" if transport else driver
    parameters = f"?{urlencode(query, safe='/')}" if query else ""
    return f"{scheme}://{netloc}{parts.path}{parameters}"


def _ssh_parameters(credentials: Path, *, verify: bool) -> dict[str, str]:
    known_hosts, key = credentials / KNOWN_HOSTS, credentials / SSH_KEY
    parameters = {"sshauth": "privkey", "keyfile": str(key)} if key.exists() else {"sshauth": "password"}
    if not verify:
        return parameters | {"known_hosts_verify": "ignore"}
    if not known_hosts.exists():
        raise Refused(
            f"the credentials Secret has no key {KNOWN_HOSTS}, so the hypervisor's SSH key cannot be verified"
        )
    return parameters | {"known_hosts": str(known_hosts), "known_hosts_verify": "normal"}
