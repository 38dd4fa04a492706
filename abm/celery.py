"""The worker's app and the whole beat table: when does what run?"""

import os
from datetime import timedelta
from typing import Any

from celery import Celery
from celery.schedules import crontab
from celery.signals import setup_logging
from kombu import Exchange, Queue

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "abm.settings")

QUICK = "quick"
LONG = "long"

BEAT: dict[str, dict[str, Any]] = {
    "ignore-overdue": {"task": "funnel.tasks.ignore_overdue", "schedule": timedelta(seconds=30)},
    "follow-up": {"task": "funnel.tasks.follow_up", "schedule": timedelta(seconds=60)},
    "ask-for-feedback": {"task": "funnel.tasks.ask_for_feedback", "schedule": crontab(hour=7, minute=30)},
    "dispatch": {"task": "funnel.tasks.dispatch", "schedule": timedelta(seconds=60)},
    "start-next-trips": {"task": "funnel.tasks.start_next_trips", "schedule": crontab(hour=6, minute=0)},
    "roll-up": {"task": "funnel.tasks.roll_up", "schedule": timedelta(seconds=60)},
    "remind-of-recoding": {"task": "funnel.tasks.remind_of_recoding", "schedule": crontab(hour=8, minute=0)},
    "record-transfers": {"task": "funnel.tasks.record_transfers", "schedule": timedelta(minutes=10)},
    "check-invariants": {"task": "funnel.tasks.check_invariants", "schedule": crontab(hour=3, minute=0)},
    "score-new-touches": {"task": "scoring.tasks.score_new_touches", "schedule": timedelta(seconds=20)},
    "look-for-duplicates": {"task": "accounts.tasks.look_for_duplicates", "schedule": crontab(hour=1, minute=30)},
    "count-figures": {"task": "accounts.tasks.count_figures", "schedule": timedelta(minutes=15)},
    "recompute-all": {"task": "scoring.tasks.recompute_all", "schedule": crontab(hour=2, minute=10)},
    "resume-imports": {"task": "imports.tasks.resume", "schedule": timedelta(seconds=30)},
    "remind-of-drawers": {"task": "imports.tasks.remind_of_drawers", "schedule": crontab(hour=9, minute=0)},
    "forget-traces": {"task": "imports.tasks.forget_traces", "schedule": crontab(hour=4, minute=20)},
    "forget-files": {"task": "imports.tasks.forget_files", "schedule": crontab(hour=4, minute=30)},
    "erase": {"task": "accounts.tasks.erase", "schedule": timedelta(seconds=60)},
    "settle-opt-outs": {"task": "accounts.tasks.settle_opt_outs", "schedule": timedelta(minutes=5)},
    "send-letters": {"task": "users.tasks.send_letters", "schedule": timedelta(seconds=10)},
    "gather-digests": {"task": "users.tasks.gather_digests", "schedule": timedelta(minutes=5)},
    "forget-answers": {"task": "abm.api.tasks.forget_answers", "schedule": crontab(hour=4, minute=0)},
    "send-webhooks": {"task": "audit.tasks.send_webhooks", "schedule": timedelta(seconds=10)},
    "forget-deliveries": {"task": "audit.tasks.forget_deliveries", "schedule": crontab(hour=4, minute=10)},
    "forget-letters": {"task": "users.tasks.forget_letters", "schedule": crontab(hour=4, minute=20)},
    "deliver-outbox": {"task": "audit.tasks.deliver_outbox", "schedule": timedelta(seconds=10)},
}

LONG_TASKS = (
    "imports.tasks.*",
    "accounts.tasks.erase",
    "accounts.tasks.look_for_duplicates",
    "accounts.tasks.count_figures",
    "scoring.tasks.recompute_all",
    "funnel.tasks.check_invariants",
    "funnel.tasks.record_transfers",
    "funnel.tasks.roll_up",
)

TASK_LIMIT = timedelta(minutes=55)
"""A task is killed after this; the broker may hand it to another worker only later (`visibility_timeout`)."""

BROKER_PATIENCE = 1.0
"""Seconds a hung broker may hold up an act, twice. A worker's BRPOP is always answered within a second."""


def _configuration() -> dict[str, Any]:
    """Read at first use, not at import: the embedded servers set REDIS_URL late."""
    from django.conf import settings

    return {
        "broker_url": settings.REDIS_URL,
        "broker_connection_retry_on_startup": True,
        "broker_connection_max_retries": None,
        "broker_transport_options": {
            "visibility_timeout": int(timedelta(hours=1).total_seconds()),
            "socket_connect_timeout": BROKER_PATIENCE,
            "socket_timeout": BROKER_PATIENCE,
            "socket_keepalive": True,
            "health_check_interval": 10,
            # For those who only ask for a task: a broker that is down must not hold up an act (beat comes round).
            "max_retries": 1,
            "interval_start": 0,
            "interval_step": 0,
            "interval_max": 0,
        },
        "beat_schedule": {name: entry | {"options": _options(entry["schedule"])} for name, entry in BEAT.items()},
        "beat_schedule_filename": str(settings.VAR_DIR / "celerybeat-schedule"),
        "beat_max_loop_interval": 10,
        "enable_utc": True,
        "timezone": settings.TIME_ZONE,
        "task_acks_late": True,
        "task_reject_on_worker_lost": True,
        "task_ignore_result": True,
        "task_default_queue": QUICK,
        "task_queues": [Queue(name, Exchange(name), routing_key=name) for name in (QUICK, LONG)],
        "task_routes": {name: {"queue": LONG} for name in LONG_TASKS},
        "task_publish_retry_policy": {"max_retries": 1, "interval_start": 0, "interval_step": 0.2},
        "task_time_limit": int(TASK_LIMIT.total_seconds()),
        "worker_prefetch_multiplier": 1,
        "worker_concurrency": int(os.environ.get("ABM_WORKERS", "2")),
        "worker_cancel_long_running_tasks_on_connection_loss": True,
    }


def _options(schedule: object) -> dict[str, float]:
    """What runs often is worth nothing late: without expiry a stopped worker would find thousands waiting."""
    return {"expires": 2 * schedule.total_seconds()} if isinstance(schedule, timedelta) else {}


app = Celery("abm")
app.add_defaults(_configuration)
app.autodiscover_tasks(
    ["abm.api", "imports", "scoring", "surface", "funnel", "targets", "engagement", "accounts", "users", "audit"]
)


@setup_logging.connect
def _log_as_the_settings_say(**_: object) -> None:
    """That somebody listens is what keeps Celery from laying out logging its own way."""
