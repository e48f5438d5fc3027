"""The index page and the combined verdicts, from folders as notebooks leave them."""

import json
import tempfile
import unittest
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

from runner import carrying, page, results

HEADER = "claim,statement,outcome,evidence,scale\n"


class _Links(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.ids: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self.found += [v for k in ("href", "src") if (v := values.get(k))]
        self.ids += [v for v in [values.get("id")] if v]


class ResultsTest(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.out = Path(folder.name)

    def leave(self, name: str, **contents: str) -> results.Result:
        (self.out / name).mkdir()
        for file, content in contents.items():
            (self.out / name / file.replace("__", ".")).write_text(content)
        return results.read(name, f"Title of {name}", self.out / name)

    def test_a_figure_is_one_whatever_files_it_has_and_a_table_is_no_figure(self) -> None:
        result = self.leave(
            "04-e",
            slope__png="",
            slope__svg="",
            slope__csv="",
            runs__csv="a,b\n1,2\n3,4\n",
            verdicts__csv=HEADER,
            run__json="{}",
        )
        self.assertEqual([f.name for f in result.figures], ["slope"])
        self.assertEqual(set(result.figures[0].files), {"png", "svg", "csv"})
        self.assertEqual([(t.name, t.count) for t in result.tables], [("runs", 2)])

    def test_verdicts_are_read_with_commas_and_lines_and_combined(self) -> None:
        row = 'E1,"A, or\nB",fails,"0.4, below 0.7",smoke\n'
        result = self.leave("04-e", verdicts__csv=HEADER + row)
        self.assertEqual(result.verdicts[0]["evidence"], "0.4, below 0.7")
        self.assertEqual(
            results.combined([result, results.Result("05-x", "X")]),
            "notebook," + HEADER + "04-e," + row,
        )
        self.assertEqual(results.count([result], "fails"), 1)
        self.assertEqual(results.count([result], "holds"), 0)

    def test_the_page_links_to_files_that_are_there_and_to_sections_that_are_there(self) -> None:
        self.leave(
            "04 e",
            **{
                "a&b__svg": "",
                "a&b__csv": "",
                "04 e__html": "",
                "04 e__ipynb": "",
                "run__json": json.dumps({"outcome": "passed", "seconds": 61}),
            },
        )
        result = results.read("04 e", "T", self.out / "04 e")
        (self.out / "verdicts.csv").touch()
        links = _Links(page.build([result], "smoke", "", []))
        for link in map(unquote, links.found):
            if link.startswith("#"):
                self.assertIn(link[1:], links.ids)
            else:
                self.assertTrue((self.out / link).exists(), link)
        prefixed = _Links(page.build([result], "smoke", "smoke/", []))
        files = [link for link in prefixed.found if not link.startswith("#")]
        self.assertTrue(all(link.startswith("smoke/") for link in files), files)

    def test_the_figures_that_carry_the_paper_come_first_at_the_best_scale_there_is(self) -> None:
        four = self.leave(
            "04-e",
            **{f"e1-distances{of}__svg": "" for of in ("", "-desk")},
            **{f"e1-pairs{of}__svg": "" for of in ("", "-desk")},
            run__json="{}",
        )
        six = self.leave("06-s", **{"e2-accuracy__png": "", "e2-accuracy-paper__png": ""})
        nine = self.leave("09-p", **{"e6-visits__svg": "", "e9-other__svg": ""})
        shown = carrying.find([four, six, nine], "quick")
        self.assertEqual(
            [(one.figure.name, one.scale, one.notebook) for one in shown],
            [
                ("e1-pairs-desk", "desk", "04-e"),
                ("e2-accuracy-paper", "paper", "06-s"),
                ("e6-visits", "quick", "09-p"),
            ],
        )
        self.assertEqual(carrying.find([four], "paper")[0].figure.name, "e1-pairs")
        both = self.leave("06-t", **{f"e2-accuracy-{of}__svg": "" for of in ("paper", "desk")})
        self.assertEqual(carrying.find([both], "quick")[0].scale, "desk")
        text = page.build([four, six, nine], "quick", "quick/", [])
        first = text.index('src="quick/04-e/e1-pairs-desk.svg"')
        self.assertLess(first, text.index('src="quick/06-s/e2-accuracy-paper.png"'))
        self.assertLess(text.index("desk scale"), text.index('class="overview"'))
        self.assertNotIn(
            'class="carrying"', page.build([results.Result("02", "T")], "quick", "", [])
        )

    def test_the_page_shows_scale_seed_engine_time_and_every_verdict(self) -> None:
        result = self.leave(
            "04-e",
            run__json=json.dumps({"outcome": "passed", "scale": "smoke", "seconds": 61}),
            notebook__json=json.dumps({"seeds": [7, 8], "engine": "torch"}),
            verdicts__csv=HEADER
            + "2.1a,S <1>,holds,x < 1e-12,smoke\nE1,S2,fails,bad,smoke\n"
            + "2.1c (IMDB),S3,does not apply,no kinks,smoke\n",
        )
        text = page.build([result], "smoke", "", [])
        for shown in (
            "7, 8",
            "torch",
            "1:01",
            "S &lt;1&gt;",
            "x &lt; 1e-12",
            "1 of 2",
            "bad",
            "&ndash;",
        ):
            self.assertIn(shown, text)

    def test_seeds_and_engine_are_read_from_the_tables_if_the_notebook_does_not_name_them(
        self,
    ) -> None:
        table = "seed,engine,v\n3,torch,1\n3,torch,2\n5,torch,1\n"
        result = self.leave("04-e", run__json='{"seconds": 1}', runs__csv=table, x__csv="v\n1\n")
        self.assertEqual(result.notes, {"seed": ["3", "5"], "engine": ["torch"]})
        self.assertIn("<b>seeds</b> 3, 5", page.build([result], "smoke", "", []))

    def test_smoke_warns_and_tables_have_four_digits(self) -> None:
        rows = "run,v,name\n0,0.0786826984091789,1.0e\n12,1078.5215,x\n"
        result = self.leave("04-e", run__json=json.dumps({"outcome": "passed"}), last__csv=rows)
        text = page.build([result], "smoke", "", [])
        self.assertIn("too small for numbers and verdicts to mean anything", text)
        self.assertIn("<td>0</td><td>0.07868</td><td>1.0e</td>", text)
        self.assertIn("<td>12</td><td>1079</td><td>x</td>", text)
        self.assertNotIn("too small for", page.build([result], "quick", "", []))

    def test_a_failure_names_the_cell_and_a_notebook_not_run_says_so(self) -> None:
        error = {"cell": 3, "message": "Bad: <loss>"}
        failed = self.leave("01-f", run__json=json.dumps({"outcome": "failed", "error": error}))
        text = page.build([failed, results.Result("02-n", "Later")], "smoke", "", ["../quick/"])
        self.assertIn("Failed in cell 3", text)
        self.assertIn("Bad: &lt;loss&gt;", text)
        self.assertIn("Not run at this scale yet", text)
        self.assertIn('href="../quick/index.html"', text)

    def test_nothing_on_the_page_comes_from_elsewhere(self) -> None:
        text = page.build([self.leave("04-e", run__json="{}")], "smoke", "", [])
        self.assertNotIn("http", text)
        self.assertNotIn("<script", text)

    def test_broken_json_is_as_none(self) -> None:
        self.assertEqual(self.leave("04-e", run__json='{"outcome": ').run, {})


if __name__ == "__main__":
    unittest.main()
