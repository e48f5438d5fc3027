"""That a campaign passes a careful program and finds what is wrong with careless ones.

The programs stand in for Java: they have its arguments, its store and its exit statuses, and take
a second. environment/campaign itself runs on the real one, in .ci/run.
"""

import os
import random
import subprocess
import sys
import tempfile
import time
import unittest
from collections.abc import Callable
from pathlib import Path

from runner import faults
from runner.bench import Bench
from runner.series import Series, Tally

ENVIRONMENT = Path(__file__).resolve().parent
PROGRAM = """
import fcntl, hashlib, os, signal, sys, time, zlib
from pathlib import Path

fault, arguments = sys.argv[1], sys.argv[2:]
store = Path(arguments[arguments.index("--store") + 1])
seeds = arguments[arguments.index("--seeds") + 1].split(",")

def stop(number, frame):
    if fault == "trace":
        print("Exception\\n\\tat dev.unrolling.Some.where(Some.java:1)", flush=True)
    os._exit(1 if fault == "status" else 128 + number)

signal.signal(signal.SIGTERM, stop)
signal.signal(signal.SIGINT, stop)

def write(path, content):
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        part.write_bytes(content)
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        sys.exit(f"error: {error}")

def finished(run):
    try:
        result = (run / "result.csv").read_bytes()
        sum = (run / "provenance.json").read_text(errors="replace")
    except OSError:
        return False
    trusts = fault == "trust" or hashlib.sha256(result).hexdigest() == sum
    return trusts and fault != "again"

def resumed(run):
    try:
        content = (run / "checkpoint.bin").read_bytes()
    except OSError:
        return 0
    whole = len(content) == 5 and zlib.crc32(content[:1]) == int.from_bytes(content[1:], "big")
    if not whole and fault == "gives up":
        os._exit(0)
    return content[0] if whole else 0

for seed in seeds:
    run = store / "fine-tuning" / seed
    run.mkdir(parents=True, exist_ok=True)
    with (run / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if finished(run):
            continue
        for step in range(resumed(run), 20):
            content = bytes([step])
            write(run / "checkpoint.bin", content + zlib.crc32(content).to_bytes(4, "big"))
            time.sleep(0.01)
        result = b"step,v\\n" + seed.encode() * 400
        write(run / "result.csv", result)
        write(run / "provenance.json", hashlib.sha256(result).hexdigest().encode())
        (run / "checkpoint.bin").unlink(missing_ok=True)
"""


class CampaignTest(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.log: list[str] = []
        self.program = self.folder / "program.py"
        self.program.write_text(PROGRAM)
        (self.folder / "small").mkdir()
        data = self.folder / "pristine"
        data.mkdir()
        (data / "batch.bin").write_bytes(bytes(100))

    def campaign(self, fault: str, until: Callable[[Tally], bool]) -> Tally:
        """Disturbs a program until something has happened, or for two minutes."""
        argv = [sys.executable, "-B", str(self.program), fault]
        bench = Bench(
            self.folder / "files",
            self.folder / "small",
            False,
            argv,
            os.environ,
            [self.folder / "pristine"],
        )
        bench.mend_data()
        bench.measure("E1")
        tally, said, chance = Tally(), self.log, random.Random(7)
        said.clear()
        end = time.monotonic() + 120
        while time.monotonic() < end and not until(tally):
            Series(bench, "E1", chance, tally, said.append, end).run()
            self.assertEqual(list((self.folder / "small").iterdir()), [])
        self.assertEqual(
            len(said), tally.faults.total() + tally.outcomes.total() - self.same(tally)
        )
        return tally

    @staticmethod
    def same(tally: Tally) -> int:
        return tally.outcomes["same bytes"]

    def test_a_careful_program_passes(self) -> None:
        tally = self.campaign("none", lambda t: t.faults.total() > 30)
        self.assertTrue(tally.is_clean(), "\n".join(self.log))
        self.assertGreater(tally.faults.total(), 30)
        self.assertRegex(tally.table("0:12"), rf"(?m)^ +{tally.faults.total()}  in all$")

    def test_careless_programs_are_found(self) -> None:
        for fault, outcome in [
            ("trust", "other bytes"),
            ("again", "computed again"),
            ("status", "command failed"),
            ("trace", "trace"),
            ("gives up", "lost"),
        ]:
            with self.subTest(fault=fault):
                tally = self.campaign(fault, lambda t, o=outcome: t.outcomes[o] > 0)
                self.assertFalse(tally.is_clean())
                self.assertGreater(tally.outcomes[outcome], 0, tally.table(""))

    def test_nothing_compared_is_not_clean(self) -> None:
        self.assertFalse(Tally().is_clean())


class FaultsTest(unittest.TestCase):
    def test_every_kind_changes_the_file_or_removes_it(self) -> None:
        chance, seen = random.Random(0), set()
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "file"
            for _ in range(300):
                content = chance.randbytes(chance.randint(0, 50))
                path.write_bytes(content)
                kind = faults.harm(path, chance)
                seen.add(kind)
                if kind == faults.REMOVED:
                    self.assertFalse(path.exists())
                elif kind != "end zeroed":  # which was zero perhaps
                    self.assertNotEqual(path.read_bytes(), content, kind)
            self.assertEqual(seen, {*faults.CONTENTS, faults.REMOVED})
            path.unlink(missing_ok=True)
            self.assertIsNone(faults.harm(path, chance))

    @unittest.skipUnless(sys.platform == "linux" and os.geteuid() == 0, "needs root, for a disk")
    def test_a_disk_runs_full_and_is_gone_with_its_process(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            argv = [sys.executable, "-B", "-c", _FILL, str(ENVIRONMENT), folder]
            done = subprocess.run(argv, capture_output=True, text=True)
            if done.stdout.startswith("not mounted"):
                self.skipTest("this root may not mount")
            self.assertEqual(done.stdout, "full\nfree\n", done.stderr)
            self.assertEqual(list(Path(folder).iterdir()), [])


_FILL = """
import random, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from runner.faults import Disk, mounted
folder = Path(sys.argv[2])
with mounted(folder, 2) as is_disk:
    if not is_disk:
        sys.exit(print("not mounted"))
    disk = Disk(folder)
    for seed in range(100):
        # What is there leaves an odd rest, which a buffer would keep.
        (folder / "odd").write_bytes(bytes(37 * seed))
        disk.fill(random.Random(seed))
        disk.free()
    (folder / "odd").unlink()
    disk.fill(random.Random(1))
    try:
        (folder / "x").write_bytes(bytes(1 << 17))
    except OSError:
        print("full")
    disk.free()
    (folder / "x").write_bytes(bytes(1 << 17))
    print("free")
folder.rmdir()
folder.mkdir()
"""


if __name__ == "__main__":
    unittest.main()
