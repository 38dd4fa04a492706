from django.apps import AppConfig


class ImportsConfig(AppConfig):
    name = "imports"

    def ready(self) -> None:
        from imports import jobs, tasks

        jobs.woken_by(tasks.wake)
