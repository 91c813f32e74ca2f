from django.apps import AppConfig


class FeesConfig(AppConfig):
    name = "fees"
    verbose_name = "Fees"

    def ready(self) -> None:
        from fees import navigation, selectors  # noqa: F401 -- answer shell.navigation and till.may_close
