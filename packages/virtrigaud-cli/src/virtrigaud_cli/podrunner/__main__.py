"""The pod runner as a process: arguments, logging, health answer, stop on SIGTERM. Started by the supervisor."""

import argparse
import asyncio
import signal
import sys
from pathlib import Path

import aiohttp
from aiohttp import web

from virtrigaud_cli import process_log
from virtrigaud_cli.failure import CommandFailed
from virtrigaud_cli.kube.connection import read_connection
from virtrigaud_cli.kube.streaming import StreamingApi
from virtrigaud_cli.podrunner.runner import PodRunner
from virtrigaud_cli.podrunner.runner_folders import RunnerFolders


def main() -> None:
    """Run until SIGTERM or SIGINT."""
    parser = argparse.ArgumentParser(prog="virtrigaud-podrunner", description=__doc__)
    parser.add_argument("--kubeconfig", type=Path, required=True)
    parser.add_argument("--state", type=Path, required=True, help="folder for pods, claims and logs")
    parser.add_argument("--health-port", type=int, required=True, help="answers /readyz on 127.0.0.1")
    settings = parser.parse_args()
    process_log.configure()
    try:
        asyncio.run(_run(settings.kubeconfig, settings.state.resolve(), settings.health_port))
    except CommandFailed as failure:
        sys.exit(str(failure))


async def _run(kubeconfig: Path, state: Path, health_port: int) -> None:
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    api = StreamingApi(read_connection(kubeconfig))
    async with aiohttp.ClientSession(trust_env=False) as session:
        runner = PodRunner(api, RunnerFolders(state), session)
        health = await _serve_health(runner, health_port)
        try:
            await runner.run(stopping)
        finally:
            await health.cleanup()
            await api.close()


async def _serve_health(runner: PodRunner, port: int) -> web.AppRunner:
    async def ready(_: web.Request) -> web.Response:
        return web.Response(text="ok") if runner.is_ready else web.Response(text="starting", status=503)

    application = web.Application()
    application.router.add_get("/readyz", ready)
    served = web.AppRunner(application, access_log=None)
    await served.setup()
    await web.TCPSite(served, "127.0.0.1", port).start()
    return served


if __name__ == "__main__":
    main()
