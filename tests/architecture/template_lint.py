"""What a template of ours may not contain. djlint sees unclosed tags; this sees the rules of the house."""

import re
from html.parser import HTMLParser

COMMENT = re.compile(r"\{#.*?#\}|\{%\s*comment\b.*?%\}.*?\{%\s*endcomment\s*%\}|<!--.*?-->", re.DOTALL)
TRANSLATED = re.compile(r"\{%\s*blocktrans(?:late)?\b.*?%\}.*?\{%\s*endblocktrans(?:late)?\s*%\}", re.DOTALL)
# {% block head_class %}pb-head--warn{% endblock %}: names, not words.
CLASS_NAMES = re.compile(r"\{%\s*block\s+\w*class\s*%\}.*?\{%\s*endblock[^%]*%\}", re.DOTALL)
TAG = re.compile(r"\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
UNTRIMMED = re.compile(r"\{%\s*blocktrans(?:late)?\b(?![^%]*\btrimmed\b)[^%]*%\}")
UNESCAPED = re.compile(r"\|\s*safe\b|\{%\s*autoescape\s+off")
ADDRESS = frozenset(
    "href action formaction src hx-get hx-post hx-put hx-patch hx-delete hx-push-url hx-replace-url".split()
)
SPOKEN = frozenset("title alt placeholder aria-label label heading hint caption summary".split())
# A word that is to be translated: two letters and not all capitals (QR, PDF, VND), not a unit, not a key.
WORD = re.compile(r"[^\W\d_]{2,}")
SAME_EVERYWHERE = frozenset(
    "km kg mm cm đ Esc Enter Tab Ctrl Alt Shift Hoà Bình Zalo VietQR Tiếng Việt English".split()
)
# Contents that nobody reads as prose.
UNREAD = frozenset({"script", "style", "code", "kbd", "samp", "svg", "c-kbd", "c-vars"})
# Form fields that need a name a screen reader can say.
FIELDS = frozenset({"input", "select", "textarea"})
SILENT_INPUTS = frozenset({"hidden", "submit", "button", "image"})
VOID = frozenset("area base br col embed hr img input link meta source track wbr".split())


class Page(HTMLParser):
    """Walks one template whose template tags are blanked, keeping line numbers."""

    def __init__(self, *, prints: bool, speaks: bool) -> None:
        super().__init__(convert_charrefs=True)
        self.prints = prints  # a document for WeasyPrint: it has no CSP, no keyboard, and its own language
        self.speaks = speaks and not prints  # to people who may read either language
        self.found: list[tuple[int, str]] = []
        self.open: list[str] = []
        self.labels: set[str] = set()
        self.fields: list[tuple[int, str]] = []

    def complain(self, what: str) -> None:
        self.found.append((self.getpos()[0], what))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        if tag not in VOID:
            self.open.append(tag)
        if not self.prints:
            self._check_policy(tag, attributes)
        self._check_names(tag, attributes)
        for name in SPOKEN & attributes.keys():
            self._check_words(attributes[name], f'{name}="{attributes[name].strip()}" is not translated')

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        if tag in self.open:
            del self.open[len(self.open) - 1 - self.open[::-1].index(tag) :]

    def handle_data(self, data: str) -> None:
        if not UNREAD & set(self.open):
            self._check_words(data, f"«{' '.join(data.split())[:60]}» is not translated")

    def _check_policy(self, tag: str, attributes: dict[str, str]) -> None:
        """What the Content-Security-Policy would refuse, and addresses that a renamed URL would break."""
        if "style" in attributes or tag == "style":
            self.complain("inline style")
        if tag == "script" and "src" not in attributes and attributes.get("type") != "application/json":
            self.complain("inline script")
        for name in attributes:
            if name.startswith(("on", "hx-on")):
                self.complain(f"{name}: inline handler")
        for name in ADDRESS & attributes.keys():
            if attributes[name].startswith(("/", "http:", "https:")):
                self.complain(f'{name}="{attributes[name]}" without {{% url %}} or {{% static %}}')

    def _check_names(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "img" and "alt" not in attributes:
            self.complain("img without alt")
        if tag == "label":
            self.labels.add(attributes.get("for", ""))
        named = "aria-label" in attributes or "aria-labelledby" in attributes or "label" in self.open
        if tag in FIELDS and not named and attributes.get("type") not in SILENT_INPUTS:
            self.fields.append((self.getpos()[0], attributes.get("id", "")))

    def _check_words(self, text: str, complaint: str) -> None:
        words = [word for word in WORD.findall(text) if word not in SAME_EVERYWHERE and not word.isupper()]
        if words and self.speaks:
            self.complain(complaint)


def blanked(text: str, pattern: re.Pattern[str], filler: str = "") -> str:
    """*text* without what *pattern* finds; lines stay where they are."""
    return pattern.sub(lambda match: filler + "\n" * match[0].count("\n"), text)


def complaints(source: str, where: str, *, prints: bool = False, speaks: bool = True) -> list[str]:
    """Everything in *source* that breaks a rule, as "place: what"."""
    visible = blanked(source, COMMENT)
    found = [
        (visible.count("\n", 0, match.start()) + 1, what)
        for pattern, what in ((UNTRIMMED, "blocktranslate without trimmed"), (UNESCAPED, "unescaped output"))
        for match in pattern.finditer(visible)
    ]
    page = Page(prints=prints, speaks=speaks)
    # "…" and {…}: a filler that is neither a word nor an address, but leaves an attribute non-empty.
    for pattern in (TRANSLATED, CLASS_NAMES, TAG):
        visible = blanked(visible, pattern, "…")
    page.feed(visible)
    page.close()
    nameless = [(line, "form field without label") for line, key in page.fields if not key or key not in page.labels]
    if prints:
        nameless = []
    return [f"{where}:{line} {what}" for line, what in sorted([*found, *page.found, *nameless])]
