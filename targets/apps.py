from django.apps import AppConfig


class TargetsConfig(AppConfig):
    name = "targets"

    def ready(self) -> None:
        from accounts import joining
        from targets import events

        events.register()
        joining.register(joining.Step(triggers=("targets.TargetEntry:frozen",)))
