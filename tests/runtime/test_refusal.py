"""Every sentence exists in both languages and says the same things."""

import ast
import json
import string

from runtime.places import ROOT

SENTENCES = json.loads((ROOT / "runtime/sentences.json").read_text(encoding="utf-8"))


def facts_of(words: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(words) if name}


def codes_in_use() -> set[str]:
    calls = [
        node
        for path in (ROOT / "runtime").glob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args
    ]
    first_words = [
        part.value
        for call in calls
        if isinstance(call.func, ast.Name) and call.func.id in {"CannotGoOn", "say", "sentence"}
        for part in ast.walk(call.args[0])
        if isinstance(part, ast.Constant)
    ]
    return {word for word in first_words if isinstance(word, str)}


def test_both_languages_mention_the_same_facts():
    different = [code for code, (english, vietnamese) in SENTENCES.items() if facts_of(english) != facts_of(vietnamese)]

    assert different == []


def test_every_code_in_use_has_its_sentences():
    assert sorted(codes_in_use() - SENTENCES.keys()) == []
