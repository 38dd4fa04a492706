from django.apps import AppConfig


class ScoringConfig(AppConfig):
    name = "scoring"

    def ready(self) -> None:
        from audit import outbox
        from scoring import events, joining, recompute, tasks

        events.register()
        joining.register()
        outbox.on(recompute.TOPIC, recompute.add_recorded)
        outbox.on("touches.withdrawn", recompute.count_again)
        outbox.on("list.signed", recompute.look_again)
        outbox.nudged_by(outbox.SCORES, tasks.wake)
