from django.apps import AppConfig


class FeesConfig(AppConfig):
    name = "fees"
    verbose_name = "Fees"

    def ready(self) -> None:
        from fees import navigation  # noqa: F401 -- answers shell.navigation
