"""Every address of the product. Paths are English words and stay stable (docs: contract)."""

from django.conf import settings
from django.contrib import admin
from django.contrib.auth.views import LoginView, LogoutView
from django.urls import URLPattern, URLResolver, include, path
from django.views.i18n import set_language
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from demo.accounts import ACCOUNTS
from station.api.auth import LoginEndpoint
from station.rights import public
from station.views import health, places
from station.views.styleguide import styleguide

APPS = ("station", "fees", "ticketing", "dispatch", "einvoice", "reports")

api: list[URLPattern | URLResolver] = [
    path("auth/token/", LoginEndpoint.as_view()),
    path("schema/", public(SpectacularAPIView.as_view()), name="schema"),
    path("docs/", public(SpectacularSwaggerSplitView.as_view(url_name="schema")), name="docs"),
    *[
        path("", include(f"{app}.api.urls"))
        for app in ("station", "fees", "ticketing", "dispatch", "einvoice", "reports")
    ],
]

urlpatterns = [
    # First: in the demonstration whoever is nobody yet comes to the role chooser.
    *([path("", include("demo.urls"))] if settings.DEMO else []),
    path("", places.home, name="home"),
    path(
        "login/",
        public(LoginView.as_view(extra_context={"demo_accounts": ACCOUNTS if settings.DEMO else []})),
        name="login",
    ),
    path("logout/", public(LogoutView.as_view()), name="logout"),
    path("language/", public(set_language), name="set_language"),
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("admin/", admin.site.urls),
    path("api/v1/", include(api)),
    *[path("", include(f"{app}.urls")) for app in APPS],
]
if settings.DEMO:
    urlpatterns += [path("styleguide/", styleguide, name="styleguide")]
