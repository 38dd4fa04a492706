from django.apps import AppConfig


class FunnelConfig(AppConfig):
    name = "funnel"

    def ready(self) -> None:
        from accounts import erasing
        from funnel import agenda, answer_links, events, feedback, joining, notices, transfers
        from users import letters

        events.register()
        erasing.register(transfers.record_before_erasing)
        joining.register()
        notices.register()
        notices.announce()
        feedback.register()
        answer_links.register()
        letters.offer_waiting(agenda.waiting)
