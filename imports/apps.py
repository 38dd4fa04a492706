from django.apps import AppConfig


class ImportsConfig(AppConfig):
    name = "imports"

    def ready(self) -> None:
        from accounts import erasing
        from imports import events, jobs, keeping, rounds, tasks, undoing

        events.register()
        erasing.register(keeping.take_from)
        rounds.register()
        jobs.woken_by(tasks.wake)
        undoing.woken_by(tasks.wake_to_undo)
