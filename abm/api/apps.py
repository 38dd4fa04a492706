from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "abm.api"

    def ready(self) -> None:
        """Who is erased is erased from the kept answers, too."""
        from abm.api import forgetting
        from accounts import erasing

        erasing.register(forgetting.forget_about)
