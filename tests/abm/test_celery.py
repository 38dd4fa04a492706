"""The worker's settings that keep tasks from being lost, doubled or held up."""

from datetime import timedelta

from abm.celery import BEAT, LONG, QUICK, TASK_LIMIT, app


def test_a_running_task_is_not_handed_to_a_second_worker() -> None:
    assert app.conf.broker_transport_options["visibility_timeout"] > TASK_LIMIT.total_seconds()
    assert app.conf.task_time_limit == TASK_LIMIT.total_seconds()


def test_a_killed_worker_loses_no_task() -> None:
    assert app.conf.task_acks_late
    assert app.conf.task_reject_on_worker_lost
    assert app.conf.worker_prefetch_multiplier == 1


def test_each_queue_gets_only_its_own_tasks() -> None:
    keys = {(queue.exchange.name, queue.routing_key) for queue in app.conf.task_queues}
    assert keys == {(QUICK, QUICK), (LONG, LONG)}


def test_long_work_does_not_hold_up_quick_work() -> None:
    routed = {name: app.amqp.router.route({}, entry["task"])["queue"].name for name, entry in BEAT.items()}
    assert {name for name, queue in routed.items() if queue == LONG} == {
        *(
            "erase",
            "record-transfers",
            "recompute-all",
            "resume-imports",
            "check-invariants",
            "roll-up",
            "forget-traces",
            "look-for-duplicates",
            "count-figures",
            "forget-files",
            "remind-of-drawers",
        ),
    }


def test_what_runs_often_does_not_pile_up_before_a_stopped_worker() -> None:
    often = {name: entry["schedule"] for name, entry in BEAT.items() if isinstance(entry["schedule"], timedelta)}
    expiries = {name: app.conf.beat_schedule[name]["options"]["expires"] for name in often}
    assert expiries == {name: 2 * schedule.total_seconds() for name, schedule in often.items()}


def test_nightly_work_runs_at_its_hour_in_tokyo() -> None:
    assert app.conf.timezone == "Asia/Tokyo"
    nightly = {name: BEAT[name]["schedule"] for name in ("recompute-all", "check-invariants")}
    assert {name: (min(when.hour), min(when.minute)) for name, when in nightly.items()} == {
        "recompute-all": (2, 10),
        "check-invariants": (3, 0),
    }
