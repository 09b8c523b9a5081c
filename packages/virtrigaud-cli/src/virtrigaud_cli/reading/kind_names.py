"""Which kind a person means by a word: kind, plural, singular or short name, in any case.

Used by the reading commands.
"""

from virtrigaud_cli.failure import CommandFailed
from virtrigaud_cli.kube.resources import OUR_RESOURCES, Resource

ALL = "all"


def resources_named(word: str) -> tuple[Resource, ...]:
    """The kinds that a word names; `all` names every kind of ours.

    Raises:
        CommandFailed: no kind of ours is called so.
    """
    wanted = word.lower()
    if wanted == ALL:
        return OUR_RESOURCES
    for resource in OUR_RESOURCES:
        if wanted in {resource.kind.lower(), resource.plural, *resource.short_names}:
            return (resource,)
    known = ", ".join(sorted(f"{resource.plural} ({resource.short_names[0]})" for resource in OUR_RESOURCES))
    raise CommandFailed(f"there is no kind {word!r}", advice=f"there are: {known}; all means every one")


def kind_and_name(words: list[str]) -> tuple[tuple[Resource, ...], str]:
    """Read `KIND`, `KIND NAME` or `KIND/NAME`."""
    kind, _, name = words[0].partition("/")
    return resources_named(kind), name or (words[1] if len(words) > 1 else "")


def one_object(words: list[str]) -> tuple[Resource, str]:
    """Read `KIND NAME` or `KIND/NAME`.

    Raises:
        CommandFailed: it is not exactly one object.
    """
    resources, name = kind_and_name(words)
    if len(resources) != 1 or not name:
        raise CommandFailed("name one object", advice="for example: vrtg describe vm web")
    return resources[0], name
