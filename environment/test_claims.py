"""The table of claims in notebooks/README.md, from verdicts as notebooks leave them."""

import unittest

from runner import claims
from runner.layout import Layout
from runner.problem import Problem

CLAIMS = [
    {"claim": "2.1", "says": "exact", "by": "paper", "stated": "02"},
    {"claim": "2.1, point", "says": "of a | point", "by": "ours", "stated": "02"},
    {"claim": "E9", "says": "later", "by": "paper", "stated": ""},
]
NAMES = ["02-sums", "03-other"]


def row(claim: str, outcome: str, notebook: str = "02-sums", statement: str = "S") -> claims.Row:
    return {
        "notebook": notebook,
        "claim": claim,
        "statement": statement,
        "outcome": outcome,
        "evidence": "1, 2",
        "scale": "quick",
    }


class ClaimsTest(unittest.TestCase):
    def lines(self, *rows: claims.Row) -> list[str]:
        return claims.table(CLAIMS, {"quick": rows}, NAMES).splitlines()[2:]

    def test_the_committed_table_is_made_from_the_committed_verdicts(self) -> None:
        layout = Layout.here()
        page = (layout.notebooks / "README.md").read_text(encoding="utf-8")
        same = claims.with_table(page, claims.made(layout)) == page
        self.assertTrue(same, "notebooks/README.md is not up to date: run environment/claims")
        self.assertIn("| 2.1a |", page)

    def test_a_claim_has_its_outcome_and_its_notebook_or_is_not_yet_run(self) -> None:
        self.assertEqual(
            self.lines(row("2.1", "fails")),
            [
                "| 2.1 | exact | paper | [02](02-sums.ipynb) | fails |",
                "| 2.1, point | of a \\| point | ours | [02](02-sums.ipynb) | not yet run |",
                "| E9 | later | paper |  | not yet run |",
            ],
        )

    def test_beyond_quick_a_claim_says_why_it_is_not_run_there(self) -> None:
        listed = [{**CLAIMS[0], "beyond_quick": "small networks"}, CLAIMS[2]]
        lines = claims.table(listed, {"quick": [], "desk": []}, NAMES).splitlines()[2:]
        self.assertTrue(lines[0].endswith("| not yet run | small networks |"))
        self.assertTrue(lines[1].endswith("| not yet run | not yet run |"))
        told = claims.table(listed, {"desk": [row("2.1", "holds")]}, NAMES).splitlines()[2]
        self.assertTrue(told.endswith("| holds |"))

    def test_data_sets_parts_and_notebooks_are_told_apart(self) -> None:
        rows = [row("2.1", "holds"), row("2.1 (IMDB)", "fails"), row("2.1, e1", "holds")]
        self.assertTrue(
            self.lines(*rows)[0].endswith("| holds: CIFAR-10; e1 CIFAR-10<br>fails: IMDB |")
        )
        rows = [row("2.1", "holds"), row("2.1", "undecided", "03-other")]
        self.assertIn("[02](02-sums.ipynb), [03](03-other.ipynb)", self.lines(*rows)[0])
        self.assertTrue(self.lines(*rows)[0].endswith("| holds: 02<br>undecided: 03 |"))
        # The part of a claim that is a claim of its own does not count for the whole.
        self.assertTrue(self.lines(row("2.1, point (IMDB)", "holds"))[0].endswith("not yet run |"))

    def test_a_claim_that_is_not_listed_is_told_by_its_statement(self) -> None:
        self.assertEqual(
            self.lines(row("X1, part (IMDB)", "holds", "03-other", "It is so"))[-1],
            "| X1, part | It is so |  | [03](03-other.ipynb) | holds: IMDB |",
        )

    def test_a_run_replaces_whole_notebooks_and_notebooks_that_are_gone_go(self) -> None:
        kept = [row("2.1", "holds"), row("E9", "holds", "03-other"), row("E8", "holds", "04-gone")]
        run = [row("2.1, point", "fails")]
        merged = claims.merge(kept, run, NAMES)
        self.assertEqual([r["claim"] for r in merged], ["2.1, point", "E9"])
        self.assertEqual(list(claims.csv.DictReader(claims.write(merged).splitlines())), merged)

    def test_a_page_without_its_marks_is_a_problem(self) -> None:
        page = f"a\n{claims.BEGIN}\nold\n{claims.END}\nb\n"
        made = claims.with_table(page, "new\n")
        self.assertEqual(made, page.replace("old", "new"))
        for broken in ("", claims.BEGIN, f"{claims.END}{claims.BEGIN}"):
            with self.assertRaises(Problem):
                claims.with_table(broken, "new\n")


if __name__ == "__main__":
    unittest.main()
