"""The command line: a door that only calls and shows."""

from cli.words import speak_chinese

speak_chinese()  # before any command is declared: click words the kinds of values then
