"""Tables that forbid what must not be."""

from collections.abc import Iterable

from django.apps import apps
from django.db import models
from django.db.migrations import Migration
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.questioner import NonInteractiveMigrationQuestioner
from django.db.migrations.state import ModelState, ProjectState
from django.utils.translation import override

from tests.architecture.product import APPS

# What goes with its parent because it is nothing without it, and proves nothing. Each with its reason.
CASCADES: dict[str, str] = {}


def our_models() -> list[type[models.Model]]:
    return [model for label in APPS if apps.is_installed(label) for model in apps.get_app_config(label).get_models()]


def own_models() -> list[type[models.Model]]:
    """Without the history tables that pghistory derives."""
    return [model for model in our_models() if not hasattr(model, "pgh_tracked_model")]


def floats(found: Iterable[type[models.Model]]) -> list[str]:
    return [str(field) for model in found for field in model._meta.local_fields if isinstance(field, models.FloatField)]


def cascades(found: Iterable[type[models.Model]]) -> list[str]:
    return [
        str(field)
        for model in found
        for field in [*model._meta.local_fields, *model._meta.local_many_to_many]
        if getattr(field.remote_field, "on_delete", None) is models.CASCADE
    ]


def nameless_constraints(found: Iterable[type[models.Model]]) -> list[str]:
    """`unique_seat` says nothing to whoever meets it in a log: a name is a sentence of three words or more."""
    return [
        f"{model._meta.label}: {constraint.name}"
        for model in found
        for constraint in model._meta.constraints
        if constraint.name.count("_") < 2
    ]


def default_orderings(found: Iterable[type[models.Model]]) -> list[str]:
    return [model._meta.label for model in found if model._meta.ordering]


def changes_since(loader: MigrationLoader, state: ProjectState, *new: str) -> dict[str, list[Migration]]:
    """What makemigrations would write for *state*; without a database."""
    questioner = NonInteractiveMigrationQuestioner(specified_apps={*APPS, *new})
    return MigrationAutodetector(loader.project_state(), state, questioner).changes(graph=loader.graph)


def missing_migrations() -> list[str]:
    loader = MigrationLoader(None, ignore_no_migrations=True)
    with override(None):  # labels are compared in English, as makemigrations does
        changes = changes_since(loader, ProjectState.from_apps(apps))
    return [
        f"{label}: {operation.describe()}"
        for label in sorted(set(changes) & set(APPS))
        for migration in changes[label]
        for operation in migration.operations
    ]


def test_no_float_anywhere():
    assert floats(our_models()) == []


def test_rows_die_with_their_parent_only_where_listed():
    assert sorted(cascades(own_models())) == sorted(CASCADES)


def test_constraint_names_are_sentences():
    assert nameless_constraints(own_models()) == []


def test_order_is_asked_for_and_never_a_default():
    assert default_orderings(own_models()) == []


def test_models_match_migrations():
    assert missing_migrations() == []


# --- each check can fail --------------------------------------------------------------------------------------------


def bad_model() -> type[models.Model]:
    class Bad(models.Model):
        price = models.FloatField()
        parent = models.ForeignKey("self", on_delete=models.CASCADE)

        class Meta:
            app_label = "nowhere"
            apps = type(apps)()
            ordering = ["price"]
            constraints = [models.UniqueConstraint(fields=["price"], name="unique_price")]

        def __str__(self):
            return "bad"

    return Bad


def test_a_float_a_cascade_a_bare_name_and_an_ordering_are_seen():
    bad = [bad_model()]

    assert floats(bad) == ["nowhere.Bad.price"]
    assert cascades(bad) == ["nowhere.Bad.parent"]
    assert nameless_constraints(bad) == ["nowhere.Bad: unique_price"]
    assert default_orderings(bad) == ["nowhere.Bad"]


def test_a_model_without_its_migration_is_seen():
    state = ProjectState()
    state.add_model(ModelState.from_model(bad_model()))

    assert "nowhere" in changes_since(MigrationLoader(None, ignore_no_migrations=True), state, "nowhere")
