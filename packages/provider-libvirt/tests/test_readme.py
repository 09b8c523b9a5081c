"""What the README says about settings is so."""

import re
from pathlib import Path

from virtrigaud_provider_libvirt import LibvirtSettings

README = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| `([A-Z_]+)` \| `--([a-z-]+)` \| `?([^`|, ]+)`?", flags=re.MULTILINE)


def test_every_setting_of_the_table_has_its_name_and_its_default() -> None:
    rows = ROW.findall(README)
    assert len(rows) == 6
    for variable, flag, default in rows:
        field = LibvirtSettings.model_fields[flag.replace("-", "_")]
        assert (field.validation_alias, str(field.default) or "none") == (variable, default)
