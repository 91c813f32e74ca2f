"""Counters from outside: a program of its own, one thread for each clerk, who sells over the page as a browser does.

    python -m bench.clerks < plan.json

The plan: `{"port", "seconds", "think", "password", "clerks": [username, ...]}`. Each clerk logs in, opens the counter
and then goes on: a favourite's digit redraws the screen, Enter keeps a seat, the next Enter takes the money, the ticket
is printed; before each Enter *think* seconds. What is sent is what stood in the form, as the browser would send it.
"""

import http.client
import json
import re
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from html.parser import HTMLParser
from urllib.parse import urlencode

Fields = list[tuple[str, str]]
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
HTMX = {"HX-Request": "true", "HX-Target": "sale"}
FAVOURITES = 9
KEPT = 1.5  # s: the server closes a connection that is idle for 2, and a browser opens another


class Form(HTMLParser):
    """The fields of the form *wanted* as a browser sends them: neither what is disabled nor any button."""

    def __init__(self, page: str, wanted: str = "") -> None:
        super().__init__()
        self.wanted = wanted
        self.fields: Fields = []
        self.inside = False
        self.off = False  # in a disabled part of it
        self.options: list[str] = []  # of the list we are in
        self.feed(page)

    def handle_starttag(self, tag: str, pairs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in pairs}
        if tag == "form":
            self.inside = not self.wanted or given.get("id") == self.wanted
        elif tag == "fieldset":
            self.off = "disabled" in given
        elif tag == "option" and self.options:
            self._option(given)
        elif self.inside and not self.off and "disabled" not in given and given.get("name"):
            self._field(tag, given)

    def _field(self, tag: str, given: dict[str, str]) -> None:
        is_off = given.get("type") in {"checkbox", "radio"} and "checked" not in given
        if tag == "select":
            self.options = [given["name"]]
        elif tag == "input" and not is_off:
            self.fields.append((given["name"], given.get("value", "")))

    def _option(self, given: dict[str, str]) -> None:
        """The first one counts until another says that it is selected."""
        name, *others = self.options
        if "selected" in given and others:
            self.fields.pop()
        if "selected" in given or not others:
            self.fields.append((name, given.get("value", "")))
        self.options.append(given.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.inside = False
        elif tag == "fieldset":
            self.off = False
        elif tag == "select":
            self.options = []


class Clerk:
    """One person at one counter: a connection, cookies and the form on the screen."""

    def __init__(self, plan: dict[str, object], number: int) -> None:
        self.plan, self.number = plan, number
        self.connection = http.client.HTTPConnection("127.0.0.1", int(str(plan["port"])), timeout=60)
        self.used_at = 0.0
        self.cookies: dict[str, str] = {}
        self.times: dict[str, list[float]] = {"hold": [], "commit": []}
        self.odd: Counter[str] = Counter()

    def ask(
        self, path: str, fields: Fields | None = None, headers: dict[str, str] | None = None
    ) -> tuple[http.client.HTTPResponse, str]:
        cookie = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        method, body = ("GET", None) if fields is None else ("POST", urlencode(fields))
        given = {**cookie, **(FORM if body else {}), **(headers or {})}
        try:
            answer = self._sent(method, path, body, given)
        except (http.client.RemoteDisconnected, ConnectionError):  # closed while we were sending: once more
            self.odd["sent again"] += 1
            self.connection.close()
            answer = self._sent(method, path, body, given)
        page = answer.read().decode()
        self.used_at = time.monotonic()
        for line in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value
        return answer, page

    def _sent(self, method: str, path: str, body: str | None, headers: dict[str, str]) -> http.client.HTTPResponse:
        if time.monotonic() - self.used_at > KEPT:
            self.connection.close()
        self.connection.request(method, path, body, headers)
        return self.connection.getresponse()

    def come(self) -> None:
        """Log in and open the counter."""
        _answer, page = self.ask("/login/")
        known = [(name, value) for name, value in Form(page).fields if name == "csrfmiddlewaretoken"]
        who = [("username", str(self.plan["clerks"][self.number])), ("password", str(self.plan["password"]))]
        answer, _page = self.ask("/login/", [known[0], *who])
        if answer.status != 302:
            raise RuntimeError(f"{who[0][1]} could not log in: {answer.status}")
        _answer, self.page = self.ask("/sell/")

    def work(self, until: float) -> None:
        think, digit = float(str(self.plan["think"])), str(1 + self.number % FAVOURITES)
        time.sleep(think * self.number / len(self.plan["clerks"]))
        while time.monotonic() < until:
            time.sleep(think)
            self.type(digit)
            if not self.enter("hold", digit):
                self.let_go()
                continue
            time.sleep(think)
            if printed := self.enter("commit", ""):
                self.print_ticket(printed)
            else:
                self.let_go()

    def let_go(self) -> None:
        """Esc: what was refused is not tried for ever, its coach may have left."""
        fields = [*self.filled(""), ("release", "1")]
        _answer, self.page = self.ask("/sell/", fields, {**HTMX, "X-CSRFToken": dict(fields)["csrfmiddlewaretoken"]})

    def filled(self, line: str) -> Fields:
        return [(name, line if name == "line" else value) for name, value in Form(self.page, "sale").fields]

    def type(self, line: str) -> None:
        """The screen follows what is typed before Enter is pressed."""
        _answer, self.page = self.ask(f"/sell/?{urlencode(self.filled(line))}", headers=HTMX)

    def enter(self, step: str, line: str) -> str:
        """Press Enter; what followed: the hold's number, or the address of the paper. Empty: neither."""
        fields = self.filled(line)
        token = dict(fields)["csrfmiddlewaretoken"]
        begun = time.perf_counter()
        answer, page = self.ask("/sell/", fields, {**HTMX, "X-CSRFToken": token})
        took = time.perf_counter() - begun
        event = answer.headers.get("HX-Trigger-After-Settle")
        self.page = page
        got = json.loads(event)["sold"]["print"] if event else dict(Form(page, "sale").fields).get("hold", "")
        if answer.status == 200 and bool(event) == (step == "commit") and got:
            self.times[step].append(took)
            return str(got)
        found = re.search(r"data-refusal[^>]*>\s*(?:<[^>]*>\s*)*([^<]*)", page)
        self.odd[f"{step} {answer.status} {found[1].strip() if found else ''}"] += 1
        return ""

    def print_ticket(self, path: str) -> None:
        """Counted once more than seen: the browser sends this from a hidden frame after each sale."""
        token = dict(Form(self.page, "sale").fields)["csrfmiddlewaretoken"]
        key = f"print-{self.number}-{time.monotonic_ns()}"
        fields = [("csrfmiddlewaretoken", token), ("idempotency_key", key), ("sale", "1")]
        answer, _page = self.ask(path, fields)
        if answer.status != 200:
            self.odd[f"print {answer.status}"] += 1


def main() -> None:
    plan = json.load(sys.stdin)
    people = [Clerk(plan, number) for number in range(len(plan["clerks"]))]
    for person in people:
        person.come()
    burnt, until = time.process_time(), time.monotonic() + plan["seconds"]
    with ThreadPoolExecutor(len(people)) as counters:
        list(counters.map(lambda person: person.work(until), people))
    said = {step: [took for person in people for took in person.times[step]] for step in ("hold", "commit")}
    odd = sum((person.odd for person in people), Counter())
    json.dump({**said, "odd": odd, "cpu": time.process_time() - burnt}, sys.stdout)


if __name__ == "__main__":
    main()
