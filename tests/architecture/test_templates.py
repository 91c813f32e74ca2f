"""Pages: every template compiles, is used, and keeps the rules of the house."""

import ast
import re
from collections.abc import Iterable

import pytest
from django.conf import settings
from django.template import engines
from django.template.loader import get_template

from tests.architecture.product import APPS, ROOT, name_of, python_files, templates, tree_of
from tests.architecture.template_lint import COMMENT, complaints

# Documents for WeasyPrint: laid out and worded by law, with their style inside.
PRINTS = re.compile(r"/(pdf|paper)/|\.(pdf|print|svg|xml)\.html$|_pdf\.html$")
# Shows components to developers, with sample words.
SPECIMENS = frozenset({"styleguide.html"})
# Copies of Django's form templates mark the help text safe, as Django does.
DJANGOS_OWN = "templates/django/forms/"
# Django asks for these by name itself.
BY_CONVENTION = re.compile(r"^(400|403|403_csrf|404|429|500)\.html$|^(admin|registration|django/forms|rest_framework)/")
NAME = re.compile(r"[\w./-]+\.(?:html|txt|xml|svg|webmanifest|js)")
COMPONENT = re.compile(r"<c-(?!vars\b|slot\b|component\b)([\w.-]+)")
DYNAMIC_COMPONENT = re.compile(r"<c-component\s[^>]*\bis=\"([\w.-]+)\"")


def pages() -> list[str]:
    return [path.relative_to(ROOT / "templates").as_posix() for path in templates()]


def component_file(tag: str) -> str:
    """`forms.text-input` → cotton/forms/text_input.html"""
    return f"cotton/{tag.replace('.', '/').replace('-', '_')}.html"


def components_in(source: str) -> set[str]:
    visible = COMMENT.sub("", source)
    return {component_file(tag) for tag in [*COMPONENT.findall(visible), *DYNAMIC_COMPONENT.findall(visible)]}


def names_in_python(tree: ast.Module) -> set[str]:
    """Template names in string constants; `f"station/{x}.html"` counts for all of its folder."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            found.update(NAME.findall(node.value))
        if isinstance(node, ast.JoinedStr):
            text = "".join(str(part.value) if isinstance(part, ast.Constant) else "*" for part in node.values)
            found.update(match for match in re.findall(r"[\w./*-]+\.html", text) if "*" in match)
    return found


def unused(files: Iterable[str], names: set[str]) -> list[str]:
    patterns = [re.compile(re.escape(name).replace(r"\*", "[^/]+") + "$") for name in names if "*" in name]
    return [
        file
        for file in files
        if file not in names and not BY_CONVENTION.search(file) and not any(p.fullmatch(file) for p in patterns)
    ]


def missing_components(used: set[str], files: Iterable[str]) -> list[str]:
    there = set(files) | {file.replace("/index.html", ".html") for file in files}
    return sorted(used - there)


def raw_components(html: str) -> list[str]:
    """Tags that nobody compiled: what a passenger would see if the loaders were in the wrong order."""
    return re.findall(r"</?c-[\w.-]+", html)


def test_every_template_compiles():
    for page in pages():
        if page.endswith(".html"):
            get_template(page)


def test_templates_keep_the_rules_of_the_house():
    found = [
        complaint
        for path in templates()
        if path.suffix == ".html"
        for complaint in complaints(
            path.read_text(),
            name_of(path),
            prints=bool(PRINTS.search(name_of(path))),
            speaks=path.name not in SPECIMENS,
        )
        if not (complaint.endswith("unescaped output") and DJANGOS_OWN in complaint)
    ]

    assert found == []


def test_every_template_is_used():
    sources = {path: path.read_text() for path in templates()}
    names = {name for path in python_files(*APPS) for name in names_in_python(tree_of(path))}
    for source in sources.values():
        visible = COMMENT.sub("", source)
        names |= set(NAME.findall(visible)) | components_in(visible)

    assert unused(pages(), names) == []


def test_every_component_exists():
    used = {component for path in templates() for component in components_in(path.read_text())}

    assert missing_components(used, pages()) == []


def test_components_are_compiled_by_the_loaders():
    """With both packages' own set-up the tags reach the passenger as they are, without any error."""
    for page in pages():
        if page.endswith(".html"):
            nodes = get_template(page).template.nodelist  # type: ignore[attr-defined]
            assert [raw for text in texts_of(nodes) for raw in raw_components(text)] == [], page


def texts_of(nodelist) -> list[str]:
    from django.template.base import TextNode

    return [node.s for node in nodelist.get_nodes_by_type(TextNode)]


def test_undefined_variables_are_looked_for():
    assert bool(engines["django"].engine.string_if_invalid) is True  # type: ignore[attr-defined]
    assert settings.TEMPLATES[0]["DIRS"] == [ROOT / "templates"]


# --- each check can fail --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "complaint"),
    [
        ('<p style="color:red">1</p>', "inline style"),
        ("<script>go()</script>", "inline script"),
        ('<button onclick="go()">…</button>', "onclick: inline handler"),
        ('<a href="/tickets/">1</a>', 'href="/tickets/" without {% url %} or {% static %}'),
        ('<form hx-post="/tickets/"></form>', 'hx-post="/tickets/" without {% url %} or {% static %}'),
        ('<img src="{% static "x.png" %}">', "img without alt"),
        ('<input name="seat">', "form field without label"),
        ('<input id="a"><label for="b">…</label>', "form field without label"),
        ("{% blocktranslate %}Sold{% endblocktranslate %}", "blocktranslate without trimmed"),
        ("{{ name|safe }}", "unescaped output"),
        ("<p>Sold out</p>", "«Sold out» is not translated"),
        ('<c-button label="Sell" />', 'label="Sell" is not translated'),
    ],
)
def test_each_rule_sees_its_breach(source, complaint):
    assert complaints(f"\n{source}", "bad.html") == [f"bad.html:2 {complaint}"]


@pytest.mark.parametrize(
    "source",
    [
        '{# Sold out #}<a href="{% url \'sell\' 1 %}">{% translate "Sell" %}</a>',
        '<label>{{ seat }} <input name="seat"></label><input type="hidden" name="key">',
        '<label for="id_plate">…</label><input id="id_plate"><kbd>F2</kbd> 12 km QR',
        "{% blocktranslate trimmed with n=seats %}{{ n }} seats{% endblocktranslate %}",
        '<img src="{% static \'x.png\' %}" alt="{% translate "Logo" %}"><script src="{% static "x.js" %}"></script>',
    ],
)
def test_honest_markup_passes(source):
    assert complaints(source, "good.html") == []


def test_a_printed_document_has_its_own_style_and_words():
    assert complaints("<style>p {}</style><p>Lệnh vận chuyển</p>", "order.html", prints=True) == []


def test_an_unused_template_and_a_missing_component_are_seen():
    names = names_in_python(ast.parse('render(request, "fees/till.html#row"); f"fees/{kind}_card.html"'))

    assert unused(["fees/till.html", "fees/old.html", "fees/x_card.html", "404.html"], names) == ["fees/old.html"]
    assert missing_components(components_in("<c-plate-chip /><c-kbd /> {# <c-old /> #}"), ["cotton/kbd.html"]) == [
        "cotton/plate_chip.html"
    ]


def test_a_raw_component_is_seen():
    assert raw_components("<div><c-plate plate='28B'></c-plate></div>") == ["<c-plate", "</c-plate"]
