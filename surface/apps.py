from django.apps import AppConfig


class SurfaceConfig(AppConfig):
    name = "surface"
