"""That a campaign on a GPU follows its list under a deadline, whatever its runs do.

A program stands in for the command line: it has its arguments and its exit statuses and takes a
moment. The real one was tried by hand; environment/gpu/README.md has what it computed.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

CAMPAIGN = Path(__file__).resolve().parent / "gpu" / "campaign"
START = """\
#!/bin/bash
here=$(cd "$(dirname "$0")" && pwd)
while [ $# -gt 0 ]; do
  case "$1" in
    check) echo "The check is ${CHECK:-green}."; [ "${CHECK:-green}" = green ]; exit ;;
    run | export) command=$1 id=$2 ;;
    sweep) command=$1 ;;
    --grid) [ $command = sweep ] && cp "$2" "$here/swept.json"; shift; id=$2 ;;
    --settings) run=$(basename "$2" .json) seconds=$(tr -dc 0-9. <"$2") ;;
    --store) store=$2 ;;
    --to) to=$2 ;;
    --set) echo "$command $2" >>"$here/set" ;;
  esac
  shift
done
if [ $command = export ]; then
  ls "$store" | grep -q finished || { echo "no run of $id is finished" >&2; exit 1; }
  [ -e "$here/full" ] && { echo "error: No space left on device" >&2; exit 1; }
  mkdir -p "$to/paper" && ls "$store" | grep finished >"$to/paper/$id.csv.part$$"
  mv "$to/paper/$id.csv.part$$" "$to/paper/$id.csv"
  exit
fi
trap 'echo kept >"$store/$run.kept"; exit 143' TERM
[ "$seconds" = 13 ] && { echo "the loss is NaN"; exit 1; }
[ -e "$store/$run.kept" ] && seconds=0
sleep "$seconds" & wait $!
touch "$store/$run.finished"
"""


class GpuCampaignTest(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.bundle = self.folder / "bundle"
        (self.bundle / "lib").mkdir(parents=True)
        shutil.copy2(CAMPAIGN, self.bundle / "campaign")
        start = self.bundle / "start"
        start.write_text(START)
        start.chmod(0o755)
        self.out, self.store = self.folder / "results", self.folder / "runs"

    def argv(self, seconds: list[float], minutes: float = 1, *options: str) -> list[str]:
        runs = self.folder / "runs.json"
        runs.write_text(
            json.dumps([{"experiment": "E2", "set": {"gamma": number}} for number in seconds])
        )
        argv = [sys.executable, str(self.bundle / "campaign"), "--out", str(self.out)]
        argv += ["--runs", str(runs), "--minutes", str(minutes), "--phases", "check,runs"]
        return [*argv, *options]

    def run_it(
        self, seconds: list[float], minutes: float = 1, *options: str, check: str = "green"
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.argv(seconds, minutes, *options),
            env={**os.environ, "CHECK": check},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    def finished(self) -> list[str]:
        return (self.out / "paper" / "E2.csv").read_text().split()

    def test_a_run_that_fails_is_told_and_the_others_go_on(self) -> None:
        done = self.run_it([0.1, 13, 0.2])
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        self.assertEqual(self.finished(), ["00.finished", "02.finished"])
        self.assertIn("failed: E2 gamma=13", done.stdout)
        self.assertIn("the loss is NaN", done.stdout)
        self.assertIn("The check is green.", (self.out / "check.txt").read_text())
        self.assertIn("done: E2 gamma=0.2", (self.out / "campaign.txt").read_text())

    def test_the_deadline_keeps_what_was_begun_and_the_next_time_goes_on(self) -> None:
        done = self.run_it([0.1, 50, 51, 52], 0.05)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn("cut off: E2 gamma=50", done.stdout)
        self.assertIn("not begun: E2 gamma=52", done.stdout)
        self.assertEqual(self.finished(), ["00.finished"])
        again = self.run_it([0.1, 50, 51, 0.1])
        self.assertEqual(again.returncode, 0, again.stdout + again.stderr)
        self.assertEqual(self.finished(), [f"0{number}.finished" for number in range(4)])

    def test_the_runs_of_a_grid_are_one_process(self) -> None:
        argv = self.argv([0])
        grid = {"rate": [0.01, 0.003]}
        runs = [{"experiment": "E2", "set": {"gamma": 0.1}, "grid": grid}]
        (self.folder / "runs.json").write_text(json.dumps(runs))
        done = subprocess.run(argv, capture_output=True, text=True, check=False, timeout=60)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertEqual(json.loads((self.bundle / "swept.json").read_text()), grid)
        self.assertEqual(self.finished(), ["00.finished"])
        (self.folder / "runs.json").write_text('[{"experiment": "E2", "grid": [1]}]')
        wrong = subprocess.run(argv, capture_output=True, text=True, check=False, timeout=60)
        self.assertEqual(wrong.returncode, 2)
        self.assertIn("is no list of runs", wrong.stderr)

    def test_runs_and_tables_are_of_the_precision_of_pretraining(self) -> None:
        done = self.run_it([0.1], 1, "--pretraining-precision", "bfloat16")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        told = set((self.bundle / "set").read_text().splitlines())
        setting = "pretrainingPrecision=bfloat16"
        self.assertEqual(told, {f"run {setting}", f"export {setting}"})

    def test_a_red_check_ends_it(self) -> None:
        done = self.run_it([0.1], check="RED")
        self.assertEqual(done.returncode, 1)
        self.assertFalse(self.store.exists())

    def test_a_full_disk_costs_the_table_and_nothing_else(self) -> None:
        (self.bundle / "full").touch()
        done = self.run_it([0.1, 0.1])
        self.assertIn("no table of E2: error: No space left on device", done.stdout)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        (self.bundle / "full").unlink()
        self.run_it([0.1, 0.1])
        self.assertEqual(self.finished(), ["00.finished", "01.finished"])

    def test_killed_it_leaves_what_was_exported(self) -> None:
        argv = self.argv([0.1, 40])
        with subprocess.Popen(argv, stdout=subprocess.DEVNULL, start_new_session=True) as process:
            end = time.monotonic() + 30
            while not (self.out / "paper" / "E2.csv").exists() and time.monotonic() < end:
                time.sleep(0.05)
            process.send_signal(signal.SIGKILL)
        self.assertEqual(self.finished(), ["00.finished"])
        subprocess.run(["pkill", "-f", str(self.store)], check=False)

    def test_what_is_wrong_with_an_argument_is_said(self) -> None:
        bad = self.folder / "bad.json"
        bad.write_text('{"gamma": 5}')
        for options, words in (
            (["--runs", str(bad)], "is no list of runs"),
            (["--minutes", "0"], "a number above 0, not 0"),
            (["--at-once", "0"], "--at-once is at least 1, not 0"),
        ):
            done = self.run_it([0.1], 1, *options)
            self.assertEqual(done.returncode, 2)
            self.assertIn(words, done.stderr)


if __name__ == "__main__":
    unittest.main()
