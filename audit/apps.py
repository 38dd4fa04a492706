from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "audit"

    def ready(self) -> None:
        from audit import outbox, tasks

        outbox.nudged_by(outbox.MESSAGES, tasks.wake)
