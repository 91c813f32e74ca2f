"""The product's settings, with a data directory of this run's own and the things that only cost time switched off."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

if "STATION_TEST_DATA" not in os.environ:
    # Subprocesses of a test (a worker, a relay) inherit the directory, and only its maker removes it.
    _made = tempfile.mkdtemp(prefix="station-tests-")
    atexit.register(shutil.rmtree, _made, ignore_errors=True)
    os.environ["STATION_TEST_DATA"] = _made
# Keys and the provider's folder are each test process's own, also when several share the run.
_data = Path(os.environ["STATION_TEST_DATA"]) / os.environ.get("PYTEST_XDIST_WORKER", "alone")
_data.mkdir(exist_ok=True)
os.environ["DATA_DIR"] = str(_data)
os.environ["SECRET_KEY"] = "only-for-tests-0123456789-0123456789-0123456789"
os.environ["DEMO"] = "1"
os.environ["PLAIN_STATIC"] = "1"
os.environ["CONN_MAX_AGE"] = "0"

from station.conf.settings import *  # noqa: E402, F403

# A test is one transaction, however long it thinks between two statements, or the machine stands still.
DATABASES["default"]["OPTIONS"]["options"] += " -c idle_in_transaction_session_timeout=10min"  # noqa: F405
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
os.makedirs(str(STATIC_ROOT), exist_ok=True)  # noqa: F405, PTH103 -- whitenoise warns where nothing was collected yet
