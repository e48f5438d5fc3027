"""Signals and crashes, with real processes: a Python that runs a Java in its place."""

import asyncio
import fcntl
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from unittest import mock

from runner import crash, reproduce, signals
from runner.options import Options
from runner.sources import Source

ENVIRONMENT = Path(__file__).resolve().parent
SLEEPER = """
class Sleeper {
  public static void main(String[] arguments) throws Exception {
    Runtime.getRuntime().addShutdownHook(new Thread(() -> System.out.println("saved")));
    System.out.println("up " + ProcessHandle.current().pid());
    Thread.sleep(120_000);
  }
}
"""
PARENT = """
import os, sys
sys.path.insert(0, {environment!r})
from runner import crash, signals
from pathlib import Path
option = crash.error_file(Path({logs!r}))
sys.exit(signals.run_in_place(["java", option, "-Xmx64m", {source!r}], os.environ))
"""


class InFolder(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.logs = self.folder / "100% logs"


@unittest.skipUnless(shutil.which("java"), "needs Java")
class InPlaceTest(InFolder):
    def start(self) -> tuple["subprocess.Popen[str]", int]:
        source = self.folder / "Sleeper.java"
        source.write_text(SLEEPER)
        code = PARENT.format(environment=str(ENVIRONMENT), logs=str(self.logs), source=str(source))
        process = subprocess.Popen(
            [sys.executable, "-B", "-c", code],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            cwd=self.folder,
        )
        assert process.stdout is not None
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.kill)
        line = process.stdout.readline()
        self.assertRegex(line, "^up ")
        return process, int(line.split()[1])

    def test_a_crash_has_its_report_beside_the_logs(self) -> None:
        begun = time.time()
        process, java = self.start()
        os.kill(java, signal.SIGSEGV)
        status = process.wait(120)
        self.assertEqual(status, 134)
        self.assertEqual(crash.ending(status), "Java crashed (SIGABRT)")
        self.assertEqual(crash.find_report([self.logs], begun), self.logs / f"hs_err_pid{java}.log")
        self.assertIsNone(crash.find_report([self.logs], time.time() + 100))

    def test_termination_goes_on_to_java_which_saves_and_its_status_comes_back(self) -> None:
        for number, expected in ((signal.SIGTERM, 143), (signal.SIGINT, 130)):
            with self.subTest(number=number):
                process, _ = self.start()
                process.send_signal(number)
                assert process.stdout is not None
                self.assertEqual(process.stdout.read(), "saved\n")
                self.assertEqual(process.wait(120), expected)
                self.assertEqual(crash.ending(expected), "")

    @unittest.skipUnless(sys.platform == "linux", "needs prctl")
    def test_java_saves_and_ends_when_its_parent_is_killed(self) -> None:
        process, _ = self.start()
        process.kill()
        assert process.stdout is not None
        # The end of the pipe is the end of Java.
        self.assertEqual(process.stdout.read(), "saved\n")


class TellTest(InFolder):
    def begin(self, name: str) -> Path:
        run = self.folder / "runs" / "fine-tuning" / name
        run.mkdir(parents=True)
        (run / ".lock").touch()
        (run / "sittings.txt").touch()
        return run

    def test_the_runs_of_the_crash_are_named_and_no_others(self) -> None:
        begun = time.time()
        self.begin("0123")
        old, other = self.begin("4567"), self.begin("89ab")
        os.utime(old / "sittings.txt", (begun - 60, begun - 60))
        holder = subprocess.Popen(
            [sys.executable, "-c", _HOLD, str(other / ".lock")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        assert holder.stdout is not None and holder.stdin is not None
        holder.stdout.readline()
        store = self.folder / "runs"
        said = crash.tell(store, begun, [self.logs])
        holder.communicate(b"\n")
        self.assertIn("Under way: fine-tuning/0123 (settings.json there).", said)
        self.assertIn(f"Nothing in {store} is lost", said)
        self.assertIn("the same command goes on from them", said)
        self.assertEqual(len(crash.under_way(store, begun)), 2)
        self.assertIn("No run had begun.", crash.tell(self.folder / "none", begun, []))

    def test_how_it_ended(self) -> None:
        self.assertEqual(crash.ending(139), "Java crashed (SIGSEGV)")
        self.assertRegex(crash.ending(137), r"^Java was killed \(SIGKILL; .*memory")
        for status in (0, 1, 2, 128, 130, 143, 255):
            self.assertEqual(crash.ending(status), "")


_HOLD = """
import fcntl, sys
file = open(sys.argv[1], "r+")
fcntl.lockf(file, fcntl.LOCK_EX)
print("held", flush=True)
sys.stdin.readline()
"""


class InterruptsTest(unittest.TestCase):
    def test_an_interrupt_cancels_what_is_armed_and_nothing_else(self) -> None:
        ended: dict[str, str] = {}

        async def work(name: str, interrupts: signals.Interrupts) -> None:
            interrupts.arm()
            try:
                if name == "at its end":
                    interrupts.disarm()
                await asyncio.sleep(0.2 if name == "at its end" else 60)
                ended[name] = "passed"
            except asyncio.CancelledError:
                ended[name] = "cancelled"

        async def main() -> int:
            with signals.Interrupts() as interrupts:
                names = ("one", "other", "at its end")
                tasks = [asyncio.create_task(work(name, interrupts)) for name in names]
                await asyncio.sleep(0.05)
                os.kill(os.getpid(), signal.SIGTERM)
                await asyncio.gather(*tasks)
                await work("late", interrupts)
            return interrupts.came

        before = signal.getsignal(signal.SIGTERM)
        self.assertEqual(asyncio.run(main()), signal.SIGTERM)
        told = {"one": "cancelled", "other": "cancelled", "at its end": "passed"}
        self.assertEqual(ended, told | {"late": "cancelled"})
        self.assertEqual(signal.getsignal(signal.SIGTERM), before)


class SeveralNotebooksTest(unittest.TestCase):
    """Two workers of reproduce, on notebooks that are no more than names."""

    def run_all(self, end: Callable[[str], None]) -> list[str]:
        """Runs four, two at a time; `end` is called as each would end. Returns what began."""
        began = []

        async def one(source: Source, *rest: object) -> dict[str, str]:
            interrupts = rest[-1]
            assert isinstance(interrupts, signals.Interrupts)
            began.append(source.name)
            interrupts.arm()
            try:
                await asyncio.sleep(0.05 * len(source.name))
            except asyncio.CancelledError:
                return {"outcome": "interrupted"}
            finally:
                interrupts.disarm()
            end(source.name)
            return {"outcome": "passed", "name": source.name}

        sources = [Source(Path(name), "", ()) for name in ("a", "bbbb", "c", "d")]
        prepared = SimpleNamespace(at_once=2)
        with (
            mock.patch.object(reproduce, "_run", one),
            mock.patch.object(reproduce, "make_pages"),
        ):
            given = (sources, sources, Options(), prepared, None, None)
            self.ended = asyncio.run(reproduce._run_all(*given))  # type: ignore[arg-type]
        return began

    def test_all_are_executed_in_order_and_told_in_order(self) -> None:
        self.assertEqual(self.run_all(lambda name: None), ["a", "bbbb", "c", "d"])
        self.assertEqual([run["name"] for run in self.ended], ["a", "bbbb", "c", "d"])

    def test_one_that_cannot_be_kept_stops_the_others_and_is_told(self) -> None:
        ended = []

        def end(name: str) -> None:
            if name == "c":
                raise OSError("the disk is full")
            ended.append(name)

        with self.assertRaisesRegex(OSError, "full"):
            self.run_all(end)
        self.assertEqual(ended, ["a"])

    def test_a_signal_stops_all(self) -> None:
        ended = []

        def end(name: str) -> None:
            ended.append(name)
            os.kill(os.getpid(), signal.SIGTERM)

        with self.assertRaises(signals.Stopped) as stopped:
            self.run_all(end)
        self.assertEqual(stopped.exception.number, signal.SIGTERM)
        self.assertEqual(ended, ["a"])


class StatusTest(unittest.TestCase):
    def test_the_status_says_which_signal_it_was(self) -> None:
        self.assertEqual(signals.status_of(KeyboardInterrupt()), 130)
        self.assertEqual(signals.status_of(signals.Stopped(signal.SIGTERM)), 143)
        self.assertEqual(signals.status_of(ValueError()), 0)
        wrapped = ImportError()
        wrapped.__cause__ = signals.Stopped(signal.SIGTERM)
        self.assertEqual(signals.status_of(wrapped), 143)

    def test_the_help_says_the_same(self) -> None:
        for command in ("reproduce", "notebook", "gpu/bundle", "unrolling"):
            argv = [str(ENVIRONMENT / command), "--help"]
            if command == "unrolling":
                argv[1:] = ["report", "--help"]
            said = subprocess.run(argv, capture_output=True, text=True).stdout
            self.assertRegex(said, r"(?is)exit status:.*130 .*Ctrl-C, 143 by\s+SIGTERM", command)

    def test_a_polite_kill_of_a_script_gives_143(self) -> None:
        # The lock is held here, so that the script waits with all imports done.
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder) / "copy"
            shutil.copytree(ENVIRONMENT, root / "environment", ignore=_not_private)
            private = root / "environment" / ".private"
            private.mkdir()
            with (private / "lock").open("w") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                process = subprocess.Popen(
                    [str(root / "environment" / "unrolling"), "list"],
                    stderr=subprocess.PIPE,
                    text=True,
                )
                deadline = time.monotonic() + 60
                while not _waits(process.pid) and time.monotonic() < deadline:
                    time.sleep(0.1)
                process.terminate()
                _, said = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 143, said)
        self.assertIn("interrupted; what was finished is kept", said)


def _not_private(folder: str, names: list[str]) -> list[str]:
    return [name for name in names if name in (".private", "__pycache__")]


def _waits(pid: int) -> bool:
    """Whether a process has the lock file open."""
    try:
        return any(
            os.readlink(fd).endswith(".private/lock") for fd in Path(f"/proc/{pid}/fd").iterdir()
        )
    except OSError:
        return False


if __name__ == "__main__":
    unittest.main()
