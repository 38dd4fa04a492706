from django.apps import AppConfig


class SurfaceConfig(AppConfig):
    name = "surface"

    def ready(self) -> None:
        """Adds the surface's numbers to the metric dictionary."""
        from funnel import metrics
        from surface.metrics import METRICS

        metrics.register(*METRICS)
