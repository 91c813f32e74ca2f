"""What goes to a page and what comes back."""

import re


def form(**data):
    """A form as the page draws it, with its key."""
    return {"idempotency_key": "k1", **data}


def refusals(response) -> list[str]:
    text = " ".join(response.content.decode().split())
    return re.findall(r'<div class="bx-errors".*?<ul> ?(.*?)</ul>', text)
