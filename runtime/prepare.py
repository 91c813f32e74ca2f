"""One step of the start, in one process: migrate, then the demo stations into an empty database."""

import os

import django
from django.contrib.auth import get_user_model
from django.core.management import call_command, get_commands


def main() -> None:
    django.setup()
    call_command("migrate", interactive=False, verbosity=1)
    is_demo = os.environ.get("DEMO") == "1" and "load_demo" in get_commands()
    if is_demo and not get_user_model()._default_manager.exists():
        call_command("load_demo", "--later")


if __name__ == "__main__":
    main()
