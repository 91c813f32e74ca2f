from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "demo"

    def ready(self) -> None:
        from django.contrib import admin
        from django.urls import reverse_lazy

        # The pages of the administrator have no strip: their way back to the site is the role chooser.
        admin.site.site_url = reverse_lazy("demo:roles")  # type: ignore[assignment]  # addresses are not known yet
