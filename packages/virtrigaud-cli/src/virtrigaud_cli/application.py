"""The commands of `vrtg` and their options. Each imports what it needs when it runs, so that all start fast.

No logic here: a command reads its options, calls one function of `local`, `reading`, `certificates` or
`demo`, and prints what comes back.
"""
# ruff: noqa: PLC0415

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from virtrigaud_cli.local.local_state import DEFAULT_STATE, STATE_VARIABLE, LocalState
from virtrigaud_cli.provider.commands import provider_commands
from virtrigaud_cli.reading.output_form import OutputForm

if TYPE_CHECKING:
    from virtrigaud_cli.kube.blocking import BlockingApi

application = typer.Typer(
    name="vrtg",
    help="VirtRigaud: virtual machines on Kubernetes, and the whole system on a laptop.",
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
application.add_typer(provider_commands, name="provider")

State = Annotated[
    Path, typer.Option("--state", envvar=STATE_VARIABLE, help="Folder of the local system.", metavar="DIR")
]
Kubeconfig = Annotated[
    Path | None,
    typer.Option(help="Cluster to ask; else $KUBECONFIG, the local system's, ~/.kube/config.", metavar="FILE"),
]
Namespace = Annotated[str, typer.Option("--namespace", "-n", help="Namespace; the kubeconfig's when not given.")]
AllNamespaces = Annotated[bool, typer.Option("--all-namespaces", "-A", help="Every namespace.")]
Watch = Annotated[bool, typer.Option("--watch", "-w", help="Go on with every change.")]
Output = Annotated[OutputForm, typer.Option("--output", "-o", help="How objects are written.")]


def _print_version(asked: bool) -> None:  # noqa: FBT001 - typer hands an option's value over by position
    if asked:
        from importlib.metadata import version

        typer.echo(f"vrtg {version('virtrigaud-cli')}")
        raise typer.Exit


@application.callback()
def every_command(
    *,
    _version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """VirtRigaud: virtual machines on Kubernetes, and the whole system on a laptop."""


@application.command()
def up(
    *,
    state: State = DEFAULT_STATE,
    foreground: Annotated[bool, typer.Option(help="Stay, and stop everything on Ctrl-C.")] = False,
) -> None:
    """Start the whole system here: API server, manager and pod runner."""
    from virtrigaud_cli.local import commands

    commands.up(_local(state), foreground=foreground)


@application.command()
def down(state: State = DEFAULT_STATE) -> None:
    """Stop the local system; its objects stay in the state folder."""
    from virtrigaud_cli.local import commands

    commands.down(_local(state))


@application.command()
def status(state: State = DEFAULT_STATE, output: Output = OutputForm.TABLE) -> None:
    """Say what of the local system runs; exit status 1 when it is not up."""
    from virtrigaud_cli.local import commands

    if not commands.status(_local(state), output):
        raise typer.Exit(1)


@application.command()
def logs(
    what: Annotated[
        str, typer.Argument(help="apiserver, manager, podrunner, supervisor, or a Provider NAMESPACE/NAME.")
    ],
    *,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on with every line.")] = False,
    state: State = DEFAULT_STATE,
) -> None:
    """Show what a part of the local system or a provider said."""
    from virtrigaud_cli.local.logs import follow_log, log_lines

    for line in (follow_log if follow else log_lines)(_local(state), what):
        typer.echo(line)


@application.command()
def get(
    what: Annotated[list[str], typer.Argument(help="KIND, KIND NAME or KIND/NAME; `all` is every kind of ours.")],
    *,
    namespace: Namespace = "",
    all_namespaces: AllNamespaces = False,
    watch: Watch = False,
    output: Output = OutputForm.TABLE,
    kubeconfig: Kubeconfig = None,
) -> None:
    """List virtual machines, providers and the other kinds of VirtRigaud."""
    from virtrigaud_cli.kube.discovery import our_resources
    from virtrigaud_cli.reading.get import Wanted, follow
    from virtrigaud_cli.reading.get import get as get_once
    from virtrigaud_cli.reading.kind_names import kind_and_name
    from virtrigaud_cli.terminal import terminal

    api = _api(kubeconfig)
    resources, name = kind_and_name(our_resources(api), what)
    wanted = Wanted(resources, name, "" if all_namespaces else namespace or api.connection.namespace, output)
    (follow if watch else get_once)(api, wanted, terminal())


@application.command()
def describe(
    what: Annotated[list[str], typer.Argument(help="KIND NAME or KIND/NAME.")],
    *,
    namespace: Namespace = "",
    kubeconfig: Kubeconfig = None,
) -> None:
    """Show one object: what is wanted, what is so, why not, and what happened."""
    from virtrigaud_cli.kube.discovery import our_resources
    from virtrigaud_cli.reading.describe import describe as describe_one
    from virtrigaud_cli.reading.kind_names import one_object
    from virtrigaud_cli.terminal import terminal

    api = _api(kubeconfig)
    resource, name = one_object(our_resources(api), what)
    describe_one(api, resource, namespace or api.connection.namespace, name, terminal())


@application.command()
def events(
    *,
    namespace: Namespace = "",
    all_namespaces: AllNamespaces = False,
    watch: Watch = False,
    kubeconfig: Kubeconfig = None,
) -> None:
    """List what happened to virtual machines and the kinds around them."""
    from virtrigaud_cli.reading.events import events as list_events
    from virtrigaud_cli.reading.events import follow_events
    from virtrigaud_cli.terminal import terminal

    api = _api(kubeconfig)
    place = "" if all_namespaces else namespace or api.connection.namespace
    (follow_events if watch else list_events)(api, place, terminal())


@application.command("provider-tls")
def provider_tls(
    provider: Annotated[str, typer.Argument(help="The Provider, as NAMESPACE/NAME.")],
    secret: Annotated[
        str, typer.Option(help="Name of the Secret; else the one that the Provider names, or PROVIDER-tls.")
    ] = "",
    kubeconfig: Kubeconfig = None,
) -> None:
    """Create or renew the TLS Secret of a Provider, signed by a private authority."""
    from virtrigaud_cli.certificates.provider_secret import ensure_provider_tls, split_name

    namespace, name = split_name(provider)
    made = ensure_provider_tls(_api(kubeconfig), namespace, name, secret=secret)
    typer.echo(f"Secret {made.namespace}/{made.name} {made.issued.value}, valid until {made.expires:%Y-%m-%d}")


@application.command()
def demo(
    provider: Annotated[str, typer.Option(help="memory: machines in memory. libvirt: a guest under QEMU.")] = "memory",
    state: Annotated[Path | None, typer.Option(help="Keep the demo's files here.", metavar="DIR")] = None,
) -> None:
    """Take a virtual machine from YAML to Running, through its life and away again, with kubectl."""
    from virtrigaud_cli.demo.command import run_demo

    if not run_demo(provider, state):
        raise typer.Exit(1)


@application.command(
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}
)
def localkube(context: typer.Context) -> None:
    """Run the embedded API server alone; `vrtg localkube --help` lists its options."""
    from virtrigaud_cli.localkube import become_localkube

    become_localkube(context.args)


@application.command("version")
def print_version() -> None:
    """Print the version."""
    _print_version(asked=True)


def _local(folder: Path) -> LocalState:
    return LocalState(folder.resolve())


def _api(kubeconfig: Path | None) -> "BlockingApi":
    from virtrigaud_cli.kube.blocking import BlockingApi
    from virtrigaud_cli.kube.kubeconfig_choice import connect

    folder = Path(os.environ.get(STATE_VARIABLE, DEFAULT_STATE))
    return BlockingApi(connect(kubeconfig, _local(folder).kubeconfig))
