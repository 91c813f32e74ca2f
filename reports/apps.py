from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate


class ReportsConfig(AppConfig):
    name = "reports"

    def ready(self) -> None:
        from reports import navigation  # noqa: F401 -- answers what the shell asks
        from reports.services import verify_schema

        # Not news between apps but Django's own hooks of a migration: the only place where tables change shape.
        pre_migrate.connect(lambda using, **_: verify_schema.drop_schema(using=using), sender=self, weak=False)
        post_migrate.connect(lambda using, **_: verify_schema.build_schema(using=using), sender=self, weak=False)
