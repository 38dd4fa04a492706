from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        from accounts import erasing, events, quality, recounting, tasks
        from audit import outbox

        events.register()
        outbox.on(erasing.ASKED, erasing.on_asked)
        outbox.nudged_by(outbox.ERASURES, tasks.wake_to_erase)
        recounting.counted_by(quality.CODE, quality.figures)
        recounting.woken_by(tasks.wake_to_count)
