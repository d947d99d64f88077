"""What the benchmarks measure servers by."""

import os
import resource
import time

from benchmarks.serving import busy_processes, cpu_seconds


def test_busy_processes_take_processor_time_until_the_block_ends() -> None:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with busy_processes(1):
        time.sleep(0.2)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert after.ru_utime > before.ru_utime


def test_cpu_seconds_of_this_process_count_its_work() -> None:
    before = cpu_seconds(os.getpid())
    sum(range(200_000))
    assert cpu_seconds(os.getpid()) > before
