"""What Java is started with."""

import os
import shutil
import subprocess
import sys
import unittest
from unittest import mock

from runner import tools
from runner.tools import letters


class LettersTest(unittest.TestCase):
    def test_in_the_locale_c_java_is_given_one_that_knows_all_letters(self) -> None:
        for given in (
            {},
            {"LANG": "C"},
            {"LC_ALL": "C", "LANG": "de_DE.UTF-8"},
            {"LC_ALL": "POSIX"},
        ):
            self.assertEqual(letters(given), {"LC_ALL": "C.UTF-8"}, given)

    def test_the_users_own_locale_is_left_alone(self) -> None:
        for given in (
            {"LANG": "de_DE.UTF-8"},
            {"LC_ALL": "", "LC_CTYPE": "C.utf8"},
            {"LANG": "de_DE.ISO-8859-1"},
        ):
            self.assertEqual(letters(given), {}, given)

    @unittest.skipUnless(sys.platform == "linux" and shutil.which("java"), "needs Java on Linux")
    def test_java_takes_the_names_of_files_from_it(self) -> None:
        clean = {k: v for k, v in os.environ.items() if k != "LANG" and not k.startswith("LC_")}
        given = {**clean, "LC_ALL": "C"}
        argv = ["java", "-XshowSettings:properties", "-version"]
        for env, encoding in ((given, "ANSI_X3.4-1968"), ({**given, **letters(given)}, "UTF-8")):
            said = subprocess.run(argv, env=env, capture_output=True, text=True).stderr
            self.assertIn(f"sun.jnu.encoding = {encoding}", said)


class CheckTest(unittest.TestCase):
    def test_what_builds_nothing_does_not_wait_for_maven_and_npm(self) -> None:
        java = tools.Tool("Java", "17", "/jdk")
        asked = mock.Mock(return_value=tools.Tool("Maven", "3.9", "mvn"))
        with (
            mock.patch.object(tools, "find_java", return_value=java),
            mock.patch.object(tools, "find_maven", asked),
            mock.patch.object(tools, "find_npm", asked),
        ):
            self.assertEqual(tools.check({}, builds=False).java, java)
            self.assertEqual(asked.call_count, 0)
            tools.check({})
            self.assertEqual(asked.call_count, 2)


if __name__ == "__main__":
    unittest.main()
