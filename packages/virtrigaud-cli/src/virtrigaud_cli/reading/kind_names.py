"""Which kind a person means by a word: kind, plural, singular or short name, in any case.

Used by the reading commands.
"""

from collections.abc import Sequence
from typing import Final

from virtrigaud_cli.failure import CommandFailed
from virtrigaud_cli.kube.resources import Resource

ALL: Final = "all"


def resources_named(known: Sequence[Resource], word: str) -> tuple[Resource, ...]:
    """The kinds that a word names; `all` names every kind of ours.

    Raises:
        CommandFailed: no kind of ours is called so.
    """
    wanted = word.lower()
    if wanted == ALL:
        return tuple(known)
    for resource in known:
        if wanted in {resource.kind.lower(), resource.plural, *resource.short_names}:
            return (resource,)
    names = ", ".join(f"{resource.plural} ({', '.join(resource.short_names[:1])})" for resource in known)
    raise CommandFailed(f"there is no kind {word!r}", advice=f"there are: {names}; all means every one")


def kind_and_name(known: Sequence[Resource], words: Sequence[str]) -> tuple[tuple[Resource, ...], str]:
    """Read `KIND`, `KIND NAME` or `KIND/NAME`."""
    kind, _, name = words[0].partition("/")
    return resources_named(known, kind), name or (words[1] if len(words) > 1 else "")


def one_object(known: Sequence[Resource], words: Sequence[str]) -> tuple[Resource, str]:
    """Read `KIND NAME` or `KIND/NAME`.

    Raises:
        CommandFailed: it is not exactly one object.
    """
    resources, name = kind_and_name(known, words)
    if len(resources) != 1 or not name:
        raise CommandFailed("name one object", advice="for example: vrtg describe vm web")
    return resources[0], name
