from django.apps import AppConfig


class ImportsConfig(AppConfig):
    name = "imports"

    def ready(self) -> None:
        from imports import events, jobs, tasks

        events.register()
        jobs.woken_by(tasks.wake)
