"""A run that is disturbed again and again, then finished and compared."""

import signal
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from random import Random

from runner import faults, files
from runner.bench import PATIENCE, PROVENANCE, Bench, last_line, results
from runner.sitting import Sitting

_ENDS = {
    "finished": (None, {0}),
    "killed (TERM)": (signal.SIGTERM, {143, -signal.SIGTERM}),
    "killed (INT)": (signal.SIGINT, {130, -signal.SIGINT}),
    "killed (KILL)": (signal.SIGKILL, {-signal.SIGKILL}),
    "stopped, then killed (KILL)": (signal.SIGKILL, {-signal.SIGKILL}),
    "crashed (SEGV)": (signal.SIGSEGV, {-signal.SIGABRT, -signal.SIGSEGV}),
}
"""How a process is ended: the signal, and the statuses that it may have then.

A signal that comes before the program is ready for it ends it as it ends any.
"""

_WEIGHTS = (1, 3, 1, 5, 3, 1)


@dataclass
class Tally:
    """What was done, and what came of it."""

    faults: Counter[str] = field(default_factory=Counter)
    outcomes: Counter[str] = field(default_factory=Counter)

    def is_clean(self) -> bool:
        """Whether all results were there and the same; nothing compared is not clean either."""
        good = self.outcomes["same bytes"]
        return good > 0 and self.outcomes.total() == good

    def table(self, took: str) -> str:
        """All of it, for the end."""
        lines = [f"faults injected in {took}"]
        lines += [f"  {count:6}  {kind}" for kind, count in self.faults.most_common()]
        lines += [f"  {self.faults.total():6}  in all", "runs compared"]
        kinds = ["same bytes", "other bytes", "lost", "computed again", "command failed", "trace"]
        lines += [f"  {self.outcomes[kind]:6}  {kind}" for kind in kinds]
        return "\n".join(lines)


class Series:
    """A store of its own: some disturbed sittings, the last one undisturbed."""

    def __init__(
        self,
        bench: Bench,
        experiment: str,
        chance: Random,
        tally: Tally,
        say: Callable[[str], None],
        end: float,
    ) -> None:
        self._bench = bench
        self._experiment = experiment
        self._chance = chance
        self._tally = tally
        self._say = say
        self._end = end
        self._sittings: list[Sitting] = []
        self._harmed: set[str] = set()
        self._excused = False

    def run(self) -> None:
        """Disturbs, finishes and compares; no process is left."""
        files.remove(self._bench.store)
        self._bench.store.mkdir(parents=True)
        try:
            for _ in range(self._chance.randint(2, 5)):
                if time.monotonic() < self._end:
                    self._disturbed()
            self._compare()
        finally:
            for one in self._sittings:
                one.end()
            if self._bench.disk:
                self._bench.disk.free()
            files.remove(self._bench.store)

    def _disturbed(self) -> None:
        chance, bench = self._chance, self._bench
        self._excused = False
        for _ in range(chance.randint(0, 4)):
            self._harm()
        is_data_harmed = chance.random() < 0.1 and self._harm_data()
        before = self._finished()
        limit = 0
        if bench.disk is None and chance.random() < 0.25:
            limit = chance.choice([1 << 16, 1 << 17, 1 << 18])
            self._fault(f"files limited to {limit >> 10} KB", "files limited")
            self._excused = True
        self._sittings = [bench.start(self._experiment, bench.store, limit=limit)]
        if chance.random() < 0.2:
            self._sittings.append(bench.start(self._experiment, bench.store))
            self._fault("a second process on the store", "two processes at once")
        if is_data_harmed:
            self._excused = True
            self._finish("finished")
            bench.mend_data()
        else:
            self._act()
        again = [n for n in before.items() if n not in self._finished().items()]
        for name, _ in again:
            if name not in self._harmed:
                self._bad("computed again", name)

    def _act(self) -> None:
        """Waits for work, mostly, does a few things to it, and ends it."""
        chance, one = self._chance, self._sittings[0]
        if chance.random() < 0.85:
            one.wait_for_work(PATIENCE)
        for _ in range(chance.randint(0, 9)):
            self._sleep()
            if one.status is not None:
                break
            act = chance.random()
            if act < 0.6:
                self._fault("stopped and continued")
                one.pause(chance.uniform(0, 0.5))
            elif act < 0.8:
                self._harm()
                self._excused = True
            elif self._bench.disk:
                self._excused = True
                self._bench.disk.fill(chance)
                self._fault("disk full")
                self._sleep()
                self._bench.disk.free()
        self._sleep()
        self._finish(chance.choices(list(_ENDS), _WEIGHTS)[0])

    def _finish(self, how: str) -> None:
        """Ends all processes in the same way; each must end as that way has it."""
        number, statuses = _ENDS[how]
        for one in self._sittings:
            if number is not None and one.status is None:
                if how.startswith("stopped"):
                    one.signal(signal.SIGSTOP)
                    self._sleep(0.2)
                one.signal(number)
                self._fault(how)
            status = one.wait(PATIENCE)
            # It may have come to its end before the signal did.
            allowed = {0, *statuses, *([1] if self._excused else [])}
            if status not in allowed:
                self._bad("command failed", f"status {status}: {last_line(one.said())}")
            if one.has_trace():
                self._bad("trace", one.said()[-2000:])
            one.end()

    def _compare(self) -> None:
        """Finishes the runs in peace; all results must be there and be the same."""
        self._excused = False
        expected = self._bench.expected(self._experiment)
        found = self._finished_in_peace()
        unasked = {name for name in self._harmed if found.get(name) != expected.get(name)}
        if unasked:
            # What a finished run rests on is not read again: ask for it, by removing all others.
            for name in found.keys() - unasked:
                files.remove(self._bench.store / name)
            found = self._finished_in_peace()
        for name in sorted({*expected, *found}):
            if name not in found:
                self._bad("lost", name)
            elif found[name] != expected.get(name):
                self._bad("other bytes", name)
            else:
                self._tally.outcomes["same bytes"] += 1

    def _finished_in_peace(self) -> dict[str, bytes]:
        self._sittings = [self._bench.start(self._experiment, self._bench.store)]
        self._finish("finished")
        return {name: path.read_bytes() for name, path in results(self._bench.store)}

    def _finished(self) -> dict[str, tuple[int, int]]:
        """The runs that are finished, each with what changes when its result is written anew."""
        stats = {
            name: path.stat()
            for name, path in results(self._bench.store)
            if (path.parent / PROVENANCE).is_file()
        }
        return {name: (s.st_ino, s.st_mtime_ns) for name, s in stats.items()}

    def _harm(self) -> None:
        store = self._bench.store
        there = sorted(p for p in store.rglob("*") if p.is_file())
        if there:
            path = self._chance.choice(there)
            self._harmed.add("/".join(path.relative_to(store).parts[:2]))
            kind = faults.harm(path, self._chance)
            if kind:
                self._fault(f"{path.relative_to(store)} {kind}", f"file of the store {kind}")

    def _harm_data(self) -> bool:
        path = self._chance.choice(self._bench.data())
        kind = faults.harm(path, self._chance)
        self._fault(f"{path.relative_to(self._bench.files)} {kind}", "file of the data harmed")
        return True

    def _sleep(self, most: float | None = None) -> None:
        """A moment, within the time that the work takes."""
        mean = self._bench.took(self._experiment) / 10
        time.sleep(min(self._chance.expovariate(1 / mean), 4 * mean, most or 4 * mean))

    def _fault(self, what: str, kind: str = "") -> None:
        self._tally.faults[kind or what] += 1
        self._say(f"{datetime.now():%H:%M:%S}  {self._experiment}  {what}")

    def _bad(self, outcome: str, what: str) -> None:
        self._tally.outcomes[outcome] += 1
        self._say(f"{datetime.now():%H:%M:%S}  {self._experiment}  {outcome.upper()}: {what}")
