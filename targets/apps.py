from django.apps import AppConfig


class TargetsConfig(AppConfig):
    name = "targets"

    def ready(self) -> None:
        from accounts import joining, recounting
        from targets import dormant, events, plans

        events.register()
        plans.announce()
        joining.register(joining.Step(triggers=("targets.TargetEntry:frozen",)))
        recounting.counted_by(dormant.CODE, dormant.figures)
