"""Several user data as one archive, taken apart again by the standard library as cloud-init does."""

from email import message_from_bytes

import pytest
from virtrigaud_provider_sdk import InvalidSpec, UserDataPart, UserDataType, multipart_user_data

CONFIG = UserDataPart(name="mine.cfg", content=b"#cloud-config\npackages: [caf\xc3\xa9]\r\n")
SCRIPT = UserDataPart(name="agent-\u00e9.sh", content=b"#!/bin/sh\nFrom here\n.\n\xff\n")


def parts_of(archive: bytes) -> list[tuple[str, str | None, object]]:
    message = message_from_bytes(archive)
    assert message.is_multipart()
    return [
        (part.get_content_type(), part.get_filename(), part.get_payload(decode=True))
        for part in message.walk()
        if not part.is_multipart()
    ]


def test_parts_arrive_in_order_byte_for_byte_with_type_and_name() -> None:
    assert parts_of(multipart_user_data([CONFIG, SCRIPT])) == [
        ("text/cloud-config", "mine.cfg", CONFIG.content),
        ("text/x-shellscript", "agent-\u00e9.sh", SCRIPT.content),
    ]


def test_the_same_parts_are_the_same_bytes() -> None:
    assert multipart_user_data([CONFIG, SCRIPT]) == multipart_user_data([CONFIG, SCRIPT])
    assert multipart_user_data([CONFIG, SCRIPT]) != multipart_user_data([SCRIPT, CONFIG])


@pytest.mark.parametrize(
    ("content", "content_type"),
    [
        (b"#cloud-config\n", UserDataType.CLOUD_CONFIG),
        (b"\n#cloud-config-archive\n", UserDataType.CLOUD_CONFIG_ARCHIVE),
        (b"#cloud-boothook\n", UserDataType.CLOUD_BOOTHOOK),
        (b"#include\nhttps://a.example\n", UserDataType.INCLUDE),
        (b"#include-once\n", UserDataType.INCLUDE_ONCE),
        (b"## template: jinja\n#cloud-config\n", UserDataType.JINJA),
        (b"#part-handler\n", UserDataType.PART_HANDLER),
        (b"#!/usr/bin/python3\n", UserDataType.SHELL_SCRIPT),
        (b"\x1f\x8b\x08\x00", UserDataType.GZIP),
    ],
)
def test_the_first_line_tells_what_a_part_is(content: bytes, content_type: UserDataType) -> None:
    archive = multipart_user_data([UserDataPart(name="part", content=content)])
    assert parts_of(archive) == [(content_type.value, "part", content)]


def test_an_archive_of_the_owner_is_unpacked_into_the_new_one() -> None:
    inner = UserDataPart(name="owner", content=multipart_user_data([CONFIG]))
    assert parts_of(multipart_user_data([inner, SCRIPT])) == [
        ("text/cloud-config", "mine.cfg", CONFIG.content),
        ("text/x-shellscript", "agent-\u00e9.sh", SCRIPT.content),
    ]


@pytest.mark.parametrize(
    ("part", "message"),
    [
        (
            UserDataPart(name="mine", content=b"password: hunter2"),
            "user data 'mine' does not begin with a line that cloud-init knows",
        ),
        (
            UserDataPart(name="a\r\nX-Evil: 1", content=b"#!/bin/sh"),
            "the name of user data 'a\\r\\nX-Evil: 1' has control characters",
        ),
        (
            UserDataPart(name="mine", content=b"MIME-Version: 1.0\n\nhunter2"),
            "user data 'mine' says that it is a multipart archive and has no parts",
        ),
    ],
)
def test_what_cloud_init_could_not_read_is_refused_without_repeating_it(part: UserDataPart, message: str) -> None:
    with pytest.raises(InvalidSpec) as raised:
        multipart_user_data([part])
    assert raised.value.message == message


def test_l31_a_part_does_not_show_what_it_holds() -> None:
    assert repr(UserDataPart(name="mine", content=b"hunter2")) == "UserDataPart(name='mine', type=None)"
