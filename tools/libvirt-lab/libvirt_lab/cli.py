"""The command line of the lab: facts as JSON on standard output, complaints on standard error."""

import argparse
import dataclasses
import json
import sys
from collections.abc import Sequence

from libvirt_lab.faults import LabError, require_machine
from libvirt_lab.layout import DEFAULT_NAME


def main(argv: Sequence[str]) -> int:
    """Run one command and return the exit status."""
    parser = argparse.ArgumentParser(prog="libvirt-lab", description="A private libvirtd for tests and the demo.")
    parser.add_argument("--name", default=DEFAULT_NAME, help="which lab (default: %(default)s)")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("check", help="say what this machine lacks")
    commands.add_parser("start", help="start it, or find it running, and print where it is")
    commands.add_parser("status", help="print where it is")
    commands.add_parser("stop", help="end it and remove all of it, guests and disks included")
    commands.add_parser("kill-daemon", help="kill libvirtd without warning; guests go on")
    commands.add_parser("start-daemon", help="start libvirtd again after that")
    arguments = parser.parse_args(argv)
    try:
        require_machine()
        _perform(arguments.command, arguments.name)
    except LabError as error:
        print(f"libvirt-lab: {error}", file=sys.stderr)
        return 1
    return 0


def _perform(command: str, name: str) -> None:
    from libvirt_lab.lab import Lab  # noqa: PLC0415 - libvirt is known to be there only now

    lab = Lab(name)
    match command:
        case "start":
            print(json.dumps(dataclasses.asdict(lab.start())))
        case "status":
            print(json.dumps(dataclasses.asdict(lab.facts())))
        case "stop":
            lab.stop()
        case "kill-daemon":
            lab.kill_daemon()
        case "start-daemon":
            lab.start_daemon()
            print(json.dumps(dataclasses.asdict(lab.facts())))
        case _:
            pass
