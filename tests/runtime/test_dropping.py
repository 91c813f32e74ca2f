"""Started by root, the servers run as nobody, also where nobody else may pass."""

import os
import subprocess
from pathlib import Path

import pytest

from runtime import dropping

# access(2), as PostgreSQL asks it about its own programs: on behalf of the real user.
_MAY_READ = "import os, sys; print(os.geteuid(), os.access(sys.argv[1], os.R_OK | os.X_OK))"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has somebody to become")
def test_nobody_may_use_programs_in_a_folder_of_root_alone(tmp_path: Path):
    folder = tmp_path / "closed"
    folder.mkdir(mode=0o700)
    program = folder / "initdb"
    program.write_text("")
    program.chmod(0o755)

    command = [*dropping.prefix(folder, program), "/usr/bin/env", "python3", "-c", _MAY_READ, str(program)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd="/")

    assert (done.stdout, done.stderr) == ("65534 True\n", "")
