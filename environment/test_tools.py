"""What Java is started with."""

import unittest

from runner.tools import letters


class LettersTest(unittest.TestCase):
    def test_in_the_locale_c_java_is_given_one_that_knows_all_letters(self) -> None:
        for given in ({}, {"LANG": "C"}, {"LC_ALL": "C", "LANG": "de_DE.UTF-8"}, {"LC_ALL": "POSIX"}):
            self.assertEqual(letters(given), {"LC_ALL": "C.UTF-8"}, given)

    def test_the_users_own_locale_is_left_alone(self) -> None:
        for given in (
            {"LANG": "de_DE.UTF-8"},
            {"LC_ALL": "", "LC_CTYPE": "C.utf8"},
            {"LANG": "de_DE.ISO-8859-1"},
        ):
            self.assertEqual(letters(given), {}, given)


if __name__ == "__main__":
    unittest.main()
