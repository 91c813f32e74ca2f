"""What a person reads when a start cannot go on: one plain sentence, in English and in Vietnamese, and exit code 1."""

import contextlib
import errno
import json
import sys
from collections.abc import Callable
from pathlib import Path

_SENTENCES: dict[str, list[str]] = json.loads(Path(__file__).with_name("sentences.json").read_text(encoding="utf-8"))
_DISK_TROUBLES = {errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOSPC, errno.EDQUOT}


class CannotGoOn(Exception):
    """The start stops here. `code` names a pair of sentences in sentences.json, `facts` fill them."""

    def __init__(self, code: str, /, **facts: object) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts

    def __str__(self) -> str:
        return "\n".join(sentence(self.code, **self.facts))


def sentence(code: str, /, **facts: object) -> list[str]:
    """The English and the Vietnamese sentence of this code."""
    return [words.format(**facts) for words in _SENTENCES[code]]


def say(code: str, /, **facts: object) -> None:
    tell(sentence(code, **facts)[0])


def tell(line: str) -> None:
    """Print for whoever watches; a closed terminal is no reason to stop."""
    with contextlib.suppress(OSError):
        print(line, flush=True)


def plainly(main: Callable[[], int]) -> int:
    """Run `main`; turn every trouble a person can mend into a sentence, without a traceback."""
    try:
        return main()
    except CannotGoOn as refusal:
        print(refusal, file=sys.stderr)
    except OSError as trouble:
        if trouble.errno not in _DISK_TROUBLES:
            raise
        print(CannotGoOn("disk", path=trouble.filename or "?", reason=trouble.strerror), file=sys.stderr)
    except KeyboardInterrupt:
        return 130
    return 1
