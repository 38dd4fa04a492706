from django.apps import AppConfig


class TargetsConfig(AppConfig):
    name = "targets"

    def ready(self) -> None:
        from accounts import joining
        from targets import events, plans

        events.register()
        plans.announce()
        joining.register(joining.Step(triggers=("targets.TargetEntry:frozen",)))
