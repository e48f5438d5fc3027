"""What every notebook keeps to so that it runs on any Java kernel, and README's Maven project."""

import json
import re
import unittest
from collections.abc import Sequence
from typing import Any
from xml.etree import ElementTree

from runner import publish
from runner.layout import Layout

_SKIPPED = re.compile(
    r'//[^\n]*|/\*.*?\*/|""".*?"""|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S
)
_DECLARED = re.compile(
    r"^(?:@\w+\s+)*(?:(?:final|static|public|private)\s+)*"
    r"(?:(?:class|record|enum|interface)\s+(?P<type>\w+)"
    r"|(?!return\b|throw\b|new\b|import\b|else\b)[A-Za-z_]\w*(?:\.\w+)*(?:\s*<[^=;()]*>)?(?:\s*\[\])*"
    r"\s+(?P<name>\w+)(?:\s*\[\])*\s*(?=[=;,(]|$))"
)


def code(notebook: dict[str, Any]) -> list[str]:
    """The code cells that hold anything."""
    cells = ("".join(c["source"]) for c in notebook["cells"] if c["cell_type"] == "code")
    return [cell for cell in cells if cell.strip()]


def late_imports(cells: Sequence[str]) -> list[str]:
    """Imports after the first cell, or after something else in it.

    JShell declares variables anew when an import follows them; in some kernels they are then null.
    """
    found, begun = [], False
    for number, cell in enumerate(cells):
        for line in _SKIPPED.sub("", cell).splitlines():
            is_import = re.match(r"\s*import\s", line) is not None
            if is_import and (begun or number > 0):
                found.append(line.strip())
            begun |= bool(line.strip()) and not is_import
    return found


def top_level(cell: str) -> list[str]:
    """The statements of a cell without what stands in their brackets."""
    depth, text = 0, ""
    for sign in _SKIPPED.sub('""', cell):
        depth -= sign in ")}"
        if depth == 0:
            # What follows a block is another statement.
            text += ";" if sign == "}" else sign
        depth += sign in "({"
    return [statement.strip() for statement in re.split(r";", text) if statement.strip()]


def declared(cell: str) -> list[str]:
    """The names that a cell declares at its top level; a method with a bracket after its name."""
    names = []
    for statement in top_level(cell):
        match = _DECLARED.match(statement)
        if match and match["type"]:
            names.append(match["type"])
        elif match:
            is_method = statement[match.end() :].startswith("(")
            names.append(match["name"] + "()" * is_method)
    return names


def declared_twice(cells: Sequence[str]) -> list[str]:
    """Names that are declared again: a kernel may then forget what rested on the first."""
    names = [name for cell in cells for name in declared(cell) if not name.endswith("()")]
    return sorted({name for name in names if names.count(name) > 1})


class NotebooksTest(unittest.TestCase):
    def setUp(self) -> None:
        paths = sorted(Layout.here().notebooks.glob("*.ipynb"))
        self.notebooks: dict[str, dict[str, Any]] = {
            path.name: json.loads(path.read_text(encoding="utf-8")) for path in paths
        }
        self.assertGreater(len(self.notebooks), 10)

    def test_imports_are_at_the_top_of_the_first_cell(self) -> None:
        for name, notebook in self.notebooks.items():
            self.assertEqual(late_imports(code(notebook)), [], name)

    def test_they_are_for_a_java_kernel_and_their_outputs_belong_to_their_code(self) -> None:
        for name, notebook in self.notebooks.items():
            self.assertEqual(notebook["metadata"]["kernelspec"]["name"], "java", name)
            self.assertEqual(publish.disagreement(name, notebook), "")

    def test_no_name_is_declared_twice(self) -> None:
        for name, notebook in self.notebooks.items():
            self.assertEqual(declared_twice(code(notebook)), [], name)
            self.assertIn("notebook", declared(code(notebook)[0]), name)


class ChecksTest(unittest.TestCase):
    """That the checks above can fail."""

    def test_a_late_import_is_found_and_the_word_in_a_text_is_not(self) -> None:
        first = 'import a.*;\n// import b;\nvar s = "\\nimport c;";'
        self.assertEqual(late_imports([first]), [])
        self.assertEqual(late_imports([first + "\nimport d;"]), ["import d;"])
        self.assertEqual(late_imports([first, "int x;\n  import e.f;"]), ["import e.f;"])

    def test_declarations_are_those_of_the_top_level(self) -> None:
        cell = """\
            var a = f(x -> { int inner = 1; return inner; }), text = "int quoted = 1;";
            final Map<String, List<int[]>> b = new HashMap<>();
            for (var i : List.of(1)) { var c = i; }
            double[] d = {1, 2}; int e;
            try (var f = open()) { var g = f; } catch (Exception h) { var k = 1; }
            int method(int parameter) { int local = 1; return local; }
            record Row(int l) {}
            a = null; System.out.println(a); return d; // int m = 1;
            """
        self.assertEqual(declared(cell), ["a", "b", "d", "e", "method()", "Row"])
        self.assertEqual(declared_twice([cell, "var b = 1;"]), ["b"])
        self.assertEqual(declared_twice([cell, "int c = 1;"]), [])


class ReadmeTest(unittest.TestCase):
    def test_its_ten_lines_are_those_of_the_project_outside(self) -> None:
        root = Layout.here().root
        readme = (root / "README.md").read_text("utf-8")
        shown = re.search(r"```java\n(?=import dev\.unrolling\.engine\.dl4j)(.*?)```", readme, re.S)
        assert shown is not None
        lines = [line.strip() for line in shown[1].splitlines() if line.strip()]
        self.assertIn(len(lines), range(5, 11))
        project = root / "environment" / "outside" / "src" / "main" / "java" / "Forget.java"
        there = iter([line.strip() for line in project.read_text("utf-8").splitlines()])
        for line in lines:
            self.assertIn(line, there, "missing, or in another order")

    def test_its_maven_project_sets_the_compiler_and_names_the_versions_of_the_build(self) -> None:
        root = Layout.here().root
        block = re.search(r"```xml\n(.*?)```", (root / "README.md").read_text("utf-8"), re.S)
        assert block is not None
        project = ElementTree.fromstring(f"<project>{block[1]}</project>")
        build = (root / "pom.xml").read_text("utf-8")
        release = re.search(r"<maven.compiler.release>(.+?)</", build)
        version = re.search(r"</artifactId>\s*<version>(.+?)</version>\s*<packaging>pom", build)
        assert release is not None and version is not None
        # Plugins of old Mavens, as Debian's 3.8.7 brings, do not know maven.compiler.release.
        for name in ("source", "target"):
            self.assertEqual(project.findtext(f"properties/maven.compiler.{name}"), release[1])
        named = {element.text for element in project.iter("version")}
        self.assertEqual(named, {version[1]})


if __name__ == "__main__":
    unittest.main()
