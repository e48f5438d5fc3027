"""What the commands make of their arguments."""

import contextlib
import io
import unittest

from runner.options import Options, parse_notebook, parse_reproduce


class OptionsTest(unittest.TestCase):
    def test_without_arguments_the_scale_is_quick_and_the_rest_is_open(self) -> None:
        self.assertEqual(parse_reproduce([], {}), Options())

    def test_everything_can_be_named(self) -> None:
        text = "--scale smoke --only 04,0 --engine DL4J --device cuda:1 --kernel ijava --offline"
        expected = Options("smoke", ("04", "0"), "dl4j", "cuda:1", "ijava", True)
        self.assertEqual(parse_reproduce(text.split(), {}), expected)

    def test_the_environment_gives_defaults_that_are_checked_too(self) -> None:
        given = {"UNROLLING_SCALE": "desk", "UNROLLING_ENGINE": "torch"}
        self.assertEqual(parse_reproduce([], given), Options("desk", engine="torch"))
        self.assertEqual(parse_reproduce(["--scale", "smoke"], given).scale, "smoke")
        self.refused([], "smoke, quick, desk, paper", {"UNROLLING_SCALE": "huge"})

    def test_wrong_values_end_with_one_line_that_names_the_choices(self) -> None:
        self.refused(["--scale", "huge"], '"huge"; there is smoke, quick, desk, paper')
        self.refused(["--engine", "tensorflow"], '"tensorflow"; there is torch, dl4j')
        self.refused(["--device", "gpu"], '"gpu"; there is cpu, cuda:0')
        self.refused(["--only", ","], "--only 04")
        self.refused(["--at-once", "0"], 'from 1 to 99, not "0"')
        self.refused(["--scal", "smoke"], "unrecognized arguments: --scal")

    def test_the_notebook_command_passes_on_what_it_does_not_know(self) -> None:
        options = parse_notebook(["--no-browser", "--scale", "smoke", "--port", "8890"], {})
        self.assertEqual(
            options, Options("smoke", at_once=1, rest=("--no-browser", "--port", "8890"))
        )

    def test_notebooks_read_only_what_was_asked_for(self) -> None:
        self.assertEqual(
            Options("smoke", offline=True).environment("/out"),
            {"UNROLLING_SCALE": "smoke", "UNROLLING_OUT": "/out", "UNROLLING_OFFLINE": "true"},
        )

    def refused(
        self, arguments: list[str], words: str, environment: dict[str, str] | None = None
    ) -> None:
        said = io.StringIO()
        with contextlib.redirect_stderr(said), self.assertRaises(SystemExit) as ended:
            parse_reproduce(arguments, environment or {})
        self.assertEqual(ended.exception.code, 2)
        self.assertIn(words, said.getvalue())
        self.assertEqual(said.getvalue().count("\n"), 1)


if __name__ == "__main__":
    unittest.main()
