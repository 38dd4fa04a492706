from django.apps import AppConfig
from django.core.checks import Tags, register


class LocalConfig(AppConfig):
    name = "abm.local"

    def ready(self) -> None:
        from abm.local.letters import database_knows_japanese

        register(database_knows_japanese, Tags.database)
