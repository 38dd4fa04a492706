from django.apps import AppConfig


class FunnelConfig(AppConfig):
    name = "funnel"

    def ready(self) -> None:
        from funnel import agenda, events, notices
        from users import letters

        events.register()
        notices.register()
        notices.announce()
        letters.offer_waiting(agenda.waiting)
