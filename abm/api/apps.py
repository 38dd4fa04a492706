from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "abm.api"

    def ready(self) -> None:
        """The schema's extensions register themselves when they are imported."""
        from abm.api import once, schema  # noqa: F401
        from accounts import erasing

        erasing.register(once.forget_about)
