# syntax=docker/dockerfile:1
FROM python:3.11-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /venv
COPY requirements/base.txt /tmp/base.txt
RUN /venv/bin/pip install --require-hashes -r /tmp/base.txt

FROM python:3.11-slim
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    ABM_VAR=/var/lib/abm ABM_STATIC_ROOT=/srv/static ABM_MEDIA_ROOT=/var/lib/abm/media HOST=0.0.0.0
RUN useradd --system --uid 10001 --home-dir /var/lib/abm --create-home abm
COPY --from=build /venv /venv
WORKDIR /app
COPY . .
RUN python -m abm.local messages \
    && SECRET_KEY=only-for-collecting DATABASE_URL=postgresql://none/none REDIS_URL=redis://none python manage.py collectstatic --no-input \
    && mkdir -p "$ABM_MEDIA_ROOT" && chown -R abm "$ABM_VAR"
USER abm
VOLUME /var/lib/abm
EXPOSE 8000
CMD ["gunicorn", "abm.wsgi"]
