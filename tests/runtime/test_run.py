"""A start that cannot go on says one plain sentence and leaves nothing behind."""

import socket
from pathlib import Path

import pytest

from tests.runtime.conftest import Run


@pytest.fixture
def taken_port() -> "socket.socket":
    taken = socket.socket()
    taken.bind(("127.0.0.1", 0))
    taken.listen()
    return taken


@pytest.mark.slow
@pytest.mark.parametrize("module", ["runtime.run", "runtime.setup"])
def test_a_port_in_use_is_one_sentence_and_exit_1(run: Run, module: str, taken_port: socket.socket):
    port = taken_port.getsockname()[1]

    with taken_port:
        done = run(module, PORT=str(port))

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.splitlines() == [
        f"Port {port} on 127.0.0.1 is in use: stop the other program or choose another one with PORT=...",
        (
            f"Cổng {port} trên 127.0.0.1 đang có chương trình khác dùng: hãy tắt chương trình đó "
            "hoặc chọn cổng khác bằng PORT=..."
        ),
    ]


@pytest.mark.slow
def test_a_data_folder_that_cannot_be_written_is_one_sentence_and_exit_1(run: Run, tmp_path: Path):
    (tmp_path / "file").touch()
    folder = tmp_path / "file" / "data"

    done = run("runtime.run", DATA_DIR=str(folder))

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.splitlines() == [
        f"The data folder {folder} cannot be written (Not a directory): choose another one with DATA_DIR=...",
        f"Không ghi được vào thư mục dữ liệu {folder} (Not a directory): hãy chọn thư mục khác bằng DATA_DIR=...",
    ]


@pytest.mark.slow
@pytest.mark.parametrize("value", ["0", "70000", "8000x", "-1", "٣"])
def test_a_port_that_is_no_port_is_refused(run: Run, value: str):
    done = run("runtime.run", PORT=value)

    assert done.returncode == 1
    assert done.stderr.splitlines()[0] == f"PORT must be a whole number from 1 to 65534, not {value!r}."


@pytest.mark.slow
def test_a_named_server_that_does_not_answer_is_one_sentence(run: Run):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        silent = f"postgres://station@127.0.0.1:{free.getsockname()[1]}/station"

        done = run("runtime.run", PORT="18211", DATABASE_URL=silent)

    assert done.returncode == 1
    assert done.stderr.splitlines()[0] == (
        "The server named by DATABASE_URL does not answer: start it, "
        "or leave DATABASE_URL empty to use the built-in one."
    )
