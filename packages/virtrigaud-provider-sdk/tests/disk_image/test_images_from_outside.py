"""Images that strangers wrote: none of them makes us read another file, and each refusal says why."""

import os
import struct
from pathlib import Path

import pytest
from qemu_images import patched, qemu_img, require_qemu_img, sparse_vmdk
from virtrigaud_provider_sdk import InvalidSpec, NotFound, Unavailable
from virtrigaud_provider_sdk.disk_image import (
    Conversion,
    DiskImage,
    ImageFormat,
    ImageInfo,
    accept_from_outside,
    convert,
)

SECRET = "hunter2-host-file"
GIB = 1 << 30

pytestmark = pytest.mark.usefixtures("real_qemu_img")


@pytest.fixture(scope="module")
def real_qemu_img() -> None:
    require_qemu_img()


@pytest.fixture
def host_file(tmp_path: Path) -> Path:
    """What an attacker would like to read."""
    path = tmp_path / "host.raw"
    path.write_bytes(SECRET.encode().ljust(1 << 20, b"\0"))
    return path


@pytest.fixture
def image(tmp_path: Path) -> DiskImage:
    return DiskImage(tmp_path / "image", ImageFormat.QCOW2)


async def refusal(image: DiskImage) -> str:
    """Return why an image is refused, and make sure that a conversion refuses it too."""
    with pytest.raises(InvalidSpec) as raised:
        await accept_from_outside(image)
    out = DiskImage(image.path.with_name("out.raw"), ImageFormat.RAW)
    with pytest.raises(InvalidSpec) as again:
        await convert(Conversion(source=image, target=out))
    assert again.value.message == raised.value.message
    assert not out.path.exists()
    assert SECRET not in raised.value.message
    return raised.value.message


async def test_a_good_image_is_described(image: DiskImage) -> None:
    qemu_img("create", "-f", "qcow2", image.path, "1G")
    found = await accept_from_outside(image)
    assert found == ImageInfo(format=ImageFormat.QCOW2, virtual_size_bytes=GIB, allocated_bytes=found.allocated_bytes)


@pytest.mark.parametrize(
    "backing", ["{host}", 'json:{{"driver":"raw","file":{{"driver":"file","filename":"{host}"}}}}']
)
async def test_a_backing_file_is_refused(image: DiskImage, host_file: Path, backing: str) -> None:
    named = backing.format(host=host_file)
    qemu_img("create", "-f", "qcow2", "-u", "-b", named, "-F", "raw", image.path, "1M")
    assert await refusal(image) == "image image has a backing file, which an image from outside must not"


async def test_an_external_data_file_is_refused(image: DiskImage) -> None:
    data_file = image.path.with_name("data")
    qemu_img("create", "-f", "qcow2", "-o", f"data_file={data_file},data_file_raw=on", image.path, "1M")
    assert await refusal(image) == "image image has an external data file, which an image from outside must not"


async def test_an_encrypted_image_is_refused(image: DiskImage) -> None:
    qemu_img("create", "-f", "qcow2", image.path, "1M")
    patched(image.path, 32, struct.pack(">I", 2))
    assert await refusal(image) == "image image is encrypted, and nobody here has its key"


async def test_an_image_that_claims_to_be_huge_is_refused(image: DiskImage) -> None:
    qemu_img("create", "-f", "qcow2", image.path, "2G")
    with pytest.raises(InvalidSpec) as raised:
        await accept_from_outside(image, limit_bytes=GIB)
    claim = "claims a capacity of 2147483648 bytes, more than the 1073741824 allowed"
    assert raised.value.message == f"image image {claim}"


@pytest.mark.parametrize(
    ("said", "content", "message"),
    [
        (ImageFormat.RAW, b"QFI\xfb\0\0\0\3", "image image is said to be raw and begins like qcow2"),
        (ImageFormat.QCOW2, b"KDMV", "image image is said to be qcow2 and begins like vmdk"),
        (ImageFormat.VMDK, b"\x7fELF", "image image is said to be vmdk and does not begin like that"),
        (ImageFormat.QCOW2, b"", "image image is said to be qcow2 and does not begin like that"),
        (ImageFormat.QCOW2, b"QFI\xfb\0\0\0\3", "image image is too short for qcow2"),
    ],
)
async def test_a_wrong_word_about_the_format_is_refused(
    image: DiskImage, said: ImageFormat, content: bytes, message: str
) -> None:
    image.path.write_bytes(content)
    assert await refusal(DiskImage(image.path, said)) == message


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            b'# Disk DescriptorFile\nversion=1\ncreateType="monolithicFlat"\nRW 2048 FLAT "host.raw" 0\n',
            "image image is a VMDK whose data are in other files: give a monolithic one",
        ),
        (
            sparse_vmdk(b'createType="monolithicFlat"\nRW 2048 FLAT "host.raw" 0\n', capacity_sectors=0),
            "image image is a VMDK whose data are in other files: give a monolithic one",
        ),
        (
            sparse_vmdk(b'createType="monolithicSparse"\nparentFileNameHint="host.raw"\n'),
            "image image has a parent, which an image from outside must not",
        ),
    ],
)
@pytest.mark.usefixtures("host_file")
async def test_a_vmdk_that_names_other_files_is_refused(image: DiskImage, content: bytes, message: str) -> None:
    image.path.write_bytes(content)
    assert await refusal(DiskImage(image.path, ImageFormat.VMDK)) == message


async def test_a_link_is_not_followed(image: DiskImage, host_file: Path) -> None:
    image.path.symlink_to(host_file)
    with pytest.raises(Exception, match="cannot look at image image: Too many levels of symbolic links"):
        await accept_from_outside(DiskImage(image.path, ImageFormat.RAW))


async def test_what_is_no_file_is_refused(image: DiskImage) -> None:
    os.mkfifo(image.path)
    assert await refusal(DiskImage(image.path, ImageFormat.RAW)) == "image image is no regular file"


async def test_an_absent_image_is_not_found(image: DiskImage) -> None:
    with pytest.raises(NotFound, match="cannot look at image image: No such file or directory"):
        await accept_from_outside(image)


@pytest.mark.parametrize("image_format", [ImageFormat.QCOW2, ImageFormat.VMDK, ImageFormat.VHDX])
async def test_a_damaged_header_is_an_error_and_never_a_hang(image: DiskImage, image_format: ImageFormat) -> None:
    qemu_img("create", "-f", image_format, image.path, "1M")
    whole = image.path.read_bytes()
    for offset in range(8, 128, 4):
        image.path.write_bytes(whole)
        patched(image.path, offset, b"\xff\xff\xff\xff")
        try:
            found = await accept_from_outside(DiskImage(image.path, image_format))
        except (InvalidSpec, Unavailable) as error:
            assert "image image" in error.message  # noqa: PT017 - most damages are seen, some do not matter
        else:
            assert found.backing_file is None
