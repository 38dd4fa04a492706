from django.apps import AppConfig


class FunnelConfig(AppConfig):
    name = "funnel"

    def ready(self) -> None:
        from funnel import agenda, answer_links, events, feedback, joining, notices
        from users import letters

        events.register()
        joining.register()
        notices.register()
        notices.announce()
        feedback.register()
        answer_links.register()
        letters.offer_waiting(agenda.waiting)
