from django.apps import AppConfig


class FunnelConfig(AppConfig):
    name = "funnel"

    def ready(self) -> None:
        from funnel import agenda, notices
        from users import letters

        notices.register()
        notices.announce()
        letters.offer_waiting(agenda.waiting)
