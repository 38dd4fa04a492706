from django.apps import AppConfig


class ImportsConfig(AppConfig):
    name = "imports"

    def ready(self) -> None:
        from imports import events, jobs, tasks, undoing

        events.register()
        jobs.woken_by(tasks.wake)
        undoing.woken_by(tasks.wake_to_undo)
