"""The product's frame: settings, doors (pages and API), the beat table."""

from abm.celery import app as celery_app

__all__ = ["celery_app"]
