# One image for every program of the system; which one a container is, its command says (docker-compose.yml).

# Fonts and scripts, by lock file.
FROM node:22-bookworm-slim AS packages
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --omit=dev --no-audit --no-fund

FROM python:3.11-slim-bookworm AS base
ENV PYTHONUNBUFFERED=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN apt-get update \
    && apt-get install -y --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 libfontconfig1 \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY requirements.txt ./
RUN pip install -r requirements.txt

# What is made of the sources once: checked assets, compiled translations, collected static files.
FROM base AS site
COPY . .
COPY --from=packages /app/node_modules ./node_modules
RUN python -m runtime.assets --copy \
    && python -m runtime.messages \
    && SECRET_KEY=only-for-the-build DATA_DIR=/tmp/data STATIC_ROOT=/app/collected \
       python manage.py collectstatic --noinput -v 0 \
    && rm -rf node_modules

FROM base
RUN useradd --system --uid 10001 --home-dir /data station && install -d -o station -g station /data
COPY --from=site /app /app
ENV DJANGO_SETTINGS_MODULE=station.conf.settings STATIC_ROOT=/app/collected DATA_DIR=/data DEMO=0 \
    HOST=0.0.0.0 PORT=8000 EVENTS_PORT=8001
USER station
VOLUME /data
EXPOSE 8000 8001
CMD ["python", "-m", "runtime.roster", "web"]
