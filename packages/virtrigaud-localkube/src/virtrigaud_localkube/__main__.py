"""The console script: runs one server in the foreground until it is told to stop."""

import argparse
import asyncio
import signal
import sys
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

from virtrigaud_localkube import LocalKube, SettingsError, log_lines
from virtrigaud_localkube.kubeconfig import user_kubeconfig
from virtrigaud_localkube.settings import KUBECONFIG, default_data_dir


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the server and returns the exit code of the process."""
    options = _parser().parse_args(arguments)
    if options.user:
        return _print_user_kubeconfig(options)
    log_lines.configure()
    try:
        asyncio.run(_run(options))
    except SettingsError as error:
        return _failed(error)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="virtrigaud-localkube", description="An embedded Kubernetes API server for laptops and tests."
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {version('virtrigaud-localkube')}")
    parser.add_argument(
        "--data-dir",
        type=Path,
        default=default_data_dir(),
        metavar="DIR",
        help="where the state is; made with mode 0700 (default: %(default)s)",
    )
    parser.add_argument(
        "--listen",
        default="127.0.0.1:6443",
        metavar="HOST:PORT",
        help="port 0 takes any free one (default: %(default)s)",
    )
    parser.add_argument(
        "--kubeconfig", type=Path, metavar="FILE", help="where to write the kubeconfig (default: DIR/kubeconfig)"
    )
    parser.add_argument(
        "--insecure-http",
        action="store_true",
        help="plain HTTP on loopback: whoever can connect is administrator",
    )
    parser.add_argument(
        "--user", metavar="NAME", help="print a kubeconfig for a user of a started server, with a certificate, and end"
    )
    parser.add_argument("--group", action="append", default=[], metavar="NAME", help="a group of --user; repeatable")
    return parser


def _print_user_kubeconfig(options: argparse.Namespace) -> int:
    try:
        kubeconfig = options.kubeconfig or options.data_dir / KUBECONFIG
        text = user_kubeconfig(options.data_dir, kubeconfig, options.user, options.group)
    except SettingsError as error:
        return _failed(error)
    sys.stdout.write(text)
    return 0


def _failed(error: SettingsError) -> int:
    sys.stderr.write(f"virtrigaud-localkube: {error}\n")
    return 2


async def _run(options: argparse.Namespace) -> None:
    kube = LocalKube(
        options.data_dir, listen=options.listen, kubeconfig=options.kubeconfig, uses_tls=not options.insecure_http
    )
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopping.set)
    async with kube:
        sys.stdout.write(f"virtrigaud-localkube is ready at {kube.url} (kubeconfig: {kube.kubeconfig_path})\n")
        sys.stdout.flush()
        await stopping.wait()


if __name__ == "__main__":
    sys.exit(main())
