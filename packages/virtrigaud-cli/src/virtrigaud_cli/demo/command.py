"""`vrtg demo`: a local system of its own, the story, and everything stopped again, whatever happens."""

import shutil
from pathlib import Path

from virtrigaud_cli.demo.aftermath import explain
from virtrigaud_cli.demo.kubectl import Kubectl, find_kubectl
from virtrigaud_cli.demo.libvirt_scene import LibvirtScene
from virtrigaud_cli.demo.memory_scene import MemoryScene
from virtrigaud_cli.demo.narrator import Narrator
from virtrigaud_cli.demo.scene import Scene, find_in_checkout
from virtrigaud_cli.demo.story import Story
from virtrigaud_cli.failure import CommandFailed
from virtrigaud_cli.kube.blocking import BlockingApi
from virtrigaud_cli.kube.connection import read_connection
from virtrigaud_cli.local.local_state import DEFAULT_STATE, LocalState
from virtrigaud_cli.local.starting import start_system, stop_system


def run_demo(provider: str, folder: Path | None) -> bool:
    """Tell the story on the provider; says whether it ended well.

    Raises:
        CommandFailed: there is no such demo.
    """
    scene = _scene(provider)
    state = LocalState((folder or DEFAULT_STATE / f"demo-{provider}").resolve())
    narrator = Narrator()
    stop_system(state)
    shutil.rmtree(state.folder, ignore_errors=True)
    ended_well = False
    try:
        ended_well = _tell(scene, state, narrator)
    finally:
        narrator.remark("stopping everything that the demo started")
        stop_system(state)
        scene.clear()
        if ended_well:
            shutil.rmtree(state.folder, ignore_errors=True)
    if ended_well:
        narrator.summary(f"The {provider} demo ended well; nothing is left.")
    return ended_well


def _tell(scene: Scene, state: LocalState, narrator: Narrator) -> bool:
    api: BlockingApi | None = None
    try:
        manifests = find_in_checkout(f"examples/demo/{scene.provider}")
        program = find_kubectl()
        scene.prepare(narrator)
        api = _start(state, narrator)
        kubectl = Kubectl(program, state.kubeconfig, narrator, scene.patience_seconds)
        Story(scene, kubectl, api, narrator, manifests).tell()
    except CommandFailed as failure:
        explain(failure, api, scene.provider, state, narrator)
        return False
    return True


def _start(state: LocalState, narrator: Narrator) -> BlockingApi:
    with narrator.chapter("The whole system on this machine: API server, manager, pod runner"):
        narrator.command(("vrtg", "up", f"--state={state.folder}"))
        start_system(state, lambda _: None)
        narrator.command(("export", f"KUBECONFIG={state.kubeconfig}"))
        return BlockingApi(read_connection(state.kubeconfig))


def _scene(provider: str) -> Scene:
    match provider:
        case "memory":
            return MemoryScene()
        case "libvirt":
            return LibvirtScene()
        case _:
            raise CommandFailed(f"there is no demo of {provider!r}", advice="there are: memory, libvirt")
