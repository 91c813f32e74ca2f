"""One settings module; what differs between places comes from the environment."""

import secrets
from pathlib import Path

import environ
from redis.asyncio.retry import Retry
from redis.backoff import ConstantBackoff
from redis.connection import parse_url

BASE_DIR = Path(__file__).resolve().parents[2]
env = environ.Env()


def _secret_key(data_dir: Path) -> str:
    """The key of this copy: made once, kept beside its data."""
    path = data_dir / "secret_key"
    if not path.exists():
        data_dir.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(50))
    return path.read_text().strip()


DEBUG = env.bool("DEBUG", default=False)
DEMO = env.bool("DEMO", default=False)
DATA_DIR = Path(env.str("DATA_DIR", default=str(BASE_DIR / ".data"))).resolve()
SECRET_KEY = env.str("SECRET_KEY", default="") or _secret_key(DATA_DIR)
PORT = env.int("PORT", default=8000)
EVENTS_PORT = env.int("EVENTS_PORT", default=PORT + 1)
# Where the browser finds the push process: its own port, or "same-origin" behind a TLS front.
EVENTS_ORIGIN = env.str("EVENTS_ORIGIN", default="")
TLS = env.bool("TLS", default=False)
# Printed in QR codes: where a roadside inspector's phone finds us.
PUBLIC_URL = env.str("PUBLIC_URL", default=f"http://127.0.0.1:{PORT}")

ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["*"] if DEMO or DEBUG else ["localhost", "127.0.0.1"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

INSTALLED_APPS = [
    *(["demo"] if DEMO else []),
    "reports",
    "dispatch",
    "einvoice",
    "ticketing",
    "fees",
    "station",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.forms",
    # Their automatic set-up prints raw <c-…> tags when both are installed: loaders are named below instead.
    "django_cotton.apps.SimpleAppConfig",
    "template_partials.apps.SimpleAppConfig",
    "django_htmx",
    "django_eventstream",
    "pgtrigger",
    "pghistory",
    "csp",
    "rest_framework",
    "rest_framework.authtoken",
    "drf_spectacular",
    "drf_spectacular_sidecar",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "station.middleware.PlainAddressMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "station.middleware.ChosenLanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "pghistory.middleware.HistoryMiddleware",
    "station.middleware.PlaceMiddleware",
    "station.middleware.RefusalMiddleware",
    *(["demo.views.still_playing.StillPlayingMiddleware"] if DEMO else []),
]

# The push process answers `/events/` and nothing else (station.conf.asgi).
ROOT_URLCONF = env.str("ROOT_URLCONF", default="station.conf.urls")
WSGI_APPLICATION = "station.conf.wsgi.application"
ASGI_APPLICATION = "station.conf.asgi.application"

_FILE_LOADERS = [
    "django_cotton.cotton_loader.Loader",
    "django.template.loaders.filesystem.Loader",
    "django.template.loaders.app_directories.Loader",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "station.context.shell",
                *(["demo.context.front"] if DEMO else []),
            ],
            "loaders": [
                ("template_partials.loader.Loader", [("django.template.loaders.cached.Loader", _FILE_LOADERS)]),
            ],
            "builtins": [
                "django_cotton.templatetags.cotton",
                "template_partials.templatetags.partials",
                "django.templatetags.i18n",
                "django.templatetags.static",
                "station.templatetags.station",
            ],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
COTTON_DIR = "cotton"

DATABASES = {"default": env.db("DATABASE_URL", default="postgres://station@127.0.0.1:5432/station")}
DATABASES["default"] |= {
    "CONN_MAX_AGE": env.int("CONN_MAX_AGE", default=60),
    "CONN_HEALTH_CHECKS": True,
    # A counter never waits behind a stuck neighbour (docs/locking.md). Django joins outwards from the row it looks for:
    # PostgreSQL weighs other orders of up to five tables, not of eight, for which it needs longer than for the answer.
    "OPTIONS": {
        "connect_timeout": 3,
        "options": "-c lock_timeout=3s -c statement_timeout=15s -c idle_in_transaction_session_timeout=30s"
        " -c join_collapse_limit=5"
        # What is prepared (station/models/written_once.py) looks rows up by key: one plan does for all of them.
        " -c plan_cache_mode=force_generic_plan",
    },
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
REDIS_URL = env.str("REDIS_URL", default="redis://127.0.0.1:6379/0")

AUTH_USER_MODEL = "station.User"
AUTHENTICATION_BACKENDS = ["station.conf.sessions.PersonBackend"]
AUTH_PASSWORD_VALIDATORS = [] if DEMO else [{"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"}]
if DEMO:
    # Everybody knows the demonstration's password: hashing it slowly only makes the first start slow.
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
# In the demonstration whoever leaves one role chooses the next.
LOGOUT_REDIRECT_URL = "demo:roles" if DEMO else "login"
# Clerks' sessions live in the database: a lost Redis logs nobody out.
SESSION_ENGINE = "station.conf.sessions"
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_COOKIE_NAME = f"station_session_{PORT}"
CSRF_COOKIE_NAME = f"station_csrf_{PORT}"
LANGUAGE_COOKIE_NAME = "station_language"

LANGUAGE_CODE = "vi"
LANGUAGES = [("vi", "Tiếng Việt"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["station.conf.formats"]
USE_I18N = True
USE_TZ = True
USE_THOUSAND_SEPARATOR = True
TIME_ZONE = "Asia/Ho_Chi_Minh"

STATIC_URL = "/static/"
STATIC_ROOT = env.path("STATIC_ROOT", default=str(DATA_DIR / "static"))
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if env.bool("PLAIN_STATIC", default=DEBUG)
        # Not compressed here: 56 s of every first start for 3 s worth of files; the TLS front compresses on the way.
        else "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"
    },
}

_HOSTS = sorted({"127.0.0.1", "localhost", env.str("HOST", default="127.0.0.1")})
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "connect-src": ["'self'", *(f"http://{host}:{EVENTS_PORT}" for host in _HOSTS if not EVENTS_ORIGIN)],
        "img-src": ["'self'", "data:"],
        "object-src": ["'none'"],
        "base-uri": ["'self'"],
        "form-action": ["'self'"],
        # A ticket prints from a hidden frame of our own page.
        "frame-ancestors": ["'self'"],
    }
}
SECURE_CONTENT_TYPE_NOSNIFF = True
# The push process on its own port knows our pages by their referrer; nobody else is ever asked for anything.
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
X_FRAME_OPTIONS = "SAMEORIGIN"
SECURE_SSL_REDIRECT = TLS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TLS else None
SECURE_HSTS_SECONDS = 31_536_000 if TLS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = TLS
SECURE_HSTS_PRELOAD = TLS
SESSION_COOKIE_SECURE = TLS
CSRF_COOKIE_SECURE = TLS
DATA_UPLOAD_MAX_MEMORY_SIZE = 8 * 1024 * 1024

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "station.api.tokens.StationTokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["station.api.permissions.HasDeclaredRight"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["station.api.parsers.PlainJSONParser", "rest_framework.parsers.MultiPartParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_PAGINATION_CLASS": "rest_framework.pagination.LimitOffsetPagination",
    "PAGE_SIZE": 100,
    "EXCEPTION_HANDLER": "station.api.errors.answer",
    "DEFAULT_THROTTLE_RATES": {"login": "30/min"},
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Coach station",
    "DESCRIPTION": "The same services as the pages, for machines.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {
        "DirectionEnum": "station.enums.Direction",
        "DepartureStateEnum": "station.enums.DepartureState",
        "ShiftStateEnum": "station.enums.ShiftState",
        "BlockKindEnum": "ticketing.enums.BlockKind",
        "MoveKindEnum": "fees.enums.MoveKind",
        "MoveStateEnum": "fees.enums.MoveState",
    },
}

# The events process listens there and comes back when Redis does; only the relay publishes (station/services/relay.py).
EVENTSTREAM_REDIS = {**parse_url(REDIS_URL), "retry": Retry(ConstantBackoff(1), -1)}  # type: ignore[no-untyped-call]
# The push process answers on a port of its own; behind the TLS front it is the same origin.
EVENTSTREAM_ALLOW_ORIGINS = [
    f"http://{host}:{PORT}" for host in ("127.0.0.1", "localhost", env.str("HOST", default=""))
]
EVENTSTREAM_ALLOW_CREDENTIALS = True
EVENTSTREAM_CHANNELMANAGER_CLASS = "station.push.Channels"

# Celery is a courier (ADR 0002): every message is a row of the outbox first, so nothing here is worth keeping.
CELERY_BROKER_URL = REDIS_URL
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 600,
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
    "health_check_interval": 15,
    "socket_timeout": 5,
    "socket_connect_timeout": 2,
}
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_TIME_LIMIT = 60
CELERY_TASK_SOFT_TIME_LIMIT = 50
CELERY_TASK_CREATE_MISSING_QUEUES = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_MAX_TASKS_PER_CHILD = 200
# Celery would connect anew before and after each task, which takes PostgreSQL as long as the task: they age as those of
# the web do (station/courier.py).
CELERY_DB_REUSE_MAX = 10**9
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 20
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = TIME_ZONE
CELERY_BEAT_SCHEDULE = {
    "worker is alive": {"task": "station.beat", "schedule": 10.0},
    "invoices nobody asked for": {"task": "einvoice.sweep", "schedule": 60.0},
    "records the road administration has not received": {"task": "dispatch.watch_records", "schedule": 30.0},
    "transfers nobody made": {"task": "ticketing.let_go_of_unpaid", "schedule": 15.0},
    "news that pages were told": {"task": "station.sweep_pushes", "schedule": 600.0},
    "departures of tomorrow": {"task": "station.plan_ahead", "schedule": 1800.0},
}

if DEMO:
    # A demonstration's days are laid out by its player, at the moments that it plays (demo/services/rounds.py).
    del CELERY_BEAT_SCHEDULE["departures of tomorrow"]

SILENCED_SYSTEM_CHECKS = [
    # A ticket prints from a hidden frame of our own page, so framing is refused to everybody else only.
    "security.W019",
    # Without a TLS front (a demonstration on one machine) there is nothing to redirect to.
    *([] if TLS else ["security.W004", "security.W008", "security.W012", "security.W016"]),
]

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
    "loggers": {
        "django.request": {"level": "ERROR"},
        "weasyprint": {"level": "ERROR"},
        "fontTools": {"level": "ERROR"},
    },
}
