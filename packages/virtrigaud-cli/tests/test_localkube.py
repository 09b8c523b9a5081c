import subprocess
import sys
from pathlib import Path

VRTG = Path(sys.executable).parent / "vrtg"


def test_localkube_serves_until_it_is_told_to_stop(tmp_path: Path) -> None:
    command = [str(VRTG), "localkube", "--data-dir", str(tmp_path / "state"), "--listen", "127.0.0.1:0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        line = server.stdout.readline()
        server.terminate()
        assert server.wait(20) == 0
    assert line.startswith("virtrigaud-localkube is ready at https://127.0.0.1:")


def test_localkube_explains_its_own_options() -> None:
    said = subprocess.run([str(VRTG), "localkube", "--help"], capture_output=True, text=True, check=True).stdout
    assert "--data-dir" in said
